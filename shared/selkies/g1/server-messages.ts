// What Selkies-GStreamer 1.6 says to a client: JSON `{type, data}` on its `input` channel, read into the viewer's own messages.
// Parsing never throws; what is not known, malformed or too large is `unknown` and is only counted.
import { CURSOR_LIMIT, SIDE_LIMIT, TEXT_LIMIT } from '../limits.ts'
import type { CursorView, ServerMessage } from '../g2/server-messages.ts'
import { parseObject } from '../peer-payload.ts'
import { plainWords } from '../words.ts'
import { pngSize } from './png-size.ts'

export type G1ServerMessage =
  /** Something that 2.x says as well. */
  | { readonly type: 'common'; readonly message: ServerMessage }
  /** Its page would load anew: a new connection. */
  | { readonly type: 'reload' }
  /** Answer at once with `pong`: it measures by that. */
  | { readonly type: 'ping' }
  /** Half a round trip on the channel, ms. */
  | { readonly type: 'latency'; readonly ms: number }
  | { readonly type: 'frame-rate'; readonly fps: number }
  | { readonly type: 'video-bitrate'; readonly kbps: number }
  | { readonly type: 'audio-bitrate'; readonly bps: number }
  /** Whether it takes another size. */
  | { readonly type: 'resize'; readonly enabled: boolean }
  /** Words for people: what its pipeline does. */
  | { readonly type: 'pipeline'; readonly status: string }
  /** Understood and of no use here: a cursor that did not change. */
  | { readonly type: 'nothing' }
  | { readonly type: 'unknown'; readonly text: string }

type Fields = Readonly<Record<string, unknown>>

/** Reads a message of the channel. Source: 1.6.2, what its server and its own page say to each other. */
export function parseG1Message(text: string): G1ServerMessage {
  return (text.length > TEXT_LIMIT ? null : read(text)) ?? { type: 'unknown', text }
}

function read(text: string): G1ServerMessage | null {
  const whole = parseObject(text)
  if (whole === null) return null
  const data = fields(whole['data'])
  switch (whole['type']) {
    case 'pipeline':
      return { type: 'pipeline', status: plainWords(data?.['status']) }
    case 'clipboard': {
      const base64 = data?.['content']
      if (typeof base64 !== 'string') return null
      return common({
        type: 'clipboard',
        part: { kind: 'whole', mime: 'text/plain', base64, reply: false, secret: false },
      })
    }
    case 'cursor':
      return whole['data'] === null ? { type: 'nothing' } : readCursor(data)
    case 'system_stats':
    case 'gpu_stats':
      return data && common({ type: 'stream-stats', stats: figures(data, whole['type'] === 'gpu_stats' ? 'gpu_' : '') })
    case 'system':
      return readAction(data?.['action'])
    case 'ping':
      return { type: 'ping' }
    case 'latency_measurement': {
      const ms = number(data?.['latency_ms'])
      return ms === null ? null : { type: 'latency', ms }
    }
    default:
      return null
  }
}

function readAction(action: unknown): G1ServerMessage | null {
  if (typeof action !== 'string') return null
  const [verb, value = ''] = action.slice(0, 200).split(',', 2)
  switch (verb) {
    case 'reload':
      return { type: 'reload' }
    case 'framerate':
      return count(value, (fps) => ({ type: 'frame-rate', fps }))
    case 'video_bitrate':
      return count(value, (kbps) => ({ type: 'video-bitrate', kbps }))
    case 'audio_bitrate':
      return count(value, (bps) => ({ type: 'audio-bitrate', bps }))
    case 'resize':
      // Python's own words for yes and no
      return { type: 'resize', enabled: value === 'True' }
    case 'encoder':
      return common({
        type: 'stream-info',
        info: { encoder: plainWords(value, 40), hardware: /^(?:nv|va)[a-z0-9]*enc$/.test(value) },
      })
    case 'resolution': {
      const size = /^(\d{1,5})x(\d{1,5})$/.exec(value)
      const [width, height] = [Number(size?.[1]), Number(size?.[2])]
      const isSize = [width, height].every((side) => side > 0 && side <= SIDE_LIMIT)
      return isSize ? common({ type: 'resolution', width, height }) : null
    }
    default:
      return null
  }
}

/** A broken cursor is left out: read as an empty one, it would hide the pointer. */
function readCursor(data: Fields | null): G1ServerMessage | null {
  const png = data?.['curdata']
  const handle = number(data?.['handle'])
  if (data === null || typeof png !== 'string' || png.length > CURSOR_LIMIT || handle === null) return null
  const hot = fields(data['hotspot'])
  const size = pngSize(png)
  // the whole picture is transparent there; and handle 0 is the arrow
  if (data['override'] === 'none') return cursor({ ...NO_PICTURE, handle: 0 })
  if (handle === 0 || size === null) return cursor({ ...NO_PICTURE, handle: 1 })
  return cursor({ png, ...size, hotX: number(hot?.['x']) ?? 0, hotY: number(hot?.['y']) ?? 0, handle })
}

const NO_PICTURE = { png: '', width: 0, height: 0, hotX: 0, hotY: 0 } as const

function cursor(view: CursorView): G1ServerMessage {
  return common({ type: 'cursor', cursor: view })
}

function common(message: ServerMessage): G1ServerMessage {
  return { type: 'common', message }
}

/** The numbers of a report, under names of their own. */
function figures(data: Fields, prefix: string): Fields {
  const names = ['cpu_percent', 'mem_total', 'mem_used', 'load', 'memory_total', 'memory_used']
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = number(data[name])
      return value === null ? [] : [[`${prefix}${name}`, value]]
    }),
  )
}

function count(value: string, make: (count: number) => G1ServerMessage): G1ServerMessage | null {
  return /^\d{1,9}$/.test(value) ? make(Number(value)) : null
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function fields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
}
