// One display in its window: the size that is asked for, how the picture is placed, and what of a larger one is seen. Joins the
// layout of this desktop, the window's size and the pan at the edges.
import { displayMode, type DisplayId, type DisplayMode } from '../../../../shared/domain/display-layout.ts'
import type { Settings } from '../../../../shared/domain/settings.ts'
import { g1Size } from '../../../../shared/selkies/g1/messages.ts'
import { pictureSize, placePicture, type Size } from '../input/geometry.ts'
import type { InputSink } from '../input/input-sink.ts'
import { createScreen, type Screen } from '../screen.ts'
import type { ViewerStore } from '../viewer-state.ts'
import type { ViewerElements } from '../viewer-session-shape.ts'
import { createWindowSize, pixelRatio, type WindowSize } from '../window-size.ts'
import { createEdgePan } from './edge-pan.ts'

export interface DisplayViewOptions {
  readonly elements: ViewerElements
  readonly store: ViewerStore
  readonly sink: InputSink
  readonly sessionId: string
  readonly display: DisplayId
  settings(): Settings
  /** The picture lies elsewhere, or under a pointer that rests it is another part. */
  onPlaced(): void
}

export interface DisplayView {
  readonly size: WindowSize
  readonly mode: DisplayMode
  /** Places the picture anew. */
  place(): void
  show: Screen['show']
  /** The settings are others: the size is asked for anew where it is another. */
  update(before: Settings): void
  dispose(): void
}

export function createDisplayView(options: DisplayViewOptions): DisplayView {
  const { elements, store, sink, sessionId, display } = options
  const { stage } = elements
  const stop = new AbortController()
  const { signal } = stop
  const screen = createScreen(elements)
  const modeOf = ({ layouts, resizeToWindow }: Settings): DisplayMode =>
    displayMode(layouts[sessionId], display, resizeToWindow)
  const mode = () => modeOf(options.settings())

  const pan = createEdgePan({
    room() {
      const { picture } = store.getState()
      if (picture === null || mode().scaling !== 'actual') return { x: 0, y: 0 }
      const { width, height } = pictureSize(picture, pixelRatio(), options.settings().sharpPixels)
      return { x: width - stage.clientWidth, y: height - stage.clientHeight }
    },
    stage: () => ({ width: stage.clientWidth, height: stage.clientHeight }),
    onPan: () => place(),
    nextFrame: (act) => requestAnimationFrame(act),
  })
  const place = (): void => {
    const { picture } = store.getState()
    if (picture === null) return
    screen.place(
      placePicture(size.stage(), picture, pixelRatio(), {
        scaling: mode().scaling,
        sharp: options.settings().sharpPixels,
        offset: pan.offset,
      }),
    )
    options.onPlaced()
  }
  // 1.6 shows widths of whole eights alone, and would be asked again and again for another one
  const fit = (wish: Size): Size => (store.getState().features.generation === 'selkies1' ? g1Size(wish) : wish)
  const wanted = () => mode().size
  const size = createWindowSize({ stage, settings: options.settings, wanted, sink, fit, onResize: place })

  const follow = ({ clientX, clientY, pointerType }: PointerEvent): void => {
    if (pointerType === 'touch' || store.getState().mouse !== null) return pan.pointer(null)
    pan.pointer({ x: clientX, y: clientY })
  }
  stage.addEventListener('pointermove', follow, { signal, passive: true })
  stage.addEventListener('pointerleave', () => pan.pointer(null), { signal })
  window.addEventListener('blur', () => pan.pointer(null), { signal })

  return {
    size,
    get mode() {
      return mode()
    },
    place,
    show: (what) => screen.show(what),
    update(before) {
      const [was, is, now] = [modeOf(before), mode(), options.settings()]
      if (JSON.stringify(was.size) !== JSON.stringify(is.size) || before.sharpPixels !== now.sharpPixels) size.ask()
      if (was.scaling !== is.scaling || before.sharpPixels !== now.sharpPixels) place()
    },
    dispose() {
      stop.abort()
      pan.pointer(null)
      size.dispose()
    },
  }
}
