// How fast files may go: a token bucket that lends. Pure; time comes in as a parameter.
// Policy: what was sent is owed for; the next piece waits until the debt is paid. A pause earns no more than one breath.

export interface TokenBucket {
  /**
   * Takes bytes that are about to go.
   * @param now monotonic ms
   * @returns ms to wait before they go
   */
  take(bytes: number, now: number): number
  /** @param bytesPerSecond Infinity: no limit */
  setRate(bytesPerSecond: number, now: number): void
}

/** What a pause earns at most, as time at the full rate, ms. */
export const BREATH_MS = 200

/** @param bytesPerSecond Infinity: no limit */
export function createTokenBucket(bytesPerSecond: number, start: number): TokenBucket {
  let rate = bytesPerSecond
  /** Bytes that may go now; below zero they are owed. */
  let tokens = 0
  let at = start
  const earn = (now: number): void => {
    const most = (rate * BREATH_MS) / 1000
    // a clock that went back earns nothing
    tokens = Math.min(most, tokens + (rate * Math.max(0, now - at)) / 1000)
    at = now
  }
  return {
    take(bytes, now) {
      if (rate === Infinity) return 0
      earn(now)
      const wait = tokens >= 0 ? 0 : (-tokens / rate) * 1000
      tokens -= bytes
      return wait
    },
    setRate(next, now) {
      if (rate !== Infinity && next !== Infinity) earn(now)
      else {
        tokens = 0
        at = now
      }
      rate = next
    },
  }
}
