// Moves a picture that is larger than its window: while the mouse is at an edge behind which there is more, as fast as it is near.
// The wheel and every key are the desktop's, so the edge is all that is left, as on the monitors that the eighties had. Pure but for
// the clock that is given.

/** How near an edge it begins, CSS px. */
const ZONE = 28
/** At the very edge, CSS px a second. */
const FASTEST = 1800

interface Point {
  readonly x: number
  readonly y: number
}
interface Size {
  readonly width: number
  readonly height: number
}

/** The speed at a point of the stage, CSS px a second on each axis; positive shows more of the right and of the bottom. */
export function panSpeed(at: Point, stage: Size): Point {
  const axis = (value: number, length: number): number => {
    const zone = Math.min(ZONE, length / 4)
    const near = value < zone ? -(zone - value) / zone : value > length - zone ? (value - length + zone) / zone : 0
    const bounded = Math.min(1, Math.max(-1, near))
    return FASTEST * bounded * Math.abs(bounded)
  }
  return { x: axis(at.x, stage.width), y: axis(at.y, stage.height) }
}

export interface EdgePanOptions {
  /** How far the picture can be moved, CSS px on each axis; zero where it fits. */
  room(): Point
  stage(): Size
  /** The picture is to be placed anew. */
  onPan(): void
  /** Calls back before the next frame with monotonic ms. */
  nextFrame(act: (now: number) => void): void
}

export interface EdgePan {
  /** How far the picture is moved to the left and up, CSS px, within its room. */
  readonly offset: Point
  /** Where the mouse is on the stage; null: it left, or is the desktop's alone. */
  pointer(at: Point | null): void
}

/** @returns a pan at rest; it takes frames only while it moves something */
export function createEdgePan(options: EdgePanOptions): EdgePan {
  let offset: Point = { x: 0, y: 0 }
  let at: Point | null = null
  let running = false
  let last: number | null = null

  const within = (value: number, room: number): number => Math.min(Math.max(0, room), Math.max(0, value))
  const hasMore = (to: number, now: number, room: number): boolean => (to > 0 && now < room) || (to < 0 && now > 0)
  const speed = (): Point => (at === null ? { x: 0, y: 0 } : panSpeed(at, options.stage()))
  const rest = (): void => {
    running = false
    last = null
  }
  const step = (now: number): void => {
    const seconds = last === null ? 0 : Math.min(0.1, (now - last) / 1000)
    const [to, room] = [speed(), options.room()]
    last = now
    const next = { x: within(offset.x + to.x * seconds, room.x), y: within(offset.y + to.y * seconds, room.y) }
    const moved = next.x !== offset.x || next.y !== offset.y
    offset = next
    if (moved) options.onPan()
    // two frames may have one time: what counts is whether there is more to show that way
    if (!hasMore(to.x, next.x, room.x) && !hasMore(to.y, next.y, room.y)) return rest()
    options.nextFrame(step)
  }
  return {
    get offset() {
      const room = options.room()
      return { x: within(offset.x, room.x), y: within(offset.y, room.y) }
    },
    pointer(next) {
      at = next
      if (running) return
      const [to, room] = [speed(), options.room()]
      if (!hasMore(to.x, offset.x, room.x) && !hasMore(to.y, offset.y, room.y)) return
      running = true
      options.nextFrame(step)
    },
  }
}
