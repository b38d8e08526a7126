// Notices that packets stopped, or that nothing arrives at the other end: ICE itself takes 30 s for that. Pure; the caller brings samples
// and the clock.
// Policy: silence is a fault only while something is due. A still picture that is not streamed, and quiet sound, are none.

export interface WatchSample {
  /** Monotonic ms. */
  readonly now: number
  /** Bytes that ever came in on the selected pair, whatever they were. */
  readonly bytesReceived: number
  /** The desktop streams every frame (`video_streaming_mode`), so bytes come in all the time. */
  readonly fullRate: boolean
  /** ICE's own questions on the selected pair, where there are any. */
  readonly checks?: IceChecks
}

/** How many of a pair's connectivity checks were ever sent, and answered (RFC 7675: one at least every 5 s). */
export interface IceChecks {
  readonly asked: number
  readonly answered: number
}

/** With a stream at full rate this much silence is a dead path, ms. */
export const FULL_RATE_SILENCE_MS = 1600
/** Otherwise the server still says its statistics once a second; this much silence is a dead path, ms. */
export const IDLE_SILENCE_MS = 4500
/** What was asked for a sign of life and gives none for this long is dead, ms. */
export const CHECKED_SILENCE_MS = 1600
/**
 * Nothing that is sent arrives when this many checks in a row, over this long, ms, were not answered, whatever still comes in. Browsers ask
 * every 0.9 s then; where a third of all answers is lost, six in a row are lost once in 700 times.
 */
export const UNANSWERED_CHECKS = 6
export const UNANSWERED_MS = 4000
/** Of two looks at the checks, which are once a second while pictures come. */
const CHECKS_GAP_MS = 1500
/** A gap between two samples counts for no more than this, ms: the page was asleep or starved, and so may be what reads the network. */
const GAP_MS = 600
/** Samples after a question whose bytes may have come before it: they are no answer. */
const UNDER_WAY = 2

export interface Watchdog {
  /** @returns true once, when the path has fallen silent */
  sample(sample: WatchSample): boolean
  /** Something came in: a picture that is shown says so without a look at the bytes. @param now monotonic ms */
  heard(now: number): void
  /** The other end was asked for a sign: silence from now on counts sooner. @param patienceMs for how long */
  check(patienceMs?: number): void
}

/** One watchdog per connection; it begins with the first bytes. */
export function createWatchdog(): Watchdog {
  let bytes = 0
  let last: number | null = null
  let silent: number | null = null
  let told = false
  let hurried: number | null = null
  let underWay = 0
  let checks: IceChecks = { asked: 0, answered: 0 }
  let unanswered = 0
  let checkedAt = 0
  const cameIn = (): void => {
    silent = 0
    if (underWay-- <= 0) hurried = null
  }
  /** @returns nothing that this end says arrives any more */
  const isUnheard = (answers: IceChecks, now: number): boolean => {
    if (answers.answered !== checks.answered || answers.asked < checks.asked) {
      checks = answers
      unanswered = 0
    }
    if (answers.asked > checks.asked) unanswered += Math.min(now - checkedAt, CHECKS_GAP_MS)
    checkedAt = now
    return answers.asked - checks.asked >= UNANSWERED_CHECKS && unanswered >= UNANSWERED_MS
  }
  return {
    check(patienceMs = CHECKED_SILENCE_MS) {
      if (silent === null) return
      silent = 0
      hurried = patienceMs
      underWay = UNDER_WAY
    },
    heard(now) {
      last = now
      cameIn()
    },
    sample({ now, bytesReceived, fullRate, checks: answers }) {
      const gap = last === null ? 0 : Math.min(now - last, GAP_MS)
      last = now
      if (answers !== undefined && !told && isUnheard(answers, now)) return (told = true)
      if (bytesReceived !== bytes) {
        bytes = bytesReceived
        cameIn()
        return false
      }
      underWay = 0
      if (silent === null || told) return false
      silent += gap
      const patience = fullRate ? FULL_RATE_SILENCE_MS : IDLE_SILENCE_MS
      told = silent >= Math.min(hurried ?? patience, patience)
      return told
    },
  }
}
