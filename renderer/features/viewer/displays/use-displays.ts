// What the page has of displays: the layout of this desktop, and what a person may change of it.
import { useMemo } from 'react'
import type { DesktopLayout, DisplayId } from '../../../../shared/domain/display-layout.ts'
import type { Settings } from '../../../../shared/domain/settings.ts'
import type { Bridge } from '../../../../shared/ipc/bridge.ts'
import type { ViewerSession } from '../viewer-session-shape.ts'
import type { ViewerState } from '../viewer-state.ts'
import { createMonitors, type MonitorList } from './monitors.ts'
import type { SecondState } from './second-display.ts'

export interface DisplayControls {
  /** Which display this window shows. */
  readonly display: DisplayId
  readonly layout: DesktopLayout
  /** What is set for all desktops. */
  readonly resizeToWindow: boolean
  readonly second: SecondState
  /** The desktop lets a second display be. */
  readonly secondOffered: boolean
  severalMonitors(): boolean
  listMonitors(): Promise<MonitorList>
  /** Keeps a change of the layout; it takes effect at once. */
  remember(patch: DesktopLayout): void
  setSecond(open: boolean): void
}

/** @param sessionId the desktop whose layout it is */
export function useDisplays(
  bridge: Bridge,
  sessionId: string,
  display: DisplayId,
  session: ViewerSession | null,
  { second, secondOffered }: Pick<ViewerState, 'second' | 'secondOffered'>,
  settings: Settings,
): DisplayControls {
  const monitors = useMemo(() => createMonitors(bridge, window), [bridge])
  return {
    display,
    layout: settings.layouts[sessionId] ?? {},
    resizeToWindow: settings.resizeToWindow,
    second,
    secondOffered,
    severalMonitors: () => monitors.several(),
    listMonitors: () => monitors.list(),
    remember: (patch) => void bridge.call('settings.setLayout', { sessionId, patch }),
    setSecond: (open) => void session?.setSecondDisplay(open),
  }
}
