// Binary frames as the genuine server sent them.
import { describe, expect, it } from 'vitest'
import { formatAudioFrame, formatVideoFrame, parseFrame } from './frames.ts'

const bytes = (hex: string) => Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (pair) => parseInt(pair, 16))

describe('video', () => {
  it('reads a key frame of x264', () => {
    const frame = parseFrame(bytes('04 11 0000 0000 0500 02d0 0000 00000001 67').buffer)
    expect(frame).toMatchObject({
      type: 'video',
      codec: 'h264',
      key: true,
      id: 0,
      width: 1280,
      height: 720,
      reference: 0,
    })
  })
  it('reads a delta and an anchor', () => {
    expect(parseFrame(bytes('04 10 0001 0000 0500 02d0 0000 00').buffer)).toMatchObject({
      key: false,
      anchor: false,
      id: 1,
    })
    expect(parseFrame(bytes('04 38 0004 0000 0500 02d0 0000 00').buffer)).toMatchObject({
      codec: 'vp9',
      key: false,
      anchor: true,
    })
  })
  it('is refused when short or unknown', () => {
    expect(parseFrame(bytes('04 10').buffer)).toEqual({ type: 'unknown' })
    expect(parseFrame(bytes('04 f1 0000 0000 0500 02d0 0000 00').buffer)).toEqual({ type: 'unknown' })
    expect(parseFrame(bytes('09 00').buffer)).toEqual({ type: 'unknown' })
    expect(parseFrame(new ArrayBuffer(0))).toEqual({ type: 'unknown' })
  })
  it('is said as it is read', () => {
    const frame = {
      codec: 'av1',
      key: false,
      anchor: true,
      id: 65_535,
      y: 360,
      width: 1282,
      height: 722,
      reference: 65_530,
      data: bytes('12 00'),
    } as const
    expect(parseFrame(formatVideoFrame(frame).buffer)).toEqual({ type: 'video', ...frame })
  })
})

describe('sound', () => {
  it('reads redundancy, oldest first', () => {
    // 2 blocks: offset 960 length 2, offset 480 length 1
    const frame = parseFrame(bytes('01 02 000fb040 800f0002 80078001 00 aabb cc ddeeff').buffer)
    expect(frame).toEqual({
      type: 'audio',
      quiet: false,
      packets: [
        { timestamp: 0xfb040 - 960, data: bytes('aabb') },
        { timestamp: 0xfb040 - 480, data: bytes('cc') },
        { timestamp: 0xfb040, data: bytes('ddeeff') },
      ],
    })
  })
  it('reads the silence gate', () => {
    expect(parseFrame(bytes('01 80').buffer)).toEqual({ type: 'audio', quiet: true, packets: [] })
    expect(parseFrame(bytes('01 80 f4').buffer)).toMatchObject({ quiet: true, packets: [{ timestamp: null }] })
  })
  it('is refused when it lies about its length', () => {
    expect(parseFrame(bytes('01 01 00000000 800f03ff 00 aa').buffer)).toEqual({ type: 'unknown' })
    expect(parseFrame(bytes('01 7f').buffer)).toEqual({ type: 'unknown' })
  })
  it('is said as it is read', () => {
    const packets = [
      { timestamp: 4_294_966_816, data: bytes('01') },
      { timestamp: 0, data: bytes('0203') },
    ]
    expect(parseFrame(formatAudioFrame(packets).buffer)).toEqual({ type: 'audio', quiet: false, packets })
  })
})

it('reads stripes and gzip', () => {
  const jpeg = (height: string) => `ffd8 ffe0 0004 0000 ffc0 000b 08 ${height} 0500 01 01 11 00`
  expect(parseFrame(bytes(`03 00 0007 0168 ${jpeg('0168')}`).buffer)).toMatchObject({ type: 'jpeg', id: 7, y: 360 })
  expect(parseFrame(bytes(`03 00 0007 0168 ${jpeg('ffff')}`).buffer)).toEqual({ type: 'unknown' })
  expect(parseFrame(bytes('03 00 0007 0168 ffd8').buffer)).toEqual({ type: 'unknown' })
  expect(parseFrame(bytes('05 1f8b').buffer)).toMatchObject({ type: 'gzip' })
})
