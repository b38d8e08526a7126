// Ways for media as ICE candidates: which of them an attempt may use, and which one is in use. Pure.
// A way that fell silent is left out of the next attempt; when none is left, all are tried again.
import { addCandidates, readCandidate, removeCandidates } from '../../../../shared/selkies/sdp.ts'
import type { Door } from '../../../../shared/domain/session.ts'
import type { MediaPath } from './transport.ts'
import { text, translated } from '../../../ui/translate.ts'

export const ICE_PATHS = ['direct', 'node', 'relay', 'tunnel'] as const
export type IcePath = (typeof ICE_PATHS)[number]

/** The ways that a person wants (`?paths=node,tunnel`), for troubleshooting; empty or unknown words mean all. */
export function readPathsQuery(query: string | null): ReadonlySet<IcePath> {
  const wanted = (query ?? '').split(',')
  const known = ICE_PATHS.filter((path) => wanted.includes(path))
  return new Set(known.length > 0 ? known : ICE_PATHS)
}

/** The ways that exist for this door. The desktop's own addresses always count as one. */
export function availablePaths(door: Pick<Door, 'candidates' | 'iceServers'>): ReadonlySet<IcePath> {
  const paths = new Set<IcePath>(['direct'])
  for (const candidate of door.candidates) paths.add(candidate.path)
  if (door.iceServers.length > 0) paths.add('relay')
  return paths
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
  const relay = paths.has('relay') && door.iceServers.length > 0
  const wanted = door.candidates.filter((candidate) => paths.has(candidate.path))
  const added = mediaRelay === undefined ? wanted : []
  const inPod = mediaRelay === undefined || wanted.length === 0 ? [] : [{ urls: wanted.map(relayUrl), ...mediaRelay }]
  const direct = paths.has('direct')
  const onlyRelay = !direct && added.length === 0 && (relay || inPod.length > 0)
  const servers = relay
    ? door.iceServers.map(({ urls, username, credential }) => ({
        urls,
        ...(username === undefined ? {} : { username }),
        ...(credential === undefined ? {} : { credential }),
      }))
    : []
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

/** The words for a way. */
export function pathWords(path: MediaPath): string {
  const words: Readonly<Record<MediaPath, string>> = {
    node: text('Direct, UDP'),
    direct: text('Direct to the desktop'),
    relay: text('Relay'),
    tunnel: text('Through the cluster'),
    websocket: text('WebSocket'),
  }
  return translated(words[path])
}
