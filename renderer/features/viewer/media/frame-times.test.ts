// Times of single pictures, with a clock of the test's own.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createFrameClock, type FrameMetadata, type FrameSource } from './frame-times.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

class Video implements FrameSource {
  waiting: ((now: number, metadata: FrameMetadata) => void)[] = []
  requestVideoFrameCallback(callback: (now: number, metadata: FrameMetadata) => void) {
    return this.waiting.push(callback)
  }
  cancelVideoFrameCallback() {
    this.waiting = []
  }
  show(metadata: FrameMetadata) {
    for (const callback of this.waiting.splice(0)) callback(0, metadata)
  }
}

it('looks at a picture now and then while somebody reads, and at none otherwise', () => {
  const video = new Video()
  const clock = createFrameClock(() => video)
  vi.advanceTimersByTime(5000)
  expect(video.waiting).toHaveLength(0)
  clock.watch(true)
  vi.advanceTimersByTime(1000)
  // a picture that does not come is waited for once
  expect(video.waiting).toHaveLength(1)
  video.show({ presentationTime: 100, expectedDisplayTime: 110, captureTime: 80 })
  vi.advanceTimersByTime(200)
  video.show({ presentationTime: 200, expectedDisplayTime: 204 })
  expect(clock.take()).toEqual({ renderMs: 7, captureToScreenMs: 30 })
  expect(clock.take()).toBeNull()
  clock.watch(false)
  vi.advanceTimersByTime(5000)
  expect(video.waiting).toHaveLength(0)
})

it('takes no time that is none', () => {
  const video = new Video()
  const clock = createFrameClock(() => video)
  clock.watch(true)
  for (const captureTime of [Number.NaN, 1e12, -1e9]) {
    vi.advanceTimersByTime(200)
    video.show({ presentationTime: 100, expectedDisplayTime: 101, captureTime })
  }
  expect(clock.take()).toEqual({ renderMs: 1, captureToScreenMs: null })
})

it('has nothing in a mode without a video element', () => {
  const clock = createFrameClock(() => null)
  clock.watch(true)
  vi.advanceTimersByTime(1000)
  expect(clock.take()).toBeNull()
})
