// Counters into figures.
import { expect, it } from 'vitest'
import {
  createStatsMeter,
  decoderWords,
  desktopFigures,
  encoderFigures,
  encoderWords,
  NO_FIGURES as none,
} from './stats-meter.ts'
import type { TransportStats } from './transport/transport.ts'

const counters = (values: Partial<TransportStats>): TransportStats => ({
  path: 'node',
  via: null,
  framesDecoded: 0,
  framesDropped: 0,
  bytesReceived: 0,
  packetsLost: 0,
  packetsReceived: 0,
  rttMs: 4,
  codec: 'H264',
  decoder: null,
  hardware: null,
  decodeMs: 0,
  jitterBufferMs: 0,
  sound: { packets: 0, samples: 0, concealed: 0, waitedMs: 0, outputMs: null },
  unread: 0,
  ...values,
})

it('measures the time between two samples', () => {
  const meter = createStatsMeter()
  expect(meter.take(counters({}), none, null, 0)).toBeNull()
  const later = counters({
    framesDecoded: 120,
    bytesReceived: 2_500_000,
    packetsReceived: 990,
    packetsLost: 10,
    decodeMs: 240,
  })
  expect(meter.take(later, none, null, 2000)).toMatchObject({ fps: 60, mbps: 10, loss: 0.01, decodeMs: 2, rttMs: 4 })
})

it('never shows less than nothing after a new connection', () => {
  const meter = createStatsMeter()
  meter.take(counters({ bytesReceived: 1000 }), none, null, 0)
  expect(meter.take(counters({ bytesReceived: 10 }), none, null, 1000)?.mbps).toBe(0)
  meter.reset()
  expect(meter.take(counters({}), none, null, 2000)).toBeNull()
})

it('keeps the desktop’s last figures', () => {
  expect(desktopFigures({ encode_ms: 4.1 }, { ...none, encoder: 'x264' })).toEqual({
    ...none,
    encodeMs: 4.1,
    encoder: 'x264',
  })
})

it('takes no figure for one that is none, and of names a line of text', () => {
  const before = { ...none, encodeMs: 4, pipelineMs: 8 }
  for (const value of [Number.POSITIVE_INFINITY, Number.NaN, -1, '5', null, {}])
    expect(desktopFigures({ encode_ms: value, pipeline_ms: value }, before)).toEqual(before)
  expect(encoderFigures({ encoder: ['x264'], hardware: 'yes' }, none)).toMatchObject({ encoder: null, hardware: null })
  expect(encoderFigures({ encoder: `\u202ex264\n${'x'.repeat(1_000_000)}` }, none).encoder).toMatch(/^x264 x{34}…$/)
})

it('says out loud that the CPU encodes although there is a GPU slice, by the desktop’s own word first', () => {
  const slice = { slices: 1, encoder: 'hardware' } as const
  const note = 'by the CPU, although it has a GPU slice'
  expect(encoderWords({ encoder: 'x264', hardware: false }, slice)).toEqual({ value: 'x264', note })
  expect(encoderWords({ encoder: 'h264_nvenc', hardware: true }, { ...slice, encoder: 'software' })).toEqual({
    value: 'h264_nvenc',
    note: 'hardware, reported',
  })
  // a desktop that says nothing: what the operator expects
  expect(encoderWords({ encoder: null, hardware: null }, { ...slice, encoder: 'software' })).toEqual({
    value: 'software',
    note,
  })
})

it.each([
  [{ encoder: null, hardware: null }, null, 'not known', ''],
  [{ encoder: null, hardware: null }, 'software', 'software', 'expected'],
  [{ encoder: 'x264', hardware: null }, null, 'x264', 'reported'],
  [{ encoder: 'x264', hardware: false }, 'software', 'x264', 'software, reported'],
] as const)('claims no report where there was none: %j', (figures, encoder, value, note) => {
  expect(encoderWords(figures, { slices: 0, encoder })).toEqual({ value, note })
})

it('names the decoder, and whether the GPU decodes where the browser says it', () => {
  expect(decoderWords({ decoder: 'FFmpeg', decoderHardware: false })).toEqual({ value: 'FFmpeg', note: 'software' })
  expect(decoderWords({ decoder: 'D3D11', decoderHardware: true }).note).toBe('hardware')
  expect(decoderWords({ decoder: 'WebCodecs', decoderHardware: null }).note).toContain('does not say')
  expect(decoderWords({ decoder: null, decoderHardware: null })).toEqual({ value: 'not known', note: '' })
})

it('takes the desktop’s round trip where the browser has none, and its own first', () => {
  const meter = createStatsMeter()
  meter.take(counters({ rttMs: null }), none, null, 0)
  const said = desktopFigures({ rtt_ms: 9 }, none)
  expect(meter.take(counters({ rttMs: null }), said, null, 1000)?.rttMs).toBe(9)
  expect(meter.take(counters({}), said, null, 2000)?.rttMs).toBe(4)
})

it('counts what this computer left out, and has no buffer where there is none', () => {
  const meter = createStatsMeter()
  meter.take(counters({ jitterBufferMs: null }), none, null, 0)
  const later = counters({ jitterBufferMs: null, framesDecoded: 30, framesDropped: 10 })
  const times = { renderMs: 8, captureToScreenMs: 30 }
  expect(meter.take(later, none, times, 1000)).toMatchObject({
    dropped: 0.25,
    bufferMs: null,
    renderMs: 8,
    captureToScreenMs: 30,
  })
})

it('forgets a target that is no longer held', () => {
  const held = desktopFigures({ target_mbps: 3.5, encoded_fps: 30, send_ms: 7 }, none)
  expect(held).toMatchObject({ targetKbps: 3500, encodedFps: 30, sendMs: 7 })
  expect(desktopFigures({}, held)).toMatchObject({ targetKbps: null, encodedFps: 30 })
})
