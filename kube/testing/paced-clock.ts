// A clock for tests against a real server on loopback: it runs far ahead of the wall's, but stands while a request waits for its answer.
// So a busy machine makes such a test take longer and changes nothing in what it sees.
import type { Timers } from '../retry-budget.ts'
import type { KubeClient } from '../types.ts'
import { createFakeTimers } from './fake-timers.ts'

/** What passes at once, ms: finer than anything that is measured with it. */
const STEP_MS = 100
/** A request that waits for so long, ms of the wall's, is never answered: the clock goes on without it. */
const HANGS_MS = 1500

export interface PacedClock extends Timers {
  /** The same client; the clock stands while it waits for an answer, for a watch to open or for a knock. */
  pacing(client: KubeClient): KubeClient
  /** Timers that wait. */
  readonly count: number
  stop(): void
}

/** Runs from now on, until it is stopped. */
export function createPacedClock(): PacedClock {
  const timers = createFakeTimers(Date.now())
  const waiting = new Set<{ readonly since: number }>()
  let stopped = false

  void run()
  return {
    now: () => timers.now(),
    after: (ms, callback) => timers.after(ms, callback),
    pacing: (client) => {
      const { knock } = client
      return {
        ...client,
        list: (...args) => during(client.list(...args)),
        ...(knock && { knock: () => during(knock()) }),
        watch: async function* (resource, options) {
          const end = begin()
          const onOpen = (): void => {
            end()
            options.onOpen?.()
          }
          try {
            yield* client.watch(resource, { ...options, onOpen })
          } finally {
            end()
          }
        },
      }
    },
    get count() {
      return timers.count
    },
    stop: () => {
      stopped = true
    },
  }

  async function run(): Promise<void> {
    while (!stopped) {
      // what arrives over the sockets comes first
      await new Promise((resolve) => setTimeout(resolve, 1))
      const now = Date.now()
      if ([...waiting].every(({ since }) => now - since > HANGS_MS)) await timers.advance(STEP_MS)
    }
  }

  async function during<T>(answer: Promise<T>): Promise<T> {
    const end = begin()
    try {
      return await answer
    } finally {
      end()
    }
  }

  function begin(): () => void {
    const wait = { since: Date.now() }
    waiting.add(wait)
    return () => void waiting.delete(wait)
  }
}
