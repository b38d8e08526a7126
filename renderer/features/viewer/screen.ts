// Which of the picture's elements is seen, and where. Styles go through the CSSOM, as the page's CSP wants it.
import type { Rect } from './input/geometry.ts'
import type { Surface } from './transport/transport.ts'

export type Shown = Surface | 'still'

export interface Screen {
  /** @param rect CSS px within the stage */
  place(rect: Rect): void
  show(what: Shown): void
}

/** @param elements the three that lie over each other */
export function createScreen(elements: {
  readonly video: HTMLVideoElement
  readonly canvas: HTMLCanvasElement
  readonly still: HTMLCanvasElement
}): Screen {
  const { video, canvas, still } = elements
  return {
    place({ left, top, width, height }) {
      for (const { style } of [video, canvas, still]) {
        style.left = `${left}px`
        style.top = `${top}px`
        style.width = `${width}px`
        style.height = `${height}px`
      }
    },
    show(what) {
      // the video stays in the page while hidden: it must go on decoding for its first frame to be told
      video.style.visibility = what === 'video' ? 'visible' : 'hidden'
      canvas.style.visibility = what === 'canvas' ? 'visible' : 'hidden'
      still.style.visibility = what === 'still' ? 'visible' : 'hidden'
    },
  }
}
