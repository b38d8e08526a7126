// What does not move on the demo's desktop: a dusk over hills, the windows' frames and their shadows. Drawn once for a size.
import { TITLE, type Box, type Layout } from './layout.ts'
import { COLOR, disc, panel, sans, write, type Pen } from './paint-kit.ts'

const SKY = [
  [0, '#1d2450'],
  [0.34, '#39407f'],
  [0.6, '#7a659f'],
  [0.78, '#c58f9c'],
  [0.92, '#efbf9d'],
  [1, '#f4d3ae'],
] as const
/** Hills from far to near: height of the line, swing, length of the wave, shift, colour. */
const HILLS = [
  [0.66, 0.035, 1.1, 0.2, '#8c7aa9'],
  [0.73, 0.045, 0.8, 1.7, '#655f97'],
  [0.81, 0.05, 1.3, 3.1, '#454879'],
  [0.9, 0.045, 0.7, 4.6, '#2b3161'],
] as const

/** Paints the ground of everything. The pen is scaled to layout px. */
export function paintGround(pen: Pen, layout: Layout): void {
  const { w, h } = layout
  const sky = pen.createLinearGradient(0, 0, 0, h * 0.86)
  for (const [at, color] of SKY) sky.addColorStop(at, color)
  pen.fillStyle = sky
  pen.fillRect(0, 0, w, h)
  paintStars(pen, w, h)
  const [sunX, sunY] = [w * 0.74, h * 0.6]
  const glow = pen.createRadialGradient(sunX, sunY, 0, sunX, sunY, h * 0.42)
  glow.addColorStop(0, 'rgba(255, 226, 190, 0.75)')
  glow.addColorStop(0.16, 'rgba(255, 208, 170, 0.38)')
  glow.addColorStop(1, 'rgba(255, 200, 170, 0)')
  pen.fillStyle = glow
  pen.fillRect(0, 0, w, h)
  disc(pen, sunX, sunY, h * 0.052, '#ffe9cf')
  for (const [level, swing, length, shift, color] of HILLS) {
    pen.beginPath()
    pen.moveTo(0, h)
    for (let x = 0; x <= w + 12; x += 12) {
      const turn = (x / w) * Math.PI * 2 * length + shift
      pen.lineTo(x, h * (level - swing * (Math.sin(turn) * 0.7 + Math.sin(turn * 2.3 + 1) * 0.3)))
    }
    pen.lineTo(w, h)
    pen.closePath()
    pen.fillStyle = color
    pen.fill()
  }
  frame(pen, layout.notes, 'Notes', '#4f5bd5')
  frame(pen, layout.sketch, 'Sketch', '#e2574c')
  frame(pen, layout.pad, 'Gamepad', '#2f9e6e')
  frame(pen, layout.clip, 'Clipboard', '#e9a23b')
  frame(pen, layout.sound, 'Sound', '#8a5bd5')
}

function paintStars(pen: Pen, w: number, h: number): void {
  let seed = 7
  const next = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  for (let count = 0; count < 70; count++) {
    const [x, y, size] = [next() * w, next() * h * 0.4, 0.4 + next() * 0.8]
    disc(pen, x, y, size, `rgba(255, 255, 255, ${(0.5 * (1 - y / (h * 0.42))).toFixed(2)})`)
  }
}

function frame(pen: Pen, box: Box, title: string, mark: string): void {
  pen.save()
  pen.shadowColor = 'rgba(13, 16, 44, 0.42)'
  pen.shadowBlur = 34
  pen.shadowOffsetY = 12
  panel(pen, box, 12, COLOR.surface)
  pen.restore()
  pen.save()
  pen.beginPath()
  pen.roundRect(box.x, box.y, box.w, box.h, 12)
  pen.clip()
  pen.fillStyle = '#f6f7fb'
  pen.fillRect(box.x, box.y, box.w, TITLE)
  pen.fillStyle = COLOR.line
  pen.fillRect(box.x, box.y + TITLE - 1, box.w, 1)
  pen.restore()
  panel(pen, { x: box.x + 14, y: box.y + 11, w: 12, h: 12 }, 4, mark)
  write(pen, title, box.x + 34, box.y + TITLE / 2 + 0.5, { font: sans(13, 600), color: COLOR.text })
  pen.beginPath()
  pen.roundRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1, 11.5)
  pen.strokeStyle = 'rgba(18, 22, 60, 0.16)'
  pen.lineWidth = 1
  pen.stroke()
}
