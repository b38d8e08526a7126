// What a second's figures say of a connection: bad, good, or neither, and why. Pure. A reason is named only where its own figure shows it.

/** Why a picture is poor. */
export type PoorReason = 'loss' | 'bandwidth' | 'delay' | 'computer' | 'desktop' | 'frames'

/** One second of a connection. */
export interface Signs {
  /** Pictures a second that came out of the decoder. */
  readonly fps: number
  /** Packets, or frames over WebSocket, that were due. */
  readonly packets: number
  /** Share of them that was lost, 0-1. */
  readonly loss: number
  readonly rttMs: number | null
  /** Of one picture, ms. */
  readonly decodeMs: number
  /** Share of the pictures that this computer dropped, 0-1. */
  readonly dropped: number
  /** The desktop's own: ms for one picture, pictures a second. */
  readonly encodeMs: number | null
  readonly encodedFps: number | null
  /** What the desktop's congestion control holds its bitrate at, kbit/s; null: it does not steer. */
  readonly heldKbps: number | null
  /** The desktop says that pictures do not arrive. */
  readonly poor: boolean
}

/** What was asked for: pictures a second and kbit/s at full quality, and pictures a second now and one step up. */
export interface Asked {
  readonly frameRate: number
  readonly bitrateKbps: number
  readonly nowFps: number
  readonly nextFps: number
  /** Why fewer than wished are asked for. */
  readonly because: PoorReason | null
}

export interface Verdict {
  readonly state: 'good' | 'held' | 'bad'
  readonly reason: PoorReason | null
}

/** Share of lost packets. Repair hides less than this; Selkies' own steering reacts at 0.1. */
const LOSS = { bad: 0.03, good: 0.01, packets: 20 } as const
/** Over the path's own round trip, ms. */
const DELAY = { bad: 90, good: 45 } as const
/** Share of a second that decoding or encoding takes. */
const BUSY = { bad: 0.92, good: 0.75 } as const
/** Share of the pictures that come, under which some are missing: of the encoder, of the decoder beside its full time. */
const [BEHIND, SHORT] = [0.85, 0.92]
const DROPPED = { bad: 0.1, good: 0.02, fps: 5 } as const
/** Bits of a picture, as a share of those that were asked for. */
const BITS = { bad: 0.5, good: 0.6 } as const

/**
 * Judges a second.
 * @param floorMs the least round trip of the last minutes, the path's own
 */
export function judge(signs: Signs, asked: Asked, floorMs: number | null): Verdict {
  const verdicts = [
    computer(signs, asked),
    loss(signs),
    bandwidth(signs, asked),
    delay(signs, floorMs),
    desktop(signs, asked),
    signs.poor ? bad('frames') : GOOD,
  ]
  return verdicts.find(({ state }) => state === 'bad') ?? verdicts.find(({ state }) => state === 'held') ?? GOOD
}

const GOOD: Verdict = { state: 'good', reason: null }
const bad = (reason: PoorReason): Verdict => ({ state: 'bad', reason })
/** Between two bounds a reason neither begins nor ends. */
const between = (reason: PoorReason, isBad: boolean, isGood: boolean): Verdict =>
  isBad ? bad(reason) : isGood ? GOOD : { state: 'held', reason }

function loss({ loss: share, packets }: Signs): Verdict {
  return between('loss', packets >= LOSS.packets && share >= LOSS.bad, share <= LOSS.good)
}

function delay({ rttMs }: Signs, floorMs: number | null): Verdict {
  if (rttMs === null || floorMs === null) return GOOD
  return between('delay', rttMs >= floorMs + DELAY.bad && rttMs >= 2 * floorMs, rttMs <= floorMs + DELAY.good)
}

/** A steered bitrate is no fault while each picture has its bits: fewer pictures are the cure. */
function bandwidth({ heldKbps }: Signs, asked: Asked): Verdict {
  if (heldKbps === null || asked.bitrateKbps <= 0) return GOOD
  const share = (fps: number): number => heldKbps / fps / (asked.bitrateKbps / asked.frameRate)
  return between('bandwidth', share(asked.nowFps) < BITS.bad, share(asked.nextFps) >= BITS.good)
}

/** Hardware works at several pictures at once: long times are a fault only where pictures are missing. */
function computer(signs: Signs, { nowFps, nextFps, because }: Asked): Verdict {
  const { fps, decodeMs, dropped, encodedFps } = signs
  const behind = fps < SHORT * Math.min(nowFps, encodedFps ?? nowFps)
  const isBad = fps >= DROPPED.fps && (decodeMs * fps) / 1000 >= BUSY.bad && behind
  const drops = fps >= DROPPED.fps && dropped >= DROPPED.bad
  const isGood = dropped <= DROPPED.good && (because !== 'computer' || (decodeMs * nextFps) / 1000 <= BUSY.good)
  return between('computer', isBad || drops, isGood)
}

function desktop({ encodeMs, encodedFps }: Signs, { nowFps, nextFps, because }: Asked): Verdict {
  if (encodeMs === null || encodedFps === null) return GOOD
  // by the pictures that it makes, not by those that it might: one whose screen changes seldom has little to do
  const isBad = (encodeMs * encodedFps) / 1000 >= BUSY.bad && encodedFps < BEHIND * nowFps
  return between('desktop', isBad, because !== 'desktop' || (encodeMs * nextFps) / 1000 <= BUSY.good)
}
