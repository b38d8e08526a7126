// The report that people paste into tickets.
import { expect, it } from 'vitest'
import { NO_FIGURES } from './stats-meter.ts'
import { sieve, spread, statsReport, type ReportFacts } from './stats-report.ts'
import type { ViewerStats } from './viewer-state.ts'

const { rttMs: _, ...figures } = NO_FIGURES
const stats: ViewerStats = {
  ...figures,
  fps: 59.6,
  mbps: 8.125,
  rttMs: 4.2,
  path: 'relay',
  via: 'turn:relay.example.com:3478?transport=udp',
  codec: 'H264',
  decoder: 'FFmpeg',
  decoderHardware: false,
  packets: 900,
  loss: 0.004,
  dropped: 0,
  decodeMs: 2.5,
  bufferMs: 11.2,
  renderMs: null,
  captureToScreenMs: null,
  sound: { playing: false, delayMs: null, offsetMs: null, concealed: 0 },
  unread: 7,
  encoder: 'x264',
  hardware: false,
}
const facts: ReportFacts = {
  picture: { width: 1280, height: 720 },
  history: [],
  mode: 'webrtc',
  quality: 'Balanced',
  slices: 1,
  encoder: 'hardware',
  browser: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
}

it('says what helps', () => {
  expect(statsReport('CAD', stats, facts).split('\n')).toEqual([
    'Desktop: CAD',
    'Picture: 1280 x 720, 60 frames/s',
    'Quality: Balanced',
    'Received: 8.13 Mbit/s, 0.40 % lost, 0.00 % dropped here',
    'Round trip: 4.2 ms',
    expect.stringMatching(/^Path: .+, webrtc$/),
    'Codec: H264, encoder x264 (by the CPU, although it has a GPU slice), decoder FFmpeg (software)',
    'Per frame: decode 2.5 ms, buffer 11.2 ms',
    'Sound: silent',
    'Not understood: 7 of the desktop’s messages',
    `Browser: ${facts.browser}`,
  ])
})

it('says how the last seconds were', () => {
  const history = [10, 60, 30].map((fps) => ({ ...stats, fps }))
  expect(statsReport('CAD', stats, { ...facts, history })).toContain('Last 3 s: frames/s 10 / 30 / 60,')
  expect(spread([])).toBe('not known')
})

it('says nothing that opens a door or names a place', () => {
  const ticket = 'q8ZJ3v0mK2hQX1sYw7Lr5TnBdE9uGfCpA4oVxiRzNbM'
  const report = statsReport(
    `CAD of jane.doe@example.com at https://desk.example.com/d/${ticket}/ (10.1.2.3:8080, fd00:12:34::5, ${ticket})`,
    {
      ...stats,
      via: '192.0.2.77',
      encoder: `x264 password=hunter2 Bearer ${ticket}`,
      decoder: `turn:relay.example.com?user=1795525368:selkies 550e8400-e29b-41d4-a716-446655440000`,
      codec: '[2001:db8::1]:443',
    },
    facts,
  )
  for (const secret of [
    'jane',
    'example.com',
    ticket,
    'hunter2',
    '192.0.2',
    '10.1.2',
    'fd00',
    '2001',
    '550e8400',
    'selkies',
    'relay.example',
  ])
    expect(report).not.toContain(secret)
  expect(report).toContain('Desktop: CAD of')
})

it.each([
  'Per frame: decode 2.5 ms, buffer 11.2 ms',
  'Round trip: 4.2 ms',
  'Picture: 1280 x 720, 60 frames/s',
  facts.browser,
  'Chrome/150.0.7300.12 Electron/45.4.1',
])('leaves %s alone', (line) => {
  expect(sieve(line)).toBe(line)
})
