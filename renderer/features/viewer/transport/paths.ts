// Ways for media as ICE candidates: which of them an attempt may use, and which one is in use. Pure.
// A way that fell silent is left out of the next attempt; when none is left, all are tried again. What is forbidden is never tried.
import { addCandidates, readCandidate, removeCandidates } from '../../../../shared/selkies/sdp.ts'
import {
  ICE_PATHS,
  relayTransport,
  type ForbiddenPath,
  type IcePath,
  type RelayTransport,
} from '../../../../shared/domain/media.ts'
import type { Door } from '../../../../shared/domain/session.ts'
import type { MediaPath } from './transport.ts'
import { text, translated } from '../../../ui/translate.ts'

export { ICE_PATHS, type IcePath } from '../../../../shared/domain/media.ts'

const RELAYS: readonly IcePath[] = ['relay-udp', 'relay-tcp', 'relay-tls']

/** The ways that a word stands for: one, all relays for `relay`, none for what is unknown. */
export function waysOf(word: string): readonly IcePath[] {
  return word === 'relay' ? RELAYS : ICE_PATHS.filter((path) => path === word)
}

/** The ways that a person wants (`?paths=node,relay-tcp`), for troubleshooting; empty or unknown words mean all. */
export function readPathsQuery(query: string | null): ReadonlySet<IcePath> {
  const known = (query ?? '').split(',').flatMap(waysOf)
  return new Set(known.length > 0 ? ICE_PATHS.filter((path) => known.includes(path)) : ICE_PATHS)
}

/** The ways that exist for this door and are not forbidden. The desktop's own addresses always count as one. */
export function availablePaths(door: Pick<Door, 'candidates' | 'iceServers' | 'forbidden'>): ReadonlySet<IcePath> {
  const paths = new Set<IcePath>(['direct'])
  for (const candidate of door.candidates) paths.add(candidate.path)
  for (const url of door.iceServers.flatMap(({ urls }) => urls)) {
    const transport = relayTransport(url)
    if (transport !== null) paths.add(`relay-${transport}`)
  }
  return withoutForbidden(paths, door.forbidden ?? [])
}

/** What policy leaves of some ways. */
export function withoutForbidden(
  paths: ReadonlySet<IcePath>,
  forbidden: readonly ForbiddenPath[],
): ReadonlySet<IcePath> {
  const gone = new Set(forbidden.flatMap(waysOf))
  return new Set([...paths].filter((path) => !gone.has(path)))
}

/** What is left of the wanted ways without the silent ones; all wanted ones when nothing would be left. */
export function usablePaths(
  wanted: ReadonlySet<IcePath>,
  available: ReadonlySet<IcePath>,
  silent: ReadonlySet<IcePath>,
): ReadonlySet<IcePath> {
  const there = [...wanted].filter((path) => available.has(path))
  const left = there.filter((path) => !silent.has(path))
  return new Set(left.length > 0 ? left : there)
}

/** Whether nothing but relays is among them. */
export function onlyRelays(paths: ReadonlySet<IcePath>): boolean {
  return paths.size > 0 && [...paths].every((path) => RELAYS.includes(path))
}

/** The relays of a door that go by these ways, as the browser takes them. One entry an address: each names its own transport. */
export function relayServers(door: Pick<Door, 'iceServers'>, paths: ReadonlySet<IcePath>): readonly RTCIceServer[] {
  return door.iceServers.flatMap(({ urls, username, credential }) => {
    const kept = urls.filter((url) => {
      const transport = relayTransport(url)
      return transport !== null && paths.has(`relay-${transport}`)
    })
    if (kept.length === 0) return []
    return [
      {
        urls: kept,
        ...(username === undefined ? {} : { username }),
        ...(credential === undefined ? {} : { credential }),
      },
    ]
  })
}

export type PathDoor = Pick<Door, 'candidates' | 'iceServers' | 'mediaRelay'>

export interface PathPlan {
  readonly iceServers: readonly RTCIceServer[]
  readonly iceTransportPolicy: RTCIceTransportPolicy
  editOffer(sdp: string): string
  /** Whether the server may learn of this local candidate. */
  tellServer(candidate: string): boolean
  /** Whether a candidate that the server said after its offer may be used (1.6). */
  useServers(candidate: string): boolean
}

