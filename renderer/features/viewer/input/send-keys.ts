// Keys that this machine, its browser or its window manager would take: a menu sends them. Pure.
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { KEYSYM } from '../../../../shared/selkies/keysym.ts'

export interface SendableKeys {
  /** As people read them. */
  readonly keys: readonly string[]
  readonly keysyms: readonly number[]
}

const { controlLeft: CTRL, altLeft: ALT, shiftLeft: SHIFT } = KEYSYM
const F = (number: number): number => 0xffbd + number
const letter = (character: string): number => character.charCodeAt(0)

export const SENDABLE_KEYS: readonly SendableKeys[] = [
  { keys: ['Ctrl', 'Alt', 'Del'], keysyms: [CTRL, ALT, 0xffff] },
  { keys: ['Ctrl', 'Alt', 'Backspace'], keysyms: [CTRL, ALT, KEYSYM.backspace] },
  { keys: ['Ctrl', 'Shift', 'Esc'], keysyms: [CTRL, SHIFT, KEYSYM.escape] },
  { keys: ['Alt', 'Tab'], keysyms: [ALT, KEYSYM.tab] },
  { keys: ['Alt', 'F4'], keysyms: [ALT, F(4)] },
  { keys: ['Super'], keysyms: [KEYSYM.superLeft] },
  { keys: ['Print'], keysyms: [0xff61] },
  { keys: ['Esc'], keysyms: [KEYSYM.escape] },
  { keys: ['F11'], keysyms: [F(11)] },
  { keys: ['Ctrl', 'Tab'], keysyms: [CTRL, KEYSYM.tab] },
  { keys: ['Ctrl', 'W'], keysyms: [CTRL, letter('w')] },
  { keys: ['Ctrl', 'T'], keysyms: [CTRL, letter('t')] },
  { keys: ['Ctrl', 'N'], keysyms: [CTRL, letter('n')] },
]

/** Presses keys in their order and lets go of them in the other. */
export function strike(keysyms: readonly number[]): readonly ClientMessage[] {
  return [
    ...keysyms.map((keysym): ClientMessage => ({ type: 'key-down', keysym })),
    ...keysyms.toReversed().map((keysym): ClientMessage => ({ type: 'key-up', keysym })),
  ]
}
