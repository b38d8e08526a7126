// The windows of a desktop and where they are: the second display's opens and comes back, each remembers its place, and full screen
// takes the monitor that was chosen. What the desktop has to know of it (the side of the second display) is told when it changes.
import type { Bounds, DisplayId } from '../../../../shared/domain/display-layout.ts'
import type { Settings } from '../../../../shared/domain/settings.ts'
import { ELECTRON_API, type Bridge } from '../../../../shared/ipc/bridge.ts'
import type { InputSink } from '../input/input-sink.ts'
import type { ViewerStore } from '../viewer-state.ts'
import { createMonitors, type ScreenOptions } from './monitors.ts'
import { answerAsSecond, createSecondDisplay } from './second-display.ts'

/** A window that is being moved or drawn is remembered when it rests, ms. */
const REST_MS = 1000

export interface DisplayWindowsOptions {
  readonly bridge: Bridge
  readonly sessionId: string
  readonly display: DisplayId
  readonly store: ViewerStore
  readonly sink: InputSink
  readonly signal: AbortSignal
  settings(): Settings
}

export interface DisplayWindows {
  /** Opens or closes the second display. To be called by a click. */
  setSecond(open: boolean): Promise<void>
  /** The desktop has its picture: what was open comes back. */
  restore(): void
  /** The person leaves the desktop. */
  leave(): void
  update(before: Settings): void
  fullScreenOptions(): Promise<ScreenOptions>
  dispose(): void
}

export function createDisplayWindows(options: DisplayWindowsOptions): DisplayWindows {
  const { bridge, sessionId, display, store, sink, signal } = options
  const monitors = createMonitors(bridge, window)
  const layout = () => options.settings().layouts[sessionId]
  const channel = new BroadcastChannel(`displays ${sessionId}`)
  const second =
    display === 'primary'
      ? createSecondDisplay({
          channel,
          async openWindow() {
            const answer = await bridge.call('windows.openViewer', { sessionId, display: 'display2' })
            if (answer.ok && answer.value.opened === 'window') return true
            return openTab(sessionId, layout()?.display2?.bounds)
          },
          wasOpen: () => layout()?.second === true,
          remember: (open) => void bridge.call('settings.setLayout', { sessionId, patch: { second: open } }),
          onChange: (state) => store.setState({ second: state }),
          after(ms, act) {
            const timer = setTimeout(act, ms)
            return () => clearTimeout(timer)
          },
        })
      : null
  const goAsSecond = second === null ? answerAsSecond(channel, () => window.close()) : null
  // a page that leaves says so
  if (goAsSecond !== null) window.addEventListener('pagehide', goAsSecond, { signal })

  let timer: ReturnType<typeof setTimeout> | undefined
  const rememberPlace = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const bounds = boundsOf(window)
      const before = layout()?.[display]?.bounds
      // full screen is no place of a window
      if (document.fullscreenElement !== null || bounds === null || sameBounds(before, bounds)) return
      void bridge.call('settings.setLayout', { sessionId, patch: { [display]: { bounds } } })
    }, REST_MS)
  }
  // a browser's tab has no place of its own. Moves are told by nobody: the place is looked at when the size changes and when the
  // person goes elsewhere
  if (display !== 'primary' || ELECTRON_API in window) {
    window.addEventListener('resize', rememberPlace, { signal })
    window.addEventListener('blur', rememberPlace, { signal })
  }

  return {
    async setSecond(open) {
      await second?.set(open)
    },
    restore: () => second?.restore(),
    leave: () => second?.leave(),
    update(before) {
      const side = layout()?.side ?? 'right'
      if (display === 'primary' || side === (before.layouts[sessionId]?.side ?? 'right')) return
      sink({ type: 'settings', settings: { displayId: display, displayPosition: side } })
    },
    fullScreenOptions: () => monitors.fullScreenOn(layout()?.[display]?.monitor ?? null),
    dispose() {
      clearTimeout(timer)
      second?.dispose()
      goAsSecond?.()
    },
  }
}

/** @returns whether the browser opened it */
function openTab(sessionId: string, bounds: Bounds | undefined): boolean {
  const { left = 80, top = 80, width = 1280, height = 720 } = bounds ?? {}
  // in the same language and by the same ways
  const query = new URLSearchParams(location.search)
  query.set('session', sessionId)
  query.set('display', 'display2')
  const opened = window.open(
    `/viewer.html?${query.toString()}`,
    `display2 ${sessionId}`,
    `popup,left=${left},top=${top},width=${width},height=${height}`,
  )
  return opened !== null
}

/** A window's place; null where it cannot be kept (a browser that tells zeros, a window out of all bounds). */
function boundsOf({ screenX, screenY, innerWidth, innerHeight, outerWidth, outerHeight }: Window): Bounds | null {
  // windows are opened by the size of their content, at the place of their frame
  const bounds = { left: screenX, top: screenY, width: innerWidth, height: innerHeight }
  const sane = Object.values(bounds).every((value) => Number.isInteger(value) && Math.abs(value) <= 100_000)
  return sane && outerWidth > 0 && outerHeight > 0 && innerWidth > 0 && innerHeight > 0 ? bounds : null
}

function sameBounds(a: Bounds | undefined, b: Bounds): boolean {
  return a?.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height
}
