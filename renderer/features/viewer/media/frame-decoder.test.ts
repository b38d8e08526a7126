// The decoder with decoders and a canvas of the test's own: what a hostile stream may make it hold.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { parseFrame, type ServerFrame, type VideoFrame } from '../../../../shared/selkies/g2/frames.ts'
import { createRandom } from '../../../../shared/selkies/testing/random.ts'
import { jpegFrame } from '../../../../shared/selkies/testing/samples.ts'
import { createFrameDecoder } from './frame-decoder.ts'

class FakeDecoder {
  static all: FakeDecoder[] = []
  /** What decoding does: nothing, a picture, a fault at once, a fault later. */
  static mode: 'swallow' | 'draw' | 'throw' | 'fail' = 'draw'
  static picture = { displayWidth: 1280, displayHeight: 720 }
  state: CodecState = 'unconfigured'
  decodeQueueSize = 0
  readonly init: { output(picture: unknown): void; error(error: Error): void }
  constructor(init: FakeDecoder['init']) {
    this.init = init
    FakeDecoder.all.push(this)
  }
  configure() {
    this.state = 'configured'
  }
  decode(chunk: { readonly timestamp: number }) {
    switch (FakeDecoder.mode) {
      case 'swallow':
        return undefined
      case 'draw':
        return this.init.output({ ...FakeDecoder.picture, timestamp: chunk.timestamp, close: () => undefined })
      case 'throw':
        throw new TypeError('no such codec')
      case 'fail':
        this.state = 'closed'
        return this.init.error(new Error('broken'))
    }
  }
  close() {
    this.state = 'closed'
  }
}

function set() {
  const told: string[] = []
  const faults: string[] = []
  const sizes: string[] = []
  const canvas = { width: 0, height: 0, getContext: () => ({ drawImage: () => undefined }) }
  const decoder = createFrameDecoder({
    screens: { video: {} as HTMLVideoElement, canvas: canvas as unknown as HTMLCanvasElement },
    tell: (what) => told.push(what === 'key-frame' ? what : 'lost'),
    onSize: (width, height) => sizes.push(`${width}x${height}`),
    onFault: (what) => faults.push(what),
  })
  const live = () => FakeDecoder.all.filter(({ state }) => state !== 'closed')
  return { decoder, canvas, told, faults, sizes, live }
}
const frame = (extra: Partial<VideoFrame>): VideoFrame => ({
  type: 'video',
  codec: 'h264',
  key: true,
  anchor: false,
  id: 0,
  y: 0,
  width: 1280,
  height: 64,
  reference: 0,
  data: new Uint8Array(8),
  ...extra,
})

beforeEach(() => {
  FakeDecoder.all = []
  FakeDecoder.mode = 'draw'
  FakeDecoder.picture = { displayWidth: 1280, displayHeight: 720 }
  vi.stubGlobal('VideoDecoder', FakeDecoder)
  vi.stubGlobal(
    'EncodedVideoChunk',
    class {
      readonly timestamp: number
      constructor(init: { readonly timestamp: number }) {
        this.timestamp = init.timestamp
      }
    },
  )
})
afterEach(() => {
  vi.unstubAllGlobals()
})

it('holds a bounded number of decoders for thousands of rows', () => {
  const { decoder, live, canvas } = set()
  for (let y = 0; y < 8000; y++) decoder.video(frame({ y, id: y, reference: y }))
  expect(live()).toHaveLength(128)
  expect(canvas.height).toBeLessThanOrEqual(8192)
  // a row that is used stays
  decoder.video(frame({ y: 7999 }))
  expect(FakeDecoder.all).toHaveLength(8000)
  decoder.close()
  expect(live()).toHaveLength(0)
})

it.each(['throw', 'fail'] as const)('ends with words when every frame makes it %s', (mode) => {
  FakeDecoder.mode = mode
  const { decoder, faults, told, live } = set()
  for (let id = 0; id < 4; id++) decoder.video(frame({ id }))
  expect(told).toEqual(['key-frame', 'key-frame', 'key-frame'])
  expect(faults).toHaveLength(1)
  expect(live()).toHaveLength(0)
})

