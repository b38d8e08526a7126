// Where everything of the demo's desktop stands, from its size alone. Pure: the reducer hits what the painter draws.

export interface Box {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}
export type Target = 'editor' | 'paint' | 'copy' | 'print' | 'clear' | 'tone' | 'rumble' | `ink-${number}`

/** Positions in layout px; multiply by `scale` for stream px. */
export interface Layout {
  readonly scale: number
  readonly w: number
  readonly h: number
  readonly bar: Box
  readonly notes: Box
  readonly sketch: Box
  readonly pad: Box
  readonly clip: Box
  readonly sound: Box
  /** What can be pressed or typed into. */
  readonly targets: readonly (readonly [Target, Box])[]
}

/** The drawing colours of the sketch, the first one is chosen at first. */
export const INKS = ['#4f5bd5', '#e2574c', '#e9a23b', '#2f9e6e', '#1d2030'] as const
/** Height of a window's title, layout px. */
export const TITLE = 34
/** The editor's type, layout px; its face has every letter 0.6 em wide. */
export const TYPE = { size: 14, line: 22, advance: 8.4, inset: 16 } as const
/** Everything is drawn smaller rather than cut off below this size, layout px. */
const SMALLEST = { w: 980, h: 600 } as const
const BAR = 34
const GAP = 18
const EDGE = 24

/**
 * Lays the desktop out.
 * @param width stream px
 * @param height stream px
 * @param dpi 96 is 100 %
 */
export function layoutOf(width: number, height: number, dpi: number): Layout {
  const scale = Math.max(0.2, Math.min(dpi / 96, width / SMALLEST.w, height / SMALLEST.h))
  const w = width / scale
  const h = height / scale
  // a very large screen keeps its windows together in the middle
  const areaW = Math.min(w - 2 * EDGE, 1640)
  const areaH = Math.min(h - BAR - 2 * EDGE, 940)
  const left = (w - areaW) / 2
  const top = BAR + (h - BAR - areaH) / 2
  const lowH = Math.max(186, Math.min(240, areaH * 0.32))
  const highH = areaH - lowH - GAP
  const notesW = Math.round((areaW - GAP) * 0.46)
  const third = (areaW - 2 * GAP) / 3
  const low = top + highH + GAP
  const notes = { x: left, y: top, w: notesW, h: highH }
  const sketch = { x: left + notesW + GAP, y: top, w: areaW - notesW - GAP, h: highH }
  const pad = { x: left, y: low, w: third, h: lowH }
  const clip = { x: left + third + GAP, y: low, w: third, h: lowH }
  const sound = { x: left + 2 * (third + GAP), y: low, w: third, h: lowH }
  const inks = INKS.map((_, at): readonly [Target, Box] => [
    `ink-${at}`,
    { x: sketch.x + 14 + at * 30, y: sketch.y + sketch.h - 38, w: 26, h: 26 },
  ])
  return {
    scale,
    w,
    h,
    bar: { x: 0, y: 0, w, h: BAR },
    notes,
    sketch,
    pad,
    clip,
    sound,
    targets: [
      ...inks,
      ['clear', { x: sketch.x + sketch.w - 82, y: sketch.y + sketch.h - 40, w: 68, h: 28 }],
      ['copy', { x: clip.x + clip.w - 104, y: clip.y + clip.h - 44, w: 90, h: 30 }],
      ['print', { x: clip.x + clip.w - 204, y: clip.y + clip.h - 44, w: 90, h: 30 }],
      ['tone', { x: sound.x + 16, y: sound.y + sound.h - 44, w: 128, h: 30 }],
      ['rumble', { x: pad.x + pad.w - 92, y: pad.y + 3, w: 80, h: 28 }],
      ['editor', { x: notes.x, y: notes.y + TITLE, w: notes.w, h: notes.h - TITLE }],
      ['paint', { x: sketch.x, y: sketch.y + TITLE, w: sketch.w, h: sketch.h - TITLE - 50 }],
    ],
  }
}

/** What lies under a point in layout px. */
export function targetAt(layout: Layout, x: number, y: number): Target | null {
  const hit = layout.targets.find(([, box]) => x >= box.x && y >= box.y && x < box.x + box.w && y < box.y + box.h)
  return hit?.[0] ?? null
}

/** The box of a target. */
export function boxOf(layout: Layout, target: Target): Box {
  return layout.targets.find(([name]) => name === target)?.[1] ?? layout.bar
}
