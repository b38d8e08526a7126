// What may cross between this machine and a desktop: as its server says it (the company's rule, set by the template), and the words for it.
// Policy: what is not said counts as allowed, since the server refuses by itself; an older server has what its generation has.
import type { Settings } from '../../../shared/domain/settings.ts'
import { t } from '../../ui/translate.ts'

export interface TransferRules {
  /** Clipboard to and from the desktop. */
  readonly clipboardIn: boolean
  readonly clipboardOut: boolean
  readonly pictures: boolean
  /** Formatted text beside the plain one. */
  readonly formatted: boolean
  /** Files to and from the desktop. */
  readonly upload: boolean
  readonly download: boolean
  readonly printing: boolean
  /** Why there is more closed than a rule would close: the server has no more. */
  readonly older: boolean
}

/** Before anything was said. */
export const OPEN_RULES: TransferRules = {
  clipboardIn: true,
  clipboardOut: true,
  pictures: true,
  formatted: true,
  upload: true,
  download: true,
  printing: true,
  older: false,
}
/** Selkies-GStreamer 1.6: plain text alone. */
export const OLDER_RULES: TransferRules = {
  ...OPEN_RULES,
  pictures: false,
  formatted: false,
  upload: false,
  download: false,
  printing: false,
  older: true,
}

type Settings21 = Readonly<Record<string, unknown>>

/** Reads the server's settings. Source: Selkies 2.1, `server_settings`. */
export function readRules(settings: Settings21): TransferRules {
  const transfers = valueOf(settings, 'file_transfers')
  const may = (direction: string): boolean =>
    Array.isArray(transfers)
      ? transfers.includes(direction)
      : typeof transfers === 'string'
        ? transfers.split(',').some((part) => part.trim() === direction)
        : true
  const open = (name: string): boolean => valueOf(settings, name) !== false
  return {
    clipboardIn: open('clipboard_in_enabled'),
    clipboardOut: open('clipboard_out_enabled'),
    pictures: open('enable_binary_clipboard'),
    formatted: true,
    upload: may('upload'),
    download: may('download'),
    printing: open('printing_enabled'),
    older: false,
  }
}

function valueOf(settings: Settings21, name: string): unknown {
  const entry = Object.hasOwn(settings, name) ? settings[name] : undefined
  return typeof entry === 'object' && entry !== null && 'value' in entry ? entry.value : undefined
}

/** Why the clipboard does not cross in a direction; null when it does. */
export function clipboardBlock(
  direction: 'in' | 'out',
  rules: TransferRules,
  setting: Settings['clipboard'],
): string | null {
  if (direction === 'in') {
    if (!rules.clipboardIn) return t('This desktop takes nothing from your clipboard. Whoever runs it decided so.')
    return setting === 'both' || setting === 'to-desktop' ? null : t('Your clipboard is kept here: your own setting.')
  }
  if (!rules.clipboardOut) return t('What is copied in this desktop stays in it. Whoever runs it decided so.')
  return setting === 'both' || setting === 'from-desktop'
    ? null
    : t('What is copied in this desktop stays in it: your own setting.')
}

/** Why pictures do not cross; null when they do. */
export function pictureBlock({ pictures, older }: TransferRules): string | null {
  if (pictures) return null
  return older
    ? t('This desktop’s server is an older one: it takes text alone.')
    : t('No pictures cross this clipboard. Whoever runs the desktop decided so.')
}

/** Why files do not cross in a direction; null when they do. */
export function fileBlock(direction: 'upload' | 'download', rules: TransferRules): string | null {
  if (rules[direction]) return null
  if (rules.older) return t('This desktop’s server is an older one: it carries no files.')
  return direction === 'upload'
    ? t('This desktop takes no files from here. Whoever runs it decided so.')
    : t('This desktop gives no files away. Whoever runs it decided so.')
}