/**
 * Makes an attempt use only the given ways.
 * @param door its candidates are added to the offer, or are relays; ICE servers come from it alone, never from the server
 */
export function planPaths(door: PathDoor, paths: ReadonlySet<IcePath>): PathPlan {
  const { mediaRelay } = door
  const servers = relayServers(door, paths)
  const relay = servers.length > 0
  const wanted = door.candidates.filter((candidate) => paths.has(candidate.path))
  const added = mediaRelay === undefined ? wanted : []
  const inPod = mediaRelay === undefined || wanted.length === 0 ? [] : [{ urls: wanted.map(relayUrl), ...mediaRelay }]
  const direct = paths.has('direct')
  const onlyRelay = !direct && added.length === 0 && (relay || inPod.length > 0)
  return {
    iceServers: [...servers, ...inPod],
    iceTransportPolicy: onlyRelay ? 'relay' : 'all',
    editOffer(sdp) {
      // a relay reaches the desktop at its own addresses, so those stay where a relay is the only way
      const own =
        direct || onlyRelay ? sdp : removeCandidates(sdp, (line) => !relay || readCandidate(line)?.type !== 'relay')
      return addCandidates(own, added)
    },
    // names of multicast DNS mean nothing in a cluster: a server spends a second on each, and a page that leaves meanwhile
    // leaves Selkies 2.1 unable to make another offer. It learns our address from our own checks anyway.
    tellServer: (candidate) =>
      !candidate.includes('.local ') && (direct || ((relay || onlyRelay) && candidate.includes(' typ relay'))),
    useServers: (candidate) => direct || onlyRelay || (relay && candidate.includes(' typ relay')),
  }
}

/** The address of a relay in the desktop's pod. */
function relayUrl({ host, port, protocol }: Door['candidates'][number]): string {
  return `turn:${host.includes(':') ? `[${host}]` : host}:${port}?transport=${protocol}`
}

/** Ends of the selected pair, as getStats names them. */
export interface SelectedPair {
  readonly localType: string
  readonly remoteAddress: string | null
  readonly remotePort: number | null
  readonly remoteProtocol: string | null
  /** Of the relay, where the local end is one. */
  readonly localUrl?: string | null
}

/** Which way a selected pair is. */
export function pathOf(pair: SelectedPair, door: Pick<PathDoor, 'candidates' | 'mediaRelay'>): MediaPath {
  if (pair.localType === 'relay') {
    const own = door.mediaRelay && door.candidates.find((candidate) => relayUrl(candidate) === pair.localUrl)
    return own?.path ?? 'relay'
  }
  const added = door.candidates.find(
    ({ host, port, protocol }) =>
      host === pair.remoteAddress && port === pair.remotePort && protocol === pair.remoteProtocol,
  )
  return added?.path ?? 'direct'
}

/** The way behind a path: a relay's is known by how it is reached. @returns null for WebSocket media, and while it is not known */
export function wayOf(path: MediaPath | null, relay: RelayTransport | null): IcePath | null {
  if (path === null || path === 'websocket') return null
  return path === 'relay' ? `relay-${relay ?? 'udp'}` : path
}

/** The words for a path or one way of it. */
export function pathWords(path: MediaPath | IcePath, relay?: RelayTransport | null): string {
  const words: Readonly<Record<MediaPath | IcePath, string>> = {
    node: text('Direct, UDP'),
    direct: text('Direct to the desktop'),
    relay: text('Relay'),
    'relay-udp': text('Relay, UDP'),
    'relay-tcp': text('Relay, TCP'),
    'relay-tls': text('Relay, TLS'),
    tunnel: text('Through the cluster'),
    websocket: text('WebSocket'),
  }
  return translated(words[path === 'relay' && relay ? (`relay-${relay}` as const) : path])
}

/** A relay's name from its address, host and port: `turn.example.org:3478`. */
export function relayName(url: string): string {
  return url.replace(/^turns?:/, '').replace(/\?.*$/, '')
}
