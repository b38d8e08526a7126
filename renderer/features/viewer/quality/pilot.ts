// Steps the picture down while a connection is poor and up again when it is clean. Pure; one sample a second.
// Policy: where the desktop steers its own bitrate (Selkies 2.1 with a steady rate: transport-wide feedback over WebRTC, acknowledged frames
// over WebSocket, both from our reports), that is left to it, and only the number of pictures is ours: two controllers of one figure would
// chase each other. Down after three bad seconds, up after ten clean ones, later each time that an up proves wrong.
import { judge, type Asked, type PoorReason, type Signs } from './signs.ts'

export interface Wish {
  /** Pictures a second and kbit/s at full quality. */
  readonly frameRate: number
  readonly bitrateKbps: number
  /** The least that the desktop takes of both. */
  readonly least: { readonly frameRate: number; readonly bitrateKbps: number }
  /** The bitrate is the desktop's own to steer, or there is none. */
  readonly steered: boolean
  /** Steps are allowed. */
  readonly automatic: boolean
}

export interface Course {
  /** What to ask the desktop for now. */
  readonly frameRate: number
  readonly bitrateKbps: number
  /** 0: as wished. */
  readonly step: number
  /** Why the connection is poor, while it is. */
  readonly poor: PoorReason | null
  /** Why fewer than wished are asked for. */
  readonly because: PoorReason | null
}

export interface Pilot {
  /** @param now monotonic ms */
  take(signs: Signs, wish: Wish, now: number): Course
  /** The present course under another wish. */
  course(wish: Wish): Course
  /** Another connection: its path is another one, its quality is as wished again. */
  reset(): void
}

const FRAMES = [1, 0.75, 0.5, 0.375, 0.25] as const
const BITS = [1, 0.7, 0.5, 0.35, 0.25] as const
const LAST = FRAMES.length - 1
/** Fewer are no picture that moves, 1/s. */
const LEAST_FPS = 10
const LEAST_KBPS = 500
/** Bad seconds for a step down, or for the word that it is poor. */
const BAD_S = 3
/** Seconds without a bad one that end the word. */
const OVER_S = 5
/** A step needs this long to show its effect, ms. */
const SETTLE_MS = 4000
/** Clean seconds for a step up: at first, and at most after steps that proved wrong. */
const CLEAN_S = 10
const CLEAN_MOST_S = 120
/** A step up that is followed by a step down within this time was wrong, ms. */
const WRONG_MS = 20_000
/** Round trips that the path's own is taken from. */
const FLOOR_SAMPLES = 120

/** Makes one for a window. */
export function createPilot(): Pilot {
  let step = 0
  let bits = 0
  let bad = 0
  let clean = 0
  let quiet = 0
  let needed = CLEAN_S
  let poor: PoorReason | null = null
  let because: PoorReason | null = null
  let changedAt = Number.NEGATIVE_INFINITY
  let raisedAt = Number.NEGATIVE_INFINITY
  let trips: number[] = []

  const fpsAt = (wish: Wish, level: number): number =>
    level === 0
      ? wish.frameRate
      : Math.min(
          wish.frameRate,
          Math.max(LEAST_FPS, wish.least.frameRate, Math.round(wish.frameRate * (FRAMES[level] ?? 1))),
        )
  const kbpsAt = (wish: Wish, level: number): number =>
    level === 0 || wish.steered
      ? wish.bitrateKbps
      : Math.min(
          wish.bitrateKbps,
          Math.max(LEAST_KBPS, wish.least.bitrateKbps, Math.round(wish.bitrateKbps * (BITS[level] ?? 1))),
        )
  const course = (wish: Wish): Course => {
    if (!wish.automatic)
      return { frameRate: wish.frameRate, bitrateKbps: wish.bitrateKbps, step: 0, poor, because: null }
    return { frameRate: fpsAt(wish, step), bitrateKbps: kbpsAt(wish, bits), step, poor, because }
  }
  const down = (reason: PoorReason, now: number): void => {
    if (now - raisedAt < WRONG_MS) needed = Math.min(CLEAN_MOST_S, needed * 2)
    step++
    // a computer or a desktop that is too slow is not helped by coarser pictures
    if (reason !== 'computer' && reason !== 'desktop') bits = Math.min(LAST, bits + 1)
    because = reason
    changedAt = now
    bad = 0
  }
  const up = (now: number): void => {
    step--
    bits = Math.min(Math.max(0, bits - 1), step)
    if (step === 0) because = null
    changedAt = now
    raisedAt = now
    clean = 0
  }
  return {
    take(signs, wish, now) {
      if (signs.rttMs !== null) trips = [...trips, signs.rttMs].slice(-FLOOR_SAMPLES)
      const floor = trips.length === 0 ? null : Math.min(...trips)
      const asked: Asked = {
        frameRate: wish.frameRate,
        bitrateKbps: wish.bitrateKbps,
        nowFps: course(wish).frameRate,
        nextFps: fpsAt(wish, Math.max(0, step - 1)),
        because,
      }
      const verdict = judge(signs, asked, floor)
      if (verdict.state === 'bad') {
        bad++
        clean = 0
        quiet = 0
        if (bad >= BAD_S || poor !== null) poor = verdict.reason
      } else {
        bad = Math.max(0, bad - 1)
        quiet++
        clean = verdict.state === 'good' ? clean + 1 : 0
        if (quiet >= OVER_S) poor = null
      }
      if (!wish.automatic) {
        step = bits = 0
        because = null
        return course(wish)
      }
      if (now - changedAt < SETTLE_MS) return course(wish)
      if (verdict.state === 'bad' && verdict.reason !== null && bad >= BAD_S && step < LAST) down(verdict.reason, now)
      else if (step > 0 && clean >= needed) up(now)
      else if (step === 0 && clean >= CLEAN_MOST_S / 2) needed = CLEAN_S
      return course(wish)
    },
    course,
    reset() {
      step = bits = bad = clean = quiet = 0
      needed = CLEAN_S
      poor = null
      because = null
      trips = []
      changedAt = raisedAt = Number.NEGATIVE_INFINITY
    },
  }
}
