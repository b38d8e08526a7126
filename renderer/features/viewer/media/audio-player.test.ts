// The sound of WebSocket mode with a decoder of the test's own: what a flood or broken packets may make it hold.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ServerFrame } from '../../../../shared/selkies/g2/frames.ts'
import { createAudioPlayer } from './audio-player.ts'

class FakeDecoder {
  static all: FakeDecoder[] = []
  /** What decoding does: the packet waits, or is broken. */
  static mode: 'wait' | 'fail' = 'wait'
  state: CodecState = 'unconfigured'
  decodeQueueSize = 0
  readonly init: { error(error: Error): void }
  constructor(init: FakeDecoder['init']) {
    this.init = init
    FakeDecoder.all.push(this)
  }
  configure() {
    this.state = 'configured'
  }
  decode() {
    if (FakeDecoder.mode === 'wait') this.decodeQueueSize++
    else {
      this.state = 'closed'
      this.init.error(new Error('broken'))
    }
  }
  close() {
    this.state = 'closed'
  }
}
class FakeContext {
  readonly state = 'running'
  readonly currentTime = 0
  readonly destination = {}
  createGain() {
    return { gain: { value: 1, setTargetAtTime: () => undefined }, connect: () => undefined }
  }
  createMediaStreamDestination() {
    return { stream: {} }
  }
  close() {
    return Promise.resolve()
  }
}

beforeEach(() => {
  FakeDecoder.all = []
  FakeDecoder.mode = 'wait'
  vi.stubGlobal('AudioDecoder', FakeDecoder)
  vi.stubGlobal('AudioContext', FakeContext)
  vi.stubGlobal('EncodedAudioChunk', class {})
})
afterEach(() => {
  vi.unstubAllGlobals()
})

const none = () => undefined
const sound = (bytes: number): ServerFrame & { type: 'audio' } => ({
  type: 'audio',
  quiet: false,
  packets: [{ timestamp: null, data: new Uint8Array(bytes) }],
})

it('skips what comes faster than it can be decoded', () => {
  const player = createAudioPlayer(none, none)
  for (let at = 0; at < 10_000; at++) player.play(sound(10))
  expect(FakeDecoder.all.map(({ decodeQueueSize }) => decodeQueueSize)).toEqual([128])
  player.close()
})

it('goes on behind broken and empty packets, with one decoder at a time', () => {
  FakeDecoder.mode = 'fail'
  const player = createAudioPlayer(none, none)
  for (let at = 0; at < 100; at++) player.play(sound(at % 2))
  FakeDecoder.mode = 'wait'
  player.play(sound(0))
  player.play(sound(10))
  const open = FakeDecoder.all.filter(({ state }) => state !== 'closed')
  expect(open.map(({ decodeQueueSize }) => decodeQueueSize)).toEqual([1])
  player.close()
  expect(open[0]?.state).toBe('closed')
})
