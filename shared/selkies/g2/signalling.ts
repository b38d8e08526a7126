// The signalling lines of Selkies 2.1 (WebRTC mode): HELLO, SESSION, SDP and ICE, for both ends of the socket.
// Parsing never throws: a line that is not understood, or too large, is `unknown`, and callers count it.
import { SIDES, type Side } from '../../domain/display-layout.ts'
import { LINE_LIMIT } from '../limits.ts'
import { formatPayload, parseObject, readPayload, type PeerPayload } from '../peer-payload.ts'
import { plainWords } from '../words.ts'

export type { PeerPayload } from '../peer-payload.ts'

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
  /** Of secure mode; the server knows whom it belongs to and what they may do. */
  readonly clientToken?: string
  readonly displayId?: string
  /** Where a second display is, seen from the primary. */
  readonly displayPosition?: Side
  /** The rate that congestion control last held for this page, kbit/s. */
  readonly ccStartKbps?: number | null
  /** Codecs whose 4:4:4 this page decodes; none: the desktop offers 4:2:0. */
  readonly fullColorCodecs?: readonly string[]
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
        client_token: hello.clientToken ?? null,
        display_id: hello.displayId ?? 'primary',
        display_position: hello.displayPosition ?? 'right',
        client_tab_id: hello.clientTabId,
        resume_key: hello.resumeKey,
        page_size: hello.pageSize,
        cc_start_kbps: hello.ccStartKbps ?? null,
        fullcolor_codecs: hello.fullColorCodecs ?? [],
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
  return (text.length > LINE_LIMIT ? null : readServerLine(text)) ?? { type: 'unknown', text }
}

function readServerLine(text: string): ServerLine | null {
  const [word, rest] = cut(text)
  switch (word) {
    case 'HELLO':
      return { type: 'hello' }
    case 'RESUMED':
      return isPeer(rest) ? { type: 'resumed', peer: rest } : null
    case 'SESSION_OK':
      return isPeer(rest) ? { type: 'session-ok', peer: rest } : null
    case 'ERROR':
      return { type: 'error', message: plainWords(rest) }
    default:
      return parsePeer(word, rest)
  }
}

/** Reads a line that a client said. A HELLO that the genuine server refuses is `unknown` here. */
export function parseClientLine(text: string): ClientLine {
  return (text.length > LINE_LIMIT ? null : readClientLine(text)) ?? { type: 'unknown', text }
}

function readClientLine(text: string): ClientLine | null {
  const [word, rest] = cut(text)
  if (word === 'SESSION' && isPeer(rest)) return { type: 'session', peer: rest }
  if (word !== 'HELLO') return parsePeer(word, rest)
  const [kind, json] = cut(rest)
  const body = kind === 'client' && text.length <= HELLO_LIMIT ? parseObject(json) : null
  const hello = body && readHello(body)
  return hello && { type: 'hello', hello }
}

function readHello(body: Readonly<Record<string, unknown>>): Hello | null {
  const type = body['client_type']
  const slot = body['client_slot']
  if (type !== 'controller' && type !== 'viewer') return null
  if (typeof slot !== 'number' && typeof slot !== 'string') return null
  if (!Number.isSafeInteger(Number(slot))) return null
  const size = body['page_size']
  const [width, height] = Array.isArray(size) ? (size as readonly unknown[]) : []
  const cc = body['cc_start_kbps']
  const displayId = text(body['display_id']) || 'primary'
  return {
    clientType: type,
    clientSlot: Number(slot),
    clientTabId: text(body['client_tab_id']).slice(0, 64),
    resumeKey: text(body['resume_key']),
    pageSize: [whole(width), whole(height)],
    ...(text(body['client_token']) === '' ? {} : { clientToken: text(body['client_token']) }),
    displayId,
    ...(displayId === 'primary' ? {} : { displayPosition: sideOf(body['display_position']) }),
    ccStartKbps: typeof cc === 'number' && Number.isFinite(cc) ? cc : null,
  }
}

/** What is none is the right. Source: Selkies 2.1. */
function sideOf(value: unknown): Side {
  return SIDES.find((side) => side === value) ?? 'right'
}

function formatPeer(peer: string, payload: PeerPayload): string {
  return `${peer} ${formatPayload(payload)}`
}

function parsePeer(peer: string, json: string): (ClientLine & ServerLine & { type: 'peer' }) | null {
  const payload = isPeer(peer) ? readPayload(json) : null
  return payload && { type: 'peer', peer, payload }
}

/** A partner's name: one word. */
function isPeer(text: string): boolean {
  return /^\S{1,128}$/.test(text)
}

/** Splits at the first space: the word, and what comes after it. */
function cut(text: string): readonly [string, string] {
  const at = text.indexOf(' ')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function whole(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0
}
