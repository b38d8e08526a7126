// Relative motion: page movement to whole pixels of the desktop, with the remainder carried, so that slow motion is not lost. Pure.
// Policy: what the browser says early (pointerrawupdate) goes at once but no more often than the desktop's queue likes; the move of
// the page's next frame brings the rest, and corrects browsers whose early events say no movement.

/** Least time between two early messages, ms: a mouse of 8 kHz would fill the server's queue of 512. */
export const EARLY_EVERY_MS = 2
/** The server takes no larger change. */
const FARTHEST = 32_767

export interface Moved {
  readonly x: number
  readonly y: number
}

export interface Motion {
  /**
   * @param moved `movementX`, `movementY` @param gain px of the desktop for each
   * @param at the event's time, ms @param early whether a frame's move repeats it
   * @returns whole px; null when there is nothing to say yet
   */
  take(moved: Moved, gain: number, at: number, early: boolean): Moved | null
  reset(): void
}

export function createMotion(): Motion {
  const none: Moved = { x: 0, y: 0 }
  let rest = none
  /** What early events of this frame have brought. */
  let early = none
  let saidAt = -Infinity
  const whole = (value: number) => {
    const cut = Math.trunc(value + Math.sign(value) * 1e-9)
    // no minus zero
    return Math.max(-FARTHEST, Math.min(FARTHEST, cut)) + 0
  }
  return {
    take(moved, gain, at, isEarly) {
      const fresh = isEarly ? moved : { x: moved.x - early.x, y: moved.y - early.y }
      early = isEarly ? { x: early.x + moved.x, y: early.y + moved.y } : none
      rest = { x: rest.x + fresh.x * gain, y: rest.y + fresh.y * gain }
      if (isEarly && at - saidAt < EARLY_EVERY_MS) return null
      const said = { x: whole(rest.x), y: whole(rest.y) }
      if (said.x === 0 && said.y === 0) return null
      rest = { x: rest.x - said.x, y: rest.y - said.y }
      saidAt = at
      return said
    },
    reset() {
      rest = none
      early = none
    },
  }
}
