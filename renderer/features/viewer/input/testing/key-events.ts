// Key events as short texts, and what a stream says to them as short texts: tables of them can be read.
import { expect } from 'vitest'
import type { ClientMessage } from '../../../../../shared/selkies/g2/messages.ts'
import { createKeyStream, type KeyPlatform, type KeyPress } from '../key-stream.ts'

const NAMES: Readonly<Record<number, string>> = {
  0xffe1: 'Shift',
  0xffe2: 'ShiftR',
  0xffe3: 'Ctrl',
  0xffe4: 'CtrlR',
  0xffe9: 'Alt',
  0xffea: 'AltR',
  0xffeb: 'Super',
  0xffec: 'SuperR',
  0xfe03: 'AltGr',
  0xff08: 'Backspace',
  0xff09: 'Tab',
  0xff0d: 'Enter',
  0xff1b: 'Escape',
  0xff51: 'Left',
  0xff61: 'Print',
  0xff2a: 'Zenkaku',
  0xff23: 'Convert',
  0xffff: 'Delete',
}
/** `+a` pressed, `-a` let go, `0` everything let go. */
export function words(messages: readonly ClientMessage[]): string {
  return messages
    .map((message) => {
      if (message.type === 'release-keys') return '0'
      if (message.type !== 'key-down' && message.type !== 'key-up') return message.type
      const { keysym } = message
      const name = NAMES[keysym] ?? String.fromCodePoint(keysym >= 0x0100_0000 ? keysym - 0x0100_0000 : keysym)
      return (message.type === 'key-down' ? '+' : '-') + name
    })
    .join(' ')
}

/**
 * `+@:KeyQ/altgr` is a press of the key `@` at `KeyQ` while AltGr is held, `-` a release; `@100` behind it is its time.
 * Flags: ctrl, alt, shift, meta, altgr, repeat, ime (an input method has it).
 */
export function press(text: string): KeyPress {
  const [, , key = '', code = '', flagged = '', at = '0'] =
    /^([+-])(.*?):(\w*)(?:\/([a-z,]*))?(?:@(\d+))?$/u.exec(text) ?? []
  const flags = new Set(flagged.split(','))
  return {
    key,
    code,
    location: code.startsWith('Numpad') ? 3 : code.endsWith('Right') ? 2 : code.endsWith('Left') ? 1 : 0,
    ctrlKey: flags.has('ctrl'),
    altKey: flags.has('alt'),
    shiftKey: flags.has('shift'),
    metaKey: flags.has('meta'),
    altGraph: flags.has('altgr'),
    repeat: flags.has('repeat'),
    composing: flags.has('ime'),
    timeStamp: Number(at),
  }
}

export interface System {
  readonly on: KeyPlatform
  readonly command?: 'super' | 'control' | 'swap'
}
export const WINDOWS: System = { on: 'windows' }
export const MAC: System = { on: 'mac' }
export const LINUX: System = { on: 'other' }

/** What a sequence says; `·` where a key is left to the browser. */
function said({ on, command = 'control' }: System, events: readonly string[]): string {
  const stream = createKeyStream({ platform: on, commandKey: () => command })
  return events
    .map((event) => {
      const messages = event.startsWith('+') ? stream.down(press(event)) : stream.up(press(event))
      return messages === null ? '·' : words(messages)
    })
    .filter((text) => text !== '')
    .join(' ')
}

export type Row = readonly [name: string, system: System, events: readonly string[], wanted: string]

/** Compares one row of a table. */
export function check(...[, system, events, wanted]: Row): void {
  expect(said(system, events)).toBe(wanted)
}
