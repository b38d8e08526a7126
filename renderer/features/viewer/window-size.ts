// The size that the desktop is asked for: that of its window, a fixed one, or none. A window that is being drawn asks when it rests,
// and what the desktop did not take is asked again.
import type { DisplayMode } from '../../../shared/domain/display-layout.ts'
import type { Settings } from '../../../shared/domain/settings.ts'
import { wantedDpi, wantedSize, type Size } from './input/geometry.ts'
import type { InputSink } from './input/input-sink.ts'
import { createSizeKeeper } from './size-keeper.ts'

export interface WindowSizeOptions {
  /** Fills the window. */
  readonly stage: HTMLElement
  settings(): Settings
  /** What the person wants of this display. */
  wanted(): DisplayMode['size']
  readonly sink: InputSink
  /** The size that the present server can show, nearest to a wish. */
  fit(size: Size): Size
  /** The window has another size: the picture is to be placed anew. */
  onResize(): void
}

export interface WindowSize {
  /** Of the stage, CSS px. */
  stage(): Size
  /** What the desktop is to have: a fixed size, else what the window has room for, px. */
  wish(): Size
  /** The density of the screen, as the desktop is told. */
  dpi(): number
  /** Asks for the wish, where that has not been done; a connection that is not open yet asks when it is. */
  ask(): void
  /** The connection takes questions from now on. */
  opened(): void
  /** Asks once more, whatever was asked: the desktop may have held it back. */
  askAgain(): void
  /** A new connection is made, and has told the desktop this by itself; null: nothing. */
  told(size: Size | null): void
  /** Asks again when the desktop did not take it. */
  check(picture: Size | null): void
  dispose(): void
}

const RESIZE_AFTER_MS = 200

/** Px of the screen for each of CSS. */
export function pixelRatio(): number {
  return window.devicePixelRatio || 1
}

/** Follows the window's size until disposed. */
export function createWindowSize({ stage, settings, wanted, sink, fit, onResize }: WindowSizeOptions): WindowSize {
  const keeper = createSizeKeeper(() => performance.now())
  let asked: Size | null = null
  let open = false

  const stageSize = (): Size => ({ width: stage.clientWidth, height: stage.clientHeight })
  const wish = (): Size => {
    const size = wanted()
    return fit(typeof size === 'object' ? size : wantedSize(stageSize(), pixelRatio(), settings().sharpPixels))
  }
  // a fixed size is a monitor of that size: its density is its own, whatever it is shown on
  const dpi = (): number => (typeof wanted() === 'object' ? 96 : wantedDpi(pixelRatio(), settings().sharpPixels))
  const ask = (): void => {
    if (!open || wanted() === 'own') return
    const size = wish()
    if (asked?.width === size.width && asked.height === size.height) return
    asked = size
    sink({ type: 'resize', ...size })
    sink({ type: 'dpi', dpi: dpi() })
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  const observer = new ResizeObserver(() => {
    onResize()
    clearTimeout(timer)
    timer = setTimeout(ask, RESIZE_AFTER_MS)
  })
  observer.observe(stage)

  return {
    stage: stageSize,
    wish,
    dpi,
    ask,
    opened() {
      open = true
      ask()
    },
    askAgain() {
      asked = null
      ask()
    },
    told(size) {
      asked = size
      open = false
    },
    check(picture) {
      if (wanted() === 'own' || !keeper.check(asked, picture)) return
      asked = null
      ask()
    },
    dispose() {
      clearTimeout(timer)
      observer.disconnect()
    },
  }
}
