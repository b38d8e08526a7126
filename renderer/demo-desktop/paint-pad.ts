// The gamepad picture: every button and stick of a standard pad, lit as it is pressed.
import { boxOf, targetAt, TITLE, type Layout } from './layout.ts'
import { button, COLOR, disc, fitted, panel, sans, write, type Pen } from './paint-kit.ts'
import type { DesktopState, Pad } from './state.ts'

/** The picture's own size; it is scaled into the window. */
const SIZE = { w: 300, h: 150 } as const
const FACE = [
  ['A', 232, 92, '#2f9e6e'],
  ['B', 252, 72, '#e2574c'],
  ['X', 212, 72, '#4f5bd5'],
  ['Y', 232, 52, '#e9a23b'],
] as const
const CROSS = [
  [68, 56],
  [68, 88],
  [52, 72],
  [84, 72],
] as const
const OFF = '#e8eaf2'

export function paintPad(pen: Pen, state: DesktopState, layout: Layout): void {
  const { pad: box } = layout
  const slot = state.pads.findIndex((pad) => pad !== null)
  const pad = state.pads[slot] ?? null
  const under = targetAt(layout, state.pointer.x / layout.scale, state.pointer.y / layout.scale)
  if (pad !== null)
    button(pen, boxOf(layout, 'rumble'), 'Rumble', {
      hover: under === 'rumble',
      pressed: under === 'rumble' && state.pointer.mask !== 0,
    })
  const words = pad === null ? 'No pad yet: press a button on yours.' : `${slot + 1}: ${pad.name || 'Gamepad'}`
  write(pen, fitted(pen, words, sans(12), box.w - 32), box.x + 16, box.y + box.h - 18, {
    font: sans(12),
    color: pad === null ? COLOR.faint : COLOR.soft,
  })
  const room = { w: box.w - 32, h: box.h - TITLE - 44 }
  const scale = Math.min(room.w / SIZE.w, room.h / SIZE.h)
  pen.save()
  pen.translate(box.x + (box.w - SIZE.w * scale) / 2, box.y + TITLE + 8 + (room.h - SIZE.h * scale) / 2)
  pen.scale(scale, scale)
  pen.globalAlpha = pad === null ? 0.55 : 1
  picture(pen, pad)
  pen.restore()
}

function picture(pen: Pen, pad: Pad | null): void {
  const value = (index: number): number => pad?.buttons[index] ?? 0
  const lit = (index: number, color: string = COLOR.accent): string => (value(index) > 0 ? color : OFF)
  for (const [index, x] of [
    [6, 46],
    [7, 206],
  ] as const) {
    panel(pen, { x, y: 2, w: 48, h: 9 }, 4.5, OFF)
    if (value(index) > 0.02) panel(pen, { x, y: 2, w: 48 * Math.min(1, value(index)), h: 9 }, 4.5, COLOR.accent)
  }
  panel(pen, { x: 46, y: 15, w: 48, h: 10 }, 5, lit(4))
  panel(pen, { x: 206, y: 15, w: 48, h: 10 }, 5, lit(5))
  pen.beginPath()
  pen.moveTo(62, 30)
  pen.bezierCurveTo(100, 24, 200, 24, 238, 30)
  pen.bezierCurveTo(272, 34, 286, 76, 292, 112)
  pen.bezierCurveTo(296, 142, 270, 154, 250, 136)
  pen.bezierCurveTo(236, 122, 226, 116, 206, 116)
  pen.lineTo(94, 116)
  pen.bezierCurveTo(74, 116, 64, 122, 50, 136)
  pen.bezierCurveTo(30, 154, 4, 142, 8, 112)
  pen.bezierCurveTo(14, 76, 28, 34, 62, 30)
  pen.closePath()
  pen.fillStyle = '#ffffff'
  pen.fill()
  pen.strokeStyle = COLOR.lineStrong
  pen.lineWidth = 1.5
  pen.stroke()
  for (const [at, [x, y]] of CROSS.entries()) panel(pen, { x: x - 7.5, y: y - 7.5, w: 15, h: 15 }, 3.5, lit(12 + at))
  for (const [at, [letter, x, y, color]] of FACE.entries()) {
    disc(pen, x, y, 9.5, value(at) > 0 ? color : '#ffffff', color)
    write(pen, letter, x, y + 0.5, { font: sans(10, 650), color: value(at) > 0 ? '#ffffff' : color, align: 'center' })
  }
  stick(pen, 112, 96, pad?.axes[0] ?? 0, pad?.axes[1] ?? 0, value(10) > 0)
  stick(pen, 188, 96, pad?.axes[2] ?? 0, pad?.axes[3] ?? 0, value(11) > 0)
  panel(pen, { x: 118, y: 50, w: 16, h: 8 }, 4, lit(8))
  panel(pen, { x: 166, y: 50, w: 16, h: 8 }, 4, lit(9))
  disc(pen, 150, 54, 9, lit(16), COLOR.lineStrong)
}

function stick(pen: Pen, x: number, y: number, dx: number, dy: number, isPressed: boolean): void {
  disc(pen, x, y, 17, '#f3f4f8', COLOR.lineStrong)
  const isMoved = Math.hypot(dx, dy) > 0.05
  disc(pen, x + dx * 9, y + dy * 9, 10, isPressed ? COLOR.accent : isMoved ? '#aab1f0' : '#dcdfeb', COLOR.faint)
}
