// A clock for tests: it moves only when told, and lets what is pending in promises go on between two timers.
import type { Timers } from '../retry-budget.ts'

export interface FakeTimers extends Timers {
  /** Lets time pass, ms, and calls what falls due, in its order. */
  advance(ms: number): Promise<void>
  /** Timers that wait. */
  readonly count: number
}

/** @param now where the clock starts, epoch ms */
export function createFakeTimers(now = 1_000_000): FakeTimers {
  const due = new Set<{ readonly at: number; readonly callback: () => void }>()
  return {
    now: () => now,
    after: (ms, callback) => {
      const entry = { at: now + ms, callback }
      due.add(entry)
      return () => void due.delete(entry)
    },
    advance: async (ms) => {
      const end = now + ms
      for (;;) {
        await settled()
        const next = [...due].sort((a, b) => a.at - b.at)[0]
        if (!next || next.at > end) break
        due.delete(next)
        now = Math.max(now, next.at)
        next.callback()
      }
      now = end
      await settled()
    },
    get count() {
      return due.size
    },
  }
}

/** Resolves when promises and callbacks that were due have run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
