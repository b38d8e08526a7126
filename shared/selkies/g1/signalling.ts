// The signalling lines of Selkies-GStreamer 1.6, for both ends of the socket. Four fixed peers: the server's video is 0 and its sound 2,
// the client's are 1 and 3, each with a socket of its own. After HELLO a line is bare JSON; a client never says anything that is not,
// since such a line stops the server's picture. Parsing never throws: what is not understood, or too large, is `unknown`.
import { LINE_LIMIT } from '../limits.ts'
import { formatPayload, parseObject, readPayload, type PeerPayload } from '../peer-payload.ts'
import { plainWords } from '../words.ts'

/** The legs of a session, by the client's number. */
export const LEG = { video: 1, audio: 3 } as const
export type Leg = keyof typeof LEG

/** What the page says of itself, on the leg of the picture alone. Source: 1.6, which needs both where either is there. */
export interface G1Meta {
  /** Size that the desktop is asked for, px; even. */
  readonly width: number
  readonly height: number
  /** Px of the screen for each of the desktop's 96 DPI: 0.75-2.5 is taken. */
  readonly scale: number
}

export type G1ClientLine =
  | { readonly type: 'hello'; readonly id: number; readonly meta: G1Meta | null }
  | { readonly type: 'peer'; readonly payload: PeerPayload }
  | { readonly type: 'unknown'; readonly text: string }

export type G1ServerLine =
  | { readonly type: 'hello' }
  | { readonly type: 'error'; readonly message: string }
  | { readonly type: 'peer'; readonly payload: PeerPayload }
  | { readonly type: 'unknown'; readonly text: string }

/** Says a client's line. */
export function formatG1ClientLine(line: G1ClientLine): string {
  switch (line.type) {
    case 'hello': {
      if (line.meta === null) return `HELLO ${line.id}`
      const { width, height, scale } = line.meta
      return `HELLO ${line.id} ${btoa(JSON.stringify({ res: `${width}x${height}`, scale }))}`
    }
    case 'peer':
      return formatPayload(line.payload)
    case 'unknown':
      return line.text
  }
}

/** Says a server's line. */
export function formatG1ServerLine(line: G1ServerLine): string {
  switch (line.type) {
    case 'hello':
      return 'HELLO'
    case 'error':
      return `ERROR ${line.message}`
    case 'peer':
      return formatPayload(line.payload)
    case 'unknown':
      return line.text
  }
}

/** Reads a line that a server said. */
export function parseG1ServerLine(text: string): G1ServerLine {
  if (text === 'HELLO') return { type: 'hello' }
  if (text.startsWith('ERROR ')) return { type: 'error', message: plainWords(text.slice(6)) }
  return peerLine(text) ?? { type: 'unknown', text }
}

/** Reads a line that a client said. A HELLO that the genuine server refuses is `unknown` here. */
export function parseG1ClientLine(text: string): G1ClientLine {
  return peerLine(text) ?? helloLine(text) ?? { type: 'unknown', text }
}

function peerLine(text: string): { readonly type: 'peer'; readonly payload: PeerPayload } | null {
  const payload = text.length > LINE_LIMIT ? null : readPayload(text)
  return payload && { type: 'peer', payload }
}

function helloLine(text: string): G1ClientLine | null {
  const [, id, base64] = /^HELLO (\d{1,9})(?: ([A-Za-z0-9+/=]{1,4096}))?$/.exec(text.slice(0, 5000)) ?? []
  if (id === undefined) return null
  if (base64 === undefined) return { type: 'hello', id: Number(id), meta: null }
  const meta = readMeta(base64)
  return meta && { type: 'hello', id: Number(id), meta }
}

function readMeta(base64: string): G1Meta | null {
  try {
    const meta = parseObject(atob(base64))
    const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(String(meta?.['res'])) ?? []
    const scale = meta?.['scale']
    if (width === undefined || typeof scale !== 'number') return null
    return { width: Number(width), height: Number(height), scale }
  } catch {
    // not base64: the genuine server closes with 1011
    return null
  }
}
