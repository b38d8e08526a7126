// One signalling socket of Selkies 1.6: HELLO, then the server's offer and candidates, and our answer.
// Policy: its end is the leg's end, whatever the reason, since the server knows no resumption; nothing but JSON is ever said after HELLO.
import { g1CloseMeaning } from '../../../../shared/selkies/g1/close-codes.ts'
import {
  formatG1ClientLine,
  LEG,
  parseG1ServerLine,
  type G1Meta,
  type Leg,
} from '../../../../shared/selkies/g1/signalling.ts'
import type { PeerPayload } from '../../../../shared/selkies/peer-payload.ts'
import type { Loss } from './transport.ts'

/** An idle server takes 2-4 s for the socket and as long for its greeting (measured), and under load more, ms. */
const GREETED_WITHIN_MS = 25_000
/** Its own peers look for ours every 2 s, one after the other, ms. */
const OFFER_WITHIN_MS = 25_000

export interface G1Signalling {
  /** Lines that were not understood. */
  readonly unread: number
  send(payload: PeerPayload): void
  close(): void
}

export interface G1SignallingOptions {
  readonly url: string
  readonly leg: Leg
  /** What the desktop is to be; on the leg of the picture. */
  readonly meta: G1Meta | null
  onPayload(payload: PeerPayload): void
  onEnd(loss: Loss): void
}

/** Opens the socket and says HELLO. */
export function openG1Signalling({ url, leg, meta, onPayload, onEnd }: G1SignallingOptions): G1Signalling {
  const socket = new WebSocket(url)
  let opened = false
  let greeted = false
  let unread = 0
  let over = false
  let timer: ReturnType<typeof setTimeout>

  const finish = (loss: Loss | null) => {
    if (over) return
    over = true
    clearTimeout(timer)
    socket.close()
    if (loss !== null) onEnd(loss)
  }
  const within = (ms: number, loss: Loss) => {
    clearTimeout(timer)
    timer = setTimeout(() => finish(loss), ms)
  }
  within(GREETED_WITHIN_MS, { kind: 'unreachable' })
  socket.addEventListener('open', () => {
    opened = true
    socket.send(formatG1ClientLine({ type: 'hello', id: LEG[leg], meta }))
  })
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (over || typeof data !== 'string') return
    const line = parseG1ServerLine(data)
    switch (line.type) {
      case 'hello':
        if (greeted) return
        greeted = true
        return within(OFFER_WITHIN_MS, { kind: 'no-offer' })
      case 'peer':
        if (line.payload.kind === 'sdp') clearTimeout(timer)
        return onPayload(line.payload)
      case 'error':
      case 'unknown':
        unread++
    }
  })
  socket.addEventListener('close', ({ code, reason }) => {
    if (!opened) return finish({ kind: 'unreachable' })
    const meaning = g1CloseMeaning(code, reason, greeted)
    finish(
      meaning.action === 'occupied' ? { kind: 'occupied', sentence: meaning.sentence } : { kind: 'closed', meaning },
    )
  })
  return {
    get unread() {
      return unread
    },
    send(payload) {
      if (!over && socket.readyState === WebSocket.OPEN) socket.send(formatG1ClientLine({ type: 'peer', payload }))
    },
    close: () => finish(null),
  }
}
