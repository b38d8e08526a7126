// How often a desktop gets an answer by itself, whatever it asks: a flood of questions must not become a flood of ours. Pure.

export interface Allowance {
  /** @param now monotonic ms @returns whether one more may go out now */
  take(now: number): boolean
}

/**
 * Makes an allowance that refills.
 * @param burst answers that may go out at once
 * @param everyMs time after which one more is allowed
 */
export function createAllowance(burst: number, everyMs: number): Allowance {
  let left = burst
  let at = Number.NEGATIVE_INFINITY
  return {
    take(now) {
      const refilled = Math.floor((now - at) / everyMs)
      if (refilled > 0) {
        left = Math.min(burst, left + refilled)
        at = left === burst ? now : at + refilled * everyMs
      }
      if (left === 0) return false
      left--
      return true
    },
  }
}