it('does not remember every frame that a decoder swallows', () => {
  FakeDecoder.mode = 'swallow'
  const remembered = vi.spyOn(Map.prototype, 'set')
  const { decoder } = set()
  for (let at = 0; at < 10_000; at++) decoder.video(frame({ id: at & 0xffff, key: at === 0, reference: 0 }))
  const notes = remembered.mock.instances.filter((map, at, all) => all.indexOf(map) === at)
  expect(Math.max(...notes.map((map) => (map as unknown as Map<unknown, unknown>).size))).toBeLessThanOrEqual(256)
})

it('shows no picture that is larger than its header may say', () => {
  FakeDecoder.picture = { displayWidth: 16_384, displayHeight: 16_384 }
  const { decoder, canvas, faults } = set()
  decoder.video(frame({}))
  expect(faults).toEqual(['a picture of 16384 x 16384'])
  expect(canvas).toMatchObject({ width: 0, height: 0 })
})

it('has a bounded number of stripes under way, and asks for the picture that it left out', async () => {
  let begun = 0
  const finish: (() => void)[] = []
  vi.stubGlobal('createImageBitmap', () => {
    begun++
    return new Promise((resolve) => finish.push(() => resolve({ width: 64, height: 64, close: () => undefined })))
  })
  const { decoder, told } = set()
  const stripe = (id: number, width: number, height: number): ServerFrame & { type: 'jpeg' } => ({
    type: 'jpeg',
    id,
    y: 0,
    width,
    height,
    data: new Uint8Array(8),
  })
  for (let id = 0; id < 10_000; id++) decoder.jpeg(stripe(id, 64, 64))
  expect(begun).toBe(256)
  expect(told).toEqual(['key-frame'])
  for (const done of finish.splice(0)) done()
  await vi.waitFor(() => expect(decoder.counters().framesDecoded).toBe(256))
  // eight 4K pictures, not two hundred of them
  for (let id = 10_000; id < 10_100; id++) decoder.jpeg(stripe(id, 3840, 2160))
  expect(begun).toBe(256 + 8)
})

it('takes whatever the codec lets through', () => {
  const random = createRandom(20_261_129)
  vi.stubGlobal('createImageBitmap', () => Promise.reject(new Error('broken')))
  const { decoder } = set()
  for (let at = 0; at < 5000; at++) {
    FakeDecoder.mode = random.pick(['draw', 'draw', 'draw', 'swallow', 'throw', 'fail'])
    const bytes = random.chance(0.3) ? jpegFrame(random) : Uint8Array.from([4, random.int(96), ...random.bytes(30)])
    const parsed = parseFrame(bytes.buffer)
    if (parsed.type === 'video') decoder.video(parsed)
    else if (parsed.type === 'jpeg') decoder.jpeg(parsed)
    if (random.chance(0.01)) decoder.reset()
  }
  expect(decoder.counters().framesDropped).toBeGreaterThan(0)
})

it('draws stripes on a canvas as high as all of them, and whole pictures again when the encoder changes', () => {
  const { decoder, canvas, sizes } = set()
  FakeDecoder.picture = { displayWidth: 1280, displayHeight: 64 }
  for (const y of [0, 64, 128]) decoder.video(frame({ y, id: y / 64, reference: y / 64 }))
  expect(canvas).toMatchObject({ width: 1280, height: 192 })
  // a stripe alone does not make the picture smaller
  decoder.video(frame({ id: 3, reference: 3 }))
  expect(canvas.height).toBe(192)
  decoder.reset()
  FakeDecoder.picture = { displayWidth: 800, displayHeight: 600 }
  decoder.video(frame({ width: 800, height: 600 }))
  expect(sizes.at(-1)).toBe('800x600')
})
