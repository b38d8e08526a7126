// Turns wheel deltas into clicks, with the remainder carried: X11 knows whole clicks alone. Pure.
// Policy: the direction is the system's; a mouse's notch is one click, whatever it is called in px; a flick or a free wheel gives no
// more clicks than a desktop can take, and what is beyond is dropped, since a page that scrolls on after the hand stopped is worse.

/** CSS px of one click, where fingers or a smooth wheel give them. */
const PX_A_CLICK = 100
const LINES_A_CLICK = 3
/** `wheelDelta` of one notch, on every system. */
const NOTCH = 120
/** At once, and for each second. The server takes 64 in one message. */
const CLICKS = { atOnce: 64, aSecond: 240 } as const

/** What a WheelEvent says. */
export interface WheelTurn {
  readonly deltaX: number
  readonly deltaY: number
  /** 0 px, 1 lines, 2 pages. */
  readonly deltaMode: number
  /** Not of every browser; opposite in sign. */
  readonly wheelDeltaX?: number
  readonly wheelDeltaY?: number
  readonly shiftKey: boolean
  readonly timeStamp: number
}

export interface Wheel {
  /** @returns whole clicks, positive to the right and down */
  take(turn: WheelTurn): { readonly x: number; readonly y: number }
}

export function createWheel(): Wheel {
  const rest = { x: 0, y: 0 }
  let allowance: number = CLICKS.atOnce
  let filledAt: number | null = null

  const allowed = (clicks: number) => {
    const count = Math.min(Math.abs(clicks), Math.floor(allowance))
    allowance -= count
    return Math.sign(clicks) * count + 0
  }
  const axis = (name: 'x' | 'y', clicks: number) => {
    if (clicks === 0) return 0
    // a turn back begins anew, or the first click back would be lost
    if (Math.sign(rest[name]) !== Math.sign(clicks)) rest[name] = 0
    rest[name] += clicks
    const whole = Math.trunc(rest[name] + Math.sign(clicks) * 1e-6)
    rest[name] -= whole
    return allowed(whole)
  }
  return {
    take(turn) {
      const passed = filledAt === null ? 0 : Math.max(0, turn.timeStamp - filledAt)
      filledAt = turn.timeStamp
      allowance = Math.min(CLICKS.atOnce, allowance + (passed * CLICKS.aSecond) / 1000)
      const x = clicksOf(turn.deltaX, turn.wheelDeltaX, turn.deltaMode)
      const y = clicksOf(turn.deltaY, turn.wheelDeltaY, turn.deltaMode)
      // with Shift browsers turn a wheel sideways; the desktop has Shift too and would turn it again
      return turn.shiftKey && y === 0 ? { x: 0, y: axis('y', x) } : { x: axis('x', x), y: axis('y', y) }
    },
  }
}

/** Clicks and parts of them. */
function clicksOf(delta: number, wheelDelta: number | undefined, mode: number): number {
  if (!Number.isFinite(delta)) return 0
  if (mode === 1) return delta / LINES_A_CLICK
  if (mode === 2) return delta
  const isNotched = wheelDelta !== undefined && wheelDelta !== 0 && wheelDelta % NOTCH === 0
  return isNotched ? (Math.sign(delta) * Math.abs(wheelDelta)) / NOTCH : delta / PX_A_CLICK
}
