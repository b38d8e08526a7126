// Notices that packets stopped: ICE itself takes 30 s for that. Pure; the caller brings samples and the clock.
// Policy: silence is a fault only while something is due. A still picture that is not streamed, and quiet sound, are none.

export interface WatchSample {
  /** Monotonic ms. */
  readonly now: number
  /** Bytes that ever came in on the selected pair, whatever they were. */
  readonly bytesReceived: number
  /** The desktop streams every frame (`video_streaming_mode`), so bytes come in all the time. */
  readonly fullRate: boolean
}

/** With a stream at full rate this much silence is a dead path, ms. */
export const FULL_RATE_SILENCE_MS = 1600
/** Otherwise the server still says its statistics once a second; this much silence is a dead path, ms. */
export const IDLE_SILENCE_MS = 4500
/** What was asked for a sign of life and gives none for this long is dead, ms. */
export const CHECKED_SILENCE_MS = 1600
/** A gap between two samples counts for no more than this, ms: the page was asleep or starved, and so may be what reads the network. */
const GAP_MS = 600
/** Samples after a question whose bytes may have come before it: they are no answer. */
const UNDER_WAY = 2

export interface Watchdog {
  /** @returns true once, when the path has fallen silent */
  sample(sample: WatchSample): boolean
  /** The other end was asked for a sign: silence from now on counts sooner. @param patienceMs for how long */
  check(patienceMs?: number): void
}

/** One watchdog per connection; it begins with the first bytes. */
export function createWatchdog(): Watchdog {
  let bytes = 0
  let last: number | null = null
  let silent: number | null = null
  let told = false
  let checked: number | null = null
  let underWay = 0
  return {
    check(patienceMs = CHECKED_SILENCE_MS) {
      if (silent === null) return
      silent = 0
      checked = patienceMs
      underWay = UNDER_WAY
    },
    sample({ now, bytesReceived, fullRate }) {
      const gap = last === null ? 0 : Math.min(now - last, GAP_MS)
      last = now
      if (bytesReceived !== bytes) {
        bytes = bytesReceived
        silent = 0
        if (underWay-- <= 0) checked = null
        return false
      }
      underWay = 0
      if (silent === null || told) return false
      silent += gap
      const patience = fullRate ? FULL_RATE_SILENCE_MS : IDLE_SILENCE_MS
      told = silent >= Math.min(checked ?? patience, patience)
      return told
    },
  }
}
