// What rate files get, so that the picture does not suffer: more while the connection is well, half when it is not.
// Pure. Policy: the picture goes first; one bad second is chance, two are a sign. A person's own limit holds always; without one the rate is found, as TCP finds it.

/** What is known of the connection in the last second. */
export interface LinkHealth {
  /** null: not known (WebSocket mode). */
  readonly rttMs: number | null
  /** Share of lost packets, 0-1. */
  readonly loss: number
}

export interface Pace {
  readonly bytesPerSecond: number
  /** The shortest round trip that was seen lately, ms. */
  readonly baseRttMs: number | null
  /** The last second was a bad one. */
  readonly wasBad: boolean
}

const MBIT = 125_000
/** Bounds of the rate that is found, bytes per second. */
export const LEAST = 2 * MBIT
export const MOST = 800 * MBIT
export const FIRST_PACE: Pace = { bytesPerSecond: 40 * MBIT, baseRttMs: null, wasBad: false }
/** Without a round trip nothing tells that the picture waits: no more than this is tried. */
const MOST_BLIND = 80 * MBIT
/** Loss and delay that are a sign, and how the rate answers. */
const LOSS = 0.02
const SLOWER = 0.5
const FASTER = 1.2

/** The pace for the next second. */
export function nextPace(pace: Pace, { rttMs, loss }: LinkHealth): Pace {
  const { baseRttMs: base } = pace
  // the shortest one is forgotten slowly: paths change
  const baseRttMs = rttMs === null ? base : base === null ? rttMs : Math.min(rttMs, base * 1.02 + 0.1)
  const isSlow = rttMs !== null && base !== null && rttMs > base * 1.5 + 40
  const isBad = loss > LOSS || isSlow
  const wanted = pace.bytesPerSecond * (isBad ? (pace.wasBad ? SLOWER : 1) : FASTER)
  const most = rttMs === null ? MOST_BLIND : MOST
  return { bytesPerSecond: Math.min(most, Math.max(LEAST, wanted)), baseRttMs, wasBad: isBad }
}

/** @param limitMbps the person's own limit; 0: none. @returns bytes per second */
export function rateOf(pace: Pace, limitMbps: number): number {
  return limitMbps > 0 ? Math.min(limitMbps * MBIT, pace.bytesPerSecond) : pace.bytesPerSecond
}

/** Bytes of one piece of an upload: half a second of it, in the server's own bounds of sense. */
export function sliceBytes(bytesPerSecond: number): number {
  const wanted = Number.isFinite(bytesPerSecond) ? bytesPerSecond / 2 : Infinity
  return Math.round(Math.min(4 * 1024 * 1024, Math.max(128 * 1024, wanted)))
}
