// What Selkies 2.1 says to a client, as one set of values for both modes: JSON on the `input` channel (WebRTC), text (WebSocket).
// Parsing never throws; what is not known is `unknown` (the server may grow) and is only counted.

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
  | { readonly type: 'connection'; readonly poor: boolean }
  | { readonly type: 'rate'; readonly kbps: number }
  | { readonly type: 'ping'; readonly data: string }
  | { readonly type: 'gzip' }
  | { readonly type: 'pipeline-reset' }
  | { readonly type: 'kill'; readonly reason: string }
  | { readonly type: 'owner' }
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
  if (text === '_gz,1') return { type: 'gzip' }
  const whole = parseFields(text)
  if (whole === null) return { type: 'unknown', text }
  const data = fields(whole['data'])
  switch (whole['type']) {
    case 'server_settings':
      return { type: 'server-settings', settings: fields(data['settings']) }
    case 'display_config_update':
      return displayConfig(data)
    case 'cursor':
      return { type: 'cursor', cursor: readCursor(data) }
    case 'clipboard-msg':
      return clip({
        kind: 'whole',
        mime: words(data['mime_type']) || 'text/plain',
        base64: words(data['content']),
        ...tags(data),
      })
    case 'clipboard-msg-start':
      return clip({
        kind: 'start',
        mime: words(data['mime_type']) || 'text/plain',
        total: count(data['total_size']),
        ...tags(data),
      })
    case 'clipboard-msg-data':
      return clip({ kind: 'data', base64: words(data['content']) })
    case 'clipboard-msg-end':
      return clip({ kind: 'end' })
    case 'system':
      return readAction(words(data['action']), text)
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
    default:
      return { type: 'unknown', text }
  }
}

/** Reads a text frame of the media WebSocket (WebSocket mode). */
export function parseWsText(text: string): ServerMessage {
  if (text.startsWith('{')) return readWsJson(text)
  const [, verb = text, , rest = ''] = /^([A-Za-z_]+)([ ,](.*))?$/s.exec(text) ?? []
  switch (verb) {
    case 'MODE':
      return { type: 'mode' }
    case '_gz':
      return { type: 'gzip' }
    case 'DISPLAY_CONFIG_UPDATE':
      return displayConfig(parseFields(rest) ?? {})
    case 'cursor':
      return { type: 'cursor', cursor: readCursor(parseFields(rest) ?? {}) }
    case 'AUTH_SUCCESS':
    case 'ROLE_UPDATE':
      return readAuth(rest)
    case 'KILL':
      return { type: 'kill', reason: rest }
    case 'DISPLAY_OWNER':
      return { type: 'owner' }
    case 'PIPELINE_RESETTING':
      return { type: 'pipeline-reset' }
    case 'CONNECTION':
      return { type: 'connection', poor: rest === 'poor' }
    case 'CC_RATE':
      return { type: 'rate', kbps: count(Number(rest)) }
    case 'system':
      return readAction(words((parseFields(rest) ?? {})['action']), text)
    case 'clipboard':
      return clip({ kind: 'whole', mime: 'text/plain', base64: rest, reply: false, secret: false })
    case 'clipboard_binary': {
      const [mime = '', base64 = ''] = rest.split(',')
      return clip({ kind: 'whole', mime, base64, reply: false, secret: false })
    }
    case 'clipboard_start': {
      const [mime = '', total = '0'] = rest.split(',')
      return clip({ kind: 'start', mime, total: count(Number(total)), reply: false, secret: false })
    }
    case 'clipboard_data':
      return clip({ kind: 'data', base64: rest })
    case 'clipboard_finish':
      return clip({ kind: 'end' })
    case 'clipboard_reply':
      return clip({ kind: 'mark', mark: 'reply' })
    case 'clipboard_secret':
      return clip({ kind: 'mark', mark: 'secret' })
    case 'VIDEO_STARTED':
    case 'VIDEO_STOPPED':
    case 'AUDIO_STARTED':
    case 'AUDIO_STOPPED':
    case 'AUDIO_DISABLED':
      return { type: 'media-state', word: verb }
    default:
      return { type: 'unknown', text }
  }
}

function readWsJson(text: string): ServerMessage {
  const whole = parseFields(text)
  switch (whole?.['type']) {
    case 'server_settings':
      return { type: 'server-settings', settings: fields(whole['settings']) }
    case 'stream_resolution':
      return { type: 'resolution', width: count(whole['width']), height: count(whole['height']) }
    case 'stream_info':
      return { type: 'stream-info', info: fields(whole['info']) }
    case 'stream_stats':
      return { type: 'stream-stats', stats: fields(whole['stats']) }
    default:
      return { type: 'unknown', text }
  }
}

function readAction(action: string, text: string): ServerMessage {
  const [verb, ...rest] = action.split(',')
  switch (verb) {
    case 'resolution': {
      const size = /^(\d+)x(\d+)$/.exec(rest[0] ?? '')
      return size ? { type: 'resolution', width: Number(size[1]), height: Number(size[2]) } : { type: 'unknown', text }
    }
    case 'auth_success':
    case 'role_update':
      return readAuth(rest.join(','))
    case 'video_declined':
      return { type: 'video-declined', mime: rest[0] ?? '' }
    case 'rumble': {
      const [slot = 0, strong = 0, weak = 0, durationMs = 0] = rest.map(Number)
      return [slot, strong, weak, durationMs].every(Number.isFinite)
        ? { type: 'rumble', slot, strong, weak, durationMs }
        : { type: 'unknown', text }
    }
    default:
      return { type: 'unknown', text }
  }
}

function readAuth(json: string): ServerMessage {
  const auth = parseFields(json) ?? {}
  const slot = auth['slot']
  return { type: 'auth', role: words(auth['role']), slot: typeof slot === 'number' ? slot : null }
}

function displayConfig(data: Fields): ServerMessage {
  const primary = fields(fields(data['layouts'])['primary'])
  const [width, height] = [count(primary['w']), count(primary['h'])]
  return {
    type: 'display-config',
    fingerScroll: data['finger_scroll'] === true,
    size: width > 0 && height > 0 ? { width, height } : null,
  }
}

function readCursor(data: Fields): CursorView {
  return {
    png: words(data['curdata']),
    width: count(data['width']),
    height: count(data['height']),
    hotX: count(data['hotx']),
    hotY: count(data['hoty']),
    handle: count(data['handle']),
  }
}

function tags(data: Fields): { readonly reply: boolean; readonly secret: boolean } {
  return { reply: data['reply_to'] !== undefined, secret: data['secret'] === true }
}

function clip(part: ClipboardPart): ServerMessage {
  return { type: 'clipboard', part }
}

function parseFields(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
  } catch {
    // not JSON: the caller says `unknown`
    return null
  }
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
