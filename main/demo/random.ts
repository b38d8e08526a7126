// Seeded randomness for the demo: the same seed tells the same story. Not for secrets.

/** The next number, 0 <= n < 1. */
export type Random = () => number

/** A small generator of even quality (mulberry32). @param seed any whole number */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A number between two others. */
export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low)
}

/** Random bytes, for names that only have to differ. */
export function randomBytes(random: Random, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => Math.floor(random() * 256))
}
