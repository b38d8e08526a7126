// Which video frames of WebSocket mode may be decoded: the loss rules, pure. One gate a page; stripes have a row each.
// Policy: nothing before a key frame, nothing that leans on a dropped frame; the encoder is told, at a bounded rate.
import type { VideoFrame } from '../../../../shared/selkies/g2/frames.ts'

export type GateVerdict =
  | { readonly do: 'decode'; readonly reset: boolean }
  /** `tell`: what to say to the desktop, if anything. */
  | { readonly do: 'drop'; readonly tell: 'lost' | 'key-frame' | null }

export interface FrameGate {
  /**
   * @param backlog frames that wait in the decoder of this row
   * @param now monotonic ms
   */
  take(frame: VideoFrame, backlog: number, now: number): GateVerdict
  /** The stream starts anew (`PIPELINE_RESETTING`, a decoder fault): wait for key frames. */
  reset(): void
}

/** A key frame is asked for at most this often, ms. Source: Selkies 2.1. */
const KEY_EVERY_MS = 500
/** Losses for longer than this end in a key frame, ms. */
const LOST_FOR_MS = 1000
/** A backlog for longer than this drops frames, ms. */
const BACKLOG_FOR_MS = 250
const BACKLOG_FRAMES = 3
/** The desktop hears of a loss at most this often, ms. Source: Selkies 2.1, which swallows what comes faster. */
const LOST_EVERY_MS = 5
const REMEMBERED = 64

/** Makes the gate. Source of the rules: Selkies 2.1, loss handling of its own client. */
export function createFrameGate(): FrameGate {
  const started = new Set<number>()
  let lost: number[] = []
  let keyAskedAt = Number.NEGATIVE_INFINITY
  let lostToldAt = Number.NEGATIVE_INFINITY
  let losingSince: number | null = null
  let backlogSince: number | null = null

  const askKey = (now: number): GateVerdict => {
    if (now - keyAskedAt < KEY_EVERY_MS) return { do: 'drop', tell: null }
    keyAskedAt = now
    return { do: 'drop', tell: 'key-frame' }
  }
  const drop = (frame: VideoFrame, now: number): GateVerdict => {
    lost = [...lost.filter((id) => ((frame.id - id) & 0xffff) < 0x8000), frame.id].slice(-REMEMBERED)
    losingSince ??= now
    // stripes and encoders that name no reference can only begin anew
    const repairable = frame.y === 0 && frame.reference !== frame.id
    if (!repairable || now - losingSince > LOST_FOR_MS) return askKey(now)
    if (now - lostToldAt < LOST_EVERY_MS) return { do: 'drop', tell: null }
    lostToldAt = now
    return { do: 'drop', tell: 'lost' }
  }
  return {
    take(frame, backlog, now) {
      if (backlog < BACKLOG_FRAMES) backlogSince = null
      else backlogSince ??= now
      if (frame.key) {
        const reset = backlogSince !== null && now - backlogSince > BACKLOG_FOR_MS
        started.add(frame.y)
        lost = []
        losingSince = null
        // a new decoder has nothing that waits; the old one has all of it, also where every frame is a key frame
        if (reset) backlogSince = null
        return { do: 'decode', reset }
      }
      if (!started.has(frame.y)) return askKey(now)
      if (frame.reference !== frame.id && lost.includes(frame.reference)) return drop(frame, now)
      if (backlogSince !== null && now - backlogSince > BACKLOG_FOR_MS) return drop(frame, now)
      losingSince = null
      return { do: 'decode', reset: false }
    },
    reset() {
      started.clear()
      lost = []
      losingSince = null
      backlogSince = null
    },
  }
}
