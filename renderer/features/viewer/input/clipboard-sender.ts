// Sends clipboard contents to the desktop, large ones a few pieces at a time, so that keys and pointer go between them.
// Policy: one transfer at a time, as the server has it: a newer content ends the one on its way. What fits into the first breath is
// sent at once, so that a key behind it finds it there.
import { clipboardMessages } from '../../../../shared/selkies/g2/clipboard.ts'
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'

export interface ClipboardLine {
  /** @returns false when the connection is not there */
  send(message: ClientMessage): boolean
  /** Bytes that wait to go out. */
  waiting(): number
}

/** lost: the connection went; superseded: something newer was sent. */
export type SendEnd = 'sent' | 'lost' | 'superseded'

export interface ClipboardSender {
  /** @param chunk bytes that the server takes in one message */
  send(bytes: Uint8Array, mime: string, chunk: number): SendEnd | Promise<SendEnd>
}

/** More than this waits for the network: keys would wait behind it. */
const FULL_BYTES = 256 * 1024
/** Pieces of the first breath: with the base64 about 600 kB, less than browsers hold for a channel. */
const BREATH = 28
const PAUSE_MS = 8

/** @param pause waits so many ms */
export function createClipboardSender(line: ClipboardLine, pause: (ms: number) => Promise<void>): ClipboardSender {
  let transfers = 0
  return {
    send(bytes, mime, chunk) {
      const own = ++transfers
      const messages = clipboardMessages(bytes, mime, `c${own}`, chunk)
      for (let sent = 0; sent < BREATH; sent++) {
        const next = messages.next()
        if (next.done === true) return 'sent'
        if (!line.send(next.value)) return 'lost'
      }
      const rest = async (): Promise<SendEnd> => {
        for (const message of messages) {
          while (line.waiting() > FULL_BYTES) {
            await pause(PAUSE_MS)
            if (own !== transfers) return 'superseded'
          }
          if (own !== transfers) return 'superseded'
          if (!line.send(message)) return 'lost'
        }
        return 'sent'
      }
      return rest()
    },
  }
}
