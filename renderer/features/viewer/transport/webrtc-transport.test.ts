// The ends of a WebRTC connection: the server's verdict goes before what the media alone would say.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createEmitter } from '../peer/emitter.ts'
import type { PeerEvents } from '../peer/viewer-peer.ts'
import { FakeSocket } from './testing/fake-socket.ts'
import { fakePage } from './testing/page.ts'
import { connectWebRtc } from './webrtc-transport.ts'

beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.all = []
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('location', { href: 'http://localhost/viewer' })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function connect() {
  const events = createEmitter<PeerEvents>()
  const { options, ends, video } = fakePage()
  const traffic = { bytes: 0, flows: true, asked: 0, answers: true, answered: 0, looks: 0 }
  const transport = connectWebRtc({
    ...options,
    paths: new Set(['direct']),
    sound: false,
    fullColorCodecs: [],
    startKbps: null,
    createPeer: () => ({
      state: 'connected',
      accept: () => undefined,
      send: () => true,
      bufferedAmount: () => 0,
      setUplink: () => Promise.resolve(true),
      stats() {
        traffic.looks++
        traffic.asked++
        if (traffic.flows) traffic.bytes += 1000
        if (traffic.answers) traffic.answered = traffic.asked
        const counts = {
          bytesReceived: traffic.bytes,
          requestsSent: traffic.asked,
          responsesReceived: traffic.answered,
        }
        const pair = { id: 'p', type: 'candidate-pair', nominated: true, ...counts }
        return Promise.resolve(new Map([['p', pair]]) as unknown as RTCStatsReport)
      },
      on: (event, listener) => events.on(event, listener),
      close: () => undefined,
    }),
  })
  const [socket] = FakeSocket.all
  if (socket === undefined) throw new Error('no socket')
  socket.open()
  socket.say('HELLO')
  socket.say('SESSION_OK server-1')
  socket.say(`server-1 ${JSON.stringify({ sdp: { type: 'offer', sdp: 'v=0\r\n' } })}`)
  return { transport, events, ends, socket, traffic, video }
}

it('takes a takeover for one, although its channels close before the server has said so', async () => {
  const { events, ends, socket } = connect()
  events.emit('state', 'closed')
  await vi.advanceTimersByTimeAsync(300)
  expect(ends).toEqual([])
  socket.end(4001, 'Superseded by a new connection for this player slot.')
  await vi.advanceTimersByTimeAsync(2000)
  expect(ends).toMatchObject([{ kind: 'closed', meaning: { action: 'elsewhere' } }])
})

it('does not wait long for a verdict that does not come, nor for one that cannot', async () => {
  const silent = connect()
  silent.events.emit('state', 'closed')
  await vi.advanceTimersByTimeAsync(600)
  expect(silent.ends).toEqual([{ kind: 'channel' }])
  FakeSocket.all = []
  const cut = connect()
  cut.events.emit('state', 'closed')
  cut.socket.end(1006)
  expect(cut.ends).toEqual([{ kind: 'channel' }])
})

it('sees within a second that a cut took the media along, and leaves media alone that goes on', async () => {
  const along = connect()
  await vi.advanceTimersByTimeAsync(2000)
  along.traffic.flows = false
  along.socket.end(1006)
  await vi.advanceTimersByTimeAsync(900)
  expect(along.ends).toEqual([{ kind: 'stalled', path: 'direct' }])
  FakeSocket.all = []
  const alone = connect()
  await vi.advanceTimersByTimeAsync(2000)
  alone.socket.end(1006)
  await vi.advanceTimersByTimeAsync(100)
  FakeSocket.all.at(-1)?.say('RESUMED server-1')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(alone.ends).toEqual([])
  alone.transport.close()
})

it('looks at the connection no more often than its figures are, while pictures come', async () => {
  const { transport, traffic, video, ends } = connect()
  await vi.advanceTimersByTimeAsync(2000)
  traffic.looks = 0
  for (let second = 0; second < 10; second++) {
    for (let frame = 0; frame < 10; frame++) {
      video.frames++
      await vi.advanceTimersByTimeAsync(100)
    }
    await transport.stats()
  }
  expect(traffic.looks).toBe(10)
  expect(ends).toEqual([])
  traffic.flows = false
  await vi.advanceTimersByTimeAsync(3000)
  expect(ends).toEqual([{ kind: 'stalled', path: 'direct' }])
})

it('leaves a way that brings pictures and takes nothing back', async () => {
  const { transport, traffic, video, ends } = connect()
  await vi.advanceTimersByTimeAsync(2000)
  traffic.answers = false
  for (let step = 0; step < 100 && ends.length === 0; step++) {
    video.frames++
    await vi.advanceTimersByTimeAsync(100)
    if (step % 10 === 9) await transport.stats()
  }
  expect(ends).toEqual([{ kind: 'stalled', path: 'direct' }])
})
