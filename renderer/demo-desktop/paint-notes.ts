// The notes: what is typed, the caret, and a line that names the last key and what is held.
import { keyName } from './key-name.ts'
import { boxOf, TYPE, type Box, type Layout } from './layout.ts'
import { COLOR, fitted, inset, mono, sans, write, type Pen } from './paint-kit.ts'
import { shownLines } from './pointer.ts'
import type { DesktopState } from './state.ts'
import { columnsOf } from './typing.ts'

/** @param isCaretOn the caret blinks */
export function paintNotes(pen: Pen, state: DesktopState, layout: Layout, isCaretOn: boolean): void {
  const box = boxOf(layout, 'editor')
  const { field } = state
  const { lines, first, row, rows } = shownLines(field.text, box.w, box.h, field.caret)
  const left = box.x + TYPE.inset
  for (const [at, line] of lines.slice(first, first + rows).entries()) {
    const middle = box.y + TYPE.inset + at * TYPE.line + TYPE.line / 2
    let x = left
    for (const character of line.text) {
      const width = columnsOf(character) * TYPE.advance
      if (field.isSelected) {
        pen.fillStyle = '#cdd3fa'
        pen.fillRect(x, middle - TYPE.line / 2, width + 0.5, TYPE.line)
      }
      if (character !== '\t' && character !== ' ')
        write(pen, character, x, middle, { font: mono(TYPE.size), color: COLOR.text })
      x += width
    }
    if (first + at === row && state.focus === 'editor' && (isCaretOn || state.held.length > 0)) {
      const ahead = Array.from(line.text.slice(0, field.caret - line.from))
      const column = ahead.reduce((sum, character) => sum + columnsOf(character), 0)
      pen.fillStyle = COLOR.accent
      pen.fillRect(left + column * TYPE.advance - 0.75, middle - 9, 2, 18)
    }
  }
  const base = box.y + box.h - 17
  pen.fillStyle = COLOR.line
  pen.fillRect(box.x + 1, box.y + box.h - 34, box.w - 2, 1)
  const held = state.held.map(({ keysym }) => keyName(keysym)).join(' + ')
  const said = held !== '' ? held : state.lastKey === null ? 'no key yet' : keyName(state.lastKey)
  write(pen, held === '' ? 'Last key' : 'Held', left, base, { font: sans(12), color: COLOR.faint })
  write(pen, fitted(pen, said, mono(12), box.w - 220), left + 58, base, { font: mono(12), color: COLOR.soft })
  write(pen, `${Array.from(field.text).length} characters`, box.x + box.w - TYPE.inset, base, {
    font: sans(12),
    color: COLOR.faint,
    align: 'right',
  })
  if (state.focus === 'editor') ring(pen, layout.notes)
}

/** The ring around what has the keyboard. */
export function ring(pen: Pen, box: Box): void {
  const { x, y, w, h } = inset(box, 1)
  pen.beginPath()
  pen.roundRect(x, y, w, h, 11)
  pen.strokeStyle = COLOR.accent
  pen.lineWidth = 2
  pen.stroke()
}
