// Sizes and pixels at scale 1, 1.25 and 2.
import { expect, it } from 'vitest'
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

it.each([1, 1.25, 1.5, 2])('finds the pixel at scale %d', (ratio) => {
  const picture = { width: 1280, height: 720 }
  const stage = { width: 1280 / ratio, height: 720 / ratio }
  const rect = placePicture(stage, picture, ratio)
  for (const [x, y] of [
    [0, 0],
    [640, 360],
    [1279, 719],
    [100, 700],
    [1275, 5],
  ] as const)
    expect(streamPixel({ x: rect.left + x / ratio, y: rect.top + y / ratio }, rect, picture)).toEqual({ x, y })
  expect(streamPixel({ x: -50, y: 99_999 }, rect, picture)).toEqual({ x: 0, y: 719 })
})
