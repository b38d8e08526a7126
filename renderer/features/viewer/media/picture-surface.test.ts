// Where pictures go, with an element, a canvas and a track of the test's own: whole ones to the video, parts to the canvas, and back.
import { afterEach, expect, it, vi } from 'vitest'
import { createPictureSurface, GIVE_EVERY_MS } from './picture-surface.ts'

class FakeGenerator {
  static all: FakeGenerator[] = []
  readonly shown: unknown[] = []
  live = true
  readonly writable = new WritableStream<{ close(): void }>({
    write: (picture) => {
      if (!this.live) throw new Error('the track has ended')
      this.shown.push(picture)
      picture.close()
    },
  })
  constructor() {
    FakeGenerator.all.push(this)
  }
  stop() {
    this.live = false
  }
}

class FakeVideo extends EventTarget {
  srcObject: unknown = null
  videoWidth = 0
  videoHeight = 0
  readonly asked: (() => void)[] = []
  play = () => Promise.resolve()
  requestVideoFrameCallback = (callback: () => void) => this.asked.push(callback)
  /** The browser composes what the track gave it. */
  compose(width: number, height: number) {
    const changed = width !== this.videoWidth || height !== this.videoHeight
    Object.assign(this, { videoWidth: width, videoHeight: height })
    if (changed) this.dispatchEvent(new Event('resize'))
    for (const callback of this.asked.splice(0)) callback()
  }
}

function set(tracks = true) {
  vi.stubGlobal('window', globalThis)
  vi.stubGlobal('MediaStream', class {})
  if (tracks) vi.stubGlobal('MediaStreamTrackGenerator', FakeGenerator)
  const video = new FakeVideo()
  const drawn: string[] = []
  const canvas = {
    width: 0,
    height: 0,
    getContext: () => ({ drawImage: (_: unknown, x: number, y: number) => drawn.push(`${x},${y}`) }),
  }
  const sizes: string[] = []
  const told: string[] = []
  const surface = createPictureSurface({
    screens: { video: video as unknown as HTMLVideoElement, canvas: canvas as unknown as HTMLCanvasElement },
    onSize: (width, height, on) => sizes.push(`${on} ${width}x${height}`),
    onTooLarge: (width, height) => told.push(`too large ${width}x${height}`),
    onMissing: () => told.push('missing'),
  })
  return { surface, video, canvas, drawn, sizes, told }
}
/** Pictures that were made and not closed. */
let open = 0
function picture(displayWidth: number, displayHeight: number) {
  open++
  const close = vi.fn<() => void>(() => {
    open--
  })
  const clone = () => picture(displayWidth, displayHeight).frame
  return { frame: { displayWidth, displayHeight, close, clone } as unknown as VideoFrame, close }
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
  FakeGenerator.all = []
  open = 0
})

it('gives whole pictures to a track, and tells a size once it is on screen', async () => {
  const { surface, video, sizes, drawn } = set()
  const first = picture(1280, 720)
  surface.whole(first.frame)
  surface.whole(picture(1280, 720).frame)
  expect(sizes).toEqual([])
  await vi.waitFor(() => expect(FakeGenerator.all[0]?.shown.length).toBeGreaterThanOrEqual(2))
  expect(first.close).toHaveBeenCalledOnce()
  video.compose(1280, 720)
  video.compose(800, 600)
  expect(sizes.at(-1)).toBe('video 800x600')
  expect(drawn).toEqual([])
  expect(FakeGenerator.all).toHaveLength(1)
})

it('gives the only picture of a still desktop again until the element shows it, and keeps none then', async () => {
  vi.useFakeTimers()
  const { surface, video } = set()
  surface.whole(picture(1280, 720).frame)
  surface.whole(picture(640, 360).frame)
  await vi.advanceTimersByTimeAsync(3 * GIVE_EVERY_MS)
  const shown = () => FakeGenerator.all[0]?.shown.length ?? 0
  expect(shown()).toBe(2 + 3)
  expect(FakeGenerator.all[0]?.shown.at(-1)).toMatchObject({ displayWidth: 640 })
  expect(open).toBe(1)
  video.compose(640, 360)
  const before = shown()
  await vi.advanceTimersByTimeAsync(10 * GIVE_EVERY_MS)
  surface.whole(picture(640, 360).frame)
  await vi.advanceTimersByTimeAsync(GIVE_EVERY_MS)
  expect(shown()).toBe(before + 1)
  expect(open).toBe(0)
})

it.each(['close', 'reserve'] as const)('keeps no picture after %s', async (how) => {
  vi.useFakeTimers()
  const { surface } = set()
  surface.whole(picture(1280, 720).frame)
  if (how === 'close') surface.close()
  else surface.reserve(1280, 720)
  await vi.advanceTimersByTimeAsync(10 * GIVE_EVERY_MS)
  expect(open).toBe(0)
  expect(FakeGenerator.all[0]?.shown.length ?? 0).toBeLessThanOrEqual(1)
})

it('draws whole pictures where the browser makes no tracks', () => {
  const { surface, canvas, drawn, sizes } = set(false)
  const one = picture(1280, 720)
  surface.whole(one.frame)
  expect({ drawn, sizes, size: canvas }).toMatchObject({
    drawn: ['0,0'],
    sizes: ['canvas 1280x720'],
    size: { width: 1280, height: 720 },
  })
  expect(one.close).toHaveBeenCalledOnce()
})

it('asks for what is missing when parts follow on a whole picture, and goes back', () => {
  const { surface, video, sizes, told, drawn } = set()
  surface.whole(picture(1280, 720).frame)
  video.compose(1280, 720)
  surface.reserve(1280, 720)
  surface.part(picture(1280, 64).frame, 64)
  expect(told).toEqual(['missing'])
  expect(drawn).toEqual(['0,64'])
  // a late frame of the track does not take the picture back
  video.dispatchEvent(new Event('resize'))
  expect(sizes.at(-1)).toBe('canvas 1280x720')
  surface.whole(picture(1280, 720).frame)
  // of the same size: nothing is resized
  video.compose(1280, 720)
  expect(sizes.at(-1)).toBe('video 1280x720')
  expect(surface.size).toEqual({ width: 0, height: 0 })
})

it('shows nothing larger than the protocol knows', () => {
  const { surface, told, video, canvas } = set()
  const huge = picture(16_384, 16_384)
  surface.whole(huge.frame)
  expect(surface.reserve(16_384, 64)).toBe(false)
  expect(told).toEqual(['too large 16384x16384', 'too large 16384x64'])
  expect(huge.close).toHaveBeenCalledOnce()
  expect(video.srcObject).toBeNull()
  expect(canvas.width).toBe(0)
})

it('ends its track, and keeps no picture that comes after', async () => {
  const { surface, video, sizes } = set()
  surface.whole(picture(1280, 720).frame)
  surface.close()
  await vi.waitFor(() => expect(FakeGenerator.all[0]?.live).toBe(false))
  const late = picture(1280, 720)
  surface.whole(late.frame)
  await vi.waitFor(() => expect(late.close).toHaveBeenCalled())
  video.compose(1280, 720)
  expect(FakeGenerator.all[0]?.live).toBe(false)
  expect(sizes).toEqual([])
})
