// The keyed queue of a controller: what changed is worked on once, never twice at the same time, and again when it changed meanwhile.
// Policy: failed work is tried again for ever, ever more slowly; a change of the object goes first and does not wait for that. What somebody
// waits for is urgent and finds room at any time: the rest never has more than its share, and always has that.
import { REAL_TIMERS, type Timers } from './retry-budget.ts'
import { ApiError } from './types.ts'

/** `urgent` goes before `ordinary`; within a lane: first come, first served. */
export type Lane = 'urgent' | 'ordinary'

export interface WorkQueueOptions {
  /** Keys that are worked on at the same time. */
  readonly concurrency: number
  /** Of them at most so many that are not urgent. Default: all. */
  readonly ordinary?: number | undefined
  /** The same while urgent ones are worked on or wait: what is short then (a busy server) is theirs. Default: as `ordinary`. */
  readonly ordinaryBeside?: number | undefined
  /**
   * Brings the object of a key to where it should be. Resolves with the time to look again although nothing changed (epoch ms), if there is one:
   * it replaces what was asked for before. A rejection is tried again.
   */
  work(key: string, signal: AbortSignal): Promise<{ readonly nextAt?: number | undefined } | void>
  readonly timers?: Timers | undefined
  /** 0 to 1, for the jitter. */
  readonly random?: (() => number) | undefined
  /** Told of each round: how long it took, s, and why it failed. */
  readonly onDone?: ((key: string, seconds: number, error: unknown) => void) | undefined
}

export interface WorkQueue {
  /** Asks for a round, as soon as there is room. A key that waits already may become urgent by it; nothing happens once closed. */
  add(key: string, lane?: Lane): void
  /** Asks for a round at a time, epoch ms; the earliest of several counts. @throws RangeError when it is no number */
  addAt(key: string, atMs: number): void
  /** Forgets the failures of a key and what it waits for. */
  forget(key: string): void
  /** Keys that could be worked on now and wait for room. */
  readonly depth: number
  /** Keys that are worked on now. */
  readonly running: number
  /** Keys that wait for a time: deadlines and retries. */
  readonly waiting: number
  /** How long the longest round of now has been running, ms; 0 when there is none. */
  readonly longestRunningMs: number
  /** Resolves when nothing runs and nothing could run now; what waits for a time does not count. */
  idle(): Promise<void>
  /**
   * Takes nothing more and begins nothing more; resolves when what runs has ended.
   * @param graceMs after which the signal of what still runs is aborted; 0 at once. Default 10,000
   */
  close(graceMs?: number): Promise<void>
}

const BACKOFF_MS = { first: 5, last: 60_000 }
/** All retries together: a fault of the cluster fails every key, and none of them knows of the others. */
const RETRIES = { perSecond: 10, burst: 100 }
/** Of a round's own deadline, ms: one that is always past would keep a key busy without end. */
const SOONEST_MS = 100
/** Longest single wait, ms: timers count in 31 bits, deadlines may be months away. */
const LONGEST_WAIT_MS = 24 * 3600 * 1000

