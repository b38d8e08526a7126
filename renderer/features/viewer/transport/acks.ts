// Acknowledgements of WebSocket mode: which frame arrived last and how long it has been held. Pure; the caller has the timer.

export interface Acks {
  arrived(frame: number, now: number): void
  /** To be asked every 50 ms. @returns what to say, or null. Source: Selkies 2.1, flow control */
  due(now: number): { readonly frame: number; readonly heldMs: number } | null
  reset(): void
}

export const ACK_EVERY_MS = 50
/** An unchanged frame is said again after this time, ms. */
const HEARTBEAT_MS = 1000

export function createAcks(): Acks {
  let newest: { readonly frame: number; readonly at: number } | null = null
  let said: { readonly frame: number; readonly at: number } | null = null
  return {
    arrived(frame, now) {
      if (newest?.frame !== frame) newest = { frame, at: now }
    },
    due(now) {
      if (newest === null) return null
      if (said?.frame === newest.frame && now - said.at < HEARTBEAT_MS) return null
      said = { frame: newest.frame, at: now }
      return { frame: newest.frame, heldMs: Math.max(0, Math.floor(now - newest.at)) }
    },
    reset() {
      newest = null
      said = null
    },
  }
}
