// What a desktop lets a person choose of its picture, read from its settings message. Pure. What it says is hostile until read: a value that is
// none leaves its control shut, and no control is open that the desktop did not name.
import { QUALITY_BOUNDS } from '../../../../shared/domain/quality.ts'
import type { VideoCodec } from '../../../../shared/selkies/g2/frames.ts'
import type { Decodable } from '../media/decodable.ts'
import { text } from '../../../ui/translate.ts'

/** Why a control is shut; null: it is open. */
export type Why = string | null

export interface Span {
  readonly least: number
  readonly most: number
  /** What the desktop last said that it does. */
  readonly now: number | null
  readonly why: Why
}
export interface Switch {
  readonly now: boolean | null
  readonly why: Why
}
export interface Choice {
  readonly options: readonly { readonly value: string; readonly why: Why }[]
  readonly now: string | null
  readonly why: Why
}

export interface QualityLimits {
  readonly frameRate: Span
  readonly bitrateKbps: Span
  readonly crf: Span
  readonly stillCrf: Span
  readonly stillFrames: Span
  readonly jpegQuality: Span
  readonly stillJpegQuality: Span
  readonly fullColor: Switch
  readonly tenBit: Switch
  readonly sharpenStill: Switch
  readonly everyFrame: Switch
  readonly byCpu: Switch
  readonly encoder: Choice
  readonly rateControl: Choice
  /** The desktop itself lowers its bitrate to what the path carries, where it holds one. */
  readonly congestionControl: boolean
}

export type Control = Exclude<keyof QualityLimits, 'congestionControl'>

/** The server's names. Source: Selkies 2.1, its settings. */
export const WIRE: Readonly<Record<Control, string>> = {
  frameRate: 'framerate',
  bitrateKbps: 'video_bitrate',
  crf: 'video_crf',
  stillCrf: 'video_paintover_crf',
  stillFrames: 'video_paintover_burst_frames',
  jpegQuality: 'jpeg_quality',
  stillJpegQuality: 'paint_over_jpeg_quality',
  fullColor: 'video_fullcolor',
  tenBit: 'video_10bit',
  sharpenStill: 'use_paint_over_quality',
  everyFrame: 'video_streaming_mode',
  byCpu: 'use_cpu',
  encoder: 'encoder',
  rateControl: 'rate_control_mode',
}
export const CONTROLS = Object.keys(WIRE) as readonly Control[]

export const WHY = {
  waiting: text('The desktop has not said yet.'),
  absent: text('This desktop’s server does not have it.'),
  locked: text('Set for this desktop by its administrator.'),
  oneEncoder: text('Its administrator chose one encoder for this desktop.'),
  webSocketOnly: text('Only over WebSocket.'),
  jpegOnly: text('Only with JPEG.'),
  notJpeg: text('Not with JPEG.'),
  steadyRate: text('Only with a steady quality.'),
  steadyQuality: text('Only with a steady bitrate.'),
  encoderCannot: text('Not with this encoder.'),
  browserCannot: text('This browser cannot show it.'),
} as const

/** Options of one menu that are read. */
const OPTIONS = 16
/** The codec of each encoder. Source: Selkies 2.1. */
const CODECS: Readonly<Record<string, VideoCodec>> = {
  h264enc: 'h264',
  'h264enc-striped': 'h264',
  h265enc: 'h265',
  vp8enc: 'vp8',
  vp9enc: 'vp9',
  av1enc: 'av1',
}

type Fields = Readonly<Record<string, unknown>>

/** Before a desktop has said anything: frame rate and bitrate alone, which every generation takes. */
export function unknownLimits(why: string = WHY.waiting): QualityLimits {
  const span = (control: keyof typeof QUALITY_BOUNDS, open = false): Span => {
    const [least, most] = QUALITY_BOUNDS[control]
    return { least, most, now: null, why: open ? null : why }
  }
  const shut = { now: null, why } as const
  return {
    frameRate: span('frameRate', true),
    bitrateKbps: span('bitrateKbps', true),
    crf: span('crf'),
    stillCrf: span('stillCrf'),
    stillFrames: span('stillFrames'),
    jpegQuality: span('jpegQuality'),
    stillJpegQuality: span('stillJpegQuality'),
    fullColor: shut,
    tenBit: shut,
    sharpenStill: shut,
    everyFrame: shut,
    byCpu: shut,
    encoder: { options: [], ...shut },
    rateControl: { options: [], ...shut },
    congestionControl: false,
  }
}

/**
 * Reads the settings message of Selkies 2.1.
 * @param settings its `settings`
 * @param decodable what this browser shows in this mode
 */