/** Makes a queue that works at once. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { concurrency, ordinary = concurrency, ordinaryBeside = ordinary, work } = options
  const timers = options.timers ?? REAL_TIMERS
  const random = options.random ?? Math.random
  const ended = new AbortController()
  const nextRetry = createBucket(timers)
  const ready: Readonly<Record<Lane, Set<string>>> = { urgent: new Set(), ordinary: new Set() }
  /** Running, and to run again. */
  const again = new Map<string, Lane>()
  /** Since when, epoch ms. In the order of their start. */
  const running = new Map<string, number>()
  let ordinaryRunning = 0
  const later = new Map<string, { readonly at: number; readonly lane: Lane; readonly cancel: () => void }>()
  const failures = new Map<string, number>()
  let idlers: (() => void)[] = []
  let isPumping = false
  let closed = false

  return {
    add,
    addAt: (key, atMs) => {
      if (atMs <= timers.now()) add(key)
      else wait(key, atMs, 'ordinary')
    },
    forget: (key) => {
      failures.delete(key)
      stopWaiting(key)
    },
    get depth() {
      return ready.urgent.size + ready.ordinary.size
    },
    get running() {
      return running.size
    },
    get waiting() {
      return later.size
    },
    get longestRunningMs() {
      for (const since of running.values()) return timers.now() - since
      return 0
    },
    idle,
    close: async (graceMs = 10_000) => {
      closed = true
      ready.urgent.clear()
      ready.ordinary.clear()
      again.clear()
      for (const key of [...later.keys()]) stopWaiting(key)
      if (graceMs <= 0) ended.abort()
      const cancel = timers.after(graceMs, () => ended.abort())
      await idle()
      cancel()
    },
  }

  function add(key: string, lane: Lane = 'ordinary'): void {
    if (closed) return
    if (running.has(key)) {
      again.set(key, again.get(key) === 'urgent' ? 'urgent' : lane)
      return
    }
    if (ready.urgent.has(key)) return
    if (lane === 'urgent') ready.ordinary.delete(key)
    ready[lane].add(key)
    pump()
  }

  /** Begins rounds after what is going on now: a list's thousand changes are taken in before the first of them is worked on. */
  function pump(): void {
    if (isPumping) return
    isPumping = true
    queueMicrotask(() => {
      isPumping = false
      while (running.size < concurrency) {
        const lane = nextLane()
        const [key] = lane ? ready[lane] : []
        if (lane === undefined || key === undefined) break
        ready[lane].delete(key)
        void round(key, lane)
      }
      if (!isIdle()) return
      for (const resolve of idlers) resolve()
      idlers = []
    })
  }

  /** The lane whose turn it is. */
  function nextLane(): Lane | undefined {
    const hasOrdinary = ready.ordinary.size > 0
    // one place is the rest's, however long the urgent ones go on
    const kept = hasOrdinary && ordinaryRunning === 0 && concurrency > 1 ? 1 : 0
    if (ready.urgent.size > 0 && running.size < concurrency - kept) return 'urgent'
    const isUrgent = ready.urgent.size > 0 || running.size > ordinaryRunning
    return hasOrdinary && ordinaryRunning < (isUrgent ? ordinaryBeside : ordinary) ? 'ordinary' : undefined
  }

  async function round(key: string, lane: Lane): Promise<void> {
    const startedAt = timers.now()
    running.set(key, startedAt)
    if (lane === 'ordinary') ordinaryRunning += 1
    // this round sees all that one would have seen then
    stopWaiting(key)
    let failure: unknown
    try {
      const result = await work(key, ended.signal)
      if (result?.nextAt !== undefined) wait(key, Math.max(result.nextAt, timers.now() + SOONEST_MS), 'ordinary')
      failures.delete(key)
    } catch (error) {
      failure = error
      // what it was asked for is not done yet
      if (again.has(key)) again.set(key, again.get(key) === 'urgent' ? 'urgent' : lane)
      wait(key, timers.now() + retryDelay(key, error), lane)
    }
    running.delete(key)
    if (lane === 'ordinary') ordinaryRunning -= 1
    options.onDone?.(key, (timers.now() - startedAt) / 1000, failure)
    const next = again.get(key)
    again.delete(key)
    if (next !== undefined) add(key, next)
    pump()
  }

  function retryDelay(key: string, error: unknown): number {
    const count = failures.get(key) ?? 0
    failures.set(key, count + 1)
    const own = Math.min(BACKOFF_MS.last, BACKOFF_MS.first * 2 ** count) * (0.5 + random() / 2)
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0
    return Math.max(own, asked, nextRetry())
  }

  function wait(key: string, at: number, wanted: Lane): void {
    if (Number.isNaN(at)) throw new RangeError(`no time for ${key}`)
    const known = later.get(key)
    if (closed || (known && known.at <= at)) return
    known?.cancel()
    const lane = known?.lane === 'urgent' ? 'urgent' : wanted
    const cancel = timers.after(Math.min(at - timers.now(), LONGEST_WAIT_MS), () => {
      later.delete(key)
      if (timers.now() < at) wait(key, at, lane)
      else add(key, lane)
    })
    later.set(key, { at, lane, cancel })
  }

  function stopWaiting(key: string): void {
    later.get(key)?.cancel()
    later.delete(key)
  }

  function isIdle(): boolean {
    return ready.urgent.size + ready.ordinary.size + running.size === 0
  }

  function idle(): Promise<void> {
    if (isIdle()) return Promise.resolve()
    return new Promise((resolve) => idlers.push(resolve))
  }
}

/** A token bucket. @returns takes one token: how long to wait for it, ms */
function createBucket(timers: Timers): () => number {
  let tokens = RETRIES.burst
  let at = timers.now()
  return () => {
    const now = timers.now()
    tokens = Math.min(RETRIES.burst, tokens + ((now - at) / 1000) * RETRIES.perSecond) - 1
    at = now
    return tokens >= 0 ? 0 : (-tokens / RETRIES.perSecond) * 1000
  }
}
