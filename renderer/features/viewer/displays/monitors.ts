// The monitors of this machine, for full screen on a chosen one: the browser's Window Management, which asks the person, or the app's
// own list. Policy: nothing is asked before a person wants to choose; a machine with one monitor is never asked; a refusal is an
// answer, and full screen then takes the monitor that the window is on.
import type { Bridge } from '../../../../shared/ipc/bridge.ts'

/** A monitor. `key` is kept in the layout: the place and size, since browsers give no identity that lasts. */
export interface Monitor {
  readonly key: string
  readonly label: string
  readonly primary: boolean
  /** The window is on it. */
  readonly current: boolean
}

export type MonitorList =
  | { readonly kind: 'one' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'list'; readonly monitors: readonly Monitor[] }

/** The Window Management API, which type libraries do not know. */
interface ScreenDetailed extends Screen {
  readonly left: number
  readonly top: number
  readonly label: string
  readonly isPrimary: boolean
}
interface ScreenDetails {
  readonly screens: readonly ScreenDetailed[]
  readonly currentScreen: ScreenDetailed
}
interface ManagingWindow {
  readonly screen: Screen & { readonly isExtended?: boolean }
  getScreenDetails?(): Promise<ScreenDetails>
}
/** What `requestFullscreen` takes beside the standard's navigation. */
export interface ScreenOptions extends FullscreenOptions {
  readonly screen?: Screen
}

export interface Monitors {
  /** Whether there is more than one, as far as it can be known without asking the person. */
  several(): boolean
  /** Asks; a browser wants a click before it. */
  list(): Promise<MonitorList>
  /**
   * Options that make full screen take a monitor.
   * @param key as it was listed once; one that is not there any more is the window's own
   */
  fullScreenOn(key: string | null): Promise<ScreenOptions>
}

export function createMonitors(bridge: Bridge, page: ManagingWindow): Monitors {
  const details = async (): Promise<ScreenDetails | null> => {
    try {
      return (await page.getScreenDetails?.()) ?? null
    } catch {
      // the person said no
      return null
    }
  }
  return {
    several: () => page.screen.isExtended === true,
    async list() {
      if (page.screen.isExtended === false) return { kind: 'one' }
      const found = await details()
      if (found === null) return { kind: 'refused' }
      const monitors = found.screens.map((screen, index) => ({
        key: keyOf(screen),
        label: screen.label === '' ? `${index + 1}` : screen.label,
        primary: screen.isPrimary,
        current: screen === found.currentScreen,
      }))
      return monitors.length < 2 ? { kind: 'one' } : { kind: 'list', monitors }
    },
    async fullScreenOn(key) {
      if (key === null) return {}
      // the app moves its window itself; a browser's tab is not asked
      const moved = await bridge.call('windows.moveTo', { monitor: key })
      if (moved.ok && moved.value.moved) return {}
      const screen = (await details())?.screens.find((each) => keyOf(each) === key)
      return screen === undefined ? {} : { screen }
    },
  }
}

function keyOf({ left, top, width, height }: ScreenDetailed): string {
  return `${left},${top} ${width}x${height}`
}
