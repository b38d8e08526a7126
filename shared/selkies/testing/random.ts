// A seeded source of randomness for fuzzing: the same seed makes the same case on every machine. For tests alone.

export interface Random {
  /** A whole number from 0 up to, not including, `below`. */
  int(below: number): number
  chance(share: number): boolean
  pick<Item>(items: readonly Item[]): Item
  bytes(length: number): Uint8Array<ArrayBuffer>
}

/** Makes the source (mulberry32: 32 bits of state, even enough for choices). */
export function createRandom(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const int = (below: number) => next() % Math.max(1, below)
  return {
    int,
    chance: (share) => next() < share * 0x1_0000_0000,
    pick(items) {
      const item = items[int(items.length)]
      if (item === undefined && !items.includes(item as never)) throw new Error('nothing to pick from')
      return item as never
    },
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
  }
}
