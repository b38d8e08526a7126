// Clipboard transfers of Selkies 2.1 in both directions: cut into pieces, put together again, with the server's limits.
// Policy: a broken or superseded transfer is discarded whole; nothing half arrives at anybody's clipboard.
import { decodeBase64, encodeBase64 } from './base64.ts'
import type { ClientMessage } from './messages.ts'
import type { ClipboardPart } from './server-messages.ts'

/** Bytes of one piece, and the size above which a transfer is cut. Source: Selkies 2.1. */
export const CHUNK_BYTES = 16_383
/** Largest transfer that the server takes, bytes. Source: Selkies 2.1. */
export const TRANSFER_LIMIT = 64 * 1024 * 1024

/**
 * The messages that set the desktop's clipboard.
 * @param bytes the content; text as UTF-8
 * @param mime `text/plain` uses the text verbs, anything else the binary ones
 * @param id names the transfer; unique while it runs
 * @returns nothing when it is larger than the server takes
 */
export function clipboardMessages(bytes: Uint8Array, mime: string, id: string): readonly ClientMessage[] {
  if (bytes.length > TRANSFER_LIMIT) return []
  const binary = mime !== 'text/plain'
  if (bytes.length <= CHUNK_BYTES) {
    const base64 = encodeBase64(bytes)
    return [binary ? { type: 'clipboard-binary', mime, base64 } : { type: 'clipboard-text', base64 }]
  }
  const pieces: ClientMessage[] = []
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    pieces.push({ type: 'clipboard-data', binary, id, base64: encodeBase64(bytes.subarray(at, at + CHUNK_BYTES)) })
  return [
    { type: 'clipboard-start', id, mime: binary ? mime : null, total: bytes.length },
    ...pieces,
    { type: 'clipboard-end', binary, id },
  ]
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

/** Puts announcements together. One transfer at a time, as the protocol has it: a new start discards the old one. */
export function createClipboardAssembler(): ClipboardAssembler {
  let open: {
    mime: string
    total: number
    reply: boolean
    secret: boolean
    chunks: Uint8Array[]
    size: number
  } | null = null
  let marks = { reply: false, secret: false }
  const join = (target: NonNullable<typeof open>): ClipboardContent | null => {
    if (target.size !== target.total) return null
    const bytes = new Uint8Array(target.size)
    let at = 0
    for (const chunk of target.chunks) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    return { mime: target.mime, bytes, reply: target.reply, secret: target.secret }
  }
  return {
    take(part) {
      switch (part.kind) {
        case 'mark':
          marks = { ...marks, [part.mark]: true }
          return null
        case 'whole': {
          const bytes = decodeBase64(part.base64)
          const content = bytes && {
            mime: part.mime,
            bytes,
            reply: part.reply || marks.reply,
            secret: part.secret || marks.secret,
          }
          open = null
          marks = { reply: false, secret: false }
          return content
        }
        case 'start':
          open =
            part.total > TRANSFER_LIMIT
              ? null
              : {
                  mime: part.mime,
                  total: part.total,
                  reply: part.reply || marks.reply,
                  secret: part.secret || marks.secret,
                  chunks: [],
                  size: 0,
                }
          marks = { reply: false, secret: false }
          return null
        case 'data': {
          const bytes = open && decodeBase64(part.base64)
          if (!open || !bytes || open.size + bytes.length > open.total) {
            open = null
            return null
          }
          open.chunks.push(bytes)
          open.size += bytes.length
          return null
        }
        case 'end': {
          const content = open && join(open)
          open = null
          return content
        }
      }
    },
  }
}
