// What a client says to Selkies 2.1: the verbs, the same in WebRTC and WebSocket mode, as values; format and parse.
// Formatting yields only what the server takes (whole numbers, clamped); parsing never throws: `unknown` is counted, not answered.
import { HELD_LIMIT } from '../limits.ts'

/** Buttons of the pointer mask. Source: Selkies 2.1 (`wheel` bits need a magnitude). */
export const MASK = {
  left: 1,
  middle: 2,
  right: 4,
  wheelDown: 8,
  wheelUp: 16,
  back: 8,
  forward: 16,
  eraser: 32,
  wheelLeft: 64,
  wheelRight: 128,
} as const

export type ClientMessage =
  | { readonly type: 'key-down' | 'key-up'; readonly keysym: number }
  | { readonly type: 'keys-held'; readonly keysyms: readonly number[] }
  | { readonly type: 'release-keys' }
  | { readonly type: 'text'; readonly text: string }
  | {
      /** absolute: x and y in stream px. relative: their change. `magnitude` is the number of wheel clicks. */
      readonly type: 'pointer'
      readonly relative: boolean
      readonly x: number
      readonly y: number
      readonly mask: number
      readonly magnitude: number
      readonly sequence?: number
    }
  | { readonly type: 'resize'; readonly width: number; readonly height: number }
  | { readonly type: 'dpi'; readonly dpi: number }
  | { readonly type: 'video-bitrate'; readonly kbps: number }
  | { readonly type: 'audio-bitrate'; readonly bps: number }
  | { readonly type: 'frame-rate'; readonly fps: number }
  | { readonly type: 'start-audio' | 'stop-audio' | 'start-video' | 'stop-video' | 'key-frame' }
  | { readonly type: 'cursor-in-video'; readonly on: boolean }
  | { readonly type: 'gzip' }
  | { readonly type: 'stats'; readonly on: boolean }
  | { readonly type: 'pong'; readonly data: string }
  | { readonly type: 'settings'; readonly settings: Readonly<Record<string, unknown>> }
  | {
      readonly type: 'pad-connect'
      readonly slot: number
      readonly name: string
      readonly axes: number
      readonly buttons: number
    }
  | { readonly type: 'pad-disconnect' | 'pad-heartbeat'; readonly slot: number }
  | { readonly type: 'pad-button'; readonly slot: number; readonly button: number; readonly value: number }
  | { readonly type: 'pad-axis'; readonly slot: number; readonly axis: number; readonly value: number }
  | { readonly type: 'clipboard-text'; readonly base64: string }
  | { readonly type: 'clipboard-binary'; readonly mime: string; readonly base64: string }
  | { readonly type: 'clipboard-start'; readonly id: string; readonly mime: string | null; readonly total: number }
  | { readonly type: 'clipboard-data'; readonly binary: boolean; readonly id: string; readonly base64: string }
  | { readonly type: 'clipboard-end'; readonly binary: boolean; readonly id: string }
  /** `connect`: the tagged fetch of a new connection. `now`: read the desktop's clipboard now. */
  | { readonly type: 'clipboard-read'; readonly when: 'connect' | 'now' }
  /** WebSocket mode only. `heldMs`: how long the client has had this frame. */
  | { readonly type: 'frame-ack'; readonly frame: number; readonly heldMs: number }
  | { readonly type: 'lost-frame'; readonly frame: number }
  | { readonly type: 'decode-pace'; readonly fps: number }
  | { readonly type: 'unknown'; readonly text: string }

/** Characters of one message that the server takes; a larger one ends the connection there. Source: Selkies 2.1. */
export const CLIENT_LIMIT = 8 * 1024 * 1024

const WORDS = {
  'start-audio': 'START_AUDIO',
  'stop-audio': 'STOP_AUDIO',
  'start-video': 'START_VIDEO',
  'stop-video': 'STOP_VIDEO',
  'key-frame': 'REQUEST_KEYFRAME',
  'release-keys': 'kr',
} as const

/**
 * Says a client's message.
 * @param message pointer positions are rounded (the server drops fractions without a word), sizes made even, DPI kept in 96-288
 */
