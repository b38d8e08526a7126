// The sketch: strokes on their own layer, so that a long drawing costs no more than its newest line, and the brush that follows the pointer.
import { boxOf, INKS, targetAt, type Layout, type Target } from './layout.ts'
import { button, COLOR, disc, mono, sans, write, type Pen } from './paint-kit.ts'
import { ring } from './paint-notes.ts'
import type { DesktopState, Stroke } from './state.ts'

export interface SketchPainter {
  paint(pen: Pen, state: DesktopState, layout: Layout): void
}

/** Makes a painter with a layer of its own. */
export function createSketchPainter(): SketchPainter {
  let layer: OffscreenCanvas | null = null
  let drawn: { strokes: readonly Stroke[]; points: number } = { strokes: [], points: 0 }

  const update = (state: DesktopState, layout: Layout): OffscreenCanvas | null => {
    const box = boxOf(layout, 'paint')
    const [w, h] = [Math.ceil(box.w * layout.scale), Math.ceil(box.h * layout.scale)]
    const { strokes } = state
    const isMore = layer?.width === w && layer.height === h && continues(drawn.strokes, strokes)
    if (!isMore) {
      layer = new OffscreenCanvas(w, h)
      drawn = { strokes: [], points: 0 }
    }
    const pen = layer?.getContext('2d')
    if (!pen) return null
    pen.setTransform(layout.scale, 0, 0, layout.scale, 0, 0)
    const from = Math.max(0, drawn.strokes.length - 1)
    for (let at = from; at < strokes.length; at++) {
      const stroke = strokes[at]
      if (stroke) line(pen, stroke, at === from && drawn.strokes.length > 0 ? drawn.points : 0)
    }
    drawn = { strokes, points: strokes.at(-1)?.points.length ?? 0 }
    return layer
  }
  return {
    paint(pen, state, layout) {
      const box = boxOf(layout, 'paint')
      dots(pen, layout)
      const strokes = update(state, layout)
      if (strokes) pen.drawImage(strokes, box.x, box.y, box.w, box.h)
      if (state.strokes.length === 0)
        write(
          pen,
          'Draw here. The right button rubs out, the wheel changes the brush.',
          box.x + box.w / 2,
          box.y + box.h / 2,
          {
            font: sans(13),
            color: COLOR.faint,
            align: 'center',
          },
        )
      tools(pen, state, layout)
      follow(pen, state, layout)
      if (state.focus === 'paint') ring(pen, layout.sketch)
    },
  }
}

/** Whether the new picture is the old one with something added at its end. */
function continues(old: readonly Stroke[], now: readonly Stroke[]): boolean {
  if (now.length < old.length) return false
  const last = old.length - 1
  if (last < 0) return true
  if (last > 0 && (old[0] !== now[0] || old[last - 1] !== now[last - 1])) return false
  const [was, is] = [old[last], now[last]]
  return was === is || (was?.points[0] === is?.points[0] && (is?.points.length ?? 0) >= (was?.points.length ?? 0))
}

function line(pen: Pen, stroke: Stroke, done: number): void {
  const { points, width, ink } = stroke
  const start = Math.max(0, done - 2)
  pen.globalCompositeOperation = ink === null ? 'destination-out' : 'source-over'
  pen.strokeStyle = ink === null ? '#000' : (INKS[ink] ?? INKS[0])
  pen.lineWidth = width
  pen.lineCap = 'round'
  pen.lineJoin = 'round'
  pen.beginPath()
  pen.moveTo(points[start] ?? 0, points[start + 1] ?? 0)
  for (let at = start; at < points.length; at += 2) pen.lineTo(points[at] ?? 0, points[at + 1] ?? 0)
  pen.stroke()
  pen.globalCompositeOperation = 'source-over'
}

function dots(pen: Pen, layout: Layout): void {
  const box = boxOf(layout, 'paint')
  pen.fillStyle = '#e4e6f0'
  for (let y = box.y + 16; y < box.y + box.h; y += 22)
    for (let x = box.x + 16; x < box.x + box.w; x += 22) pen.fillRect(x - 0.75, y - 0.75, 1.5, 1.5)
}

function tools(pen: Pen, state: DesktopState, layout: Layout): void {
  const { sketch, scale } = layout
  const under = targetAt(layout, state.pointer.x / scale, state.pointer.y / scale)
  pen.fillStyle = '#f6f7fb'
  pen.fillRect(sketch.x + 1, sketch.y + sketch.h - 50, sketch.w - 2, 38)
  pen.fillStyle = COLOR.line
  pen.fillRect(sketch.x + 1, sketch.y + sketch.h - 50, sketch.w - 2, 1)
  for (const [at, ink] of INKS.entries()) {
    const target: Target = `ink-${at}`
    const box = boxOf(layout, target)
    const [x, y] = [box.x + box.w / 2, box.y + box.h / 2]
    if (state.ink === at) disc(pen, x, y, 12.5, COLOR.surface, ink)
    disc(pen, x, y, under === target ? 9.5 : 8.5, ink)
  }
  const y = sketch.y + sketch.h - 25
  write(pen, `Brush ${state.brush}`, sketch.x + 182, y, { font: sans(12), color: COLOR.soft })
  mouse(pen, sketch.x + 262, y, state.pointer.mask)
  const { x: px, y: py } = state.pointer
  write(pen, `${px}, ${py}`, sketch.x + 282, y, { font: mono(12), color: COLOR.soft })
  const box = boxOf(layout, 'clear')
  button(pen, box, 'Clear', { hover: under === 'clear', pressed: under === 'clear' && state.pointer.mask !== 0 })
}

/** A small mouse with its three buttons, lit while they are down. */
function mouse(pen: Pen, x: number, y: number, mask: number): void {
  const lit = (bit: number): string => ((mask & bit) === 0 ? '#ffffff' : COLOR.accent)
  pen.save()
  pen.beginPath()
  pen.roundRect(x - 8, y - 12, 16, 24, 8)
  pen.fillStyle = '#ffffff'
  pen.fill()
  pen.clip()
  pen.fillStyle = lit(1)
  pen.fillRect(x - 8, y - 12, 6.5, 11)
  pen.fillStyle = lit(4)
  pen.fillRect(x + 1.5, y - 12, 6.5, 11)
  pen.fillStyle = lit(2)
  pen.fillRect(x - 1.5, y - 12, 3, 11)
  pen.restore()
  pen.beginPath()
  pen.roundRect(x - 8, y - 12, 16, 24, 8)
  pen.moveTo(x - 8, y - 1)
  pen.lineTo(x + 8, y - 1)
  pen.strokeStyle = COLOR.faint
  pen.lineWidth = 1.25
  pen.stroke()
}

function follow(pen: Pen, state: DesktopState, layout: Layout): void {
  const [x, y] = [state.pointer.x / layout.scale, state.pointer.y / layout.scale]
  if (targetAt(layout, x, y) !== 'paint') return
  const ink = INKS[state.ink] ?? INKS[0]
  const isRubbing = (state.pointer.mask & 4) !== 0
  pen.beginPath()
  pen.arc(x, y, Math.max(3, (isRubbing ? state.brush * 4 : state.brush) / 2) + 2, 0, Math.PI * 2)
  pen.strokeStyle = isRubbing ? COLOR.faint : ink
  pen.lineWidth = 1.5
  pen.stroke()
}
