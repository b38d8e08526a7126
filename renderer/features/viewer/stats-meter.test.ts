// Counters into figures.
import { expect, it } from 'vitest'
import { createStatsMeter, desktopFigures, encoderFigures, encoderWords, statsReport } from './stats-meter.ts'
import type { TransportStats } from './transport/transport.ts'

const none = { encodeMs: null, pipelineMs: null, encoder: null, hardware: null }
const counters = (values: Partial<TransportStats>): TransportStats => ({
  path: 'node',
  via: null,
  framesDecoded: 0,
  bytesReceived: 0,
  packetsLost: 0,
  packetsReceived: 0,
  rttMs: 4,
  codec: 'H264',
  decoder: null,
  decodeMs: 0,
  jitterBufferMs: 0,
  unread: 0,
  ...values,
})

it('measures the time between two samples', () => {
  const meter = createStatsMeter()
  expect(meter.take(counters({}), none, 0)).toBeNull()
  const later = counters({
    framesDecoded: 120,
    bytesReceived: 2_500_000,
    packetsReceived: 990,
    packetsLost: 10,
    decodeMs: 240,
  })
  expect(meter.take(later, none, 2000)).toMatchObject({ fps: 60, mbps: 10, loss: 0.01, decodeMs: 2, rttMs: 4 })
})

it('never shows less than nothing after a new connection', () => {
  const meter = createStatsMeter()
  meter.take(counters({ bytesReceived: 1000 }), none, 0)
  expect(meter.take(counters({ bytesReceived: 10 }), none, 1000)?.mbps).toBe(0)
  meter.reset()
  expect(meter.take(counters({}), none, 2000)).toBeNull()
})

it('keeps the desktop’s last figures', () => {
  expect(desktopFigures({ encode_ms: 4.1 }, { ...none, encoder: 'x264' })).toEqual({
    encodeMs: 4.1,
    pipelineMs: null,
    encoder: 'x264',
    hardware: null,
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
  const byCpu = 'by the CPU, although it has a GPU slice'
  expect(encoderWords({ encoder: 'x264', hardware: false }, slice)).toEqual({ value: 'x264', note: byCpu })
  expect(encoderWords({ encoder: 'h264_nvenc', hardware: true }, { ...slice, encoder: 'software' })).toEqual({
    value: 'h264_nvenc',
    note: 'reported',
  })
  // a desktop that says nothing: what the operator expects
  expect(encoderWords({ encoder: null, hardware: null }, { ...slice, encoder: 'software' })).toEqual({
    value: 'software',
    note: byCpu,
  })
  expect(encoderWords({ encoder: null, hardware: null }, { slices: 1, encoder: null }).value).toBe('not known')
  expect(encoderWords({ encoder: 'x264', hardware: false }, { slices: 0, encoder: 'software' }).note).toBe('reported')
})

it('puts that in the report too', () => {
  const meter = createStatsMeter()
  meter.take(counters({}), none, 0)
  const figures = encoderFigures({ encoder: 'x264', hardware: false }, none)
  const stats = meter.take(counters({ unread: 7 }), figures, 1000)
  const report = stats && statsReport('CAD', stats, null, { slices: 1, encoder: 'hardware' })
  expect(report).toContain('encoder x264 (by the CPU, although it has a GPU slice)')
  expect(report).toContain('Not understood: 7 of the desktop’s messages')
})
