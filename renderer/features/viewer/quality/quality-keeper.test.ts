// What a desktop is told of its person's wish, over connections, modes and poor seconds.
import { expect, it } from 'vitest'
import { PRESET_QUALITY, type Quality } from '../../../../shared/domain/quality.ts'
import { formatClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { NO_FIGURES } from '../stats-meter.ts'
import type { ViewerStats } from '../viewer-state.ts'
import { createQualityKeeper } from './quality-keeper.ts'
import { NO_QUALITY, type QualityView } from './quality-view.ts'

const range = (min: number, max: number, now: number) => ({ value: [min, max], min, max, default: now })
const server = {
  framerate: range(8, 240, 60),
  video_bitrate: range(100, 1_000_000, 8000),
  video_paintover_crf: range(5, 50, 18),
  video_streaming_mode: { value: true, locked: false },
  congestion_control: { value: false, locked: false },
  rate_control_mode: { value: 'cbr', allowed: ['cbr', 'crf'] },
  encoder: { value: 'h264enc', allowed: ['h264enc'] },
}
const { rttMs: _, ...figures } = NO_FIGURES
const second: ViewerStats = {
  ...figures,
  fps: 60,
  mbps: 5,
  rttMs: 5,
  path: 'node',
  via: null,
  codec: 'H264',
  decoder: null,
  decoderHardware: null,
  packets: 900,
  loss: 0,
  dropped: 0,
  decodeMs: 2,
  bufferMs: 5,
  renderMs: null,
  captureToScreenMs: null,
  sound: { playing: false, delayMs: null, offsetMs: null, concealed: 0 },
  unread: 0,
}

/** What the desktop of these tests has by itself. */
const SIXTY = { ...PRESET_QUALITY.balanced, frameRate: 60, everyFrame: null }

function set(first: Quality) {
  const sent: string[] = []
  let wish = first
  let view: QualityView = NO_QUALITY
  const keeper = createQualityKeeper({
    sink: (message) => void sent.push(formatClientMessage(message)),
    wish: () => wish,
    onChange: (next) => (view = next),
  })
  const change = (next: Quality) => {
    wish = next
    keeper.update()
  }
  return { keeper, change, take: () => sent.splice(0), view: () => view }
}

it('tells a new connection what differs, once, and a choice at once', () => {
  const { keeper, change, take } = set(SIXTY)
  keeper.begin('webrtc', {})
  keeper.opened()
  expect(take()).toEqual(['_arg_fps,60', 'vb,12000'])
  keeper.heardSettings(server)
  keeper.heardSettings(server)
  expect(take()).toEqual([])
  change(PRESET_QUALITY.low)
  expect(take()).toEqual([
    '_arg_fps,24',
    'vb,1500',
    'SETTINGS,{"video_streaming_mode":false,"picked":["video_streaming_mode"]}',
  ])
  // what the next preset does not wish for goes back to what it was
  change(PRESET_QUALITY.sharp)
  expect(take()).toEqual([
    '_arg_fps,30',
    'vb,20000',
    'SETTINGS,{"video_paintover_crf":10,"video_streaming_mode":true,"picked":["video_paintover_crf","video_streaming_mode"]}',
  ])
})

it('says all of it in the first SETTINGS of WebSocket mode, and nothing twice', () => {
  const { keeper, take } = set(PRESET_QUALITY.low)
  const always = { displayId: 'primary', audioRedundancy: true }
  keeper.begin('websocket', always)
  expect(keeper.claim()).toEqual({ framerate: 24, video_bitrate: 1500 })
  keeper.opened()
  expect(take()).toEqual([])
  keeper.heardSettings(server)
  // nobody has just chosen it: beside the owner of the display it does not count
  expect(take()).toEqual(['SETTINGS,{"displayId":"primary","audioRedundancy":true,"video_streaming_mode":false}'])
  // the second time the desktop is known
  keeper.heardRate(900)
  keeper.begin('websocket', always)
  expect(keeper.claim()).toEqual({
    framerate: 24,
    video_bitrate: 1500,
    video_streaming_mode: false,
    ccStartKbps: 900,
  })
  keeper.opened()
  keeper.heardSettings(server)
  expect(take()).toEqual([])
})

it('steps down and up with the seconds, and begins a new connection as wished', () => {
  const { keeper, take, view } = set(SIXTY)
  keeper.begin('webrtc', {})
  keeper.opened()
  keeper.heardSettings(server)
  take()
  for (let at = 1; at <= 3; at++) keeper.sampled({ ...second, loss: 0.1 }, at * 1000)
  expect(take()).toEqual(['_arg_fps,45', 'vb,8400'])
  expect(view()).toMatchObject({ frameRate: 45, because: 'loss', poor: 'loss' })
  for (let at = 4; at <= 13; at++) keeper.sampled(second, at * 1000)
  expect(take()).toEqual(['_arg_fps,60', 'vb,12000'])
  expect(view()).toMatchObject({ because: null, poor: null })
  for (let at = 14; at <= 17; at++) keeper.sampled({ ...second, loss: 0.1 }, at * 1000)
  expect(take()).toEqual(['_arg_fps,45', 'vb,8400'])
  keeper.begin('webrtc', {})
  keeper.opened()
  expect(take()).toEqual(['_arg_fps,60', 'vb,12000'])
  expect(view().poor).toBeNull()
})

it('leaves the bitrate to a desktop that steers it, and the frames to one that holds them', () => {
  const { keeper, take, view } = set(SIXTY)
  keeper.begin('webrtc', {})
  keeper.opened()
  keeper.heardSettings({ ...server, congestion_control: { value: true, locked: false } })
  take()
  for (let at = 1; at <= 3; at++) keeper.sampled({ ...second, loss: 0.1 }, at * 1000)
  expect(take()).toEqual(['_arg_fps,45'])
  keeper.heardSettings({ ...server, framerate: range(60, 60, 60) })
  take()
  for (let at = 4; at <= 20; at++) keeper.sampled({ ...second, loss: 0.1 }, at * 1000)
  expect(take()).toEqual([])
  expect(view().poor).toBe('loss')
})
