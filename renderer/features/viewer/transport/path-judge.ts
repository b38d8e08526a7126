// When to leave a way for media that works: for a better one, or because it has become poor. Pure: figures go in, a wish comes out.
// Policy: slow to move, for a move costs the desktop a second connection: poor must last, what failed is tried again ever more
// rarely, and after each move nothing is done for a while. What was left because it was poor is not gone back to for some minutes.
import { ICE_PATHS, type IcePath } from './paths.ts'

/** Figures of one second. */
export interface WaySample {
  /** Monotonic ms. */
  readonly now: number
  readonly way: IcePath
  readonly rttMs: number | null
  /** Share of packets lost in this second, 0-1. */
  readonly loss: number
}

export interface JudgeState {
  readonly way: IcePath | null
  /** Monotonic ms since when it is this way. */
  readonly since: number
  /** Least round trip seen on it, ms. */
  readonly bestRttMs: number | null
  /** Monotonic ms since when it is poor. */
  readonly poorSince: number | null
  /** No trial before, monotonic ms. */
  readonly nextTrial: number
  /** Trials in a row that led nowhere. */
  readonly failures: number
  /** Ways that were left because they were poor, with the time (monotonic ms) until which they are not gone back to. */
  readonly leftUntil: ReadonlyMap<IcePath, number>
}

export interface Wish {
  readonly ways: ReadonlySet<IcePath>
  readonly why: 'better' | 'poor'
}

export const UNJUDGED: JudgeState = {
  way: null,
  since: 0,
  bestRttMs: null,
  poorSince: null,
  nextTrial: 0,
  failures: 0,
  leftUntil: new Map(),
}

/** After the first picture and after each move nothing is tried for this long, ms. */
export const SETTLE_MS = 15_000
/** Poor for this long is worth a move, ms. */
export const POOR_FOR_MS = 6000
/** Share of lost packets that is poor. */
const POOR_LOSS = 0.05
/** A round trip is poor when it is this many times the least one seen on this way, and this much above it, ms. */
const POOR_RTT_TIMES = 3
const POOR_RTT_ABOVE_MS = 100
/** A poor way that was left may have become good again after this long, ms. */
export const LEFT_FOR_MS = 300_000
const TRIAL_EVERY_MS = 30_000
const TRIAL_AT_MOST_MS = 600_000

/** How good a way is; equal ones are not worth a move. */
function rank(way: IcePath): number {
  return way === 'direct' ? ICE_PATHS.indexOf('node') : ICE_PATHS.indexOf(way)
}

/** The ways that share this one's packets' road: what it loses, they lose. */
function road(way: IcePath): readonly IcePath[] {
  return way === 'direct' || way === 'node' ? ['direct', 'node'] : [way]
}

/** Whether the figures of this second are poor. */
export function isPoor(sample: WaySample, bestRttMs: number | null): boolean {
  if (sample.loss >= POOR_LOSS) return true
  if (sample.rttMs === null || bestRttMs === null) return false
  return sample.rttMs > bestRttMs * POOR_RTT_TIMES && sample.rttMs > bestRttMs + POOR_RTT_ABOVE_MS
}

/**
 * Takes one second's figures.
 * @param usable the ways that exist and may be used, without those that fell silent
 * @returns the new state, and the ways to try now or null
 */
export function judge(
  state: JudgeState,
  sample: WaySample,
  usable: ReadonlySet<IcePath>,
): readonly [JudgeState, Wish | null] {
  const { now, way, rttMs } = sample
  if (state.way !== way) {
    const fresh = {
      ...UNJUDGED,
      way,
      since: now,
      bestRttMs: rttMs,
      nextTrial: Math.max(state.nextTrial, now + SETTLE_MS),
    }
    const leftUntil = new Map([...state.leftUntil].filter(([, until]) => until > now))
    if (state.way !== null && wasPoor(state, now))
      for (const poor of road(state.way)) leftUntil.set(poor, now + LEFT_FOR_MS)
    // what led nowhere from here will not from there either, until the network is another
    return [{ ...fresh, failures: state.failures, leftUntil }, null]
  }
  const poor = isPoor(sample, state.bestRttMs)
  const next: JudgeState = {
    ...state,
    bestRttMs: rttMs === null ? state.bestRttMs : Math.min(rttMs, state.bestRttMs ?? rttMs),
    poorSince: poor ? (state.poorSince ?? now) : null,
  }
  if (now < next.nextTrial) return [next, null]
  const others = [...usable].filter((other) => other !== way && (next.leftUntil.get(other) ?? 0) <= now)
  if (wasPoor(next, now)) {
    const elsewhere = others.filter((other) => !road(way).includes(other))
    const ways = new Set(elsewhere.length > 0 ? elsewhere : others)
    if (ways.size > 0) return [next, { ways, why: 'poor' }]
  }
  const ways = new Set(others.filter((other) => rank(other) < rank(way)))
  return [next, ways.size > 0 ? { ways, why: 'better' } : null]
}

/** Poor for long enough to be left. */
function wasPoor({ poorSince }: JudgeState, now: number): boolean {
  return poorSince !== null && now - poorSince >= POOR_FOR_MS
}

/** A trial led nowhere: the next one waits longer. */
export function tried(state: JudgeState, now: number): JudgeState {
  const failures = state.failures + 1
  return { ...state, failures, nextTrial: now + Math.min(TRIAL_AT_MOST_MS, TRIAL_EVERY_MS * 2 ** (failures - 1)) }
}

/** Another network: what failed may work now. */
export function networkChanged(state: JudgeState, now: number): JudgeState {
  return { ...state, failures: 0, bestRttMs: null, poorSince: null, nextTrial: now + 3000, leftUntil: new Map() }
}

/** Whether what was measured on another way is worth the move. @param present the last second on this one */
export function isWorthIt(wish: Wish, present: WaySample, rttMs: number | null): boolean {
  if (wish.why === 'poor')
    return present.loss >= POOR_LOSS || rttMs === null || present.rttMs === null || rttMs < present.rttMs * 0.7
  return rttMs === null || present.rttMs === null || rttMs <= present.rttMs * 1.25 + 15
}
