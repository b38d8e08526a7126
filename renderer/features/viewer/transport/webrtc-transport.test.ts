// The ends of a WebRTC connection: the server's verdict goes before what the media alone would say.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Door } from '../../../../shared/domain/session.ts'
import { createEmitter } from '../peer/emitter.ts'
import type { PeerEvents } from '../peer/viewer-peer.ts'
import { FakeSocket } from './testing/fake-socket.ts'
import type { Loss, Screens } from './transport.ts'
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

const door: Door = {
  ticket: 't',
  base: '/d/t/',
  candidates: [],
  iceServers: [],
  generation: 'selkies2',
  transport: 'dual',
}

function connect() {
  const events = createEmitter<PeerEvents>()
  const ends: Loss[] = []
  const traffic = { bytes: 0, flows: true }
  const transport = connectWebRtc({
    door,
    paths: new Set(['direct']),
    pageSize: [1280, 720],
    tabId: 'tab',
    display: { id: 'primary', side: 'right' },
    sound: false,
    output: { volume: 1, muted: false, deviceId: '' },
    fullColorCodecs: [],
    startKbps: null,
    screens: { video: new EventTarget(), audio: {} } as unknown as Screens,
    events: {
      onOpen: () => undefined,
      onMessage: () => undefined,
      onPicture: () => undefined,
      onEnd: (loss) => ends.push(loss),
    },
    createPeer: () => ({
      state: 'connected',
      accept: () => undefined,
      send: () => true,
      bufferedAmount: () => 0,
      setUplink: () => Promise.resolve(true),
      stats() {
        if (traffic.flows) traffic.bytes += 1000
        const pair = { id: 'p', type: 'candidate-pair', nominated: true, bytesReceived: traffic.bytes }
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
  return { transport, events, ends, socket, traffic }
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
