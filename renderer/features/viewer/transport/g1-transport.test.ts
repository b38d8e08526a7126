// Both legs of a 1.6 session with sockets and peers of the test's own, and a desktop that means ill.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Door } from '../../../../shared/domain/session.ts'
import { parseG1ClientLine } from '../../../../shared/selkies/g1/signalling.ts'
import type { ServerMessage } from '../../../../shared/selkies/g2/server-messages.ts'
import { oddText, spoilText } from '../../../../shared/selkies/testing/hostile.ts'
import { createRandom } from '../../../../shared/selkies/testing/random.ts'
import { g1Text, G1_TEXTS } from '../../../../shared/selkies/testing/samples-g1.ts'
import { createEmitter } from '../peer/emitter.ts'
import type { PeerEvents, PeerState, ServerSignal } from '../peer/viewer-peer.ts'
import { connectG1 } from './g1-transport.ts'
import { afterLoss, FRESH } from './reconnect.ts'
import { FakeSocket } from './testing/fake-socket.ts'
import type { Loss, Screens, Transport } from './transport.ts'

const door: Door = {
  ticket: 't',
  base: '/d/t/',
  candidates: [{ path: 'tunnel', protocol: 'tcp', host: '127.0.0.1', port: 40_000 }],
  iceServers: [],
  mediaRelay: { username: 'desktop', credential: 'c' },
  generation: 'selkies1',
  transport: 'webrtc',
}
const OFFER = JSON.stringify({ sdp: { type: 'offer', sdp: 'v=0' } })
const CANDIDATE = JSON.stringify({ ice: { candidate: 'candidate:1 1 UDP 1 10.0.0.9 4 typ host', sdpMLineIndex: 0 } })
const made: Transport[] = []

function set(through: Partial<Door> = {}) {
  const messages: ServerMessage[] = []
  const ends: Loss[] = []
  const notices: string[] = []
  const peers: {
    state: PeerState
    readonly sent: string[]
    readonly accepted: ServerSignal[]
    readonly servers: unknown
    readonly events: ReturnType<typeof createEmitter<PeerEvents>>
  }[] = []
  const transport = connectG1({
    door: { ...door, ...through },
    screens: { video: new EventTarget(), audio: {}, canvas: {} } as unknown as Screens,
    pageSize: [1003, 701],
    dpi: 144,
    sound: true,
    output: { volume: 1, muted: false, deviceId: '' },
    paths: new Set(['tunnel']),
    events: {
      onOpen: () => undefined,
      onMessage: (message) => messages.push(message),
      onPicture: () => undefined,
      onNotice: (text) => notices.push(text),
      onEnd: (loss) => ends.push(loss),
    },
    createPeer({ iceServers }) {
      const events = createEmitter<PeerEvents>()
      const peer = {
        state: 'connected' as PeerState,
        sent: [] as string[],
        accepted: [] as ServerSignal[],
        servers: iceServers,
        events,
      }
      peers.push(peer)
      return {
        get state() {
          return peer.state
        },
        accept: (signal) => peer.accepted.push(signal),
        send: (_channel, data) => peer.sent.push(String(data)) > 0,
        setUplink: () => Promise.resolve(true),
        bufferedAmount: () => 0,
        stats: () => Promise.resolve(new Map() as unknown as RTCStatsReport),
        on: (event, listener) => events.on(event, listener),
        close: () => undefined,
      }
    },
  })
  made.push(transport)
  const [audio, video] = peers
  const [audioSocket, videoSocket] = FakeSocket.all
  if (!audio || !video || !audioSocket || !videoSocket) throw new Error('two legs are opened at once')
  const say = (text: string) => video.events.emit('message', { channel: 'input', data: text })
  return { transport, messages, ends, notices, audio, video, audioSocket, videoSocket, say }
}
function open() {
  const legs = set()
  for (const socket of [legs.audioSocket, legs.videoSocket]) {
    socket.open()
    socket.say('HELLO')
    socket.say(OFFER)
  }
  legs.video.events.emit('open', undefined)
  return legs
}

beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.all = []
  FakeSocket.begins = 1
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('location', { href: 'http://localhost/viewer' })
})
afterEach(() => {
  for (const transport of made.splice(0)) transport.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('opens both legs side by side and takes the offer and the candidates of each', () => {
  const { audioSocket, videoSocket, video, audio } = set()
  audioSocket.open()
  videoSocket.open()
  expect(parseG1ClientLine(videoSocket.sent[0] ?? '')).toEqual({
    type: 'hello',
    id: 1,
    meta: { width: 1000, height: 700, scale: 1.5 },
  })
  expect(audioSocket.sent).toEqual(['HELLO 3'])
  for (const text of ['HELLO', CANDIDATE, OFFER, OFFER, CANDIDATE]) videoSocket.say(text)
  expect(video.accepted.map(({ type }) => type)).toEqual(['candidate', 'offer', 'candidate'])
  expect(video.accepted[0]).toMatchObject({ candidate: { sdpMLineIndex: 0, sdpMid: null } })
  expect(video.servers).toEqual([
    { urls: ['turn:127.0.0.1:40000?transport=tcp'], username: 'desktop', credential: 'c' },
  ])
  expect(audio.accepted).toEqual([])
  video.events.emit('signal', { type: 'answer', sdp: 'v=1' })
  video.events.emit('signal', { type: 'candidate', candidate: { candidate: '' } })
  expect(videoSocket.sent.slice(1)).toEqual([JSON.stringify({ sdp: { type: 'answer', sdp: 'v=1' } })])
})

it('answers pings, and not as often as they are asked', async () => {
  const { say, video } = open()
  for (let times = 0; times < 100; times++) say('{"type":"ping","data":{"start_time":1}}')
  await vi.advanceTimersByTimeAsync(0)
  expect(video.sent.filter((line) => line.startsWith('pong,'))).toHaveLength(4)
})

it('says releases again, since its channel may lose them', async () => {
  const { transport, video } = open()
  transport.send({ type: 'key-down', keysym: 97 })
  transport.send({ type: 'key-up', keysym: 97 })
  await vi.advanceTimersByTimeAsync(200)
  expect(video.sent).toEqual(['kd,97', 'ku,97', 'ku,97'])
})

it('takes what the clipboard held for old, its echo for none, and the rest for news', async () => {
  const { transport, say, messages } = open()
  const clip = (text: string) => say(JSON.stringify({ type: 'clipboard', data: { content: btoa(text) } }))
  clip('before')
  await vi.advanceTimersByTimeAsync(2000)
  transport.send({ type: 'clipboard-text', base64: btoa('mine') })
  clip('mine')
  clip('theirs')
  clip('mine')
  await vi.advanceTimersByTimeAsync(0)
  expect(
    messages.map((message) =>
      message.type === 'clipboard' && message.part.kind === 'whole'
        ? [atob(message.part.base64), message.part.reply]
        : null,
    ),
  ).toEqual([
    ['before', true],
    ['theirs', false],
    ['mine', false],
  ])
})

it('asks a desktop for no other size when it takes none', async () => {
  const { transport, say, video } = open()
  say('{"type":"system","data":{"action":"resize,False"}}')
  await vi.advanceTimersByTimeAsync(0)
  expect(transport.send({ type: 'resize', width: 800, height: 600 })).toBe(false)
  expect(video.sent).toEqual([])
})

it('goes on without sound that never came, and begins anew when it was lost later', async () => {
  const first = open()
  first.audio.events.emit('state', 'failed')
  expect(first.notices).toEqual(['This desktop gives no sound.'])
  expect(first.ends).toEqual([])
  FakeSocket.all = []
  const second = open()
  await vi.advanceTimersByTimeAsync(6000)
  second.audioSocket.end(1006)
  expect(second.ends).toMatchObject([{ kind: 'closed', meaning: { action: 'again' } }])
})

it('tells that the one place is taken, and asks less and less often', () => {
  const { videoSocket, ends } = set()
  videoSocket.open()
  videoSocket.end(1002, 'invalid peer uid')
  const loss = ends[0]
  expect(loss?.kind).toBe('occupied')
  if (loss === undefined) return
  let state = FRESH
  const pauses = Array.from({ length: 6 }, () => {
    const [next, step] = afterLoss(state, loss, 0)
    state = next
    return step.do === 'connect' ? step.afterMs : null
  })
  expect(pauses).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000])
})

it('gives up a server that says nothing, and a way that does not work, with what to do', async () => {
  const silent = set()
  await vi.advanceTimersByTimeAsync(26_000)
  expect(silent.ends).toEqual([{ kind: 'unreachable' }])
  FakeSocket.all = []
  const lost = set({ candidates: [], mediaRelay: undefined })
  lost.videoSocket.open()
  lost.videoSocket.say('HELLO')
  lost.video.state = 'connecting'
  lost.videoSocket.say(OFFER)
  await vi.advanceTimersByTimeAsync(16_000)
  expect(lost.ends).toHaveLength(1)
  expect(lost.ends[0]).toMatchObject({
    kind: 'no-path',
    only: expect.stringContaining('generation: selkies1') as string,
  })
})

it('goes on through garbage, counts it, and hands on only what was understood', async () => {
  const { transport, messages, ends, say, videoSocket } = open()
  const random = createRandom(20_261_129)
  for (let at = 0; at < 3000; at++) {
    say(random.chance(0.5) ? oddText(random) : spoilText(random, g1Text(random), G1_TEXTS))
    if (random.chance(0.1)) videoSocket.say(oddText(random))
  }
  await vi.advanceTimersByTimeAsync(0)
  expect(messages.every(({ type }) => type !== 'unknown')).toBe(true)
  expect((await transport.stats()).unread).toBeGreaterThan(1000)
  expect(ends).toEqual([])
})

it('takes no more candidates than a machine has addresses, and starts no storm of new connections', async () => {
  const { videoSocket, video, say, ends } = open()
  for (let at = 0; at < 1000; at++) videoSocket.say(CANDIDATE)
  expect(video.accepted.filter(({ type }) => type === 'candidate')).toHaveLength(128)
  say('{"type":"system","data":{"action":"reload"}}')
  await vi.advanceTimersByTimeAsync(0)
  expect(ends).toEqual([])
  await vi.advanceTimersByTimeAsync(6000)
  say('{"type":"system","data":{"action":"reload"}}')
  await vi.advanceTimersByTimeAsync(0)
  expect(ends).toHaveLength(1)
})
