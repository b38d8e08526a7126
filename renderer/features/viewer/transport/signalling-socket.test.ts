// The signalling socket with sockets and a clock of the test's own.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { parseClientLine, type PeerPayload } from '../../../../shared/selkies/g2/signalling.ts'
import { oddText } from '../../../../shared/selkies/testing/hostile.ts'
import { createRandom } from '../../../../shared/selkies/testing/random.ts'
import { openSignalling } from './signalling-socket.ts'
import { FakeSocket } from './testing/fake-socket.ts'
import type { Loss } from './transport.ts'

const socket = (index: number): FakeSocket => {
  const found = FakeSocket.all[index]
  if (found === undefined) throw new Error(`no socket ${index}`)
  return found
}
const OFFER = 'server-1 {"sdp":{"type":"offer","sdp":"v=0"}}'
const candidate: PeerPayload = { kind: 'ice', candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 }

function set() {
  const ends: Loss[] = []
  const cuts: boolean[] = []
  const payloads: PeerPayload[] = []
  const signalling = openSignalling({
    url: 'ws://x/',
    hello: { clientType: 'controller', clientSlot: 1, clientTabId: 't', resumeKey: 'k'.repeat(32), pageSize: [2, 2] },
    onPayload: (payload) => payloads.push(payload),
    onCut: (cut) => cuts.push(cut),
    onEnd: (loss) => ends.push(loss),
  })
  return { signalling, ends, cuts, payloads }
}
function connected() {
  const made = set()
  socket(0).open()
  socket(0).say('HELLO')
  socket(0).say('SESSION_OK server-1')
  socket(0).say(OFFER)
  return made
}

beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.all = []
  FakeSocket.begins = 0
  vi.stubGlobal('WebSocket', FakeSocket)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('says hello, asks for the session until it is there, and hands on the offer', async () => {
  const { payloads, signalling } = set()
  socket(0).open()
  expect(parseClientLine(socket(0).sent[0] ?? '').type).toBe('hello')
  socket(0).say('HELLO')
  socket(0).say('ERROR peer server not found')
  await vi.advanceTimersByTimeAsync(800)
  expect(socket(0).sent.slice(1)).toEqual(['SESSION server', 'SESSION server'])
  socket(0).say('SESSION_OK server-1')
  socket(0).say(OFFER)
  expect(payloads).toEqual([{ kind: 'sdp', type: 'offer', sdp: 'v=0' }])
  signalling.send(candidate)
  expect(socket(0).sent.at(-1)).toContain('server-1 {"ice"')
})

it('heals a cut with the same key, and says then what waited', async () => {
  const { cuts, ends, signalling } = connected()
  socket(0).end(1006)
  signalling.send(candidate)
  await vi.advanceTimersByTimeAsync(10)
  socket(1).open()
  expect(socket(1).sent).toEqual([socket(0).sent[0]])
  socket(1).say('RESUMED server-1')
  expect(socket(1).sent.at(-1)).toContain('"ice"')
  expect(cuts).toEqual([true, false])
  expect(ends).toEqual([])
})

it('begins anew when the server has forgotten, or does not come back in 3 s', async () => {
  const first = connected()
  socket(0).end(1006)
  await vi.advanceTimersByTimeAsync(10)
  socket(1).open()
  socket(1).say('HELLO')
  expect(first.ends).toMatchObject([{ kind: 'closed', meaning: { action: 'again' } }])
  FakeSocket.all = []
  FakeSocket.begins = 0
  const second = connected()
  socket(0).end(1006)
  for (let at = 0; at < 4000; at += 100) {
    await vi.advanceTimersByTimeAsync(100)
    for (const made of FakeSocket.all.slice(1)) if (made.readyState === 0) made.end(1006)
  }
  expect(second.ends).toMatchObject([{ kind: 'closed', meaning: { action: 'again' } }])
})

it('tells what is final at once, and once', async () => {
  const { ends } = connected()
  socket(0).end(4001, 'Superseded by a new connection for this player slot.')
  await vi.advanceTimersByTimeAsync(20_000)
  expect(ends).toMatchObject([{ kind: 'closed', meaning: { action: 'elsewhere' } }])
  expect(FakeSocket.all).toHaveLength(1)
})

it('answers a flood of greetings, agreements and errors no more often than the protocol does', async () => {
  const { signalling, ends } = set()
  socket(0).open()
  for (let at = 0; at < 1000; at++) for (const line of ['HELLO', 'ERROR peer server not found']) socket(0).say(line)
  await vi.advanceTimersByTimeAsync(100)
  expect(socket(0).sent).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(100)
  expect(socket(0).sent).toHaveLength(3)
  for (let at = 0; at < 1000; at++) for (const line of ['SESSION_OK server-1', 'RESUMED server-1']) socket(0).say(line)
  // what was begun: the greeting's and the agreement's patience, nothing for each line
  expect(vi.getTimerCount()).toBeLessThanOrEqual(4)
  expect(ends).toEqual([])
  signalling.close()
  expect(vi.getTimerCount()).toBe(0)
})

it('counts garbage and goes on', () => {
  const { signalling, payloads } = connected()
  const random = createRandom(20_261_129)
  const garbage = Array.from({ length: 2000 }, () => oddText(random)).filter((text) => !/^(HELLO|ERROR)/.test(text))
  for (const text of garbage) socket(0).say(text)
  socket(0).say(`server-1 ${JSON.stringify({ sdp: { type: 'offer', sdp: 'x'.repeat(10_000_000) } })}`)
  socket(0).say('server-1 {"ice":{"candidate":"candidate:1","sdpMid":null}}')
  expect(signalling.unread).toBe(garbage.length + 2)
  expect(payloads).toHaveLength(1)
  socket(0).say(`server-1 ${JSON.stringify({ ice: { candidate: 'c', sdpMid: '0' } })}`)
  expect(payloads).toHaveLength(2)
})

it('gives up on a server that greets, and then only says that it is not ready', async () => {
  const { ends } = set()
  socket(0).open()
  socket(0).say('HELLO')
  for (let at = 0; at < 100; at++) {
    socket(0).say('ERROR peer server not found')
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(ends).toEqual([{ kind: 'no-offer' }])
})

it('gives up on a server that takes the socket and says nothing', async () => {
  const { ends } = set()
  socket(0).open()
  await vi.advanceTimersByTimeAsync(9900)
  expect(ends).toEqual([])
  await vi.advanceTimersByTimeAsync(200)
  expect(ends).toEqual([{ kind: 'unreachable' }])
})

it('gives up on an offer that does not come, and on a socket that does not open', async () => {
  const silent = set()
  socket(0).open()
  socket(0).say('HELLO')
  socket(0).say('SESSION_OK server-1')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(silent.ends).toEqual([{ kind: 'no-offer' }])
  FakeSocket.all = []
  FakeSocket.begins = 0
  const shut = set()
  socket(0).end(1006)
  expect(shut.ends).toEqual([{ kind: 'unreachable' }])
})
