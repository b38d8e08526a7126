// Fingers to a mouse: X11 desktops take a pointer, and Selkies has no verb for touch. Pure, with its timer given.
// Policy: nothing is pressed before it is known what the hand does. A tap is a click, where the tap before it was if that was just
// now; a finger that moves drags with the left button; one that rests presses the right one; two scroll; pinching does nothing.
import { MASK } from '../../../../shared/selkies/g2/messages.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** What the fingers' mouse does. Points in CSS px of the page. */
export interface TouchHands {
  /** The pointer is here, with these buttons. */
  point(at: Point, mask: number): void
  /** CSS px, positive to the right and down, as a wheel's. */
  scroll(deltaX: number, deltaY: number): void
  /** @returns takes it back */
  after(ms: number, act: () => void): () => void
}

export interface Touch {
  down(finger: number, at: Point, time: number): void
  move(finger: number, at: Point): void
  up(finger: number, time: number): void
  /** The browser took this finger for itself. */
  cancel(finger: number): void
  /** Lets go of what is pressed; fingers that stay do nothing more. */
  release(): void
}

/** A finger that rests this long means the right button. */
const LONG_MS = 500
/** A finger moves less than this while it taps. */
const SLOP_PX = 8
/** The second tap of two: where the first was, since no hand meets it. */
const AGAIN = { withinMs: 400, withinPx: 24 } as const
/** Fingers move the content, which a click moves by half of a wheel's px. */
const SCROLL = 2

/** `over`: it does nothing more until all fingers are up. */
type Phase = 'idle' | 'resting' | 'dragging' | 'pointing' | 'scrolling' | 'over'

export function createTouch(hands: TouchHands): Touch {
  const fingers = new Map<number, Point>()
  let phase: Phase = 'idle'
  let lead = { finger: 0, from: { x: 0, y: 0 } }
  let lastTap: { readonly at: Point; readonly time: number } | null = null
  let stopTimer: () => void = () => undefined

  const rested = () => {
    phase = 'pointing'
    hands.point(lead.from, MASK.right)
    hands.point(lead.from, 0)
  }
  const endDrag = (at: Point) => {
    if (phase === 'dragging') hands.point(at, 0)
  }
  const lift = (finger: number, time: number | null) => {
    const at = fingers.get(finger)
    if (at === undefined) return
    fingers.delete(finger)
    if (finger === lead.finger || phase === 'scrolling') {
      stopTimer()
      endDrag(at)
      if (phase === 'resting' && time !== null) {
        hands.point(lead.from, MASK.left)
        hands.point(lead.from, 0)
        lastTap = { at: lead.from, time }
      }
      phase = 'over'
    }
    if (fingers.size === 0) phase = 'idle'
  }

  return {
    down(finger, at, time) {
      fingers.set(finger, at)
      if (phase === 'idle') {
        const again = lastTap !== null && time - lastTap.time < AGAIN.withinMs && apart(lastTap.at, at) < AGAIN.withinPx
        lead = { finger, from: again && lastTap !== null ? lastTap.at : at }
        phase = 'resting'
        hands.point(lead.from, 0)
        stopTimer = hands.after(LONG_MS, rested)
      } else if (phase === 'resting') {
        stopTimer()
        phase = 'scrolling'
      }
    },
    move(finger, at) {
      const before = fingers.get(finger)
      if (before === undefined) return
      fingers.set(finger, at)
      if (phase === 'scrolling') {
        const share = SCROLL / fingers.size
        hands.scroll((before.x - at.x) * share, (before.y - at.y) * share)
      }
      if (finger !== lead.finger) return
      if (phase === 'resting' && apart(lead.from, at) > SLOP_PX + (lead.from === lastTap?.at ? AGAIN.withinPx : 0)) {
        stopTimer()
        phase = 'dragging'
        hands.point(lead.from, MASK.left)
      }
      if (phase === 'dragging') hands.point(at, MASK.left)
      if (phase === 'pointing') hands.point(at, 0)
    },
    up: lift,
    cancel: (finger) => lift(finger, null),
    release() {
      stopTimer()
      endDrag(fingers.get(lead.finger) ?? lead.from)
      phase = fingers.size === 0 ? 'idle' : 'over'
    },
  }
}

function apart(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
