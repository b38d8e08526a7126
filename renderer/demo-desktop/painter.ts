// Draws the demo's desktop. Only what changed is drawn again: each part names what it depends on, and stands on a ground drawn once.
import { layoutOf, targetAt, type Box, type Layout } from './layout.ts'
import { disc, mono, panel, sans, write, type Pen } from './paint-kit.ts'
import { paintClip, paintSound } from './paint-low.ts'
import { paintNotes } from './paint-notes.ts'
import { paintPad } from './paint-pad.ts'
import { createSketchPainter } from './paint-sketch.ts'
import type { DesktopState } from './state.ts'
import { paintGround } from './wallpaper.ts'

/** What moves without anybody doing anything. */
export interface Moment {
  /** Epoch ms, for the clock. */
  readonly now: number
  /** Frames drawn so far. */
  readonly frame: number
  /** Frames drawn in the last second. */
  readonly measuredFps: number
}

export interface Painter {
  paint(state: DesktopState, moment: Moment): void
  /** Everything is drawn anew next time (a font has arrived). */
  forget(): void
}

interface Part {
  readonly box: Box
  readonly needs: readonly unknown[]
  paint(pen: Pen): void
}

/** @param canvas its size becomes the state's */
export function createPainter(canvas: HTMLCanvasElement): Painter {
  const pen = canvas.getContext('2d', { alpha: false })
  if (pen === null) throw new Error('this browser draws no canvas')
  const sketch = createSketchPainter()
  let ground: OffscreenCanvas | null = null
  let needs: (readonly unknown[])[] = []
  let groundKey = ''
  let wasCursorDrawn = false

  const renew = (state: DesktopState, layout: Layout): void => {
    canvas.width = state.width
    canvas.height = state.height
    ground = new OffscreenCanvas(state.width, state.height)
    const groundPen = ground.getContext('2d', { alpha: false })
    if (groundPen === null) return
    groundPen.scale(layout.scale, layout.scale)
    paintGround(groundPen, layout)
    pen.drawImage(ground, 0, 0)
    needs = []
  }
  const restore = (picture: OffscreenCanvas): void => {
    pen.setTransform(1, 0, 0, 1, 0, 0)
    pen.drawImage(picture, 0, 0)
  }
  return {
    paint(state, moment) {
      const layout = layoutOf(state.width, state.height, state.dpi)
      const key = `${state.width}x${state.height}@${state.dpi}`
      // a drawn pointer would leave a trail outside the parts
      if (key !== groundKey || ground === null || state.isCursorDrawn !== wasCursorDrawn) renew(state, layout)
      else if (state.isCursorDrawn) restore(ground)
      wasCursorDrawn = state.isCursorDrawn
      groundKey = key
      if (ground === null) return
      const { scale } = layout
      for (const [at, part] of partsOf(state, layout, moment, sketch.paint).entries()) {
        const before = needs[at]
        if (!state.isCursorDrawn && before?.every((value, index) => Object.is(value, part.needs[index]))) continue
        needs[at] = part.needs
        const [x, y] = [Math.floor(part.box.x * scale), Math.floor(part.box.y * scale)]
        const [w, h] = [Math.ceil(part.box.w * scale) + 1, Math.ceil(part.box.h * scale) + 1]
        pen.setTransform(1, 0, 0, 1, 0, 0)
        pen.drawImage(ground, x, y, w, h, x, y, w, h)
        pen.setTransform(scale, 0, 0, scale, 0, 0)
        pen.save()
        pen.beginPath()
        pen.roundRect(part.box.x, part.box.y, part.box.w, part.box.h, part.box.y === 0 ? 0 : 12)
        pen.clip()
        part.paint(pen)
        pen.restore()
      }
      if (state.isCursorDrawn) drawCursor(pen, state)
    },
    forget() {
      groundKey = ''
    },
  }
}

