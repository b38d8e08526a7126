// The only place that makes windows. Every one is isolated and sandboxed, loads our own pages alone, and is known by its id.
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron'
import type { Bounds, DisplayId } from '../../shared/domain/display-layout.ts'

export type WindowKind = 'main' | 'viewer' | 'demo'

export interface WindowFactoryOptions {
  readonly BrowserWindow: new (options: BrowserWindowConstructorOptions) => BrowserWindow
  readonly preload: string
  readonly uiOrigin: string
  readonly title: string
  /** A packaged app has no developer tools. */
  readonly isPackaged: boolean
  /** Ends what belongs to a window's page: its subscriptions and doors. Called when it closes and when it loads anew. */
  readonly onPageEnd: (windowId: string) => void
  /** A viewer's window was made. */
  readonly onViewer?: ((window: BrowserWindow) => void) | undefined
  /** Where a window may open that was at this place. */
  readonly place?: ((bounds: Bounds | undefined) => Bounds | undefined) | undefined
  /** The viewer of a session was closed. */
  readonly onViewerClosed?: ((sessionId: string) => void) | undefined
}

export interface WindowFactory {
  /** Opens a page. @param page path and query below the UI's origin */
  open(kind: WindowKind, page: string): BrowserWindow
  /** Whether a WebContents is one of ours; the IPC adapter asks. */
  knows(webContentsId: number): boolean
  /**
   * Opens the viewer of a session's display, or brings the one that is open to the front.
   * @param bounds where it was last, of its content
   */
  openViewer(sessionId: string, display?: DisplayId, bounds?: Bounds): void
  /** Brings the main window to the front, or opens it. */
  showMain(): void
}

/** How often a window whose page crashed loads it again. */
const RELOADS = 3

const SIZES = {
  main: { width: 1180, height: 800, minWidth: 360, minHeight: 480 },
  viewer: { width: 1280, height: 760, minWidth: 480, minHeight: 320 },
  demo: { width: 1280, height: 720 },
} as const

/** The options of a window. Exported for its test: the security of every window is this object. */
export function windowOptions(
  kind: WindowKind,
  options: Pick<WindowFactoryOptions, 'preload' | 'title' | 'isPackaged'>,
): BrowserWindowConstructorOptions {
  return {
    ...SIZES[kind],
    title: options.title,
    show: kind !== 'demo',
    autoHideMenuBar: true,
    backgroundColor: kind === 'main' ? '#16171d' : '#000000',
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !options.isPackaged,
      // a demo desktop is drawn in a hidden window: its clock must not slow down. A viewer behind another window keeps its stream.
      backgroundThrottling: kind === 'main',
    },
  }
}

/** Makes the factory. */
export function createWindowFactory(options: WindowFactoryOptions): WindowFactory {
  const known = new Set<number>()
  const viewers = new Map<string, BrowserWindow>()
  let main: BrowserWindow | undefined

  function open(kind: WindowKind, page: string, bounds?: Bounds): BrowserWindow {
    const place = options.place?.(bounds)
    const at = place && { x: place.left, y: place.top, width: place.width, height: place.height, useContentSize: true }
    const window = new options.BrowserWindow({ ...windowOptions(kind, options), ...at })
    const { id } = window.webContents
    known.add(id)
    window.on('closed', () => {
      known.delete(id)
      options.onPageEnd(String(id))
    })
    window.webContents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) options.onPageEnd(String(id))
    })
    let crashes = 0
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit') return
      options.onPageEnd(String(id))
      crashes += 1
      // without a menu nobody could load it again; one that only crashes is left as it is
      if (crashes <= RELOADS) window.reload()
    })
    // a page that does not load shows nothing; the person may reload, so it is no reason to end
    void window.loadURL(`${options.uiOrigin}${page}`).catch(() => undefined)
    return window
  }

  return {
    open: (kind, page) => open(kind, page),
    knows: (id) => known.has(id),
    openViewer(sessionId, display = 'primary', bounds) {
      const key = viewerKey(sessionId, display)
      const there = viewers.get(key)
      if (there) return bringToFront(there)
      const page = `/viewer.html?session=${encodeURIComponent(sessionId)}`
      const window = open('viewer', display === 'primary' ? page : `${page}&display=${display}`, bounds)
      viewers.set(key, window)
      options.onViewer?.(window)
      window.on('closed', () => {
        viewers.delete(key)
        if (display !== 'primary') return
        // a desktop is left as a whole
        viewers.get(viewerKey(sessionId, 'display2'))?.close()
        options.onViewerClosed?.(sessionId)
      })
    },
    showMain() {
      if (main) return bringToFront(main)
      main = open('main', '/index.html')
      main.on('closed', () => (main = undefined))
    },
  }
}

function viewerKey(sessionId: string, display: DisplayId): string {
  return `${display} ${sessionId}`
}

function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
