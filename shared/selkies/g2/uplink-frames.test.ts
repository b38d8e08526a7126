// The frames of microphone and camera, byte by byte.
import { describe, expect, it } from 'vitest'
import { formatCameraFrame, formatMicrophoneFrame, parseUplinkFrame } from './uplink-frames.ts'

const data = Uint8Array.of(9, 8)

it('says a microphone', () => {
  expect([...formatMicrophoneFrame(data)]).toEqual([0x02, 9, 8])
  expect(parseUplinkFrame(Uint8Array.of(0x02, 9, 8).buffer)).toEqual({ type: 'microphone', data })
})

describe('a camera', () => {
  it.each([
    [{ codec: 'mjpeg', key: true, turns: 0, flip: false }, [6, 0, 1, 9, 8]],
    [{ codec: 'h264', key: false, turns: 1, flip: false }, [6, 1, 2, 9, 8]],
    [{ codec: 'vp8', key: true, turns: 3, flip: true }, [6, 2, 15, 9, 8]],
    [{ codec: 'h265', key: false, turns: 0, flip: true }, [6, 5, 8, 9, 8]],
  ] as const)('%o', (frame, bytes) => {
    expect([...formatCameraFrame({ ...frame, data })]).toEqual(bytes)
    expect(parseUplinkFrame(Uint8Array.from(bytes).buffer)).toEqual({ type: 'camera', ...frame, data })
  })
})

it.each([[[]], [[2]], [[6, 0, 0]], [[6, 6, 0, 1]], [[7, 1, 1, 1]]])('knows no %j', (bytes) => {
  expect(parseUplinkFrame(Uint8Array.from(bytes).buffer)).toEqual({ type: 'unknown' })
})