export function formatClientMessage(message: ClientMessage): string {
  switch (message.type) {
    case 'key-down':
      return `kd,${message.keysym}`
    case 'key-up':
      return `ku,${message.keysym}`
    case 'keys-held':
      return `kh,${message.keysyms.join(',')}`
    case 'text':
      return `co,end,${message.text}`
    case 'pointer': {
      const { relative, x, y, mask, magnitude, sequence } = message
      const head = `${relative ? 'm2' : 'm'},${Math.round(x)},${Math.round(y)},${mask},${magnitude}`
      return sequence === undefined ? head : `${head},${sequence}`
    }
    case 'resize':
      return `r,${even(message.width, 7680)}x${even(message.height, 4320)}`
    case 'dpi':
      return `s,${Math.min(288, Math.max(96, Math.round(message.dpi)))}`
    case 'video-bitrate':
      return `vb,${Math.round(message.kbps)}`
    case 'audio-bitrate':
      return `ab,${Math.round(message.bps)}`
    case 'frame-rate':
      return `_arg_fps,${message.fps}`
    case 'start-audio':
    case 'stop-audio':
    case 'start-video':
    case 'stop-video':
    case 'key-frame':
    case 'release-keys':
      return WORDS[message.type]
    case 'cursor-in-video':
      return `p,${message.on ? 1 : 0}`
    case 'gzip':
      return '_gz,1'
    case 'stats':
      return `_stats,${message.on ? 1 : 0}`
    case 'pong':
      return `pong,${message.data}`
    case 'settings':
      return `SETTINGS,${JSON.stringify(message.settings)}`
    case 'pad-connect':
      return `js,c,${message.slot},${btoa(latin1(message.name))},${message.axes},${message.buttons}`
    case 'pad-disconnect':
      return `js,d,${message.slot}`
    case 'pad-heartbeat':
      return `js,h,${message.slot}`
    case 'pad-button':
      return `js,b,${message.slot},${message.button},${fraction(message.value)}`
    case 'pad-axis':
      return `js,a,${message.slot},${message.axis},${fraction(message.value)}`
    case 'clipboard-text':
      return `cw,${message.base64}`
    case 'clipboard-binary':
      return `cb,${message.mime},${message.base64}`
    case 'clipboard-start':
      return message.mime === null
        ? `cws,${message.id},${message.total}`
        : `cbs,${message.id},${message.mime},${message.total}`
    case 'clipboard-data':
      return `${message.binary ? 'cbd' : 'cwd'},${message.id},${message.base64}`
    case 'clipboard-end':
      return `${message.binary ? 'cbe' : 'cwe'},${message.id}`
    case 'clipboard-read':
      return message.when === 'connect' ? 'cr' : 'REQUEST_CLIPBOARD'
    case 'frame-ack':
      return `CLIENT_FRAME_ACK ${message.frame} ${Math.round(message.heldMs)}`
    case 'lost-frame':
      return `LOST_FRAME ${message.frame}`
    case 'decode-pace':
      return `DECODE_PACE ${Math.round(message.fps)}`
    case 'unknown':
      return message.text
  }
}

/** Reads what a client said, as the server does. */
export function parseClientMessage(text: string): ClientMessage {
  return (text.length > CLIENT_LIMIT ? null : parseVerb(text)) ?? { type: 'unknown', text }
}

