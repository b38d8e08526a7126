// Demo desktops run in hidden windows of their own, without background throttling: the picture moves on whatever is in front.
// One window a session; a new door of the same session replaces it, and it ends with the session's viewer.
import type { BrowserWindow } from 'electron'

export interface DemoWindows {
  /** @param attach WebSocket URL of the door at which the desktop attaches */
  run(sessionId: string, attach: string): void
  stop(sessionId: string): void
}

/** @param open makes a hidden window for a page (window-factory.ts) */
export function createDemoWindows(open: (page: string) => Pick<BrowserWindow, 'destroy' | 'on'>): DemoWindows {
  const windows = new Map<string, Pick<BrowserWindow, 'destroy'>>()
  function stop(sessionId: string): void {
    const window = windows.get(sessionId)
    windows.delete(sessionId)
    window?.destroy()
  }
  return {
    run(sessionId, attach) {
      stop(sessionId)
      const window = open(`/demo.html?attach=${encodeURIComponent(attach)}`)
      windows.set(sessionId, window)
      window.on('closed', () => {
        if (windows.get(sessionId) === window) windows.delete(sessionId)
      })
    },
    stop,
  }
}
