// Holds keys back while the content of a paste is on its way, so that the key that pastes finds it on the desktop.
// Policy: order is kept; who waits too long gets the other keys through and the pasting one dropped, for it would paste what was there before.
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'

/** Longest that keys wait, ms. */
export const PASTE_PATIENCE_MS = 1500

export interface PasteGate {
  readonly closed: boolean
  /** Sends, or keeps until the gate opens. */
  pass(messages: readonly ClientMessage[]): void
  /**
   * Closes until the content is there.
   * @param chord what pastes; sent when `content` says that it arrived
   */
  hold(chord: readonly ClientMessage[], content: Promise<boolean>): void
  /** Drops what waits. */
  dispose(): void
}

export function createPasteGate(send: (message: ClientMessage) => void): PasteGate {
  let waiting: ClientMessage[] | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const open = (chord: readonly ClientMessage[]): void => {
    clearTimeout(timer)
    const kept = waiting ?? []
    waiting = null
    for (const message of [...chord, ...kept]) send(message)
  }
  return {
    get closed() {
      return waiting !== null
    },
    pass(messages) {
      if (waiting === null) for (const message of messages) send(message)
      else waiting.push(...messages)
    },
    hold(chord, content) {
      // one that is held already is replaced: the content that came last is what is pasted
      const kept: ClientMessage[] = [...(waiting ?? [])]
      clearTimeout(timer)
      waiting = kept
      const settle = (arrived: boolean): void => {
        if (waiting === kept) open(arrived ? chord : [])
      }
      timer = setTimeout(() => settle(false), PASTE_PATIENCE_MS)
      content.then(settle, () => settle(false))
    },
    dispose() {
      clearTimeout(timer)
      waiting = null
    },
  }
}
