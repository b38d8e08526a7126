// What desktops allow, and what they are told of a wish.
import { expect, it } from 'vitest'
import { PRESET_QUALITY } from '../../../../shared/domain/quality.ts'
import { oddValue } from '../../../../shared/selkies/testing/hostile.ts'
import { createRandom } from '../../../../shared/selkies/testing/random.ts'
import type { Decodable } from '../media/decodable.ts'
import { CONTROLS, readLimits, unknownLimits, WHY } from './limits.ts'
import { allowedStream, differs, ordersFor, presentStream } from './orders.ts'

const all: Decodable = {
  codecs: new Set(['h264', 'vp8', 'vp9', 'av1']),
  fullColor: new Set(['h264']),
  tenBit: new Set(['vp9']),
}
const range = (min: number, max: number, now: number) => ({ value: [min, max], min, max, default: now })
const flag = (value: boolean, locked = false) => ({ value, locked, overridden: locked })
/** As the genuine Selkies 2.1 says it. */
const genuine = {
  framerate: range(8, 240, 60),
  video_bitrate: range(100, 1_000_000, 8000),
  video_crf: range(5, 50, 25),
  video_paintover_crf: range(5, 50, 18),
  video_paintover_burst_frames: range(1, 30, 5),
  jpeg_quality: range(1, 100, 40),
  paint_over_jpeg_quality: range(1, 100, 90),
  video_fullcolor: flag(false),
  video_10bit: flag(false),
  use_paint_over_quality: flag(true),
  video_streaming_mode: flag(true),
  use_cpu: flag(true),
  enable_rate_control: flag(true),
  congestion_control: flag(true),
  rate_control_mode: { value: 'cbr', allowed: ['cbr', 'crf'] },
  encoder: { value: 'h264enc', allowed: ['h264enc', 'h265enc', 'vp9enc', 'h264enc-striped', 'jpeg'] },
  encoder_backends: {
    value: {
      h264: {
        hardware: null,
        software: 'x264',
        fullcolor: { hardware: null, software: true },
        ten_bit: { software: { '420': true } },
      },
      vp8: { hardware: null, software: 'libvpx', fullcolor: { hardware: false, software: false }, ten_bit: {} },
    },
  },
}

it('opens what a desktop offers, with its reasons for the rest', () => {
  const limits = readLimits(genuine, 'webrtc', all)
  expect(limits.frameRate).toEqual({ least: 8, most: 240, now: 60, why: null })
  expect(limits.fullColor).toEqual({ now: false, why: null })
  expect(limits.tenBit.why).toBe(WHY.browserCannot)
  expect(limits.crf.why).toBe(WHY.steadyRate)
  expect(limits.jpegQuality.why).toBe(WHY.webSocketOnly)
  expect(limits.congestionControl).toBe(true)
  expect(limits.encoder.options).toEqual([
    { value: 'h264enc', why: null },
    { value: 'h265enc', why: WHY.browserCannot },
    { value: 'vp9enc', why: null },
    { value: 'h264enc-striped', why: WHY.webSocketOnly },
    { value: 'jpeg', why: WHY.webSocketOnly },
  ])
  const webSocket = readLimits(genuine, 'websocket', all)
  expect(webSocket.encoder.options.map(({ why }) => why)).toEqual([null, WHY.browserCannot, null, null, null])
  expect(webSocket.jpegQuality.why).toBe(WHY.jpegOnly)
})

