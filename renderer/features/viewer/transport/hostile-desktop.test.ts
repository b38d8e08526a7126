// Both transports against a desktop that means ill: garbage, floods, gigabytes. They go on, or end once and with a reason.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClipboardAssembler } from '../../../../shared/selkies/g2/clipboard.ts'
import { formatAudioFrame, formatVideoFrame } from '../../../../shared/selkies/g2/frames.ts'
import { formatRtcMessage, formatWsText } from '../../../../shared/selkies/g2/server-format.ts'
import { oddText, spoilBytes, spoilText } from '../../../../shared/selkies/testing/hostile.ts'
import { createRandom } from '../../../../shared/selkies/testing/random.ts'
import * as samples from '../../../../shared/selkies/testing/samples.ts'
import { createEmitter } from '../peer/emitter.ts'
import type { PeerEvents, ServerSignal } from '../peer/viewer-peer.ts'
import { afterLoss, FRESH } from './reconnect.ts'
import { FakeSocket } from './testing/fake-socket.ts'
import { pack } from './testing/pack.ts'
import { fakePage } from './testing/page.ts'
import { connectWebRtc } from './webrtc-transport.ts'
import { connectWebSocket } from './websocket-transport.ts'

/** Takes every frame and shows none. */
class FakeDecoder {
  state: CodecState = 'unconfigured'
  readonly decodeQueueSize = 0
  configure() {
    this.state = 'configured'
  }
  decode() {
    return undefined
  }
  close() {
    this.state = 'closed'
  }
}
class FakeAudioContext {
  readonly state = 'running'
  readonly currentTime = 0
  readonly destination = {}
  createGain() {
    return { gain: { value: 1 }, connect: () => undefined }
  }
  createMediaStreamDestination() {
    return { stream: {} }
  }
  close() {
    return Promise.resolve()
  }
}

/** On a machine with other work unpacking takes its time. */
const BUSY = { timeout: 20_000 }
const socket = (): FakeSocket => {
  const [first] = FakeSocket.all
  if (first === undefined) throw new Error('no socket')
  return first
}
const made: { close(): void }[] = []

function webrtc() {
  const { options, messages, ends } = fakePage()
  const events = createEmitter<PeerEvents>()
  const sent: string[] = []
  const accepted: ServerSignal[] = []
  const transport = connectWebRtc({
    ...options,
    paths: new Set(['direct']),
    fullColorCodecs: [],
    startKbps: null,
    createPeer: () => ({
      state: 'connected',
      accept: (signal) => accepted.push(signal),
      send: (_channel, data) => sent.push(String(data)) > 0,
      setUplink: () => Promise.resolve(true),
      bufferedAmount: () => 0,
      stats: () => Promise.resolve(new Map() as unknown as RTCStatsReport),
      on: (event, listener) => events.on(event, listener),
      close: () => undefined,
    }),
  })
  made.push(transport)
  const say = (data: string | Uint8Array<ArrayBuffer>) => events.emit('message', { channel: 'input', data })
  return { transport, messages, ends, sent, accepted, say }
}

function websocket() {
  const { options, messages, ends } = fakePage()
  const transport = connectWebSocket({
    ...options,
    stream: () => ({ framerate: 60 }),
    onSoundLocked: () => undefined,
  })
  made.push(transport)
  socket().dispatchEvent(new Event('open'))
  return { transport, messages, ends, sent: socket().sent, say: (data: string | ArrayBuffer) => socket().say(data) }
}

beforeEach(() => {
  FakeSocket.all = []
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('location', { href: 'http://localhost/viewer' })
  vi.stubGlobal('VideoDecoder', FakeDecoder)
  vi.stubGlobal('AudioDecoder', FakeDecoder)
  vi.stubGlobal('AudioContext', FakeAudioContext)
  vi.stubGlobal('EncodedVideoChunk', class {})
  vi.stubGlobal('EncodedAudioChunk', class {})
  vi.stubGlobal('createImageBitmap', () => Promise.reject(new Error('broken')))
})
afterEach(() => {
  for (const transport of made.splice(0)) transport.close()
  vi.unstubAllGlobals()
})

