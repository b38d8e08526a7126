// Two small windows: what was pasted, with the buttons that copy and print the notes; and the tone, with its wave.
import { boxOf, targetAt, TITLE, type Layout, type Target } from './layout.ts'
import { button, COLOR, disc, fitted, mono, panel, sans, write, type Pen } from './paint-kit.ts'
import type { DesktopState } from './state.ts'

export function paintClip(pen: Pen, state: DesktopState, layout: Layout): void {
  const { clip: box } = layout
  const { clip } = state
  const source = {
    nobody: 'Nothing yet: copy something on your machine.',
    viewer: 'From your machine',
    desktop: 'Copied here, sent to your machine',
  }[clip.from]
  write(pen, source, box.x + 16, box.y + TITLE + 20, {
    font: sans(12, clip.from === 'nobody' ? 400 : 550),
    color: clip.from === 'nobody' ? COLOR.faint : COLOR.soft,
  })
  const well = { x: box.x + 14, y: box.y + TITLE + 36, w: box.w - 28, h: box.h - TITLE - 90 }
  panel(pen, well, 8, COLOR.sunken, COLOR.line)
  const isText = clip.mime === 'text/plain'
  const lines = isText ? clip.text.split('\n') : [clip.mime]
  const rows = Math.max(1, Math.floor((well.h - 10) / 19))
  for (const [at, line] of lines.slice(0, rows).entries()) {
    const shown = fitted(pen, at === rows - 1 && lines.length > rows ? `${line} …` : line, mono(12.5), well.w - 20)
    write(pen, shown, well.x + 10, well.y + 15 + at * 19, { font: mono(12.5), color: COLOR.text })
  }
  if (clip.from !== 'nobody')
    write(pen, sizeOf(clip.bytes), box.x + 16, box.y + box.h - 29, { font: sans(12), color: COLOR.faint })
  button(pen, boxOf(layout, 'print'), 'Print notes', look(state, layout, 'print'))
  button(pen, boxOf(layout, 'copy'), 'Copy notes', { strong: true, ...look(state, layout, 'copy') })
}

/** @param seconds for the moving wave */
export function paintSound(pen: Pen, state: DesktopState, layout: Layout, seconds: number): void {
  const { sound: box } = layout
  const well = { x: box.x + 14, y: box.y + TITLE + 12, w: box.w - 28, h: box.h - TITLE - 68 }
  panel(pen, well, 8, '#20243f')
  const middle = well.y + well.h / 2
  pen.save()
  pen.beginPath()
  pen.roundRect(well.x, well.y, well.w, well.h, 8)
  pen.clip()
  pen.strokeStyle = 'rgba(255, 255, 255, 0.08)'
  pen.lineWidth = 1
  pen.beginPath()
  for (let x = well.x + 24; x < well.x + well.w; x += 24) {
    pen.moveTo(x, well.y)
    pen.lineTo(x, well.y + well.h)
  }
  pen.moveTo(well.x, middle)
  pen.lineTo(well.x + well.w, middle)
  pen.stroke()
  pen.beginPath()
  const swing = state.tone ? well.h * 0.34 : 0
  for (let x = 0; x <= well.w; x += 3) {
    const y = middle - swing * Math.sin(x / 15 - seconds * 5) * Math.sin((x / well.w) * Math.PI)
    if (x === 0) pen.moveTo(well.x, y)
    else pen.lineTo(well.x + x, y)
  }
  pen.strokeStyle = state.tone ? '#9aa5ff' : '#6b7196'
  pen.lineWidth = 2
  pen.stroke()
  pen.restore()
  button(pen, boxOf(layout, 'tone'), state.tone ? 'Stop the tone' : 'Play 440 Hz', {
    strong: !state.tone,
    ...look(state, layout, 'tone'),
  })
  const y = box.y + box.h - 29
  disc(pen, box.x + 162, y, 4, state.tone ? COLOR.good : COLOR.lineStrong)
  write(pen, state.tone ? 'Playing' : 'Silent', box.x + 174, y, { font: sans(12), color: COLOR.soft })
}

function look(
  state: DesktopState,
  layout: Layout,
  target: Target,
): { readonly hover: boolean; readonly pressed: boolean } {
  const hover = targetAt(layout, state.pointer.x / layout.scale, state.pointer.y / layout.scale) === target
  return { hover, pressed: hover && state.pointer.mask !== 0 }
}

function sizeOf(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} kB`
}
