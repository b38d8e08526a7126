// What Selkies 2.1 says to a client, as one set of values for both modes: JSON on the `input` channel (WebRTC), text (WebSocket).
// Parsing never throws; what is not known (the server may grow), malformed or too large is `unknown` and is only counted.
import { CURSOR_LIMIT, MIME_LIMIT, SIDE_LIMIT, TEXT_LIMIT } from '../limits.ts'
import { plainWords } from '../words.ts'
import { fileNameProblem } from './file-listing.ts'

/** A cursor picture; an empty `png` with handle 0 means an invisible cursor. Same handle, same picture. */
export interface CursorView {
  /** Base64 of a PNG. */
  readonly png: string
  readonly width: number
  readonly height: number
  readonly hotX: number
  readonly hotY: number
  readonly handle: number
}

/** What a desktop may be given of this machine's, beside input. */
export type CaptureKind = 'microphone' | 'camera'

export type ServerMessage =
  | { readonly type: 'mode' }
  | { readonly type: 'server-settings'; readonly settings: Readonly<Record<string, unknown>> }
  | {
      readonly type: 'display-config'
      readonly fingerScroll: boolean
      /** The primary display's size in stream px, when known. */
      readonly size: { readonly width: number; readonly height: number } | null
    }
  | { readonly type: 'resolution'; readonly width: number; readonly height: number }
  | { readonly type: 'cursor'; readonly cursor: CursorView }
  | { readonly type: 'auth'; readonly role: string; readonly slot: number | null }
  | { readonly type: 'clipboard'; readonly part: ClipboardPart }
  | { readonly type: 'stream-info'; readonly info: Readonly<Record<string, unknown>> }
  | { readonly type: 'stream-stats'; readonly stats: Readonly<Record<string, unknown>> }
  | { readonly type: 'video-declined'; readonly mime: string }
  | {
      readonly type: 'rumble'
      readonly slot: number
      readonly strong: number
      readonly weak: number
      readonly durationMs: number
    }
  /** A program of the desktop began to read its microphone or camera, or ceased to. */
  | { readonly type: 'capture-demand'; readonly what: CaptureKind; readonly wanted: boolean }
  /** The desktop takes none, by its own rule or because it cannot. WebSocket mode alone says so. */
  | { readonly type: 'capture-refused'; readonly what: CaptureKind }
  /** The camera's next frame is to be one that stands alone. WebSocket mode alone says so. */
  | { readonly type: 'camera-key-frame' }
  | { readonly type: 'connection'; readonly poor: boolean }
  | { readonly type: 'rate'; readonly kbps: number }
  /** Half the way there and back over the data channel, as the server measures it by our `pong`. */
  | { readonly type: 'latency'; readonly ms: number }
  | { readonly type: 'ping'; readonly data: string }
  | { readonly type: 'gzip' }
  /** Everybody hears the primary's, also whoever shows a second one. */
  | { readonly type: 'pipeline-reset'; readonly display: string }
  | { readonly type: 'kill'; readonly reason: string }
  /** A document was printed and waits under its name, which is shown as text alone. */
  | { readonly type: 'printed'; readonly name: string; readonly bytes: number }
  | { readonly type: 'owner'; readonly display: string }
  | { readonly type: 'media-state'; readonly word: string }
  | { readonly type: 'unknown'; readonly text: string }

/** One part of a clipboard announcement. `whole` is complete; `start`, `data`, `end` are a transfer in pieces. */
export type ClipboardPart =
  | {
      readonly kind: 'whole'
      readonly mime: string
      readonly base64: string
      readonly reply: boolean
      readonly secret: boolean
    }
  | {
      readonly kind: 'start'
      readonly mime: string
      /** Bytes; -1 when what was declared is no size. */
      readonly total: number
      readonly reply: boolean
      readonly secret: boolean
    }
  | { readonly kind: 'data'; readonly base64: string }
  | { readonly kind: 'end' }
  /** WebSocket mode says these before the payload that they belong to. */
  | { readonly kind: 'mark'; readonly mark: 'reply' | 'secret' }

type Fields = Readonly<Record<string, unknown>>

/** Reads a message of the data channel (WebRTC mode). */
export function parseRtcMessage(text: string): ServerMessage {
  return (text.length > TEXT_LIMIT ? null : readRtc(text)) ?? { type: 'unknown', text }
}

/** Reads a text frame of the media WebSocket (WebSocket mode). */
export function parseWsText(text: string): ServerMessage {
  return (text.length > TEXT_LIMIT ? null : readWs(text)) ?? { type: 'unknown', text }
}

