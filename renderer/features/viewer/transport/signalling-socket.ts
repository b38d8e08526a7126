// The signalling socket of Selkies 2.1 with its hello, its session and its resumption.
// Policy: a cut is healed within 3 s with the same key and costs nothing; any other end is told once and final.
// A server is answered as often as the protocol has it: what it says again, or too early, changes nothing.
import { closeMeaning } from '../../../../shared/selkies/g2/close-codes.ts'
import {
  formatClientLine,
  parseServerLine,
  type Hello,
  type PeerPayload,
} from '../../../../shared/selkies/g2/signalling.ts'
import type { Loss } from './transport.ts'
import { text } from '../../../ui/translate.ts'

/** The server holds a cut session this long, ms. Source: Selkies 2.1. */
const RESUME_WITHIN_MS = 3000
/** Time for the session after the greeting, and for the offer after the session was agreed, ms. */
const OFFER_WITHIN_MS = 10_000
/** Time from a socket's making to its first line, ms: a server that takes sockets and says nothing is as good as none. */
const GREETED_WITHIN_MS = 10_000
/** The server's own peer comes up some 20-150 ms after its listener (measured), and asking is one short line. */
const SESSION_RETRY_MS = 150

export interface Signalling {
  /** Lines that were not understood. */
  readonly unread: number
  send(payload: PeerPayload): void
  close(): void
}

export interface SignallingOptions {
  readonly url: string
  readonly hello: Hello
  onPayload(payload: PeerPayload): void
  /** The socket was cut and is being healed (true), or is back (false). */
  onCut(cut: boolean): void
  onEnd(loss: Loss): void
}

/** Opens the socket and says HELLO. */
export function openSignalling(options: SignallingOptions): Signalling {
  const { url, hello } = options
  let socket: WebSocket
  let peer: string | null = null
  let greeted = false
  let agreed = false
  let offered = false
  let asking = false
  let unread = 0
  let cutAt: number | null = null
  let over = false
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const pending: PeerPayload[] = []

  const later = (work: () => void, ms: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      work()
    }, ms)
    timers.add(timer)
  }
  const finish = (loss: Loss | null) => {
    if (over) return
    over = true
    for (const timer of timers) clearTimeout(timer)
    socket.close()
    if (loss !== null) options.onEnd(loss)
  }
  const again = () =>
    finish({ kind: 'closed', meaning: { action: 'again', sentence: text('The connection was cut for too long.') } })

  const handle = (text: string) => {
    const line = parseServerLine(text)
    switch (line.type) {
      case 'hello':
        // the server no longer knows the cut session: the old peer is lost
        if (cutAt !== null) return again()
        if (greeted) return undefined
        greeted = true
        later(() => {
          if (!agreed) finish({ kind: 'no-offer' })
        }, OFFER_WITHIN_MS)
        return say({ type: 'session', peer: 'server' })
      case 'resumed':
        if (cutAt === null) return undefined
        cutAt = null
        options.onCut(false)
        for (const payload of pending.splice(0)) sendPayload(payload)
        return undefined
      case 'session-ok':
        if (agreed) return undefined
        agreed = true
        peer = line.peer
        return later(() => {
          if (!offered) finish({ kind: 'no-offer' })
        }, OFFER_WITHIN_MS)
      case 'error':
        // the server's own peer comes up a moment after its listener
        if (agreed || asking || !line.message.includes('not found')) return undefined
        asking = true
        return later(() => {
          asking = false
          say({ type: 'session', peer: 'server' })
        }, SESSION_RETRY_MS)
      case 'peer':
        if (line.payload.kind === 'sdp') offered = true
        peer = line.peer
        return options.onPayload(line.payload)
      case 'unknown':
        unread++
        return undefined
    }
  }
  const say = (line: Parameters<typeof formatClientLine>[0]) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(formatClientLine(line))
  }
  const sendPayload = (payload: PeerPayload) => {
    if (peer === null || cutAt !== null || socket.readyState !== WebSocket.OPEN) pending.push(payload)
    else say({ type: 'peer', peer, payload })
  }
  const open = () => {
    const mine = new WebSocket(url)
    socket = mine
    let opened = false
    let heard = false
    later(() => {
      if (!heard && socket === mine) finish({ kind: 'unreachable' })
    }, GREETED_WITHIN_MS)
    mine.addEventListener('open', () => {
      opened = true
      say({ type: 'hello', hello })
    })
    mine.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      heard = true
      if (!over && typeof data === 'string') handle(data)
    })
    mine.addEventListener('close', ({ code, reason }) => {
      if (over || socket !== mine) return
      const meaning = closeMeaning(code, reason, greeted)
      if (cutAt !== null || (meaning.action === 'resume' && peer !== null && offered)) return heal()
      finish(opened ? { kind: 'closed', meaning } : { kind: 'unreachable' })
    })
  }
  const heal = () => {
    const now = performance.now()
    if (cutAt === null) {
      cutAt = now
      options.onCut(true)
    }
    if (now - cutAt > RESUME_WITHIN_MS) return again()
    later(open, now === cutAt ? 0 : 200)
  }
  open()
  return {
    get unread() {
      return unread
    },
    send: sendPayload,
    close: () => finish(null),
  }
}
