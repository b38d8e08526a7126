// The pointer of a viewer: mouse, pen and fingers to the desktop, its cursor drawn by this machine's own, and relative mode.
// Policy: the system draws the cursor, so it never lags; in relative mode there is none here and the desktop paints it into its
// picture, for all who watch; a lost connection gives the mouse back, since the person may have to click.
import type { Settings } from '../../../shared/domain/settings.ts'
import type { CursorView } from '../../../shared/selkies/g2/server-messages.ts'
import { cursorCss } from './input/cursor.ts'
import { streamPixel } from './input/geometry.ts'
import { createHiddenCursor } from './input/hidden-cursor.ts'
import type { InputSink } from './input/input-sink.ts'
import { createPointerLock, type MouseMotion } from './input/pointer-lock.ts'
import { capturePointer } from './input/pointer.ts'
import type { Say, ViewerStore } from './viewer-state.ts'
import { t } from '../../ui/translate.ts'

export interface ViewerPointerOptions {
  /** Fills the window. */
  readonly stage: HTMLElement
  readonly sink: InputSink
  readonly store: ViewerStore
  settings(): Settings
  /** What shows the picture. */
  source(): HTMLElement
  onPress(): void
  say(say: Omit<Say, 'id'>): void
}

export interface ViewerPointer {
  /** The desktop's cursor is another. */
  setCursor(cursor: CursorView): void
  /** The picture was placed anew. */
  placed(): void
  /** A new connection takes input. */
  opened(): void
  /** The connection is gone. */
  lost(): void
  /** Gives the mouse to the desktop, or takes it back. */
  setRelative(on: boolean): Promise<void>
  /** The settings changed. */
  update(): void
  dispose(): void
}

/** Follows the pointer until disposed. */
export function createViewerPointer(options: ViewerPointerOptions): ViewerPointer {
  const { stage, sink, store, say } = options
  const hidden = createHiddenCursor()
  const stop = new AbortController()
  const { signal } = stop
  let cursor: CursorView | null = null
  /** The desktop was told to paint its cursor into the picture: what it does now is to be told again at a new connection. */
  let toldToPaint = false

  /** CSS px for one of the picture; null without a picture. */
  const scale = () => {
    const { picture } = store.getState()
    const { width } = options.source().getBoundingClientRect()
    return picture === null || picture.width === 0 || width === 0 ? null : width / picture.width
  }
  const show = () => {
    const each = scale()
    if (cursor !== null && each !== null) store.setState({ cursor: cursorCss(cursor, each) })
  }
  const paint = (on: boolean) => {
    toldToPaint ||= on
    if (toldToPaint) sink({ type: 'cursor-in-video', on })
  }
  const tell = (motion: MouseMotion) => {
    const text =
      motion === options.settings().mouseMotion
        ? t('The mouse is the desktop’s. Release with')
        : t('The mouse is the desktop’s, accelerated: this browser has no raw motion. Release with')
    say({ icon: 'mouse', text, chord: 'mouse' })
  }
  const lock = createPointerLock({
    async request(unadjustedMovement) {
      // older browsers answer by events alone, and know no options
      const answer: unknown = stage.requestPointerLock(unadjustedMovement ? { unadjustedMovement } : {})
      await answer
      return answer !== undefined
    },
    exit: () => document.exitPointerLock(),
    isLocked: () => document.pointerLockElement === stage,
    wanted: () => options.settings().mouseMotion,
    onChange(motion) {
      const before = store.getState().mouse
      store.setState({ mouse: motion })
      if ((before === null) !== (motion === null)) {
        pointer.releaseAll()
        paint(motion !== null)
      }
      if (motion !== null) tell(motion)
    },
    onRefused: (text) => say({ icon: 'mouse', text }),
  })
  const pointer = capturePointer({
    target: stage,
    sink,
    locate(point) {
      const { picture, status } = store.getState()
      if (picture === null || status.kind !== 'connected') return null
      return streamPixel(point, options.source().getBoundingClientRect(), picture)
    },
    gain() {
      if (lock.motion === null) return null
      // what a device counts is a pixel of the desktop, as it is without us; the system's px are as far as they look
      return lock.motion === 'raw' ? 1 : 1 / (scale() ?? 1)
    },
    onPress: options.onPress,
  })
  document.addEventListener('pointerlockchange', lock.changed, { signal })
  // a page that leaves says so, or whoever opens the desktop next would see two cursors
  window.addEventListener('pagehide', () => lock.motion !== null && paint(false), { signal })
  let at = { x: 0, y: 0 }
  stage.addEventListener(
    'pointermove',
    ({ clientX, clientY, timeStamp, pointerType }) => {
      const way = Math.hypot(clientX - at.x, clientY - at.y)
      at = { x: clientX, y: clientY }
      if (pointerType !== 'mouse' || lock.motion !== null || !hidden.moved(way, timeStamp)) return
      say({ icon: 'mouse', text: t('A program hides the pointer. Give it the whole mouse with'), chord: 'mouse' })
    },
    { signal, passive: true },
  )

  return {
    setCursor(next) {
      cursor = next
      hidden.set(next.png === '' && next.handle === 0, performance.now())
      show()
    },
    placed() {
      show()
      pointer.again()
    },
    opened() {
      // a cut connection leaves pressed what was pressed, and painted what was painted
      pointer.releaseAll()
      paint(lock.motion !== null)
    },
    lost() {
      pointer.releaseAll()
      if (lock.motion !== null) void lock.set(false)
    },
    setRelative: (on) => lock.set(on),
    update: () => void lock.update(),
    dispose() {
      if (lock.motion !== null) {
        void lock.set(false)
        // before the browser says so: nobody listens then
        paint(false)
      }
      pointer.dispose()
      stop.abort()
    },
  }
}
