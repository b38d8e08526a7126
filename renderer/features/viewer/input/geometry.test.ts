// Sizes and pixels at whole and fractional scales.
import { describe, expect, it } from 'vitest'
import { placePicture, streamPixel, wantedDpi, wantedSize } from './geometry.ts'

it('asks for even sizes in device pixels', () => {
  expect(wantedSize({ width: 1281, height: 723 }, 1, true)).toEqual({ width: 1280, height: 722 })
  expect(wantedSize({ width: 1024, height: 576 }, 1.25, true)).toEqual({ width: 1280, height: 720 })
  expect(wantedSize({ width: 1024, height: 576 }, 1.25, false)).toEqual({ width: 1024, height: 576 })
  expect(wantedSize({ width: 9000, height: 10 }, 1, true)).toEqual({ width: 3840, height: 240 })
  expect([wantedDpi(1, true), wantedDpi(1.25, true), wantedDpi(2, false), wantedDpi(4, true)]).toEqual([
    96, 120, 96, 288,
  ])
})

it('shows a fitting picture pixel for pixel', () => {
  const rect = placePicture({ width: 1281, height: 721 }, { width: 1280, height: 720 }, 1)
  expect([rect.width, rect.height]).toEqual([1280, 720])
  const sharp = placePicture({ width: 1024, height: 576 }, { width: 1280, height: 720 }, 1.25)
  expect([sharp.left, sharp.top, sharp.width, sharp.height].map((value) => Math.abs(value))).toEqual([0, 0, 1024, 576])
})

it('fits another picture into the middle', () => {
  const rect = placePicture({ width: 1000, height: 1000 }, { width: 1600, height: 800 }, 1)
  expect(rect.width).toBe(1000)
  expect(rect.height).toBe(500)
  expect(rect.top).toBe(250)
})

/** A stage of a window of so many device px, whose CSS size browsers tell in whole px. */
const stageOf = (width: number, height: number, ratio: number) => ({
  width: Math.round(width / ratio),
  height: Math.round(height / ratio),
})
const WINDOWS = [
  [1280, 720],
  [1366, 768],
  [1919, 1079],
  [1001, 777],
] as const

describe.each([1, 1.1, 1.25, 1.5, 1.75, 2, 2.25, 3])('at scale %d', (ratio) => {
  it.each(WINDOWS)('each device pixel of a window of %i by %i is one of the desktop, in order', (width, height) => {
    const stage = stageOf(width, height, ratio)
    const picture = wantedSize(stage, ratio, true)
    const rect = placePicture(stage, picture, ratio)
    expect([rect.width * ratio, rect.height * ratio]).toEqual([
      expect.closeTo(picture.width, 6),
      expect.closeTo(picture.height, 6),
    ])
    const [left, top] = [Math.round(rect.left * ratio), Math.round(rect.top * ratio)]
    for (let x = 0; x < picture.width; x++) {
      const y = Math.min(x, picture.height - 1)
      for (const part of [0, 0.5])
        expect(
          streamPixel({ x: (left + x + part) / ratio, y: (top + y + part) / ratio }, rect, picture),
          `device px ${x}, ${y}`,
        ).toEqual({ x, y })
    }
  })

  it('pixel for pixel and stretched, the pixel under the pointer is the one that is seen', () => {
    const picture = { width: 1366, height: 768 }
    const stage = stageOf(1280, 720, ratio)
    for (const [scaling, offset] of [
      ['actual', { x: 0, y: 0 }],
      ['actual', { x: 30, y: 20 }],
      ['actual', { x: 5000, y: 5000 }],
      ['stretch', { x: 0, y: 0 }],
    ] as const) {
      const rect = placePicture(stage, picture, ratio, { scaling, sharp: true, offset })
      // no half pixels of the screen
      expect(Math.abs(rect.left * ratio - Math.round(rect.left * ratio))).toBeLessThan(1e-6)
      for (let x = 0; x < picture.width; x += 7) {
        const y = x % picture.height
        const middle = {
          x: rect.left + ((x + 0.5) * rect.width) / picture.width,
          y: rect.top + ((y + 0.5) * rect.height) / picture.height,
        }
        expect(streamPixel(middle, rect, picture)).toEqual({ x, y })
      }
      if (scaling === 'stretch') expect(rect).toEqual({ left: 0, top: 0, ...stage })
      else expect([rect.width * ratio, rect.height * ratio]).toEqual([expect.closeTo(1366, 6), expect.closeTo(768, 6)])
    }
    // its last pixels can be reached, and no more than those
    const end = placePicture(stage, picture, ratio, { scaling: 'actual', sharp: true, offset: { x: 5000, y: 5000 } })
    expect(Math.abs(end.left + end.width - stage.width)).toBeLessThan(1 / ratio)
    // one that is smaller is in the middle
    const small = placePicture(stage, { width: 640, height: 480 }, ratio, {
      scaling: 'actual',
      sharp: true,
      offset: { x: 50, y: 50 },
    })
    expect(Math.abs(small.left * 2 + small.width - stage.width)).toBeLessThan(2 / ratio)
  })

  it.each([
    ['between bars above and below', { width: 1600, height: 400 }],
    ['between bars at the sides', { width: 500, height: 1000 }],
    ['larger than the window', { width: 3840, height: 2160 }],
    ['smaller', { width: 320, height: 240 }],
  ] as const)('a picture %s has all its pixels where they are seen', (_name, picture) => {
    const stage = stageOf(1280, 720, ratio)
    const rect = placePicture(stage, picture, ratio)
    expect(rect.width / rect.height).toBeCloseTo(picture.width / picture.height, 6)
    for (let x = 0; x < picture.width; x += 7) {
      const y = Math.floor((x * picture.height) / picture.width)
      const middle = {
        x: rect.left + ((x + 0.5) * rect.width) / picture.width,
        y: rect.top + ((y + 0.5) * rect.height) / picture.height,
      }
      expect(streamPixel(middle, rect, picture)).toEqual({ x, y })
    }
    // bars and what is outside of the window are the nearest edge
    expect(streamPixel({ x: -50, y: 99_999 }, rect, picture)).toEqual({ x: 0, y: picture.height - 1 })
    expect(streamPixel({ x: rect.left + rect.width, y: rect.top - 1 }, rect, picture)).toEqual({
      x: picture.width - 1,
      y: 0,
    })
  })
})