describe('WebRTC', () => {
  it('goes on through garbage, counts it, and hands on only what was understood', async () => {
    const { transport, messages, ends, say } = webrtc()
    const random = createRandom(20_261_129)
    for (let at = 0; at < 5000; at++) {
      const text = formatRtcMessage(samples.serverMessage(random))
      if (random.chance(0.1)) say(random.bytes(random.int(60)))
      else say(random.chance(0.5) ? oddText(random) : spoilText(random, text, samples.GENUINE_TEXTS))
    }
    say(formatRtcMessage({ type: 'connection', poor: true }))
    await vi.waitFor(() => expect(messages.at(-1)).toEqual({ type: 'connection', poor: true }), BUSY)
    expect(messages.every(({ type }) => type !== 'unknown')).toBe(true)
    const { unread } = await transport.stats()
    expect(unread).toBeGreaterThan(2000)
    expect(unread + messages.length).toBeGreaterThanOrEqual(5000)
    expect(ends).toEqual([])
  })

  it('leaves out settings of 10 MB, plain and packed', async () => {
    const { transport, messages, ends, say } = webrtc()
    const settings = formatRtcMessage({ type: 'server-settings', settings: { name: 'x'.repeat(10_000_000) } })
    const packed = await pack(settings)
    say(settings)
    say(packed)
    say(formatRtcMessage({ type: 'rate', kbps: 1 }))
    await vi.waitFor(() => expect(messages).toEqual([{ type: 'rate', kbps: 1 }]), BUSY)
    expect((await transport.stats()).unread).toBe(2)
    expect(ends).toEqual([])
  })

  it('answers a flood of pings no faster than a few a second', () => {
    const { sent, messages, say } = webrtc()
    for (let at = 0; at < 10_000; at++) say(formatRtcMessage({ type: 'ping', data: String(at) }))
    expect(messages).toHaveLength(10_000)
    expect(sent.length).toBeLessThan(20)
  })

  it('takes one offer and a bounded number of candidates', async () => {
    const { transport, accepted } = webrtc()
    const server = socket()
    for (let at = 0; at < 1000; at++) {
      server.say(`server-1 ${JSON.stringify({ sdp: { type: 'offer', sdp: samples.OFFER } })}`)
      server.say(`server-1 ${JSON.stringify({ ice: { candidate: `candidate:${at}`, sdpMid: '0' } })}`)
      server.say(`server-1 ${JSON.stringify({ sdp: { type: 'answer', sdp: samples.OFFER } })}`)
    }
    expect(accepted.filter(({ type }) => type === 'offer')).toHaveLength(1)
    expect(accepted).toHaveLength(65)
    expect((await transport.stats()).unread).toBe(3000 - 65)
  })

  it('ends once, and for good, when packed texts come faster than they can be unpacked', async () => {
    const { ends, say } = webrtc()
    const packed = await pack('x'.repeat(1_000_000))
    for (let at = 0; at < 20_000; at++) say(packed)
    expect(ends).toEqual([{ kind: 'flooded' }])
    expect(afterLoss(FRESH, { kind: 'flooded' }, 0)[1]).toEqual({
      do: 'end',
      because: 'The desktop sends more than this viewer can take.',
      retry: true,
    })
  })
})

describe('WebSocket', () => {
  it('goes on through garbage of both kinds, counts it, and hands on only what was understood', async () => {
    const { transport, messages, ends, say } = websocket()
    say('MODE websockets')
    const random = createRandom(20_261_130)
    for (let at = 0; at < 5000; at++) {
      const text = formatWsText(samples.serverMessage(random))
      const bytes = random.pick([
        samples.jpegFrame(random),
        formatVideoFrame(samples.videoFrame(random)),
        formatAudioFrame(samples.audioPackets(random)),
      ])
      if (random.chance(0.5)) say(spoilBytes(random, bytes).buffer)
      else say(random.chance(0.5) ? oddText(random) : spoilText(random, text, samples.GENUINE_TEXTS))
    }
    say(formatWsText({ type: 'connection', poor: true }))
    await vi.waitFor(() => expect(messages.at(-1)).toEqual({ type: 'connection', poor: true }), BUSY)
    expect(messages.every(({ type }) => type !== 'unknown')).toBe(true)
    expect((await transport.stats()).unread).toBeGreaterThan(1000)
    expect(ends).toEqual([])
  })

  it('does not read a frame that is larger than any', async () => {
    const { transport, ends, say } = websocket()
    const huge = new Uint8Array(40 * 1024 * 1024)
    huge.set([0x04, 0x11])
    say(huge.buffer)
    say(formatVideoFrame({ ...samples.videoFrame(createRandom(1)), width: 65_535, height: 65_535 }).buffer)
    expect(await transport.stats()).toMatchObject({ unread: 2, framesDecoded: 0 })
    expect(ends).toEqual([])
  })

  it('claims its display a few times, however often it is told to', () => {
    const { sent, say } = websocket()
    say('MODE websockets')
    for (let at = 0; at < 10_000; at++) say('DISPLAY_OWNER primary')
    expect(sent.filter((text) => text.startsWith('SETTINGS')).length).toBeLessThan(10)
  })

  it('holds nothing of a clipboard that never ends', () => {
    const { messages, say } = websocket()
    say('clipboard_start,text/plain,1000000000')
    for (let at = 0; at < 10_000; at++) say('clipboard_data,QUFB')
    const assembler = createClipboardAssembler()
    const contents = messages.flatMap((message) => (message.type === 'clipboard' ? [assembler.take(message.part)] : []))
    expect(contents).toHaveLength(10_001)
    expect(contents.every((content) => content === null)).toBe(true)
  })

  it('says the reason that it was given as one line of text', () => {
    const { ends, say } = websocket()
    say(`KILL \u202e<img src=x onerror=alert(1)>\r\n${'x'.repeat(1_000_000)}`)
    socket().dispatchEvent(Object.assign(new Event('close'), { code: 1000, reason: '' }))
    const [loss] = ends
    const sentence = loss?.kind === 'closed' ? loss.meaning.sentence : ''
    expect(sentence).toMatch(/^<img src=x onerror=alert\(1\)> x+…$/)
    expect(sentence).toHaveLength(200)
  })
})