it('shuts what the administrator set', () => {
  const limits = readLimits(
    {
      ...genuine,
      framerate: range(30, 30, 30),
      video_bitrate: range(1000, 6000, 4000),
      video_fullcolor: flag(false, true),
      enable_rate_control: flag(false),
      encoder: { value: 'h264enc', allowed: ['h264enc'] },
    },
    'webrtc',
    all,
  )
  expect(limits.frameRate.why).toBe(WHY.locked)
  expect(limits.bitrateKbps).toMatchObject({ least: 1000, most: 6000, why: null })
  expect(limits.fullColor.why).toBe(WHY.locked)
  expect(limits.rateControl.why).toBe(WHY.locked)
  expect(limits.encoder.why).toBe(WHY.oneEncoder)
  const stream = allowedStream({ ...PRESET_QUALITY.smooth, fullColor: true, encoder: 'vp9enc' }, limits)
  // bounds are kept, shut controls are not touched
  expect(stream).toEqual({ bitrateKbps: 6000, everyFrame: true })
})

it('opens and shuts by encoder and rate control', () => {
  const jpeg = readLimits({ ...genuine, encoder: { value: 'jpeg', allowed: ['h264enc', 'jpeg'] } }, 'websocket', all)
  expect(jpeg.jpegQuality.why).toBeNull()
  expect(jpeg.bitrateKbps.why).toBe(WHY.notJpeg)
  expect(jpeg.fullColor.why).toBe(WHY.encoderCannot)
  const crf = readLimits({ ...genuine, rate_control_mode: { value: 'crf', allowed: ['cbr', 'crf'] } }, 'webrtc', all)
  expect(crf.crf.why).toBeNull()
  expect(crf.bitrateKbps.why).toBe(WHY.steadyQuality)
  const vp8 = readLimits({ ...genuine, encoder: { value: 'vp8enc', allowed: ['vp8enc', 'h264enc'] } }, 'webrtc', all)
  expect(vp8.fullColor.why).toBe(WHY.encoderCannot)
})

it('tells only what differs: live verbs, and one SETTINGS for the rest', () => {
  const limits = readLimits(genuine, 'webrtc', all)
  const known = presentStream(limits)
  expect(ordersFor(differs(allowedStream(PRESET_QUALITY.balanced, limits), known), {}, true)).toEqual([
    { type: 'frame-rate', fps: 120 },
    { type: 'video-bitrate', kbps: 12_000 },
    { type: 'settings', settings: { video_streaming_mode: false, picked: ['video_streaming_mode'] } },
  ])
  expect(
    ordersFor(differs(allowedStream(PRESET_QUALITY.sharp, limits), known), { displayId: 'primary' }, true),
  ).toEqual([
    { type: 'frame-rate', fps: 30 },
    { type: 'video-bitrate', kbps: 20_000 },
    {
      type: 'settings',
      settings: {
        displayId: 'primary',
        video_paintover_crf: 10,
        video_fullcolor: true,
        picked: ['video_paintover_crf', 'video_fullcolor'],
      },
    },
  ])
  // a quality goes together with the rate control that it needs
  const steady = allowedStream({ ...PRESET_QUALITY.balanced, rateControl: 'crf', crf: 20 }, limits)
  expect(steady).toMatchObject({ rateControl: 'crf', crf: 20 })
})

it('asks a desktop that has not spoken for frames and bits alone', () => {
  expect(allowedStream({ ...PRESET_QUALITY.sharp, encoder: 'av1enc', crf: 20 }, unknownLimits())).toEqual({
    frameRate: 30,
    bitrateKbps: 20_000,
  })
})

it('reads anything without a fault, and opens nothing by it', () => {
  const random = createRandom(7)
  for (let round = 0; round < 2000; round++) {
    const settings = Object.fromEntries(
      ['framerate', 'encoder', 'video_fullcolor', 'encoder_backends', 'rate_control_mode', 'video_crf'].map((name) => [
        name,
        oddValue(random),
      ]),
    )
    const limits = readLimits(settings, round % 2 === 0 ? 'webrtc' : 'websocket', all)
    for (const control of CONTROLS) {
      const limit = limits[control]
      if ('least' in limit) expect(limit.least).toBeLessThanOrEqual(limit.most)
      if ('options' in limit) expect(limit.options.length).toBeLessThanOrEqual(16)
    }
    allowedStream(PRESET_QUALITY.sharp, limits)
  }
})
