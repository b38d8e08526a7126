// Whether a server has just come back. One that has just started knows neither roles nor accounts for a moment, and refuses what it allowed;
// nor the kinds that were defined in it, which it then says are not there.
// Policy: a refusal is doubted only this soon after a request that got no answer at all, or after the door was seen shut. Refusals do not
// prolong it, so a right or a sign-in that is really lost is told when it is over; without an outage it is told at once.
import type { Timers } from './retry-budget.ts'

/** From the last sign that the server was away, ms: what it takes until its caches of roles and accounts are full. */
const DOUBT_MS = 10_000

export interface Comeback {
  /** The server was away until now. */
  wasAway(): void
  /** For so long, ms, a 401 or 403, or a 404 for a kind that was there, may still mean that the server is only half there; 0 when it means what it says. */
  readonly doubtMs: number
}

/** Of one server. Nothing is doubted until it was away. */
export function createComeback(timers: Pick<Timers, 'now'>): Comeback {
  let awayAt = -Infinity
  return {
    wasAway: () => {
      awayAt = timers.now()
    },
    get doubtMs() {
      return Math.max(0, awayAt + DOUBT_MS - timers.now())
    },
  }
}
