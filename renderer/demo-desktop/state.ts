// The demo's desktop as a value: what is on it, what is held, what was pasted. No drawing, no time of its own.
import type { Field } from './typing.ts'

export interface Stroke {
  /** Index into the inks; null rubs out. */
  readonly ink: number | null
  readonly width: number
  /** Layout px, from the sketch's corner: x0, y0, x1, y1, ... */
  readonly points: readonly number[]
}
export interface Pad {
  readonly name: string
  /** W3C standard order, 0-1. */
  readonly buttons: readonly number[]
  /** -1 to 1. */
  readonly axes: readonly number[]
}
export interface HeldKey {
  readonly keysym: number
  /** ms of the press, of the last sign of life, and of the last repetition. */
  readonly at: number
  readonly seen: number
  readonly repeated: number
}
export interface Clip {
  readonly text: string
  /** Set for pictures and other kinds. */
  readonly mime: string
  readonly bytes: number
  readonly from: 'viewer' | 'desktop' | 'nobody'
}

export interface DesktopState {
  /** Stream px. */
  readonly width: number
  readonly height: number
  readonly dpi: number
  readonly fps: number
  readonly field: Field
  readonly focus: 'editor' | 'paint'
  readonly held: readonly HeldKey[]
  /** The last key, for the line below the editor. */
  readonly lastKey: number | null
  readonly pointer: { readonly x: number; readonly y: number; readonly mask: number; readonly seq: number }
  readonly isCursorDrawn: boolean
  readonly ink: number
  readonly brush: number
  readonly strokes: readonly Stroke[]
  readonly isDrawing: boolean
  readonly pads: readonly (Pad | null)[]
  readonly clip: Clip
  /** Goes up with every copy made on the desktop: each is announced. */
  readonly copies: number
  /** Goes up with every press of "Rumble". */
  readonly rumbles: number
  /** Goes up with everything that is printed. */
  readonly prints: number
  readonly tone: boolean
}

/** The first words in the notes. */
export const GREETING =
  'Welcome to the demo desktop.\nIt is drawn here and comes to you over WebRTC.\n\nType something: '

/** A desktop that nobody has touched. @param width stream px @param height stream px */
export function initialState(width: number, height: number): DesktopState {
  return {
    width,
    height,
    dpi: 96,
    fps: 60,
    field: { text: GREETING, caret: GREETING.length, isSelected: false },
    focus: 'editor',
    held: [],
    lastKey: null,
    pointer: { x: Math.round(width / 2), y: Math.round(height / 2), mask: 0, seq: 0 },
    isCursorDrawn: false,
    ink: 0,
    brush: 5,
    strokes: [],
    isDrawing: false,
    pads: [null, null, null, null],
    clip: { text: '', mime: 'text/plain', bytes: 0, from: 'nobody' },
    copies: 0,
    rumbles: 0,
    prints: 0,
    tone: false,
  }
}
