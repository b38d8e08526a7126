// Whether anything listens where a server was: a TCP connection, opened and closed, which costs neither side anything worth counting.
// Policy: it only hastens the next request, and only when the door was seen shut before; it never takes a request's place.
import { connect } from 'node:net'
import type { Timers } from './retry-budget.ts'

/** For a connection to be taken, ms. */
const KNOCK_MS = 2000
/** Between two knocks at a door that is shut, ms. */
const PAUSE_MS = 1000
/** A server that comes and goes is not back: between two times that one is said to be open, at least this, ms. */
const CALM_MS = 60_000

/** @param server a URL @returns knocks there; resolves with whether somebody opened, and never rejects */
export function createKnock(server: string): () => Promise<boolean> {
  const { hostname, port } = new URL(server)
  const target = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || '443') }
  return () =>
    new Promise((resolve) => {
      const socket = connect(target)
      const end = (opened: boolean) => (): void => {
        socket.destroy()
        resolve(opened)
      }
      socket.setTimeout(KNOCK_MS, end(false))
      socket.once('connect', end(true))
      socket.once('error', end(false))
    })
}

export interface Door {
  /** Begins to knock; one who knocks already goes on. */
  watch(): void
  leave(): void
  /** Nobody opened at the last knock. */
  readonly isShut: boolean
}

interface Visit {
  cancel(): void
  readonly wasShut: boolean
}

/**
 * Knocks until somebody opens.
 * @param onOpen called when the door was shut and is open now, once a minute at most; not when it was open from the start: then the
 * trouble is inside
 */
export function createDoor(knock: () => Promise<boolean>, timers: Timers, onOpen: () => void): Door {
  let visit: Visit | undefined
  let openedAt = -Infinity

  return {
    watch: () => {
      visit ??= begin()
    },
    leave: () => {
      visit?.cancel()
      visit = undefined
    },
    get isShut() {
      return visit?.wasShut ?? false
    },
  }

  function begin(): Visit {
    let cancelPause = (): void => undefined
    const mine = { cancel: () => cancelPause(), wasShut: false }
    const again = async (): Promise<void> => {
      const opened = await knock()
      // left meanwhile
      if (visit !== mine) return
      if (!opened) {
        mine.wasShut = true
        cancelPause = timers.after(PAUSE_MS, () => void again())
        return
      }
      visit = undefined
      const now = timers.now()
      if (!mine.wasShut || now - openedAt < CALM_MS) return
      openedAt = now
      onOpen()
    }
    void again()
    return mine
  }
}
