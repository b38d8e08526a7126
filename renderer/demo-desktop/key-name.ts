// A keysym as people call the key.
import { typedBy } from './typing.ts'

const NAMES: Readonly<Record<number, string>> = {
  0x20: 'Space',
  0xff08: 'Backspace',
  0xff09: 'Tab',
  0xff0d: 'Enter',
  0xff1b: 'Esc',
  0xffff: 'Delete',
  0xff50: 'Home',
  0xff51: 'Left',
  0xff52: 'Up',
  0xff53: 'Right',
  0xff54: 'Down',
  0xff55: 'Page up',
  0xff56: 'Page down',
  0xff57: 'End',
  0xff63: 'Insert',
  0xff67: 'Menu',
  0xff8d: 'Enter',
  0xffe1: 'Shift',
  0xffe2: 'Shift right',
  0xffe3: 'Ctrl',
  0xffe4: 'Ctrl right',
  0xffe7: 'Meta',
  0xffe8: 'Meta right',
  0xffe9: 'Alt',
  0xffea: 'Alt right',
  0xffeb: 'Super',
  0xffec: 'Super right',
  0xfe03: 'AltGr',
}

/** @returns a name, the character itself, or the number where it has neither */
export function keyName(keysym: number): string {
  const name = NAMES[keysym]
  if (name !== undefined) return name
  if (keysym >= 0xffbe && keysym <= 0xffe0) return `F${keysym - 0xffbd}`
  return typedBy(keysym) ?? `0x${keysym.toString(16)}`
}
