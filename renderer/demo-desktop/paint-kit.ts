// Small strokes that every painter of the demo's desktop uses: colours, type, boxes, buttons.
import type { Box } from './layout.ts'

/** A 2D context; offscreen ones are drawn on in the same way. */
export type Pen = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

export const COLOR = {
  surface: '#fdfdfe',
  sunken: '#f3f4f8',
  line: '#e3e5ee',
  lineStrong: '#c9cddd',
  text: '#1f2233',
  soft: '#5b6075',
  faint: '#8a8fa5',
  accent: '#4f5bd5',
  accentSoft: '#e7e9fb',
  good: '#2f9e6e',
  warn: '#c7791f',
} as const

const SANS = '"Inter Variable", Inter, system-ui, sans-serif'
const MONO = '"Geist Mono Variable", "Geist Mono", ui-monospace, "DejaVu Sans Mono", monospace'

/** @param size px @param weight 400-700 */
export function sans(size: number, weight = 400): string {
  return `${weight} ${size}px ${SANS}`
}
/** @param size px */
export function mono(size: number, weight = 400): string {
  return `${weight} ${size}px ${MONO}`
}

/** Writes one line. `y` is its middle. */
export function write(
  pen: Pen,
  text: string,
  x: number,
  y: number,
  style: { readonly font: string; readonly color: string; readonly align?: CanvasTextAlign },
): void {
  pen.font = style.font
  pen.fillStyle = style.color
  pen.textAlign = style.align ?? 'left'
  pen.textBaseline = 'middle'
  pen.fillText(text, x, y)
}

/** A text that fits a width, cut with an ellipsis. */
export function fitted(pen: Pen, text: string, font: string, width: number): string {
  pen.font = font
  if (pen.measureText(text).width <= width) return text
  let end = text.length
  while (end > 0 && pen.measureText(`${text.slice(0, end)}…`).width > width) end -= Math.max(1, Math.floor(end / 16))
  return `${text.slice(0, end)}…`
}

/** A filled box with round corners, and a border where one is named. */
export function panel(pen: Pen, box: Box, radius: number, fill: string, border?: string): void {
  pen.beginPath()
  pen.roundRect(box.x, box.y, box.w, box.h, radius)
  pen.fillStyle = fill
  pen.fill()
  if (border === undefined) return
  pen.strokeStyle = border
  pen.lineWidth = 1
  pen.stroke()
}

/** A box, smaller on all sides. */
export function inset(box: Box, by: number): Box {
  return { x: box.x + by, y: box.y + by, w: box.w - 2 * by, h: box.h - 2 * by }
}

/** A push button with its words. */
export function button(
  pen: Pen,
  box: Box,
  words: string,
  look: { readonly strong?: boolean; readonly hover: boolean; readonly pressed: boolean },
): void {
  const strong = look.strong === true
  const fill = strong
    ? look.pressed
      ? '#3c47b4'
      : look.hover
        ? '#5d69e0'
        : COLOR.accent
    : look.pressed
      ? '#e2e4ef'
      : look.hover
        ? '#eef0f7'
        : '#ffffff'
  panel(pen, inset(box, 0.5), 7, fill, strong ? undefined : COLOR.lineStrong)
  write(pen, words, box.x + box.w / 2, box.y + box.h / 2 + 0.5, {
    font: sans(12.5, 550),
    color: strong ? '#ffffff' : COLOR.text,
    align: 'center',
  })
}

/** A disc. */
export function disc(pen: Pen, x: number, y: number, radius: number, fill: string, border?: string): void {
  pen.beginPath()
  pen.arc(x, y, radius, 0, Math.PI * 2)
  pen.fillStyle = fill
  pen.fill()
  if (border === undefined) return
  pen.strokeStyle = border
  pen.lineWidth = 1.25
  pen.stroke()
}
