// The library's small picture: the middle of the screen, made small.
import { beforeEach, expect, it, vi } from 'vitest'
import { rgbxChannels, shrink, toRgb, yuvChannels } from './small-frame.ts'

class FakeImageData {
  readonly data: Uint8ClampedArray
  constructor(width: number, height: number) {
    this.data = new Uint8ClampedArray(width * height * 4)
  }
}
beforeEach(() => void vi.stubGlobal('ImageData', FakeImageData))

it('covers the small picture with the middle of the large one', () => {
  // 8 x 4: a dark half, a bright half, bars of another colour at both ends
  const pixels = new Uint8Array(8 * 4 * 4)
  for (let at = 0; at < 8 * 4; at++) {
    const x = at % 8
    pixels.set(x < 2 || x > 5 ? [255, 0, 0, 0] : x < 4 ? [10, 20, 30, 0] : [110, 120, 130, 0], at * 4)
  }
  const { data } = shrink(pixels, rgbxChannels(8), { width: 8, height: 4 }, { width: 2, height: 2 })
  expect([...data]).toEqual([10, 20, 30, 255, 110, 120, 130, 255, 10, 20, 30, 255, 110, 120, 130, 255])
})

it('makes a small picture of a smaller one too', () => {
  const { data } = shrink(
    new Uint8Array([1, 2, 3, 0]),
    rgbxChannels(1),
    { width: 1, height: 1 },
    { width: 3, height: 2 },
  )
  expect([...data.slice(0, 4)]).toEqual([1, 2, 3, 255])
  expect(data).toHaveLength(24)
})

it.each([
  ['I420', [1, 1, 1, 1, 1, 1, 1, 1, 50, 60, 70, 80], [8, 10]],
  ['NV12', [1, 1, 1, 1, 1, 1, 1, 1, 50, 70, 60, 80], [8]],
] as const)('finds brightness and both colours in %s', (_, bytes, colours) => {
  // 4 x 2 pixels, with colours for each four of them
  const planes = [
    { offset: 0, stride: 4 },
    ...colours.map((offset) => ({ offset, stride: colours.length === 1 ? 4 : 2 })),
  ]
  const size = { width: 4, height: 2 }
  const { data } = shrink(new Uint8Array(bytes), yuvChannels(planes), size, size)
  expect([...data.slice(0, 4)]).toEqual([1, 50, 70, 255])
  expect([...data.slice(12, 16)]).toEqual([1, 60, 80, 255])
})

it.each([
  ['white', [235, 128, 128], 'bt709', false, [255, 255, 255]],
  ['black', [16, 128, 128], 'bt709', null, [0, 0, 0]],
  ['white of the full range', [255, 128, 128], 'bt709', true, [255, 255, 255]],
  ['red', [63, 102, 240], 'bt709', false, [255, 0, 0]],
  ['red', [81, 90, 240], 'smpte170m', false, [255, 0, 0]],
  ['blue', [32, 240, 118], 'bt709', false, [0, 0, 255]],
] as const)('turns %s %j of %s into colours', (_, yuv, matrix, fullRange, rgb) => {
  const image = new ImageData(1, 1)
  image.data.set([...yuv, 255])
  toRgb(image, { matrix, fullRange })
  for (const [channel, value] of rgb.entries()) expect(Math.abs((image.data[channel] ?? 0) - value)).toBeLessThan(4)
})
