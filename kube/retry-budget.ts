// One request budget for all reflectors of a cluster: a fault is shared, so one of them probes and the others wait for its answer.
// Policy: at most 10 requests in the first 10 s of a fault and 4 a minute after it; without a fault nobody waits. A server that did not
// even take connections is left to the knocks at its door, and asked at once when it takes them again, as quickly as at first: what was
// known of it is old. Of one that has come back only what it fails counts, for 10 s and once a minute: every kind has to be read anew, and
// parts of it come later than others.
import { AppError } from '../shared/errors.ts'
import { createComeback, type Comeback } from './comeback.ts'
import { createDoor } from './knock.ts'

/** Time as the budget and the reflectors see it; a test brings its own. */
export interface Timers {
  /** Epoch ms. */
  now(): number
  /** Calls once after `ms`. @returns cancels */
  after(ms: number, callback: () => void): () => void
}

export const REAL_TIMERS: Timers = {
  now: () => Date.now(),
  after: (ms, callback) => {
    // a moment that is over while it is computed is now
    const timer = setTimeout(callback, Math.max(0, ms))
    return () => clearTimeout(timer)
  },
}

/** Leave to make one request. Exactly one of its methods is called; later calls do nothing. */
export interface Turn {
  /** While the cluster is down, ms: an answer that has not begun by then is none, so that one silent request holds nobody up for long. */
  readonly answerWithinMs: number | undefined
  /** The server answered, whatever it had to say. */
  succeeded(): void
  /** No answer, or one that concerns the whole cluster. @param retryAfterMs what the server asks for, ms */
  failed(retryAfterMs?: number): void
  /** No answer at all: the server is away. */
  unreached(): void
  /** No request was made, or it was cancelled: nothing was learned. */
  dropped(): void
}

export interface RetryBudget {
  /** Waits until a request may be made. @throws AppError `cancelled` when the signal ends the wait */
  turn(signal: AbortSignal): Promise<Turn>
  /** A stream that ran (a watch) ended in order. All that end together are a server that leaves: the next request goes alone, to see. */
  ended(): void
  /** A stream that ran broke, or has to be begun anew. */
  broke(): void
  /** What a watch goes on from is too old. Just after a fault that is how a server comes back, and no new one. @param again not for the first time */
  expired(again: boolean): void
  /** As `Comeback.doubtMs`, of this cluster. */
  readonly doubtMs: number
  /** A lane for what the server refused (403 and the like): at most one turn in 15 s, for all together. */
  slowTurn(signal: AbortSignal): Promise<Turn>
  /** The network or the machine came back: the next probe goes at once. */
  retryNow(): void
}

export interface RetryBudgetOptions {
  /** Whether anything listens at the server, `createKnock`; left out where a proxy or nobody could tell. */
  readonly knock?: (() => Promise<boolean>) | undefined
  /** Told when the server was away; one of its own when left out. */
  readonly comeback?: Comeback | undefined
}

/** First part of a fault, ms, and the requests allowed in it. */
const FIRST_MS = 10_000
const FIRST_REQUESTS = 10
/** Between two requests of a longer fault, ms: 4 a minute. */
const LONG_MS = 15_000
/** A server that has just begun to listen gets this long, ms: it knows nobody's rights yet. */
const OPENED_MS = 300
/** A fault that follows another within this, ms, is the same one as far as the budget goes. */
const MEMORY_MS = 60_000
/** Before a probe; of a server that has just begun to listen at most `opened`: it is known to be there, and people wait. */
const BACKOFF_MS = { first: 200, opened: 1000, last: 30_000 }
/** For the answer to a probe to begin, ms: twice as long after each that failed, since the server may just be slow. */
const PROBE_MS = { first: 5000, last: 30_000 }

interface Fault {
  startedAt: number
  /** Turns since it started; limited while its first part lasts. */
  used: number
  /** Since when probes follow each other quickly, and how many did: from the start, or from when the server listened again. */
  quickFrom: number
  quickUsed: number
  /** The door was shut and opened. */
  opened: boolean
  /** Failures that counted, those of a fault just before included. */
  failed: number
  /** Failed probes in a row. */
  failures: number
  lastFailureAt: number
  /** No answer yet since the last failure. */
  down: boolean
  /** Epoch ms before which no probe goes. */
  nextAt: number
}

