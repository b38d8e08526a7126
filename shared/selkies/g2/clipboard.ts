// Clipboard transfers of Selkies 2.1 in both directions: cut into pieces, put together again, with the server's limits.
// Policy: a broken or superseded transfer is discarded whole; nothing half arrives at anybody's clipboard.
// What is held is bounded by what arrived, never by what was declared: a desktop may promise 64 MiB and send nothing for ever.
import { decodeBase64, encodeBase64 } from './base64.ts'
import type { ClientMessage } from './messages.ts'
import type { ClipboardPart } from './server-messages.ts'

/** Bytes of one piece, and the size above which a transfer is cut. Source: Selkies 2.1. */
export const CHUNK_BYTES = 16_383
/** Largest transfer that the server takes, bytes. Source: Selkies 2.1. */
export const TRANSFER_LIMIT = 64 * 1024 * 1024

/**
 * The messages that set the desktop's clipboard, each made when it is asked for: a large content is never there twice.
 * @param bytes the content; text as UTF-8
 * @param mime `text/plain` uses the text verbs, anything else the binary ones
 * @param id names the transfer; unique while it runs
 * @param chunk bytes that go in one message
 * @returns nothing when it is larger than the server takes
 */
export function* clipboardMessages(
  bytes: Uint8Array,
  mime: string,
  id: string,
  chunk = CHUNK_BYTES,
): Generator<ClientMessage, void> {
  if (bytes.length > TRANSFER_LIMIT) return
  const binary = mime !== 'text/plain'
  if (bytes.length <= chunk) {
    const base64 = encodeBase64(bytes)
    yield binary ? { type: 'clipboard-binary', mime, base64 } : { type: 'clipboard-text', base64 }
    return
  }
  yield { type: 'clipboard-start', id, mime: binary ? mime : null, total: bytes.length }
  for (let at = 0; at < bytes.length; at += chunk)
    yield { type: 'clipboard-data', binary, id, base64: encodeBase64(bytes.subarray(at, at + chunk)) }
  yield { type: 'clipboard-end', binary, id }
}

/** The server's side: announcements of a clipboard, cut the same way. */
export function clipboardParts(
  bytes: Uint8Array,
  mime: string,
  tags: { readonly reply: boolean; readonly secret: boolean } = { reply: false, secret: false },
): readonly ClipboardPart[] {
  if (bytes.length <= CHUNK_BYTES) return [{ kind: 'whole', mime, base64: encodeBase64(bytes), ...tags }]
  const parts: ClipboardPart[] = [{ kind: 'start', mime, total: bytes.length, ...tags }]
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    parts.push({ kind: 'data', base64: encodeBase64(bytes.subarray(at, at + CHUNK_BYTES)) })
  return [...parts, { kind: 'end' }]
}

/** A clipboard content that arrived whole. */
export interface ClipboardContent {
  readonly mime: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** An answer to our own connect-time read: fills a cache, must not overwrite the local clipboard. */
  readonly reply: boolean
  /** From a password manager: keep it out of any history. */
  readonly secret: boolean
}

export interface ClipboardAssembler {
  /** Takes the next part. @returns the content when it is complete */
  take(part: ClipboardPart): ClipboardContent | null
}

/** Bytes that are held at least while a transfer is open, so that small pieces cost no copy each. */
const ROOM_BYTES = 64 * 1024
/** Base64 characters of the largest transfer. */
const WHOLE_LIMIT = Math.ceil(TRANSFER_LIMIT / 3) * 4

interface Transfer {
  readonly mime: string
  readonly total: number
  readonly reply: boolean
  readonly secret: boolean
  /** Grows with what arrives, to `total` at most. */
  bytes: Uint8Array<ArrayBuffer>
  size: number
}

/** Puts announcements together. One transfer at a time, as the protocol has it: a new start discards the old one. */
export function createClipboardAssembler(): ClipboardAssembler {
  let open: Transfer | null = null
  let marks = { reply: false, secret: false }
  const marked = (part: { readonly mime: string; readonly reply: boolean; readonly secret: boolean }) => {
    const { reply, secret } = marks
    marks = { reply: false, secret: false }
    return { mime: part.mime, reply: part.reply || reply, secret: part.secret || secret }
  }
  return {
    take(part) {
      switch (part.kind) {
        case 'mark':
          marks = { ...marks, [part.mark]: true }
          return null
        case 'whole': {
          open = null
          const facts = marked(part)
          const bytes = part.base64.length > WHOLE_LIMIT ? null : decodeBase64(part.base64)
          return bytes && { ...facts, bytes }
        }
        case 'start': {
          const { total } = part
          const facts = marked(part)
          const fits = Number.isInteger(total) && total >= 0 && total <= TRANSFER_LIMIT
          open = fits ? { ...facts, total, bytes: new Uint8Array(0), size: 0 } : null
          return null
        }
        case 'data':
          if (open !== null && !append(open, part.base64)) open = null
          return null
        case 'end': {
          const whole = open !== null && open.size === open.total ? open : null
          open = null
          return whole && { mime: whole.mime, bytes: whole.bytes, reply: whole.reply, secret: whole.secret }
        }
      }
    },
  }
}

/** @returns false when the piece is broken or more than was declared */
function append(transfer: Transfer, base64: string): boolean {
  const left = transfer.total - transfer.size
  // four characters are three bytes: the rest of a transfer is compared before it is decoded
  if (base64.length > Math.ceil(left / 3) * 4) return false
  const piece = decodeBase64(base64)
  if (piece === null || piece.length > left) return false
  const size = transfer.size + piece.length
  if (size > transfer.bytes.length) {
    const room = Math.min(transfer.total, Math.max(ROOM_BYTES, size, transfer.bytes.length * 2))
    const larger = new Uint8Array(room)
    larger.set(transfer.bytes.subarray(0, transfer.size))
    transfer.bytes = larger
  }
  transfer.bytes.set(piece, transfer.size)
  transfer.size = size
  return true
}
