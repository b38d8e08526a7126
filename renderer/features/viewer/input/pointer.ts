// Mouse, pen and touch to Selkies: whole pixels of the stream, levels of buttons, wheel pulses.
// Policy: positions are numbered, so that motion may travel on its own channel; every button change travels in order.
import { MASK } from '../../../../shared/selkies/g2/messages.ts'
import type { InputSink } from './input-sink.ts'
import { createWheel } from './wheel.ts'

/** The desktop's mask for a PointerEvent's `buttons`, with nothing of the wheel. */
export function maskOf(buttons: number): number {
  return (
    ((buttons & 1) !== 0 ? MASK.left : 0) |
    ((buttons & 4) !== 0 ? MASK.middle : 0) |
    ((buttons & 2) !== 0 ? MASK.right : 0) |
    ((buttons & 8) !== 0 ? MASK.back : 0) |
    ((buttons & 16) !== 0 ? MASK.forward : 0) |
    ((buttons & 32) !== 0 ? MASK.eraser : 0)
  )
}

export interface PointerOptions {
  /** The picture's element. */
  readonly target: HTMLElement
  readonly sink: InputSink
  /** The stream's pixel under a client point; null while there is no picture. */
  locate(point: { readonly x: number; readonly y: number }): { readonly x: number; readonly y: number } | null
  /** The person pressed on the desktop: focus, unlock sound. */
  onPress(): void
}

/** Begins to listen. @returns releases all buttons and stops */
export function capturePointer(options: PointerOptions): () => void {
  const { target, sink, locate } = options
  const wheel = createWheel()
  const stop = new AbortController()
  const { signal } = stop
  let mask = 0
  let last: { readonly x: number; readonly y: number } = { x: 0, y: 0 }
  let sequence = 0

  const say = (at: { readonly x: number; readonly y: number }, lane: 'input' | 'pointer') => {
    last = at
    sink({ type: 'pointer', relative: false, ...at, mask, magnitude: 0, sequence: ++sequence }, lane)
  }
  const point = (event: PointerEvent) => {
    const at = locate({ x: event.clientX, y: event.clientY })
    if (at === null) return
    const next = maskOf(event.buttons)
    if (next !== mask) {
      mask = next
      say(at, 'input')
    } else if (at.x !== last.x || at.y !== last.y) say(at, 'pointer')
  }
  const release = () => {
    if (mask === 0) return
    mask = 0
    say(last, 'input')
  }
  target.addEventListener(
    'pointerdown',
    (event) => {
      event.preventDefault()
      options.onPress()
      // drags go on outside of the picture
      if (event.isTrusted) target.setPointerCapture(event.pointerId)
      point(event)
    },
    { signal },
  )
  target.addEventListener('pointermove', point, { signal })
  // before the page's next frame, where the browser offers it: saves up to 16 ms
  target.addEventListener('pointerrawupdate', (event) => point(event as PointerEvent), { signal })
  target.addEventListener('pointerup', point, { signal })
  target.addEventListener('pointercancel', release, { signal })
  target.addEventListener('contextmenu', (event) => event.preventDefault(), { signal })
  // back and forward are the desktop's, not this page's
  target.addEventListener('mousedown', (event) => event.preventDefault(), { signal })
  target.addEventListener('mouseup', (event) => event.button >= 3 && event.preventDefault(), { signal })
  target.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const clicks = wheel.take(event.deltaX, event.deltaY, event.deltaMode)
      pulse(clicks.y > 0 ? MASK.wheelDown : MASK.wheelUp, Math.abs(clicks.y))
      pulse(clicks.x > 0 ? MASK.wheelRight : MASK.wheelLeft, Math.abs(clicks.x))
    },
    { signal, passive: false },
  )
  const pulse = (bit: number, magnitude: number) => {
    if (magnitude === 0) return
    // without moving: a wheel click is a bit that comes and goes
    sink({ type: 'pointer', relative: true, x: 0, y: 0, mask: mask | bit, magnitude }, 'input')
    sink({ type: 'pointer', relative: true, x: 0, y: 0, mask, magnitude: 0 }, 'input')
  }
  window.addEventListener('blur', release, { signal })
  return () => {
    release()
    stop.abort()
  }
}
