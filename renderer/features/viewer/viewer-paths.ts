// A viewer's moves between ways, put together: when, by what second connection, and what the desktop is told anew after one.
import type { DisplayId } from '../../../shared/domain/display-layout.ts'
import type { Connection } from './connection-shape.ts'
import type { PathChooser } from './path-choice.ts'
import { createPathMover } from './path-mover.ts'
import type { CreateViewerPeer } from './peer/viewer-peer.ts'
import { newTab } from './tab-name.ts'
import { openStandby } from './standby.ts'
import type { Screens, SoundOutput, TransportEvents } from './transport/transport.ts'
import { watchWake } from './transport/wake-watch.ts'
import type { WebRtcOptions } from './transport/webrtc-transport.ts'
import { probeWays } from './transport/way-probe.ts'
import type { Say, ViewerStore } from './viewer-state.ts'
import type { WindowSize } from './window-size.ts'

export interface ViewerPathsOptions {
  readonly connection: Connection
  readonly choice: PathChooser
  readonly store: ViewerStore
  readonly screens: Screens
  readonly size: WindowSize
  readonly display: DisplayId
  readonly signal: AbortSignal
  createPeer(): CreateViewerPeer
  /** What is told of a WebRTC connection that is shown, without its end. */
  events(): TransportEvents
  /** What the desktop is told of the picture when it is greeted. */
  greeting(): Pick<WebRtcOptions, 'fullColorCodecs' | 'startKbps'>
  sound(): boolean
  output(): SoundOutput
  /** The picture is about to change its element. */
  onShow(): void
  /** The desktop knows the page by this name from now on. */
  onTab(id: string): void
  /** The page has inherited its display: what it wanted of the desktop meanwhile was not heard. */
  onInherited(): void
  say(say: Omit<Say, 'id'>): void
}

/** Selkies 2.1 gives a display to the next page 3 s after its owner left. */
const INHERITED_AFTER_MS = 3500
/** For another way's candidates, ms: what needs longer is not better. */
const PROBE_WITHIN_MS = 4000

export interface ViewerPaths {
  /** To be called once a second while there is a picture. */
  sample(): void
}

/** Moves, and tells the connection of sleeps and networks, until the signal is aborted. */
export function createViewerPaths(options: ViewerPathsOptions): ViewerPaths {
  const { connection, choice, store, screens, size, display, signal } = options
  const mover = createPathMover({
    connection,
    state: () => store.getState(),
    hidden: () => document.hidden,
    forced: () => choice.forced(),
    probe: (door, paths, abort) =>
      probeWays({ door, paths, createPeer: options.createPeer(), withinMs: PROBE_WITHIN_MS, signal: abort }),
    async openBeside(door, paths, lost) {
      const { width, height } = size.wish()
      const tabId = newTab()
      const standby = await openStandby({
        door,
        paths,
        createPeer: options.createPeer(),
        screens,
        pageSize: [width, height],
        tabId,
        display: { id: display, side: 'right' },
        ...options.greeting(),
        sound: () => options.sound(),
        output: options.output(),
        events: { ...options.events(), onEnd: lost },
        lost,
        onShow: () => options.onShow(),
      })
      options.onTab(tabId)
      setTimeout(() => {
        if (!signal.aborted) options.onInherited()
      }, INHERITED_AFTER_MS)
      return standby
    },
    say: (what) => options.say(what),
    now: () => performance.now(),
    date: () => Date.now(),
  })
  signal.addEventListener('abort', () => mover.dispose(), { once: true })
  watchWake({
    now: () => Date.now(),
    signal,
    onWake(reason) {
      if (reason !== 'offline') mover.networkChanged()
      connection.wake(reason)
    },
  })
  return {
    sample() {
      // a second display has its own connection, which stays where it is; 1.6 takes one page alone
      if (display === 'primary' && store.getState().features.sharing) mover.sample()
    },
  }
}
