// Mouse, pen and touch to Selkies at the browser: whole pixels of the stream, levels of buttons, wheel pulses.
// Policy: positions are numbered, so that motion may travel on its own channel; every button change travels in order. Nothing stays
// held when the window loses the focus, the browser takes a pointer or a lock away, or the connection is another.
import { MASK } from '../../../../shared/selkies/g2/messages.ts'
import { createButtons } from './buttons.ts'
import type { InputSink } from './input-sink.ts'
import { createMotion, EARLY_EVERY_MS, type Moved } from './motion.ts'
import { createTouch, type Point } from './touch.ts'
import { createWheel, type WheelTurn } from './wheel.ts'

export interface PointerOptions {
  /** The picture's element. */
  readonly target: HTMLElement
  readonly sink: InputSink
  /** The stream's pixel under a client point; null while there is no picture. */
  locate(point: Point): Point | null
  /** Px of the stream for one of relative motion; null while the mouse is this machine's. */
  gain(): number | null
  /** The person pressed on the desktop: focus, unlock sound. */
  onPress(): void
}

export interface Pointer {
  /** The picture lies elsewhere: under a mouse that rests it is another pixel. */
  again(): void
  /** Lets go of all buttons, on this side and on the desktop's. */
  releaseAll(): void
  dispose(): void
}

/** Begins to listen. */
export function capturePointer(options: PointerOptions): Pointer {
  const { target, sink, locate } = options
  const wheel = createWheel()
  const motion = createMotion()
  const buttons = createButtons()
  const stop = new AbortController()
  const { signal } = stop
  let touched = 0
  /** Where the desktop has its pointer by our word; null when it may be elsewhere. */
  let last: Point | null = null
  /** Where the mouse is on the page; null while it is elsewhere, or a touch or the lock has the pointer. */
  let client: Point | null = null
  let sequence = 0
  let saidAt = -Infinity
  /** Control is really held: browsers say so too of a pad that is pinched. */
  let control = false

  const mask = () => buttons.mask | touched
  const sayAt = (at: Point, lane: 'input' | 'pointer') => {
    last = at
    sink({ type: 'pointer', relative: false, ...at, mask: mask(), magnitude: 0, sequence: ++sequence }, lane)
  }
  const sayMoved = (moved: Moved, lane: 'input' | 'pointer') => {
    last = null
    sink({ type: 'pointer', relative: true, ...moved, mask: mask(), magnitude: 0, sequence: ++sequence }, lane)
  }
  const releaseAll = () => {
    touch.release()
    touched = 0
    buttons.release()
    motion.reset()
    // wherever it is
    sayMoved({ x: 0, y: 0 }, 'input')
  }
  const releaseHeld = () => {
    if (mask() !== 0) releaseAll()
  }
  const point = (event: PointerEvent) => {
    control = event.ctrlKey
    const early = event.type === 'pointerrawupdate'
    client = options.gain() === null ? clientOf(event) : null
    const at = locate({ x: event.clientX, y: event.clientY })
    if (at === null) return
    const change = buttons.take(event.pointerId, event.buttons)
    if (change === 'other') return
    const gain = event.pointerType === 'mouse' ? options.gain() : null
    if (gain !== null) {
      const moved = motion.take({ x: event.movementX, y: event.movementY }, gain, event.timeStamp, early)
      if (change === 'changed') sayMoved(moved ?? { x: 0, y: 0 }, 'input')
      else if (moved !== null) sayMoved(moved, 'pointer')
      return
    }
    motion.reset()
    if (change === 'changed') return sayAt(at, 'input')
    if (at.x === last?.x && at.y === last.y) return
    // the move of the page's next frame says it again
    if (early && event.timeStamp - saidAt < EARLY_EVERY_MS) return
    saidAt = event.timeStamp
    sayAt(at, 'pointer')
  }
  const pulse = (bit: number, magnitude: number) => {
    if (magnitude === 0) return
    // without moving: a wheel click is a bit that comes and goes
    sink({ type: 'pointer', relative: true, x: 0, y: 0, mask: mask() | bit, magnitude }, 'input')
    sink({ type: 'pointer', relative: true, x: 0, y: 0, mask: mask(), magnitude: 0 }, 'input')
  }
  const turn = (how: WheelTurn) => {
    const clicks = wheel.take(how)
    pulse(clicks.y > 0 ? MASK.wheelDown : MASK.wheelUp, Math.abs(clicks.y))
    pulse(clicks.x > 0 ? MASK.wheelRight : MASK.wheelLeft, Math.abs(clicks.x))
  }
  const touch = createTouch({
    point(client, next) {
      const at = locate(client)
      if (at === null) return
      const change = next !== touched
      touched = next
      if (change || at.x !== last?.x || at.y !== last.y) sayAt(at, change ? 'input' : 'pointer')
    },
    scroll: (deltaX, deltaY) => turn({ deltaX, deltaY, deltaMode: 0, shiftKey: false, timeStamp: performance.now() }),
    after(ms, act) {
      const timer = setTimeout(act, ms)
      return () => clearTimeout(timer)
    },
  })

  const on = (type: string, hear: (event: PointerEvent) => void) =>
    target.addEventListener(type, (event) => hear(event as PointerEvent), { signal })
  on('pointerdown', (event) => {
    event.preventDefault()
    options.onPress()
    // drags go on outside of the picture
    if (event.isTrusted && options.gain() === null) target.setPointerCapture(event.pointerId)
    // a palm beside the pen
    if (isTouch(event) && buttons.mask !== 0) return
    if (isTouch(event)) touch.down(event.pointerId, clientOf(event), event.timeStamp)
    else point(event)
  })
  on('pointermove', (event) => (isTouch(event) ? touch.move(event.pointerId, clientOf(event)) : point(event)))
  // before the page's next frame, where the browser offers it: saves up to 16 ms
  on('pointerrawupdate', (event) => !isTouch(event) && point(event))
  on('pointerup', (event) => (isTouch(event) ? touch.up(event.pointerId, event.timeStamp) : point(event)))
  on('pointercancel', (event) => (isTouch(event) ? touch.cancel(event.pointerId) : releaseHeld()))
  on('lostpointercapture', (event) => !isTouch(event) && releaseHeld())
  target.addEventListener('contextmenu', (event) => event.preventDefault(), { signal })
  // back and forward are the desktop's, not this page's
  target.addEventListener('mousedown', (event) => event.preventDefault(), { signal })
  target.addEventListener('mouseup', (event) => event.button >= 3 && event.preventDefault(), { signal })
  target.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      if (event.ctrlKey && !control) return
      turn(event)
    },
    { signal, passive: false },
  )
  const hearControl = (event: KeyboardEvent) => (control = event.ctrlKey)
  window.addEventListener('keydown', hearControl, { signal, capture: true })
  window.addEventListener('keyup', hearControl, { signal, capture: true })
  window.addEventListener('blur', releaseHeld, { signal })
  document.addEventListener('visibilitychange', () => document.hidden && releaseHeld(), { signal })
  on('pointerleave', () => (client = null))
  return {
    again() {
      const at = client === null ? null : locate(client)
      if (at !== null && (at.x !== last?.x || at.y !== last.y)) sayAt(at, 'pointer')
    },
    releaseAll,
    dispose() {
      releaseHeld()
      touch.release()
      stop.abort()
    },
  }
}

function isTouch({ pointerType }: PointerEvent): boolean {
  return pointerType === 'touch'
}

function clientOf({ clientX, clientY }: PointerEvent): Point {
  return { x: clientX, y: clientY }
}