function partsOf(
  state: DesktopState,
  layout: Layout,
  moment: Moment,
  paintSketch: (pen: Pen, state: DesktopState, layout: Layout) => void,
): readonly Part[] {
  const blink = Math.floor(moment.now / 530) % 2 === 0
  const { pointer } = state
  const under = targetAt(layout, pointer.x / layout.scale, pointer.y / layout.scale)
  const hover = (wanted: string): unknown => (under === wanted ? `${under}${pointer.mask}` : '')
  const seconds = state.tone ? moment.now / 1000 : 0
  return [
    {
      box: layout.notes,
      needs: [state.field, state.focus, state.held, state.lastKey, blink],
      paint: (pen) => paintNotes(pen, state, layout, blink),
    },
    {
      box: layout.sketch,
      needs: [state.strokes, state.ink, state.brush, state.focus, pointer],
      paint: (pen) => paintSketch(pen, state, layout),
    },
    { box: layout.pad, needs: [state.pads, hover('rumble')], paint: (pen) => paintPad(pen, state, layout) },
    { box: layout.clip, needs: [state.clip, hover('copy')], paint: (pen) => paintClip(pen, state, layout) },
    {
      box: layout.sound,
      needs: [state.tone, seconds, hover('tone')],
      paint: (pen) => paintSound(pen, state, layout, seconds),
    },
    { box: layout.bar, needs: [moment.frame], paint: (pen) => paintBar(pen, state, layout, moment) },
  ]
}

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

function paintBar(pen: Pen, state: DesktopState, { bar }: Layout, moment: Moment): void {
  const y = bar.h / 2 + 0.5
  pen.fillStyle = 'rgba(14, 17, 42, 0.62)'
  pen.fillRect(bar.x, bar.y, bar.w, bar.h)
  const badge = { x: 14, y: 8, w: 52, h: 18 }
  panel(pen, badge, 9, '#5b67e3')
  write(pen, 'Demo', badge.x + badge.w / 2, y, { font: sans(11.5, 650), color: '#ffffff', align: 'center' })
  write(pen, 'Desktop', 78, y, { font: sans(13, 600), color: '#ffffff' })
  write(pen, CLOCK.format(moment.now).replace(',', ''), bar.w / 2, y, {
    font: sans(13, 600),
    color: '#ffffff',
    align: 'center',
  })
  const soft = 'rgba(255, 255, 255, 0.78)'
  disc(pen, bar.w - 18, y, 4, state.tone ? '#7fe0b2' : 'rgba(255, 255, 255, 0.35)')
  write(pen, `${state.width} × ${state.height}`, bar.w - 34, y, { font: mono(12), color: soft, align: 'right' })
  write(pen, `${Math.round(moment.measuredFps)} fps`, bar.w - 150, y, { font: mono(12), color: soft, align: 'right' })
  write(pen, `frame ${moment.frame}`, bar.w - 218, y, { font: mono(12), color: soft, align: 'right' })
}

/** The pointer inside the picture, for a viewer that asks for it. */
function drawCursor(pen: CanvasRenderingContext2D, state: DesktopState): void {
  pen.setTransform(1, 0, 0, 1, 0, 0)
  pen.save()
  pen.translate(state.pointer.x, state.pointer.y)
  arrow(pen)
  pen.restore()
}

/** A pen that can draw a cursor. */
export type Cursored = Pen

/** The arrow, its tip at the origin. */
export function arrow(pen: Pen): void {
  pen.beginPath()
  pen.moveTo(1, 1)
  for (const [x, y] of [
    [1, 17],
    [4.8, 13.4],
    [7.4, 19.2],
    [10, 18],
    [7.5, 12.4],
    [12.6, 12.2],
  ] as const)
    pen.lineTo(x, y)
  pen.closePath()
  pen.lineJoin = 'round'
  pen.lineWidth = 2
  pen.strokeStyle = '#ffffff'
  pen.stroke()
  pen.fillStyle = '#1a1c2b'
  pen.fill()
}
