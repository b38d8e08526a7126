// Turns wheel deltas into clicks, with the remainder carried: X11 knows whole clicks alone. Pure.

/** CSS px of one click; mice of every system report 100 to 120. */
const PX_A_CLICK = 100
const LINES_A_CLICK = 3

export interface Wheel {
  /**
   * @param mode 0 px, 1 lines, 2 pages (WheelEvent.deltaMode)
   * @returns whole clicks, positive to the right and down
   */
  take(deltaX: number, deltaY: number, mode: number): { readonly x: number; readonly y: number }
}

export function createWheel(): Wheel {
  const rest = { x: 0, y: 0 }
  const axis = (name: 'x' | 'y', delta: number, mode: number) => {
    if (delta === 0) return 0
    const clicks = mode === 0 ? delta / PX_A_CLICK : mode === 1 ? delta / LINES_A_CLICK : delta
    // a turn back begins anew, or the first click back would be lost
    if (Math.sign(rest[name]) !== Math.sign(clicks)) rest[name] = 0
    rest[name] += clicks
    // one notch of a mouse is a click, even where the system calls it less than 100 px
    const whole =
      Math.abs(clicks) >= 0.5 && Math.abs(rest[name]) < 1
        ? Math.sign(clicks)
        : Math.trunc(rest[name] + Math.sign(clicks) * 1e-6)
    rest[name] = Math.abs(whole) >= 1 ? (Math.abs(clicks) >= 0.5 ? 0 : rest[name] - whole) : rest[name]
    return Math.max(-64, Math.min(64, whole))
  }
  return { take: (deltaX, deltaY, mode) => ({ x: axis('x', deltaX, mode), y: axis('y', deltaY, mode) }) }
}
