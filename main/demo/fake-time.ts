// For the tests beside: a clock and timers that move only when told.
import type { Clock } from '../app-host.ts'
import type { Timers } from '../sessions/timers.ts'

export interface FakeTime extends Clock, Timers {
  /** Moves the clock, running what falls due on the way in its order. @param ms how far */
  advance(ms: number): Promise<void>
}

/** @param start epoch ms */
export function createFakeTime(start: number): FakeTime {
  const due = new Set<{ readonly at: number; readonly run: () => void }>()
  let now = start
  const settle = (): Promise<void> => new Promise((done) => setImmediate(done))
  return {
    now: () => now,
    after(ms, run) {
      const entry = { at: now + ms, run }
      due.add(entry)
      return () => void due.delete(entry)
    },
    async advance(ms) {
      const end = now + ms
      await settle()
      for (;;) {
        const [next] = [...due].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)
        if (next === undefined) break
        due.delete(next)
        now = Math.max(now, next.at)
        next.run()
        await settle()
      }
      now = end
    },
  }
}
