// The web host's way to open a desktop: one tab for each, focused when it is still there.

const tabs = new Map<string, Window>()

/** @returns false when the browser refused */
export function openTab(sessionId: string): boolean {
  const known = tabs.get(sessionId)
  if (known && !known.closed) {
    known.focus()
    return true
  }
  const tab = window.open(`/viewer.html?session=${encodeURIComponent(sessionId)}`)
  if (!tab) return false
  tabs.set(sessionId, tab)
  return true
}
