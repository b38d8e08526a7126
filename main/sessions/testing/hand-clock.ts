// A clock and timers that tests turn by hand: nothing happens by itself, and nothing has to be waited for.
import type { Clock } from '../../app-host.ts'
import type { Timers } from '../timers.ts'

export interface HandClock extends Clock, Timers {
  /** Turns the clock on and runs what falls due, letting everything settle in between. */
  turn(ms: number): Promise<void>
  /** Lets everything that is under way settle; turns the clock only when nothing else moves. @throws when it never comes true */
  until(condition: () => boolean): Promise<void>
}

/** @param start epoch ms */
export function createHandClock(start = Date.parse('2026-01-01T00:00:00Z')): HandClock {
  let now = start
  let due: { at: number; run: () => void }[] = []
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
  }
  const next = (limit: number): boolean => {
    const first = due.toSorted((a, b) => a.at - b.at)[0]
    if (!first || first.at > limit) return false
    due = due.filter((timer) => timer !== first)
    now = Math.max(now, first.at)
    first.run()
    return true
  }
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run }
      due.push(timer)
      return () => {
        due = due.filter((other) => other !== timer)
      }
    },
    async turn(ms) {
      const end = now + ms
      await settle()
      while (next(end)) await settle()
      now = end
    },
    async until(condition) {
      for (let round = 0; round < 200; round++) {
        await settle()
        if (condition()) return
        next(Number.POSITIVE_INFINITY)
      }
      throw new Error('the condition never came true')
    },
  }
}
