// A text field as an X server's client sees it: keysyms in, text and caret out; and how its lines are broken. Pure.
import { characterOf, KEYSYM } from '../../shared/selkies/keysym.ts'

export interface Field {
  readonly text: string
  /** Index into the text (UTF-16), always between two whole characters. */
  readonly caret: number
  /** All of it is selected: the next key replaces it. */
  readonly isSelected: boolean
}
export interface Modifiers {
  readonly control: boolean
  readonly alt: boolean
}

/** More than this is not kept; the oldest goes. */
const LIMIT = 20_000
const KEY = {
  home: 0xff50,
  left: 0xff51,
  up: 0xff52,
  right: 0xff53,
  down: 0xff54,
  end: 0xff57,
  delete: 0xffff,
} as const

/** Keysyms that only change what others mean. */
export function isModifier(keysym: number): boolean {
  return (keysym >= 0xffe1 && keysym <= 0xffee) || keysym === KEYSYM.altGraph
}

/** The character that a keysym types, keypad and line ends included. */
export function typedBy(keysym: number): string | null {
  if (keysym === KEYSYM.enter || keysym === 0xff8d) return '\n'
  if (keysym === KEYSYM.tab) return '\t'
  if (keysym >= 0xffb0 && keysym <= 0xffb9) return String(keysym - 0xffb0)
  // the euro sign has a keysym of its own besides its Unicode one
  if (keysym === 0x20ac) return '€'
  return characterOf(keysym)
}

/** Puts text in at the caret. */
export function insert(field: Field, text: string): Field {
  const { text: old, caret } = field.isSelected ? { text: '', caret: 0 } : field
  const next = old.slice(0, caret) + text + old.slice(caret)
  const cut = Math.max(0, next.length - LIMIT)
  return { text: next.slice(cut), caret: Math.max(0, caret + text.length - cut), isSelected: false }
}

/** What one key press does to the field. Ctrl and Alt chords are not typed. */
export function press(field: Field, keysym: number, modifiers: Modifiers): Field {
  const { text, caret } = field
  if (modifiers.control) return keysym === 0x61 || keysym === 0x41 ? { ...field, isSelected: text !== '' } : field
  if (modifiers.alt) return field
  switch (keysym) {
    case KEYSYM.backspace:
      return field.isSelected ? insert(field, '') : remove(field, caret - before(text, caret), caret)
    case KEY.delete:
      return field.isSelected ? insert(field, '') : remove(field, caret, caret + after(text, caret))
    case KEY.left:
      return { text, caret: caret - before(text, caret), isSelected: false }
    case KEY.right:
      return { text, caret: caret + after(text, caret), isSelected: false }
    case KEY.home:
      return { text, caret: text.lastIndexOf('\n', caret - 1) + 1, isSelected: false }
    case KEY.end:
      return { text, caret: endOfLine(text, caret), isSelected: false }
    case KEY.up:
      return { text, caret: vertical(text, caret, -1), isSelected: false }
    case KEY.down:
      return { text, caret: vertical(text, caret, 1), isSelected: false }
    default: {
      const typed = typedBy(keysym)
      return typed === null ? field : insert(field, typed)
    }
  }
}

/** A line as it is shown: its characters, and where it begins in the text. */
export interface ShownLine {
  readonly text: string
  readonly from: number
}

/** Columns that a character takes. */
export function columnsOf(character: string): number {
  const point = character.codePointAt(0) ?? 0
  const isWide =
    (point >= 0x1100 && point <= 0x115f) ||
    (point >= 0x2e80 && point < 0xd800) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xff00 && point <= 0xff60)
  return character === '\t' ? 2 : isWide || point >= 0x1f300 ? 2 : 1
}

/** Breaks text into lines of at most so many columns. */
export function breakLines(text: string, columns: number): readonly ShownLine[] {
  const lines: ShownLine[] = []
  let at = 0
  let from = 0
  let used = 0
  for (const character of text) {
    const width = columnsOf(character)
    if (character === '\n' || used + width > columns) {
      lines.push({ text: text.slice(from, at), from })
      from = character === '\n' ? at + 1 : at
      used = character === '\n' ? 0 : width
    } else used += width
    at += character.length
  }
  lines.push({ text: text.slice(from), from })
  return lines
}

function remove(field: Field, from: number, to: number): Field {
  return { text: field.text.slice(0, from) + field.text.slice(to), caret: from, isSelected: false }
}
function before(text: string, caret: number): number {
  return Array.from(text.slice(Math.max(0, caret - 2), caret)).at(-1)?.length ?? 0
}
function after(text: string, caret: number): number {
  return Array.from(text.slice(caret, caret + 2))[0]?.length ?? 0
}
function endOfLine(text: string, caret: number): number {
  const end = text.indexOf('\n', caret)
  return end < 0 ? text.length : end
}
function vertical(text: string, caret: number, step: 1 | -1): number {
  const start = text.lastIndexOf('\n', caret - 1) + 1
  const column = caret - start
  if (step < 0 && start === 0) return 0
  const other = step < 0 ? text.lastIndexOf('\n', start - 2) + 1 : endOfLine(text, caret) + 1
  if (other > text.length) return text.length
  const to = Math.min(other + column, endOfLine(text, other))
  // never into the middle of a pair
  return to > 0 && /[\uD800-\uDBFF]/.test(text[to - 1] ?? '') ? to - 1 : to
}
