// Small readings and words of the viewer's session.
import type { DisplayId } from '../../../shared/domain/display-layout.ts'
import { number, t } from '../../ui/translate.ts'

/** Who "the same page" is for the desktop: kept over a reload, not shared with other tabs. */
export function rememberTab(display: DisplayId): string {
  // a window that is opened by another one begins with what that one has kept
  const key = display === 'primary' ? 'viewer-tab' : `viewer-tab-${display}`
  const id = sessionStorage.getItem(key) ?? crypto.randomUUID()
  sessionStorage.setItem(key, id)
  return id
}

/** A flag of the server's settings; what is not said counts as allowed. */
export function flag(settings: Readonly<Record<string, unknown>>, name: string): boolean {
  const entry = settings[name]
  return !(typeof entry === 'object' && entry !== null && 'value' in entry && entry.value === false)
}

/** A size as people read it. */
function bytesWords(bytes: number): string {
  if (bytes < 1000) return t('{size} B', { size: bytes })
  return bytes < 1e6
    ? t('{size} kB', { size: Math.round(bytes / 1000) })
    : t('{size} MB', { size: number(bytes / 1e6, 1) })
}

/** What the clipboard has brought. */
export function copiedWords(where: 'to-desktop' | 'from-desktop', kind: 'text' | 'picture', bytes: number): string {
  const size = bytesWords(bytes)
  if (where === 'to-desktop')
    return kind === 'text'
      ? t('Copied to the desktop: text, {size}', { size })
      : t('Copied to the desktop: picture, {size}', { size })
  return kind === 'text'
    ? t('Copied from the desktop: text, {size}', { size })
    : t('Copied from the desktop: picture, {size}', { size })
}

export function tooLargeWords(bytes: number): string {
  return t('Too large for the desktop’s clipboard: {size}', { size: bytesWords(bytes) })
}
