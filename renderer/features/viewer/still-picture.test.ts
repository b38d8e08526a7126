// The library's small picture: the middle of the screen, made small.
import { beforeEach, expect, it, vi } from 'vitest'
import { shrink } from './still-picture.ts'

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
  const { data } = shrink(pixels, { width: 8, height: 4 }, { width: 2, height: 2 })
  expect([...data]).toEqual([10, 20, 30, 255, 110, 120, 130, 255, 10, 20, 30, 255, 110, 120, 130, 255])
})

it('makes a small picture of a smaller one too', () => {
  const { data } = shrink(new Uint8Array([1, 2, 3, 0]), { width: 1, height: 1 }, { width: 3, height: 2 })
  expect([...data.slice(0, 4)]).toEqual([1, 2, 3, 255])
  expect(data).toHaveLength(24)
})
