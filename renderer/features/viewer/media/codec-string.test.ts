// Codec strings against the first bytes of genuine streams.
import { expect, it } from 'vitest'
import { VIDEO_CODECS } from '../../../../shared/selkies/g2/frames.ts'
import { createRandom } from '../../../../shared/selkies/testing/random.ts'
import { codecString, colorSpace } from './codec-string.ts'

const size = { width: 1280, height: 720 }

it('reads H.264 from its SPS', () => {
  const data = Uint8Array.of(0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x28, 0xd9)
  expect(codecString({ codec: 'h264', data, ...size })).toBe('avc1.42C028')
  const high = Uint8Array.of(0, 0, 0, 1, 9, 0x10, 0, 0, 0, 1, 0x67, 0xf4, 0, 0x28)
  expect(codecString({ codec: 'h264', data: high, ...size })).toBe('avc1.F40028')
})

it('reads the profiles of the others', () => {
  expect(codecString({ codec: 'vp8', data: new Uint8Array(4), ...size })).toBe('vp8')
  expect(codecString({ codec: 'vp9', data: Uint8Array.of(0x82, 0x49), ...size })).toBe('vp09.00.41.08')
  expect(codecString({ codec: 'vp9', data: Uint8Array.of(0xa2, 0x49), width: 3840, height: 2160 })).toBe(
    'vp09.01.51.08',
  )
  expect(codecString({ codec: 'av1', data: Uint8Array.of(0x12, 0, 0x0a, 0x0b, 0x20), ...size })).toBe('av01.1.13M.08')
})

it('makes a string of whatever bytes come, without reading frames to their end', () => {
  const random = createRandom(20_261_129)
  for (let at = 0; at < 5000; at++) {
    const codec = random.pick(VIDEO_CODECS)
    const start = random.chance(0.5) ? [0, 0, 1, 0x67, 0x42] : [0x12, 0, 0x0a]
    const data = Uint8Array.from([...start, ...random.bytes(random.int(40))]).slice(random.int(5))
    expect(codecString({ codec, data, ...size })).toMatch(/^(avc1|hev1|vp8|vp09|av01)[A-Z0-9.]*$/)
  }
  const huge = new Uint8Array(32 * 1024 * 1024)
  huge.set([0, 0, 1, 0x67, 0x64, 0, 0x33], huge.length - 7)
  expect(codecString({ codec: 'h264', data: huge, ...size })).toBe('avc1.42C028')
})

it('knows that VP8 is limited and of the older matrix', () => {
  expect(colorSpace('vp8', true)).toMatchObject({ matrix: 'smpte170m', fullRange: false })
  expect(colorSpace('h264', true)).toMatchObject({ matrix: 'bt709', fullRange: true })
})
