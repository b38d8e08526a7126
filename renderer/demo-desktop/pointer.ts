// What the pointer does on the demo's desktop: it presses buttons, draws, chooses inks, and its wheel changes the brush. Pure.
import { MASK, type ClientMessage } from '../../shared/selkies/g2/messages.ts'
import { copyNotes } from './copy-notes.ts'
import { boxOf, layoutOf, targetAt, TYPE, type Layout } from './layout.ts'
import type { DesktopState } from './state.ts'
import { breakLines, columnsOf } from './typing.ts'

type PointerMessage = ClientMessage & { type: 'pointer' }

/** Points of one stroke and strokes of one picture; older ones go. */
const LIMITS = { points: 4_000, strokes: 400 } as const
const BUTTONS = MASK.left | MASK.middle | MASK.right

/** Moves the pointer and does what its buttons and wheel do. Late and repeated positions are dropped. Source: Selkies 2.1. */
export function movePointer(state: DesktopState, message: PointerMessage): DesktopState {
  const { pointer } = state
  const { sequence = 0 } = message
  const isLate = sequence > 0 && sequence <= pointer.seq
  if (isLate && !message.relative) return state
  const x = clamp(message.relative ? pointer.x + message.x : message.x, state.width - 1)
  const y = clamp(message.relative ? pointer.y + message.y : message.y, state.height - 1)
  const mask = isLate ? pointer.mask : message.mask & BUTTONS
  const moved = { ...state, pointer: { x, y, mask, seq: Math.max(pointer.seq, sequence) } }
  const layout = layoutOf(state.width, state.height, state.dpi)
  const wheel = message.magnitude > 0 ? message.mask & (MASK.wheelUp | MASK.wheelDown) : 0
  const turned = wheel === 0 ? moved : turn(moved, layout, wheel, message.magnitude)
  const pressed = mask & ~pointer.mask
  if (pressed !== 0) return press(turned, layout, pressed)
  return draw(turned, layout)
}

function press(state: DesktopState, layout: Layout, pressed: number): DesktopState {
  const { x, y } = inLayout(state, layout)
  const target = targetAt(layout, x, y)
  if (target === null) return state
  if (target === 'paint') {
    const box = boxOf(layout, 'paint')
    const stroke = {
      ink: pressed & MASK.right ? null : pressed & MASK.middle ? (state.ink + 1) % 5 : state.ink,
      width: pressed & MASK.right ? state.brush * 4 : state.brush,
      points: [x - box.x, y - box.y],
    }
    return {
      ...state,
      focus: 'paint',
      isDrawing: true,
      strokes: [...state.strokes.slice(-LIMITS.strokes + 1), stroke],
    }
  }
  if ((pressed & MASK.left) === 0) return state
  switch (target) {
    case 'editor':
      return {
        ...state,
        focus: 'editor',
        field: { ...state.field, caret: caretAt(state, layout, x, y), isSelected: false },
      }
    case 'copy':
      return copyNotes(state)
    case 'clear':
      return { ...state, strokes: [] }
    case 'tone':
      return { ...state, tone: !state.tone }
    case 'print':
      return { ...state, prints: state.prints + 1 }
    case 'rumble':
      return { ...state, rumbles: state.rumbles + 1 }
    default:
      return { ...state, ink: Number(target.slice('ink-'.length)) }
  }
}

function draw(state: DesktopState, layout: Layout): DesktopState {
  if (!state.isDrawing) return state
  if (state.pointer.mask === 0) return { ...state, isDrawing: false }
  const last = state.strokes.at(-1)
  if (last === undefined || last.points.length >= LIMITS.points * 2) return state
  const { x, y } = inLayout(state, layout)
  const box = boxOf(layout, 'paint')
  const stroke = { ...last, points: [...last.points, x - box.x, y - box.y] }
  return { ...state, strokes: [...state.strokes.slice(0, -1), stroke] }
}

function turn(state: DesktopState, layout: Layout, wheel: number, clicks: number): DesktopState {
  const { x, y } = inLayout(state, layout)
  if (targetAt(layout, x, y) !== 'paint') return state
  const step = wheel & MASK.wheelUp ? clicks : -clicks
  return { ...state, brush: Math.min(40, Math.max(1, state.brush + step)) }
}

/** The caret that a click means. */
function caretAt(state: DesktopState, layout: Layout, x: number, y: number): number {
  const box = boxOf(layout, 'editor')
  const { lines, first } = shownLines(state.field.text, box.w, box.h, state.field.caret)
  const row = Math.floor((y - box.y - TYPE.inset) / TYPE.line) + first
  const line = lines[Math.min(lines.length - 1, Math.max(0, row))]
  if (line === undefined) return state.field.text.length
  let left = (x - box.x - TYPE.inset) / TYPE.advance
  let at = line.from
  for (const character of line.text) {
    if (left < columnsOf(character) / 2) break
    left -= columnsOf(character)
    at += character.length
  }
  return at
}

/** The lines of the notes, the first one shown, and where the caret is. */
export function shownLines(
  text: string,
  width: number,
  height: number,
  caret: number,
): {
  readonly lines: ReturnType<typeof breakLines>
  readonly first: number
  readonly row: number
  readonly rows: number
} {
  const columns = Math.max(8, Math.floor((width - 2 * TYPE.inset) / TYPE.advance))
  const rows = Math.max(1, Math.floor((height - TYPE.inset - 34) / TYPE.line))
  const lines = breakLines(text, columns)
  const row = lines.findLastIndex(({ from }) => from <= caret)
  return { lines, row, rows, first: Math.max(0, row - rows + 1) }
}

function inLayout(state: DesktopState, layout: Layout): { readonly x: number; readonly y: number } {
  return { x: state.pointer.x / layout.scale, y: state.pointer.y / layout.scale }
}
function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value))
}
