// Which ways for media a person wants for this desktop: what the page's address says, else what was chosen for its cluster.
// Policy: a chosen way is taken alone; where it does not work, that is said and waited for, and nothing else is taken instead.
import type { PathChoice } from '../../../shared/domain/media.ts'
import { withPathChoice } from '../../../shared/domain/media.ts'
import type { Door } from '../../../shared/domain/session.ts'
import type { Settings } from '../../../shared/domain/settings.ts'
import { availablePaths, ICE_PATHS, pathWords, waysOf, type IcePath } from './transport/paths.ts'
import type { Tried } from './viewer-state.ts'

export interface PathChoiceOptions {
  readonly sessionId: string
  /** From the page's address: only these ways; all: it says nothing. */
  readonly paths: ReadonlySet<IcePath>
  /** From the page's address: WebSocket, whatever the settings say. */
  readonly forceWebSocket: boolean
}

export interface PathChooser {
  chosen(): PathChoice
  paths(): ReadonlySet<IcePath>
  transport(): 'auto' | 'websocket'
  /** WebSocket may be taken when no way works. */
  mayWebSocket(): boolean
  /** One way alone is wanted: nothing moves by itself. */
  forced(): boolean
  /** Whether the connection has to be made anew for other settings. */
  changed(before: Settings, next: Settings): boolean
  /** The patch of the settings that remembers a choice. */
  remember(choice: PathChoice): Partial<Settings>
}

export function createPathChoice(options: PathChoiceOptions, settings: () => Settings): PathChooser {
  const clusterId = clusterOf(options.sessionId)
  const of = ({ paths }: Settings): PathChoice => paths[clusterId] ?? 'auto'
  const chosen = (): PathChoice => of(settings())
  const asked = options.paths.size < ICE_PATHS.length || options.forceWebSocket
  const one = (): boolean => !asked && chosen() !== 'auto'
  return {
    chosen,
    paths() {
      const way = chosen()
      return asked || way === 'auto' || way === 'websocket' ? options.paths : new Set([way])
    },
    transport() {
      if (options.forceWebSocket || (!asked && chosen() === 'websocket')) return 'websocket'
      // a way that was chosen goes before the transport that is preferred everywhere
      return one() ? 'auto' : settings().transport
    },
    mayWebSocket: () => !one() || chosen() === 'websocket',
    forced: () => asked || chosen() !== 'auto',
    changed: (before, next) => next.transport !== before.transport || of(next) !== of(before),
    remember: (choice) => ({ paths: withPathChoice(settings().paths, clusterId, choice) }),
  }
}

/** The cluster in `<clusterId>/<namespace>/<name>`. */
export function clusterOf(sessionId: string): string {
  return sessionId.split('/').slice(0, -2).join('/')
}

export interface WayState {
  readonly way: Exclude<PathChoice, 'auto'>
  readonly state: 'there' | 'absent' | 'forbidden'
}

/** What may be chosen, for the menu. @param door null while there is none: then all may be there */
export function wayStates(door: Door | null): readonly WayState[] {
  const forbidden = new Set<string>((door?.forbidden ?? []).flatMap((path) => [path, ...waysOf(path)]))
  const there = door === null ? new Set(ICE_PATHS) : availablePaths(door)
  return [...ICE_PATHS, 'websocket' as const].map((way) => {
    if (forbidden.has(way)) return { way, state: 'forbidden' }
    if (way === 'websocket') return { way, state: door?.transport === 'webrtc' ? 'absent' : 'there' }
    return { way, state: there.has(way) ? 'there' : 'absent' }
  })
}

/** What of an attempt is known while it runs. */
export interface Attempt {
  readonly wanted: ReadonlySet<IcePath>
  /** Of those, what is tried now. */
  readonly usable: ReadonlySet<IcePath>
  /** None of them worked. */
  readonly noPath: boolean
  /** WebSocket is what comes after them. */
  readonly webSocket: boolean
}

/** What is being tried, in words and in its order. */
export function triedWays(door: Door, { wanted, usable, noPath, webSocket }: Attempt): readonly Tried[] {
  const there = availablePaths(door)
  const rows = ICE_PATHS.filter((path) => there.has(path) && wanted.has(path)).map((path): Tried => ({
    words: pathWords(path),
    state: noPath || !usable.has(path) ? 'no answer' : 'trying',
  }))
  return webSocket ? [...rows, { words: pathWords('websocket'), state: noPath ? 'trying' : 'next' }] : rows
}