export function readLimits(settings: Fields, mode: 'webrtc' | 'websocket', decodable: Decodable): QualityLimits {
  const entry = (name: string): Fields | null => fields(settings[name])
  const span = (control: keyof typeof QUALITY_BOUNDS, why: Why = null): Span => {
    const [floor, ceiling] = QUALITY_BOUNDS[control]
    const found = entry(WIRE[control])
    const [least, most] = [number(found?.['min']), number(found?.['max'])]
    if (found === null || least === null || most === null || most < least)
      return { least: floor, most: ceiling, now: null, why: WHY.absent }
    const bounds = { least: clamp(least, floor, ceiling), most: clamp(most, floor, ceiling) }
    return { ...bounds, now: number(found['default']), why: least === most ? WHY.locked : why }
  }
  const flag = (control: Control, why: Why = null): Switch => {
    const found = entry(WIRE[control])
    const now = found?.['value']
    if (found === null || typeof now !== 'boolean') return { now: null, why: WHY.absent }
    return { now, why: found['locked'] === true ? WHY.locked : why }
  }
  const encoder = readEncoder(entry('encoder'), mode, decodable)
  const codec = CODECS[encoder.now ?? '']
  const jpeg = encoder.now === 'jpeg'
  const rateControl = readRateControl(entry('rate_control_mode'), entry('enable_rate_control'), jpeg)
  const quality = jpeg ? WHY.notJpeg : rateControl.now === 'crf' ? null : WHY.steadyRate
  const onlyJpeg = mode === 'webrtc' ? WHY.webSocketOnly : jpeg ? null : WHY.jpegOnly
  const format = (set: ReadonlySet<VideoCodec>, name: 'fullcolor' | 'ten_bit'): Why => {
    if (codec === undefined || !encodes(entry('encoder_backends'), codec, name)) return WHY.encoderCannot
    return set.has(codec) ? null : WHY.browserCannot
  }
  return {
    frameRate: span('frameRate'),
    bitrateKbps: span('bitrateKbps', jpeg ? WHY.notJpeg : rateControl.now === 'crf' ? WHY.steadyQuality : null),
    crf: span('crf', quality),
    stillCrf: span('stillCrf', jpeg ? WHY.notJpeg : null),
    stillFrames: span('stillFrames', jpeg ? WHY.notJpeg : null),
    jpegQuality: span('jpegQuality', onlyJpeg),
    stillJpegQuality: span('stillJpegQuality', onlyJpeg),
    fullColor: flag('fullColor', format(decodable.fullColor, 'fullcolor')),
    tenBit: flag('tenBit', format(decodable.tenBit, 'ten_bit')),
    sharpenStill: flag('sharpenStill', jpeg || rateControl.now === 'crf' ? null : WHY.steadyRate),
    everyFrame: flag('everyFrame'),
    byCpu: flag('byCpu'),
    encoder,
    rateControl,
    congestionControl: entry('congestion_control')?.['value'] === true,
  }
}

function readEncoder(found: Fields | null, mode: 'webrtc' | 'websocket', { codecs }: Decodable): Choice {
  const now = name(found?.['value'])
  const allowed = names(found?.['allowed'])
  if (found === null || now === null) return { options: [], now: null, why: WHY.absent }
  const options = allowed.map((value) => {
    const codec = CODECS[value]
    // striped pictures and JPEG are frames of the WebSocket
    const elsewhere = value === 'jpeg' || value === 'h264enc-striped'
    if (elsewhere && mode === 'webrtc') return { value, why: WHY.webSocketOnly }
    const shown = value === 'jpeg' || (codec !== undefined && codecs.has(codec))
    return { value, why: shown ? null : WHY.browserCannot }
  })
  return { options, now, why: options.length <= 1 ? WHY.oneEncoder : null }
}

function readRateControl(found: Fields | null, enabled: Fields | null, jpeg: boolean): Choice {
  const now = name(found?.['value'])
  const options = names(found?.['allowed']).map((value) => ({ value, why: null }))
  if (found === null || now === null) return { options: [], now: null, why: WHY.absent }
  const fixed = enabled?.['value'] === false || options.length <= 1
  return { options, now, why: fixed ? WHY.locked : jpeg ? WHY.notJpeg : null }
}

/** Whether the host encodes a codec in a format. A server that does not say is asked, and does what it can. */
function encodes(backends: Fields | null, codec: VideoCodec, format: 'fullcolor' | 'ten_bit'): boolean {
  const served = fields(fields(backends?.['value'])?.[codec])
  const sides = fields(served?.[format])
  if (sides === null) return true
  return Object.values(sides).some(
    (side) => side === true || side === null || Object.values(fields(side) ?? {}).includes(true),
  )
}

function fields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
}
function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
function name(value: unknown): string | null {
  return typeof value === 'string' && /^[\w-]{1,32}$/.test(value) ? value : null
}
function names(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value.slice(0, OPTIONS) : []
  return [...new Set(list.map(name).filter((one) => one !== null))]
}
function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