function readRtc(text: string): ServerMessage | null {
  if (text === '_gz,1') return { type: 'gzip' }
  const whole = parseFields(text)
  if (whole === null) return null
  const data = asFields(whole['data']) ?? {}
  switch (whole['type']) {
    case 'server_settings':
      return readSettings(data)
    case 'display_config_update':
      return displayConfig(data)
    case 'cursor':
      return readCursor(data)
    case 'clipboard-msg':
      return typeof data['content'] === 'string'
        ? clip({ kind: 'whole', mime: mimeOf(data), base64: data['content'], ...tags(data) })
        : null
    case 'clipboard-msg-start':
      return clip({ kind: 'start', mime: mimeOf(data), total: transferSize(data['total_size']), ...tags(data) })
    case 'clipboard-msg-data':
      return clip({ kind: 'data', base64: words(data['content']) })
    case 'clipboard-msg-end':
      return clip({ kind: 'end' })
    case 'system':
      return readAction(words(data['action']))
    case 'stream_info':
      return { type: 'stream-info', info: data }
    case 'stream_stats':
      return { type: 'stream-stats', stats: data }
    case 'ping':
      return { type: 'ping', data: String(count(data['start_time'])) }
    case 'connection':
      return { type: 'connection', poor: data['poor'] === true }
    case 'cc_rate':
      return { type: 'rate', kbps: count(data['kbps']) }
    case 'latency_measurement':
      return { type: 'latency', ms: count(data['latency_ms']) }
    case 'print_document':
      return readPrinted(data)
    default:
      return null
  }
}

function readWs(text: string): ServerMessage | null {
  if (text.startsWith('{')) return readWsJson(text)
  const [verb, rest] = cut(text, /[ ,]/)
  switch (verb) {
    case 'MODE':
      return { type: 'mode' }
    case '_gz':
      return { type: 'gzip' }
    case 'DISPLAY_CONFIG_UPDATE':
      return displayConfig(parseFields(rest))
    case 'cursor':
      return readCursor(parseFields(rest))
    case 'AUTH_SUCCESS':
    case 'ROLE_UPDATE':
      return readAuth(rest)
    case 'KILL':
      return { type: 'kill', reason: plainWords(rest) }
    case 'DISPLAY_OWNER':
      return { type: 'owner', display: displayOf(rest) }
    case 'PIPELINE_RESETTING':
      return { type: 'pipeline-reset', display: displayOf(rest) }
    case 'CONNECTION':
      return { type: 'connection', poor: rest === 'poor' }
    case 'CC_RATE':
      return { type: 'rate', kbps: count(Number(rest)) }
    case 'system':
      return readAction(words(parseFields(rest)?.['action']))
    case 'clipboard':
      return clip({ kind: 'whole', mime: 'text/plain', base64: rest, reply: false, secret: false })
    case 'clipboard_binary': {
      const [mime, base64] = cut(rest, /,/)
      return mime === rest ? null : clip({ kind: 'whole', mime, base64, reply: false, secret: false })
    }
    case 'clipboard_start': {
      const [mime, total] = cut(rest, /,/)
      const size = /^\d{1,15}$/.test(total) ? Number(total) : null
      return clip({ kind: 'start', mime, total: transferSize(size), reply: false, secret: false })
    }
    case 'clipboard_data':
      return clip({ kind: 'data', base64: rest })
    case 'clipboard_finish':
      return clip({ kind: 'end' })
    case 'clipboard_reply':
      return clip({ kind: 'mark', mark: 'reply' })
    case 'clipboard_secret':
      return clip({ kind: 'mark', mark: 'secret' })
    case 'CAPTURE_DEMAND':
      return readDemand(rest, ' ')
    case 'MICROPHONE_DISABLED':
      return { type: 'capture-refused', what: 'microphone' }
    case 'WEBCAM_DISABLED':
      return { type: 'capture-refused', what: 'camera' }
    case 'WEBCAM_KEYFRAME':
      return { type: 'camera-key-frame' }
    case 'VIDEO_STARTED':
    case 'VIDEO_STOPPED':
    case 'AUDIO_STARTED':
    case 'AUDIO_STOPPED':
    case 'AUDIO_DISABLED':
      return { type: 'media-state', word: verb }
    default:
      return null
  }
}

function readWsJson(text: string): ServerMessage | null {
  const whole = parseFields(text)
  switch (whole?.['type']) {
    case 'server_settings':
      return readSettings(whole)
    case 'print_document':
      return readPrinted(whole)
    case 'stream_resolution':
      return resolution(whole['width'], whole['height'])
    case 'stream_info':
      return { type: 'stream-info', info: asFields(whole['info']) ?? {} }
    case 'stream_stats':
      return { type: 'stream-stats', stats: asFields(whole['stats']) ?? {} }
    default:
      return null
  }
}

