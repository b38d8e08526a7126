// The cursors of the demo's desktop as the server sends them: small PNGs, told apart by a handle, made once.
import type { CursorView } from '../../shared/selkies/g2/server-messages.ts'
import type { Target } from './layout.ts'
import { arrow, type Cursored } from './painter.ts'

const SIZE = 24

/** Which cursor belongs over a target. */
export function cursorNameOf(target: Target | null): CursorName {
  if (target === 'editor') return 'text'
  if (target === 'paint') return 'cross'
  return target === null ? 'arrow' : 'hand'
}
export type CursorName = 'arrow' | 'text' | 'cross' | 'hand'

const made = new Map<CursorName, CursorView>()

/** The picture of a cursor, for the `cursor` message. */
export function cursorView(name: CursorName): CursorView {
  const known = made.get(name)
  if (known !== undefined) return known
  const canvas = document.createElement('canvas')
  canvas.width = SIZE
  canvas.height = SIZE
  const pen = canvas.getContext('2d')
  if (pen !== null) SHAPES[name].draw(pen)
  const { hotX, hotY, handle } = SHAPES[name]
  const png = canvas.toDataURL('image/png').replace(/^data:[^,]*,/, '')
  const view = { png, width: SIZE, height: SIZE, hotX, hotY, handle }
  made.set(name, view)
  return view
}

interface Shape {
  readonly handle: number
  readonly hotX: number
  readonly hotY: number
  draw(pen: Cursored): void
}
const lines = (pen: Cursored, segments: readonly (readonly [number, number, number, number])[]): void => {
  for (const [width, color] of [
    [4, '#ffffff'],
    [1.6, '#1a1c2b'],
  ] as const) {
    pen.beginPath()
    for (const [x0, y0, x1, y1] of segments) {
      pen.moveTo(x0, y0)
      pen.lineTo(x1, y1)
    }
    pen.lineCap = 'round'
    pen.lineWidth = width
    pen.strokeStyle = color
    pen.stroke()
  }
}
const SHAPES: Readonly<Record<CursorName, Shape>> = {
  arrow: { handle: 101, hotX: 1, hotY: 1, draw: arrow },
  text: {
    handle: 102,
    hotX: 12,
    hotY: 12,
    draw: (pen) =>
      lines(pen, [
        [9, 4, 15, 4],
        [12, 4, 12, 20],
        [9, 20, 15, 20],
      ]),
  },
  cross: {
    handle: 103,
    hotX: 12,
    hotY: 12,
    draw: (pen) =>
      lines(pen, [
        [12, 3, 12, 9],
        [12, 15, 12, 21],
        [3, 12, 9, 12],
        [15, 12, 21, 12],
      ]),
  },
  hand: {
    handle: 104,
    hotX: 9,
    hotY: 2,
    draw(pen) {
      pen.beginPath()
      pen.roundRect(7, 1.5, 4, 12, 2)
      pen.roundRect(7, 8.5, 12, 12, [2, 4, 5, 5])
      pen.fillStyle = '#ffffff'
      pen.strokeStyle = '#1a1c2b'
      pen.lineWidth = 2.6
      pen.lineJoin = 'round'
      pen.stroke()
      pen.fill()
    },
  },
}