/** @param random 0 to 1, for the jitter */
export function createRetryBudget(
  timers: Timers = REAL_TIMERS,
  random: () => number = Math.random,
  options: RetryBudgetOptions = {},
): RetryBudget {
  const { knock } = options
  const comeback = options.comeback ?? createComeback(timers)
  const waiters: (() => void)[] = []
  let fault: Fault | undefined
  let past: { readonly failed: number; readonly at: number } | undefined
  /** How often the door was seen to open: what was asked before that was asked of a server that is gone. */
  let openings = 0
  /** Turns begun since then. */
  let underWay = 0
  /** Turns that may be under way at once: one until the cluster has answered, then twice as many after each answer. */
  let width = 1
  let cancelTimer: (() => void) | undefined
  let slowAt = -Infinity
  /** The server was seen to listen again: until it answers, and for a while after that. */
  let comingBack: { answeredAt: number | undefined } | undefined
  const door = knock && createDoor(knock, timers, onOpen)

  return {
    turn,
    ended: () => {
      width = 1
    },
    broke: () => {
      noteFailure(false, 0)
      serve()
    },
    expired: (again) => {
      const now = timers.now()
      endIfOver(now)
      const isReturn = fault ? !fault.down : past !== undefined && now - past.at < MEMORY_MS
      if (again || !isReturn) noteFailure(false, 0)
      serve()
    },
    get doubtMs() {
      return comeback.doubtMs
    },
    slowTurn: async (signal) => {
      const now = timers.now()
      slowAt = Math.max(now, slowAt + LONG_MS)
      await sleep(slowAt - now, signal, timers)
      return await turn(signal)
    },
    retryNow: () => {
      if (!fault) return
      const now = timers.now()
      // the machine slept or changed its network: what was known of the fault is old
      Object.assign(fault, {
        startedAt: now,
        used: 0,
        quickFrom: now,
        quickUsed: 0,
        failed: 0,
        failures: 0,
        nextAt: now,
      })
      serve()
    },
  }

  function turn(signal: AbortSignal): Promise<Turn> {
    if (signal.aborted) return Promise.reject(new AppError('cancelled'))
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', onAbort)
        resolve(begin())
      }
      const onAbort = (): void => {
        const index = waiters.indexOf(go)
        if (index >= 0) waiters.splice(index, 1)
        reject(new AppError('cancelled'))
        serve()
      }
      signal.addEventListener('abort', onAbort)
      waiters.push(go)
      serve()
    })
  }

  function begin(): Turn {
    underWay += 1
    const mine = openings
    const counted = fault
    count(1)
    const isProbe = fault?.down ?? false
    const answerWithinMs = isProbe ? PROBE_MS.first * 2 ** Math.max(0, (fault?.failures ?? 0) - 1) : Infinity
    let settled = false
    function count(by: number): void {
      if (counted) Object.assign(counted, { used: counted.used + by, quickUsed: counted.quickUsed + by })
    }
    function failed(retryAfterMs: number): void {
      // says nothing of the server that listens now
      if (mine === openings) noteFailure(isProbe, retryAfterMs)
    }
    const settle = (learn: () => void) => (): void => {
      if (settled) return
      settled = true
      if (mine === openings) underWay -= 1
      learn()
      serve()
    }
    return {
      answerWithinMs: answerWithinMs < PROBE_MS.last ? answerWithinMs : undefined,
      succeeded: settle(() => {
        width = Math.min(64, width * 2)
        if (isComingBack()) {
          if (comingBack) comingBack.answeredAt ??= timers.now()
          count(-1)
        }
        if (!fault) return
        fault.down = false
        fault.failures = 0
        door?.leave()
      }),
      failed: (retryAfterMs = 0) => settle(() => failed(retryAfterMs))(),
      unreached: settle(() => {
        comeback.wasAway()
        failed(0)
      }),
      dropped: settle(() => undefined),
    }
  }

  /** Of failures that come together only the first, and each probe's, say something new. */
  function noteFailure(isProbe: boolean, retryAfterMs: number): void {
    const now = timers.now()
    endIfOver(now)
    if (!fault) {
      const failed = past && now - past.at < MEMORY_MS ? past.failed : 0
      const opened = isComingBack()
      // what is under way was asked of the same cluster
      const used = opened ? 1 : underWay + 1
      fault = {
        ...{ startedAt: now, used, quickFrom: now, quickUsed: used, opened },
        ...{ failed, failures: 0, lastFailureAt: now, down: false, nextAt: now },
      }
    }
    width = 1
    fault.lastFailureAt = now
    if (fault.down && !isProbe) {
      fault.nextAt = Math.max(fault.nextAt, now + retryAfterMs)
      return
    }
    fault.down = true
    fault.failed += 1
    fault.failures += 1
    fault.nextAt = now + delay(fault, now, retryAfterMs)
  }

  function onOpen(): void {
    comeback.wasAway()
    if (!fault?.down) return
    // those may hang on dead connections for seconds: nobody waits for them
    openings += 1
    underWay = 0
    width = 1
    const now = timers.now()
    const isFirstPart = now < fault.startedAt + FIRST_MS
    if (isFirstPart && fault.used >= FIRST_REQUESTS) return
    comingBack = { answeredAt: undefined }
    // within its first part the requests of it stay counted; in any case there is time anew for those that are left
    Object.assign(
      fault,
      isFirstPart ? { quickFrom: now, quickUsed: fault.used } : { quickFrom: now, quickUsed: 0, failed: 0 },
    )
    Object.assign(fault, { opened: true, failures: 0, nextAt: now + OPENED_MS })
    serve()
  }

  function isComingBack(): boolean {
    return comingBack !== undefined && timers.now() < (comingBack.answeredAt ?? Infinity) + FIRST_MS
  }

  function endIfOver(now: number): void {
    if (!fault || fault.down || now < fault.startedAt + FIRST_MS) return
    past = { failed: fault.failed, at: fault.lastFailureAt }
    fault = undefined
  }

  /** Gives out the turns that are due, and wakes again for the next one. */
  function serve(): void {
    cancelTimer?.()
    cancelTimer = undefined
    if (waiters.length === 0) door?.leave()
    else if (fault?.down) door?.watch()
    while (waiters.length > 0) {
      const wait = waitNow()
      // whoever is under way calls again
      if (wait === undefined) return
      if (wait > 0) {
        cancelTimer = timers.after(wait, serve)
        return
      }
      waiters.shift()?.()
    }
  }

  /** How long the first waiter has to wait, ms; `undefined`: for somebody else's answer. */
  function waitNow(): number | undefined {
    const now = timers.now()
    endIfOver(now)
    if (underWay >= width) return undefined
    if (!fault) return 0
    if (fault.down) return Math.max(0, fault.nextAt - now)
    return fault.used < FIRST_REQUESTS ? 0 : fault.startedAt + FIRST_MS - now
  }

  function delay({ quickFrom, failures, failed, quickUsed, opened }: Fault, now: number, retryAfterMs: number): number {
    const full = Math.min(opened ? BACKOFF_MS.opened : BACKOFF_MS.last, BACKOFF_MS.first * 2 ** (failures - 1))
    const wanted = Math.max(retryAfterMs, full * (0.5 + random() / 2))
    const quickMs = quickFrom + FIRST_MS - now
    // of a server that listens one is left for the end of that time: what it still refuses then is refused for good
    const most = opened ? FIRST_REQUESTS - 1 : FIRST_REQUESTS
    const spent = door?.isShut || quickUsed >= most || failed > most
    if (!spent && wanted < quickMs) return wanted
    if (opened && !door?.isShut && quickMs > 0) return Math.max(quickMs, retryAfterMs)
    return Math.max(Math.min(wanted, LONG_MS), retryAfterMs, LONG_MS * (1 + random() * 0.1))
  }
}

/** Waits. @param ms milliseconds @throws AppError `cancelled` */
export function sleep(ms: number, signal: AbortSignal, timers: Timers): Promise<void> {
  if (signal.aborted) return Promise.reject(new AppError('cancelled'))
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel()
      reject(new AppError('cancelled'))
    }
    const cancel = timers.after(ms, () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
    signal.addEventListener('abort', onAbort)
  })
}