/** Settings that are none are left out: read as empty, they would allow everything. */
function readSettings(data: Fields): ServerMessage | null {
  const settings = asFields(data['settings'])
  return settings === null ? null : { type: 'server-settings', settings }
}

function readAction(action: string): ServerMessage | null {
  const [verb, rest] = cut(action, /,/)
  switch (verb) {
    case 'resolution': {
      const size = /^(\d{1,5})x(\d{1,5})$/.exec(rest)
      return size && resolution(Number(size[1]), Number(size[2]))
    }
    case 'auth_success':
    case 'role_update':
      return readAuth(rest)
    case 'video_declined':
      return { type: 'video-declined', mime: plainWords(rest, 40) }
    case 'rumble':
      return readRumble(rest)
    case 'capture_demand':
      return readDemand(rest, ',')
    default:
      return null
  }
}

function readDemand(text: string, mark: ' ' | ','): ServerMessage | null {
  const [what, wanted, more] = text.slice(0, 20).split(mark)
  if (more !== undefined || (wanted !== '0' && wanted !== '1')) return null
  if (what !== 'webcam' && what !== 'microphone') return null
  return { type: 'capture-demand', what: what === 'webcam' ? 'camera' : 'microphone', wanted: wanted === '1' }
}

/** Names that the server gives a document: a PDF in its own folder, in plain sight. Anything else leads nowhere. */
function readPrinted(data: Fields): ServerMessage | null {
  const name = data['name']
  if (typeof name !== 'string' || fileNameProblem(name) !== null || !/^[^.].*\.pdf$/is.test(name)) return null
  const bytes = transferSize(data['size_bytes'])
  return { type: 'printed', name, bytes: Math.max(0, bytes) }
}

function readRumble(text: string): ServerMessage | null {
  const [slot = 0, strong = 0, weak = 0, durationMs = 0] = text.slice(0, 100).split(',').map(Number)
  if (![slot, strong, weak, durationMs].every(Number.isFinite)) return null
  return { type: 'rumble', slot, strong, weak, durationMs }
}

function readAuth(json: string): ServerMessage | null {
  const auth = parseFields(json)
  if (auth === null) return null
  const slot = auth['slot']
  return { type: 'auth', role: plainWords(auth['role'], 40), slot: typeof slot === 'number' ? count(slot) : null }
}

/** What is no display's name is the primary. */
function displayOf(text: string): string {
  return /^[\w-]{1,32}$/.test(text) ? text : 'primary'
}

function resolution(width: unknown, height: unknown): ServerMessage | null {
  return isSide(width) && isSide(height) ? { type: 'resolution', width, height } : null
}

function displayConfig(data: Fields | null): ServerMessage | null {
  if (data === null) return null
  const primary = asFields(asFields(data['layouts'])?.['primary'])
  const [width, height] = [primary?.['w'], primary?.['h']]
  return {
    type: 'display-config',
    fingerScroll: data['finger_scroll'] === true,
    size: isSide(width) && isSide(height) ? { width, height } : null,
  }
}

/** A broken cursor is left out: read as an empty one, it would hide the pointer. */
function readCursor(data: Fields | null): ServerMessage | null {
  const png = data?.['curdata']
  if (data === null || typeof png !== 'string' || png.length > CURSOR_LIMIT) return null
  const cursor = {
    png,
    width: count(data['width']),
    height: count(data['height']),
    hotX: count(data['hotx']),
    hotY: count(data['hoty']),
    handle: count(data['handle']),
  }
  return { type: 'cursor', cursor }
}

function tags(data: Fields): { readonly reply: boolean; readonly secret: boolean } {
  return { reply: data['reply_to'] !== undefined, secret: data['secret'] === true }
}

function clip(part: ClipboardPart): ServerMessage {
  return { type: 'clipboard', part }
}

function parseFields(text: string): Fields | null {
  try {
    return asFields(JSON.parse(text))
  } catch {
    // not JSON: the caller says `unknown`
    return null
  }
}

function asFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
}

function mimeOf(data: Fields): string {
  return words(data['mime_type']).slice(0, MIME_LIMIT) || 'text/plain'
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

function transferSize(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : -1
}

function isSide(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= SIDE_LIMIT
}

/** Splits at the first mark: a verb or a media type, and what comes after it. Both of them are short. */
function cut(text: string, mark: RegExp): readonly [string, string] {
  const head = text.slice(0, MIME_LIMIT + 1)
  const at = head.search(mark)
  return at < 0 ? [head.slice(0, MIME_LIMIT), ''] : [head.slice(0, at), text.slice(at + 1)]
}