function parseVerb(text: string): ClientMessage | null {
  const spaced = /^(CLIENT_FRAME_ACK|LOST_FRAME|DECODE_PACE) (\d{1,15})(?: (\d{1,15}))?$/.exec(text)
  if (spaced) {
    const [first, second] = [Number(spaced[2]), Number(spaced[3] ?? 0)]
    if (spaced[1] === 'CLIENT_FRAME_ACK') return { type: 'frame-ack', frame: first, heldMs: second }
    return spaced[1] === 'LOST_FRAME' ? { type: 'lost-frame', frame: first } : { type: 'decode-pace', fps: first }
  }
  // no verb has more fields than a list of held keys; texts with commas are taken from `rest`
  const [verb, ...fields] = text.split(',', HELD_LIMIT + 1)
  const numbers = fields.map(integer)
  const [a = null, b = null, c = null, d = null, e = null] = numbers
  const [word = '', second = '', third = ''] = fields
  const rest = text.slice((verb?.length ?? 0) + 1)
  switch (verb) {
    case 'kd':
      return a === null ? null : { type: 'key-down', keysym: a }
    case 'ku':
      return a === null ? null : { type: 'key-up', keysym: a }
    case 'kh':
      return { type: 'keys-held', keysyms: numbers.filter((keysym) => keysym !== null).slice(0, HELD_LIMIT) }
    case 'kr':
      return { type: 'release-keys' }
    case 'co':
      return word === 'end' ? { type: 'text', text: rest.slice(4) } : null
    case 'm':
    case 'm2':
      if (a === null || b === null || c === null || d === null) return null
      return {
        type: 'pointer',
        relative: verb === 'm2',
        x: a,
        y: b,
        mask: c,
        magnitude: d,
        ...(e === null ? {} : { sequence: e }),
      }
    case 'r': {
      const size = /^(\d{1,9})x(\d{1,9})$/.exec(word)
      return size ? { type: 'resize', width: even(Number(size[1]), 7680), height: even(Number(size[2]), 4320) } : null
    }
    case 's':
      return real(word) === null ? null : { type: 'dpi', dpi: real(word) ?? 96 }
    case 'vb':
      return a === null ? null : { type: 'video-bitrate', kbps: a }
    case 'ab':
      return a === null ? null : { type: 'audio-bitrate', bps: a }
    case '_arg_fps':
      return real(word) === null ? null : { type: 'frame-rate', fps: real(word) ?? 0 }
    case 'START_AUDIO':
      return { type: 'start-audio' }
    case 'STOP_AUDIO':
      return { type: 'stop-audio' }
    case 'START_VIDEO':
      return { type: 'start-video' }
    case 'STOP_VIDEO':
      return { type: 'stop-video' }
    case 'REQUEST_KEYFRAME':
      return { type: 'key-frame' }
    case 'p':
      return a === null ? null : { type: 'cursor-in-video', on: a !== 0 }
    case '_gz':
      return { type: 'gzip' }
    case '_stats':
      return { type: 'stats', on: word === '1' }
    case 'pong':
      return { type: 'pong', data: rest }
    case 'SETTINGS':
      return parseSettings(rest)
    case 'js':
      return parsePad(fields)
    case 'cw':
      return { type: 'clipboard-text', base64: rest }
    case 'cb':
      return fields.length === 2 ? { type: 'clipboard-binary', mime: word, base64: second } : null
    case 'cws':
      return b === null ? null : { type: 'clipboard-start', id: word, mime: null, total: b }
    case 'cbs':
      return c === null ? null : { type: 'clipboard-start', id: word, mime: second, total: Number(third) }
    case 'cwd':
    case 'cbd':
      return { type: 'clipboard-data', binary: verb === 'cbd', id: word, base64: second }
    case 'cwe':
    case 'cbe':
      return { type: 'clipboard-end', binary: verb === 'cbe', id: word }
    case 'cr':
      return { type: 'clipboard-read', when: 'connect' }
    case 'REQUEST_CLIPBOARD':
      return { type: 'clipboard-read', when: 'now' }
    default:
      return null
  }
}

function parsePad([kind, slotText, ...rest]: readonly string[]): ClientMessage | null {
  const slot = integer(slotText ?? '')
  if (slot === null) return null
  const [first = '', second = '', third = ''] = rest
  switch (kind) {
    case 'c':
      return {
        type: 'pad-connect',
        slot,
        name: fromLatin1(first),
        axes: integer(second) ?? 0,
        buttons: integer(third) ?? 0,
      }
    case 'd':
      return { type: 'pad-disconnect', slot }
    case 'h':
      return { type: 'pad-heartbeat', slot }
    case 'b':
    case 'a': {
      const [index, value] = [integer(first), real(second)]
      if (index === null || value === null) return null
      return kind === 'b'
        ? { type: 'pad-button', slot, button: index, value }
        : { type: 'pad-axis', slot, axis: index, value }
    }
    default:
      return null
  }
}

function parseSettings(json: string): ClientMessage | null {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { type: 'settings', settings: value as Readonly<Record<string, unknown>> }
      : null
  } catch {
    // the server only logs broken settings
    return null
  }
}

function even(value: number, limit: number): number {
  const whole = Math.min(limit, Math.max(2, Math.floor(value)))
  return whole - (whole % 2)
}

/** A whole number, or null: the server takes nothing else in pointer and key verbs. */
function integer(text: string): number | null {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : null
}

function real(text: string): number | null {
  return /^[-+\d.e]{1,32}$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : null
}

function fraction(value: number): string {
  return String(Math.round(value * 10_000) / 10_000)
}

/** A pad's name in the one-byte alphabet that the verb carries; other characters become `?`. */
function latin1(text: string): string {
  return Array.from(text, (character) => ((character.codePointAt(0) ?? 256) > 255 ? '?' : character)).join('')
}

function fromLatin1(base64: string): string {
  try {
    return atob(base64)
  } catch {
    // the server tolerates bad base64 in a pad's name
    return ''
  }
}
