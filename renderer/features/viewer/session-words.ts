// Small readings and words of the viewer's session.

/** Who "the same page" is for the desktop: kept over a reload, not shared with other tabs. */
export function rememberTab(): string {
  const id = sessionStorage.getItem('viewer-tab') ?? crypto.randomUUID()
  sessionStorage.setItem('viewer-tab', id)
  return id
}

/** A flag of the server's settings; what is not said counts as allowed. */
export function flag(settings: Readonly<Record<string, unknown>>, name: string): boolean {
  const entry = settings[name]
  return !(typeof entry === 'object' && entry !== null && 'value' in entry && entry.value === false)
}

/** A size as people read it. */
function bytesWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

/** What the clipboard has brought. */
export function copiedWords(where: 'to-desktop' | 'from-desktop', kind: string, bytes: number): string {
  return `${where === 'to-desktop' ? 'Copied to the desktop' : 'Copied from the desktop'}: ${kind}, ${bytesWords(bytes)}`
}

export function tooLargeWords(bytes: number): string {
  return `Too large for the desktop’s clipboard: ${bytesWords(bytes)}`
}
