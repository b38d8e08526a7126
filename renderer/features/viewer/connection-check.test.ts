// The connection check: each hop that fails has its name and a next step, and nothing is asked that cannot be.
import { expect, it } from 'vitest'
import type { Door } from '../../../shared/domain/session.ts'
import { checkConnection, type CheckTools, type Hop } from './connection-check.ts'

const door: Door = {
  ticket: 't',
  base: '/d/t/',
  candidates: [
    { path: 'node', protocol: 'udp', host: '192.0.2.1', port: 30_000 },
    { path: 'tunnel', protocol: 'tcp', host: '127.0.0.1', port: 40_000 },
  ],
  iceServers: [
    {
      urls: ['turn:192.0.2.9:3478?transport=udp', 'turns:turn.example.org:443?transport=tcp'],
      username: 'u',
      credential: 'hunter2',
    },
  ],
  generation: 'selkies2',
  transport: 'dual',
}

async function check(
  over: Partial<CheckTools> = {},
): Promise<{ hops: readonly Hop[]; closed: number; tried: string[] }> {
  let closed = 0
  const tried: string[] = []
  const hops = await checkConnection(
    {
      openDoor: () => Promise.resolve({ door }),
      closeDoor: () => closed++,
      probe: () =>
        Promise.resolve({ probed: { kind: 'selkies2', mode: 'webrtc', dual: true }, doorClosed: false, refusal: null }),
      askRelay: () => Promise.resolve({ kind: 'ok', ms: 12 }),
      tryWays(_, paths) {
        tried.push([...paths].join('+'))
        const [way = 'direct'] = paths
        return Promise.resolve({ kind: 'works', way, via: null, rttMs: 3 })
      },
      now: () => 0,
      ...over,
    },
    new AbortController().signal,
    () => undefined,
  )
  return { hops, closed, tried }
}
const states = (hops: readonly Hop[]) => Object.fromEntries(hops.map(({ id, state }) => [id.split(':')[0], state]))

it('names every hop, and closes its door', async () => {
  const { hops, closed, tried } = await check()
  expect(hops.map(({ name }) => name)).toEqual([
    'Door to the cluster',
    'The desktop’s server',
    'Relay, UDP (192.0.2.9:3478)',
    'Relay, TLS (turn.example.org:443)',
    'The desktop’s own address',
    'The node’s UDP port',
    'Through the cluster (TCP)',
    'From the relay to the desktop',
    'WebSocket',
  ])
  expect(hops.every(({ state }) => state === 'ok')).toBe(true)
  expect(tried).toEqual(['direct', 'node', 'tunnel', 'relay-udp+relay-tcp+relay-tls'])
  expect(closed).toBe(1)
})

it('stops at a door that does not open, with its words', async () => {
  const error = { code: 'signed-out', sentence: 'Your sign-in has run out.', nextStep: 'Sign in again.' }
  const { hops, closed } = await check({ openDoor: () => Promise.resolve({ error }) })
  expect(hops.map(({ state, detail, next }) => [state, detail, next])).toEqual([
    ['failed', 'Your sign-in has run out.', 'Sign in again.'],
    ['skipped', 'Not asked: there is no door.', ''],
  ])
  expect(closed).toBe(0)
})

it('tells a blocked relay from one that refuses, and does not try what lies behind', async () => {
  const { hops, tried } = await check({
    askRelay: ({ transport }) =>
      Promise.resolve(transport === 'udp' ? { kind: 'silent' } : { kind: 'refused', code: 401 }),
  })
  expect(hops.find(({ name }) => name.startsWith('Relay, UDP'))).toMatchObject({
    state: 'failed',
    detail: 'No answer.',
  })
  expect(hops.find(({ name }) => name.startsWith('Relay, TLS'))).toMatchObject({
    state: 'failed',
    detail: 'It answers and refuses (401).',
  })
  expect(tried).toEqual(['direct', 'node', 'tunnel'])
  expect(JSON.stringify(hops)).not.toContain('hunter2')
})

it('gives every failure a next step', async () => {
  const { hops } = await check({
    askRelay: () => Promise.resolve({ kind: 'silent' }),
    tryWays: (_, paths) =>
      Promise.resolve(
        paths.has('node') ? { kind: 'no-answer' } : { kind: 'signalling', sentence: 'The connection was cut.' },
      ),
  })
  const failed = hops.filter(({ state }) => state === 'failed')
  expect(failed).toHaveLength(5)
  expect(failed.every(({ next }) => next !== '')).toBe(true)
  expect(hops.find(({ id }) => id === 'node')?.next).toContain('30000')
})

it('tries no way while the desktop speaks WebSocket, and none that is forbidden or absent', async () => {
  const socket = await check({
    probe: () =>
      Promise.resolve({
        probed: { kind: 'selkies2', mode: 'websockets', dual: true },
        doorClosed: false,
        refusal: null,
      }),
  })
  expect(socket.tried).toEqual([])
  expect(socket.hops.find(({ id }) => id === 'websocket')?.detail).toBe('In use now')
  const strict: Door = { ...door, candidates: [], forbidden: ['relay', 'direct', 'websocket'] }
  const { hops, tried } = await check({ openDoor: () => Promise.resolve({ door: strict }) })
  expect(tried).toEqual([])
  expect(states(hops)).toEqual({
    door: 'ok',
    server: 'ok',
    relay: 'skipped',
    direct: 'skipped',
    node: 'skipped',
    tunnel: 'skipped',
    websocket: 'skipped',
  })
})
