// Small readings and words of the viewer's session.
import { number, t } from '../../ui/translate.ts'
import type { CopiedKind, Way } from './input/clipboard.ts'

/** A flag of the server's settings; what is not said counts as allowed. */
export function flag(settings: Readonly<Record<string, unknown>>, name: string): boolean {
  const entry = settings[name]
  return !(typeof entry === 'object' && entry !== null && 'value' in entry && entry.value === false)
}

/** A size as people read it. */
export function bytesWords(bytes: number): string {
  if (bytes < 1000) return t('{size} B', { size: bytes })
  if (bytes < 1e6) return t('{size} kB', { size: Math.round(bytes / 1000) })
  return bytes < 1e9
    ? t('{size} MB', { size: number(bytes / 1e6, 1) })
    : t('{size} GB', { size: number(bytes / 1e9, 2) })
}

/** What the clipboard has brought. */
export function copiedWords(where: Way, kind: CopiedKind, bytes: number): string {
  const size = bytesWords(bytes)
  const there = where === 'to-desktop'
  switch (kind) {
    case 'text':
      return there
        ? t('Copied to the desktop: text, {size}', { size })
        : t('Copied from the desktop: text, {size}', { size })
    case 'formatted text':
      return there
        ? t('Copied to the desktop: formatted text, {size}', { size })
        : t('Copied from the desktop: formatted text, {size}', { size })
    case 'picture':
      return there
        ? t('Copied to the desktop: picture, {size}', { size })
        : t('Copied from the desktop: picture, {size}', { size })
  }
}

/** A large content is on its way. */
export function sendingWords(bytes: number): string {
  return t('Copying {size} to the desktop…', { size: bytesWords(bytes) })
}

export function tooLargeWords(bytes: number): string {
  return t('Too large for the desktop’s clipboard: {size}', { size: bytesWords(bytes) })
}
