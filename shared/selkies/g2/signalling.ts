// The signalling lines of Selkies 2.1 (WebRTC mode): HELLO, SESSION, SDP and ICE, for both ends of the socket.
// Parsing never throws: a line that is not understood is `unknown`, and callers count it.

/** What a page says about itself. Source: Selkies 2.1, its first line on the signalling socket. */
export interface Hello {
  readonly clientType: 'controller' | 'viewer'
  /** 1 for the controller, 2-4 for players, -1 for none. Required by the server (4000 otherwise). */
  readonly clientSlot: number
  /** Who is "the same page": at most 64 characters are kept. */
  readonly clientTabId: string
  /** 16-64 ASCII letters and digits: a cut of up to 3 s costs nothing with it. */
  readonly resumeKey: string
  /** Size that the page will ask for, px; without it the first frame comes 2.5 s late. */
  readonly pageSize: readonly [number, number]
  readonly displayId?: string
  readonly ccStartKbps?: number | null
}

/** An SDP description or a candidate for the partner. */
export type PeerPayload =
  | { readonly kind: 'sdp'; readonly type: 'offer' | 'answer'; readonly sdp: string }
  | {
      readonly kind: 'ice'
      readonly candidate: string
      readonly sdpMid: string | null
      readonly sdpMLineIndex: number | null
    }

export type ClientLine =
  | { readonly type: 'hello'; readonly hello: Hello }
  | { readonly type: 'session'; readonly peer: string }
  | { readonly type: 'peer'; readonly peer: string; readonly payload: PeerPayload }
  | { readonly type: 'unknown'; readonly text: string }

export type ServerLine =
  | { readonly type: 'hello' }
  | { readonly type: 'resumed'; readonly peer: string }
  | { readonly type: 'session-ok'; readonly peer: string }
  | { readonly type: 'error'; readonly message: string }
  | { readonly type: 'peer'; readonly peer: string; readonly payload: PeerPayload }
  | { readonly type: 'unknown'; readonly text: string }

/** The HELLO line may hold this many characters; a longer one is closed with 1009. Source: Selkies 2.1. */
export const HELLO_LIMIT = 16_384

/** Says a client's line. @param line what to say; `unknown` is said verbatim */
export function formatClientLine(line: ClientLine): string {
  switch (line.type) {
    case 'hello': {
      const { hello } = line
      return `HELLO client ${JSON.stringify({
        client_type: hello.clientType,
        client_slot: hello.clientSlot,
        client_strict_viewer: false,
        client_token: null,
        display_id: hello.displayId ?? 'primary',
        display_position: 'right',
        client_tab_id: hello.clientTabId,
        resume_key: hello.resumeKey,
        page_size: hello.pageSize,
        cc_start_kbps: hello.ccStartKbps ?? null,
        fullcolor_codecs: [],
        tenbit_codecs: [],
      })}`
    }
    case 'session':
      return `SESSION ${line.peer}`
    case 'peer':
      return formatPeer(line.peer, line.payload)
    case 'unknown':
      return line.text
  }
}

/** Says a server's line. @param line what to say; `unknown` is said verbatim */
export function formatServerLine(line: ServerLine): string {
  switch (line.type) {
    case 'hello':
      return 'HELLO'
    case 'resumed':
      return `RESUMED ${line.peer}`
    case 'session-ok':
      return `SESSION_OK ${line.peer}`
    case 'error':
      return `ERROR ${line.message}`
    case 'peer':
      return formatPeer(line.peer, line.payload)
    case 'unknown':
      return line.text
  }
}

/** Reads a line that a server said. */
export function parseServerLine(text: string): ServerLine {
  const [word, rest] = cut(text)
  switch (word) {
    case 'HELLO':
      return { type: 'hello' }
    case 'RESUMED':
      return { type: 'resumed', peer: rest }
    case 'SESSION_OK':
      return { type: 'session-ok', peer: rest }
    case 'ERROR':
      return { type: 'error', message: rest }
    default:
      return parsePeer(word, rest) ?? { type: 'unknown', text }
  }
}

/** Reads a line that a client said. A HELLO that the genuine server refuses is `unknown` here. */
export function parseClientLine(text: string): ClientLine {
  const [word, rest] = cut(text)
  if (word === 'SESSION' && rest !== '') return { type: 'session', peer: rest }
  if (word !== 'HELLO') return parsePeer(word, rest) ?? { type: 'unknown', text }
  const [kind, json] = cut(rest)
  const body = kind === 'client' && text.length <= HELLO_LIMIT ? parseObject(json) : null
  const hello = body && readHello(body)
  return hello ? { type: 'hello', hello } : { type: 'unknown', text }
}

function readHello(body: Readonly<Record<string, unknown>>): Hello | null {
  const type = body['client_type']
  const slot = body['client_slot']
  if (type !== 'controller' && type !== 'viewer') return null
  if (typeof slot !== 'number' && typeof slot !== 'string') return null
  const size = body['page_size']
  const [width, height] = Array.isArray(size) ? (size as readonly unknown[]) : []
  const cc = body['cc_start_kbps']
  return {
    clientType: type,
    clientSlot: Number(slot),
    clientTabId: text(body['client_tab_id']).slice(0, 64),
    resumeKey: text(body['resume_key']),
    pageSize: [whole(width), whole(height)],
    displayId: text(body['display_id']) || 'primary',
    ccStartKbps: typeof cc === 'number' ? cc : null,
  }
}

function formatPeer(peer: string, payload: PeerPayload): string {
  if (payload.kind === 'sdp') return `${peer} ${JSON.stringify({ sdp: { type: payload.type, sdp: payload.sdp } })}`
  const { candidate, sdpMid, sdpMLineIndex } = payload
  return `${peer} ${JSON.stringify({ ice: { candidate, sdpMid, sdpMLineIndex } })}`
}

function parsePeer(peer: string, json: string): (ClientLine & ServerLine & { type: 'peer' }) | null {
  const body = parseObject(json)
  if (body === null || peer === '') return null
  const sdp = asObject(body['sdp'])
  if (sdp !== null && (sdp['type'] === 'offer' || sdp['type'] === 'answer') && typeof sdp['sdp'] === 'string')
    return { type: 'peer', peer, payload: { kind: 'sdp', type: sdp['type'], sdp: sdp['sdp'] } }
  const ice = asObject(body['ice'])
  if (ice === null || typeof ice['candidate'] !== 'string') return null
  const mid = ice['sdpMid']
  const index = ice['sdpMLineIndex']
  return {
    type: 'peer',
    peer,
    payload: {
      kind: 'ice',
      candidate: ice['candidate'],
      sdpMid: typeof mid === 'string' ? mid : null,
      sdpMLineIndex: typeof index === 'number' ? index : null,
    },
  }
}

/** Splits at the first space: the word, and what comes after it. */
function cut(text: string): readonly [string, string] {
  const at = text.indexOf(' ')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function parseObject(json: string): Readonly<Record<string, unknown>> | null {
  try {
    return asObject(JSON.parse(json))
  } catch {
    // not JSON: the other side drops such lines as well
    return null
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function whole(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : 0
}
