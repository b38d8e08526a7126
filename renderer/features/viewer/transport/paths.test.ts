// Ways for media: what an attempt may use, and what a selected pair is.
import { expect, it } from 'vitest'
import { listCandidates } from '../../../../shared/selkies/sdp.ts'
import {
  availablePaths,
  onlyRelays,
  pathOf,
  pathWords,
  planPaths,
  readPathsQuery,
  relayName,
  relayServers,
  usablePaths,
  waysOf,
} from './paths.ts'

const door = {
  candidates: [
    { path: 'node', protocol: 'udp', host: '192.0.2.1', port: 30_000 },
    { path: 'tunnel', protocol: 'tcp', host: '127.0.0.1', port: 40_000 },
  ],
  iceServers: [{ urls: ['turn:192.0.2.9:3478'], username: 'u', credential: 'c' }],
} as const
const offer =
  'v=0\r\nm=video 9 X 97\r\na=candidate:1 1 udp 2130706431 10.42.0.7 28081 typ host\r\na=end-of-candidates\r\n'
const hosts = (paths: string) =>
  listCandidates(
    planPaths(
      {
        ...door,
        candidates: [...door.candidates],
        iceServers: [{ ...door.iceServers[0], urls: [...door.iceServers[0].urls] }],
      },
      readPathsQuery(paths),
    ).editOffer(offer),
  ).map(({ host }) => host)
const mutable = {
  candidates: [...door.candidates],
  iceServers: [{ ...door.iceServers[0], urls: [...door.iceServers[0].urls] }],
}

it('adds every way by default and keeps the desktop’s own', () => {
  expect(hosts('')).toEqual(['10.42.0.7', '192.0.2.1', '127.0.0.1'])
})

it('takes one way alone', () => {
  expect(hosts('node')).toEqual(['192.0.2.1'])
  expect(hosts('tunnel')).toEqual(['127.0.0.1'])
  expect(hosts('node,tunnel')).toEqual(['192.0.2.1', '127.0.0.1'])
  const node = planPaths(mutable, new Set(['node']))
  expect(node.iceServers).toEqual([])
  expect(node.tellServer('candidate:1 1 udp 1 a.local 9 typ host')).toBe(false)
})

it('is strict about a relay', () => {
  const relay = planPaths(mutable, readPathsQuery('relay'))
  expect(relay.iceTransportPolicy).toBe('relay')
  expect(relay.iceServers).toHaveLength(1)
  expect(hosts('relay')).toEqual(['10.42.0.7'])
  expect(relay.tellServer('candidate:1 1 udp 1 192.0.2.9 9 typ relay')).toBe(true)
})

it('never tells names that a cluster cannot resolve', () => {
  const all = planPaths(mutable, readPathsQuery(null))
  expect(all.tellServer('candidate:1 1 udp 1 0b7a-11.local 9 typ host')).toBe(false)
  expect(all.tellServer('candidate:1 1 udp 1 198.51.100.4 9 typ srflx raddr 0.0.0.0 rport 0')).toBe(true)
})

it('leaves a silent way out, until none is left', () => {
  const all = readPathsQuery(null)
  const there = availablePaths(mutable)
  expect(usablePaths(all, there, new Set(['node']))).toEqual(new Set(['direct', 'relay-udp', 'tunnel']))
  expect(usablePaths(new Set(['node']), there, new Set(['node']))).toEqual(new Set(['node']))
  expect(usablePaths(all, new Set(['direct']), new Set())).toEqual(new Set(['direct']))
})

it('takes the ways to a relay in the pod as relays', () => {
  const pod = { ...mutable, iceServers: [], mediaRelay: { username: 'u', credential: 'c' } }
  const tunnel = planPaths(pod, new Set(['tunnel']))
  expect(tunnel.iceServers).toEqual([{ urls: ['turn:127.0.0.1:40000?transport=tcp'], username: 'u', credential: 'c' }])
  expect(tunnel.iceTransportPolicy).toBe('relay')
  expect(tunnel.editOffer(offer)).toBe(offer)
  expect(tunnel.useServers('candidate:1 1 udp 1 10.42.0.7 9 typ host')).toBe(true)
  const all = planPaths(pod, readPathsQuery(null))
  expect(all.iceTransportPolicy).toBe('all')
  expect(all.iceServers[0]?.urls).toEqual(['turn:192.0.2.1:30000?transport=udp', 'turn:127.0.0.1:40000?transport=tcp'])
  expect(planPaths(pod, new Set(['direct'])).iceServers).toEqual([])
  const pair = { localType: 'relay', remoteAddress: '10.42.0.7', remotePort: 9, remoteProtocol: 'udp' }
  expect(pathOf({ ...pair, localUrl: 'turn:127.0.0.1:40000?transport=tcp' }, pod)).toBe('tunnel')
  expect(pathOf({ ...pair, localUrl: 'turn:192.0.2.1:30000?transport=udp' }, pod)).toBe('node')
  expect(pathOf({ ...pair, localUrl: 'turn:192.0.2.9:3478' }, pod)).toBe('relay')
})

it('names the pair in use', () => {
  const pair = (localType: string, remoteAddress: string | null, remotePort: number | null, remoteProtocol: string) =>
    pathOf({ localType, remoteAddress, remotePort, remoteProtocol }, mutable)
  expect(pair('relay', '10.42.0.7', 28_081, 'udp')).toBe('relay')
  expect(pair('host', '192.0.2.1', 30_000, 'udp')).toBe('node')
  expect(pair('prflx', '127.0.0.1', 40_000, 'tcp')).toBe('tunnel')
  expect(pair('host', '10.42.0.7', 28_081, 'udp')).toBe('direct')
})

const relays = {
  candidates: mutable.candidates,
  iceServers: [
    {
      urls: [
        'turn:192.0.2.9:3478?transport=udp',
        'turn:192.0.2.9:3478?transport=tcp',
        'turns:turn.example.org:5349?transport=tcp',
        'stun:192.0.2.9:3478',
      ],
      username: 'u',
      credential: 'c',
    },
  ],
}

it('knows each transport of a relay as a way of its own', () => {
  expect([...availablePaths(relays)]).toEqual(['direct', 'node', 'tunnel', 'relay-udp', 'relay-tcp', 'relay-tls'])
  expect(readPathsQuery('relay')).toEqual(new Set(waysOf('relay')))
  const servers = (query: string) => relayServers(relays, readPathsQuery(query)).flatMap(({ urls }) => urls)
  expect(servers('relay-tcp')).toEqual(['turn:192.0.2.9:3478?transport=tcp'])
  expect(servers('relay-tls')).toEqual(['turns:turn.example.org:5349?transport=tcp'])
  expect(servers('node')).toEqual([])
  expect(planPaths(relays, readPathsQuery('relay-tls')).iceTransportPolicy).toBe('relay')
  expect(planPaths(relays, readPathsQuery('relay-tls,node')).iceTransportPolicy).toBe('all')
  expect(onlyRelays(readPathsQuery('relay-tcp,relay-tls'))).toBe(true)
  expect(onlyRelays(new Set())).toBe(false)
})

it('never has a way that the template forbids', () => {
  expect([...availablePaths({ ...relays, forbidden: ['relay', 'tunnel', 'websocket'] })]).toEqual(['direct', 'node'])
})

it('says how a relay is reached, and its name', () => {
  expect(pathWords('relay', 'tls')).toBe('Relay, TLS')
  expect(pathWords('relay')).toBe('Relay')
  expect(relayName('turns:turn.example.org:5349?transport=tcp')).toBe('turn.example.org:5349')
})
