// Sequences of key events as Chromium gives them on Windows, macOS and Linux with American, German, French, Russian and
// Japanese layouts, against the keysyms that the desktop is told; and every way in which a key could stay held.
import { describe, expect, it } from 'vitest'
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { createKeyStream, type KeyPlatform, type KeyPress } from './key-stream.ts'

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
function words(messages: readonly ClientMessage[]): string {
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

type Flags = 'ctrl' | 'alt' | 'shift' | 'meta' | 'altgr' | 'repeat' | 'ime'
/** Down or up, the key, its position, and what holds: `['d', '@', 'KeyQ', 'altgr']`. */
type Event = readonly ['d' | 'u', key: string, code: string, flags?: string, at?: number]

function press([, key, code, text = '', at = 0]: Event): KeyPress {
  const flags = new Set(text.split(' ') as Flags[])
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
    timeStamp: at,
  }
}
interface System {
  readonly on: KeyPlatform
  readonly command?: 'super' | 'control' | 'swap'
}
/** What a sequence says; `·` where a key is left to the browser. */
function said({ on, command = 'control' }: System, events: readonly Event[]): string {
  const stream = createKeyStream({ platform: on, commandKey: () => command })
  return events
    .map((event) => {
      const messages = event[0] === 'd' ? stream.down(press(event)) : stream.up(press(event))
      return messages === null ? '·' : words(messages)
    })
    .filter((text) => text !== '')
    .join(' ')
}
type Row = readonly [name: string, system: System, events: readonly Event[], wanted: string]
const check = (_name: string, system: System, events: readonly Event[], wanted: string) =>
  expect(said(system, events)).toBe(wanted)

const WINDOWS: System = { on: 'windows' }
const MAC: System = { on: 'mac' }
const LINUX: System = { on: 'other' }

/** AltGr as each system says it: Windows adds Control, macOS has Option. */
const ALTGR = {
  windows: {
    down: [
      ['d', 'Control', 'ControlLeft', 'ctrl', 100],
      ['d', 'AltGraph', 'AltRight', 'altgr', 101],
    ],
    up: [
      ['u', 'Control', 'ControlLeft', 'altgr'],
      ['u', 'AltGraph', 'AltRight'],
    ],
  },
  linux: { down: [['d', 'AltGraph', 'AltRight', 'altgr']], up: [['u', 'AltGraph', 'AltRight']] },
} as const

describe('US', () => {
  it.each<Row>([
    [
      'letters',
      LINUX,
      [
        ['d', 'a', 'KeyA'],
        ['u', 'a', 'KeyA'],
      ],
      '+a -a',
    ],
    [
      'a capital',
      WINDOWS,
      [
        ['d', 'Shift', 'ShiftLeft', 'shift'],
        ['d', 'A', 'KeyA', 'shift'],
        ['u', 'A', 'KeyA', 'shift'],
        ['u', 'Shift', 'ShiftLeft'],
      ],
      '+Shift +A -A -Shift',
    ],
    [
      'Shift let go before the letter',
      LINUX,
      [
        ['d', 'Shift', 'ShiftLeft', 'shift'],
        ['d', '!', 'Digit1', 'shift'],
        ['u', 'Shift', 'ShiftLeft'],
        ['u', '1', 'Digit1'],
      ],
      '+Shift +! -Shift -!',
    ],
    [
      'the right Alt is Alt',
      LINUX,
      [
        ['d', 'Alt', 'AltRight', 'alt'],
        ['d', 'f', 'KeyF', 'alt'],
        ['u', 'f', 'KeyF', 'alt'],
        ['u', 'Alt', 'AltRight'],
      ],
      '+AltR +f -f -AltR',
    ],
    [
      'the local repetition is not sent',
      LINUX,
      [
        ['d', 'a', 'KeyA'],
        ['d', 'a', 'KeyA', 'repeat'],
      ],
      '+a',
    ],
    [
      'Alt with Shift is no Super on X11',
      LINUX,
      [
        ['d', 'Shift', 'ShiftLeft', 'shift'],
        ['d', 'Meta', 'AltLeft', 'shift alt'],
        ['d', 'Tab', 'Tab', 'shift alt'],
        ['u', 'Tab', 'Tab', 'shift alt'],
        ['u', 'Meta', 'AltLeft', 'shift'],
        ['u', 'Shift', 'ShiftLeft'],
      ],
      '+Shift +Alt +Tab -Tab -Alt -Shift',
    ],
    [
      'an accent of the international layout on Windows is made by the browser',
      WINDOWS,
      [
        ['d', 'Dead', 'Quote'],
        ['u', 'Dead', 'Quote'],
        ['d', 'e', 'KeyE'],
        ['u', 'e', 'KeyE'],
        ['d', 'e', 'KeyE'],
      ],
      '· · +e',
    ],
    [
      'locks stay here',
      WINDOWS,
      [
        ['d', 'CapsLock', 'CapsLock'],
        ['d', 'NumLock', 'NumLock'],
      ],
      '· ·',
    ],
  ])('%s', check)
})

describe('DE', () => {
  it.each<Row>([
    [
      'Y and Z by what they write',
      LINUX,
      [
        ['d', 'z', 'KeyY'],
        ['d', 'y', 'KeyZ'],
      ],
      '+z +y',
    ],
    [
      'umlauts',
      WINDOWS,
      [
        ['d', 'ö', 'Semicolon'],
        ['d', 'ß', 'Minus'],
      ],
      '+ö +ß',
    ],
    [
      'AltGr on Windows: the Control that comes with it is taken back',
      WINDOWS,
      [
        ...ALTGR.windows.down,
        ['d', '@', 'KeyQ', 'altgr'],
        ['u', '@', 'KeyQ', 'altgr'],
        ['d', '€', 'KeyE', 'altgr'],
        ['u', '€', 'KeyE', 'altgr'],
        ...ALTGR.windows.up,
      ],
      '+Ctrl -Ctrl +AltGr +@ -@ +€ -€ -AltGr',
    ],
    [
      'AltGr on Linux',
      LINUX,
      [...ALTGR.linux.down, ['d', '{', 'Digit7', 'altgr'], ['u', '{', 'Digit7', 'altgr'], ...ALTGR.linux.up],
      '+AltGr +{ -{ -AltGr',
    ],
    [
      'Control with Alt is AltGr on Windows: the character comes without them, and they stay held',
      WINDOWS,
      [
        ['d', 'Control', 'ControlLeft', 'ctrl', 100],
        ['d', 'Alt', 'AltLeft', 'ctrl alt', 300],
        ['d', '@', 'KeyQ', 'altgr'],
        ['u', '@', 'KeyQ', 'altgr'],
        ['d', 't', 'KeyT', 'ctrl alt'],
        ['u', 't', 'KeyT', 'ctrl alt'],
        ['u', 'Alt', 'AltLeft', 'ctrl'],
        ['u', 'Control', 'ControlLeft'],
      ],
      '+Ctrl +Alt -Ctrl -Alt +@ -@ +Ctrl +Alt +t -t -Alt -Ctrl',
    ],
    [
      'Option on a Mac: characters come without Alt',
      MAC,
      [
        ['d', 'Alt', 'AltLeft', 'alt'],
        ['d', '@', 'KeyL', 'alt'],
        ['u', '@', 'KeyL', 'alt'],
        ['d', '€', 'KeyE', 'alt'],
        ['u', '€', 'KeyE', 'alt'],
        ['u', 'Alt', 'AltLeft'],
      ],
      '+@ -@ +€ -€',
    ],
    [
      'a dead key on Linux belongs to the input method',
      LINUX,
      [
        ['d', 'Dead', 'Equal', 'ime'],
        ['d', 'Process', 'KeyE', 'ime'],
        ['u', 'e', 'KeyE'],
        ['d', 'e', 'KeyE'],
      ],
      '· · +e',
    ],
    [
      'a dead key on a Mac begins a composition',
      MAC,
      [
        ['d', 'Dead', 'Equal'],
        ['d', 'é', 'KeyE', 'ime'],
        ['u', 'e', 'KeyE'],
        ['d', 'e', 'KeyE'],
      ],
      '· · +e',
    ],
    [
      'a dead key with a capital on Windows: Shift goes on',
      WINDOWS,
      [
        ['d', 'Dead', 'Equal'],
        ['d', 'Shift', 'ShiftLeft', 'shift'],
        ['d', 'E', 'KeyE', 'shift'],
        ['u', 'Shift', 'ShiftLeft'],
      ],
      '· +Shift · -Shift',
    ],
    [
      'a dead key that nothing follows',
      WINDOWS,
      [
        ['d', 'Dead', 'Equal'],
        ['d', 'Enter', 'Enter'],
        ['d', 'e', 'KeyE'],
      ],
      '· +Enter +e',
    ],
    [
      'a dead key before a shortcut',
      WINDOWS,
      [
        ['d', 'Dead', 'Equal'],
        ['d', 'Control', 'ControlLeft', 'ctrl'],
        ['d', 'c', 'KeyC', 'ctrl'],
      ],
      '· +Ctrl +c',
    ],
  ])('%s', check)
})

describe('FR', () => {
  it.each<Row>([
    [
      'letters and digits by what they write',
      WINDOWS,
      [
        ['d', 'a', 'KeyQ'],
        ['d', 'é', 'Digit2'],
        ['d', 'm', 'Semicolon'],
      ],
      '+a +é +m',
    ],
    [
      'AltGr: # and €',
      WINDOWS,
      [...ALTGR.windows.down, ['d', '#', 'Digit3', 'altgr'], ['u', '#', 'Digit3', 'altgr'], ...ALTGR.windows.up],
      '+Ctrl -Ctrl +AltGr +# -# -AltGr',
    ],
    [
      'the circumflex: ê is made by the browser',
      WINDOWS,
      [
        ['d', 'Dead', 'BracketLeft'],
        ['d', 'e', 'KeyE'],
      ],
      '· ·',
    ],
    [
      'AltGr with a dead key: ~ and n',
      WINDOWS,
      [...ALTGR.windows.down, ['d', 'Dead', 'Digit2', 'altgr'], ...ALTGR.windows.up, ['d', 'n', 'KeyN']],
      '+Ctrl -Ctrl +AltGr · -AltGr ·',
    ],
    [
      'shortcuts by what the key writes',
      LINUX,
      [
        ['d', 'Control', 'ControlLeft', 'ctrl'],
        ['d', 'a', 'KeyQ', 'ctrl'],
        ['u', 'a', 'KeyQ', 'ctrl'],
        ['u', 'Control', 'ControlLeft'],
      ],
      '+Ctrl +a -a -Ctrl',
    ],
  ])('%s', check)
})

describe('RU', () => {
  it.each<Row>([
    [
      'letters',
      LINUX,
      [
        ['d', 'ф', 'KeyA'],
        ['d', 'Ё', 'Backquote', 'shift'],
      ],
      '+ф +Ё',
    ],
    [
      'shortcuts by the position',
      WINDOWS,
      [
        ['d', 'Control', 'ControlLeft', 'ctrl'],
        ['d', 'с', 'KeyC', 'ctrl'],
        ['u', 'с', 'KeyC', 'ctrl'],
        ['d', 'Shift', 'ShiftLeft', 'ctrl shift'],
        ['d', 'Х', 'BracketLeft', 'ctrl shift'],
        ['u', 'Х', 'BracketLeft', 'ctrl shift'],
      ],
      '+Ctrl +c -c +Shift +{ -{',
    ],
    [
      'menus by the position',
      LINUX,
      [
        ['d', 'Alt', 'AltLeft', 'alt'],
        ['d', 'а', 'KeyF', 'alt'],
      ],
      '+Alt +f',
    ],
    [
      'with Command on a Mac',
      MAC,
      [
        ['d', 'Meta', 'MetaLeft', 'meta'],
        ['d', 'м', 'KeyV', 'meta'],
        ['u', 'Meta', 'MetaLeft'],
      ],
      '+Ctrl +v -v -Ctrl',
    ],
  ])('%s', check)
})

describe('JP', () => {
  it.each<Row>([
    [
      'the yen and the underscore of their own keys',
      WINDOWS,
      [
        ['d', '\\', 'IntlYen'],
        ['d', '_', 'IntlRo', 'shift'],
      ],
      '+\\ +_',
    ],
    ['¥ of a Mac', MAC, [['d', '¥', 'IntlYen']], '+¥'],
    [
      'an input method takes every key of a composition, and the Enter that ends it',
      WINDOWS,
      [
        ['d', 'Process', 'KeyN'],
        ['u', 'n', 'KeyN', 'ime'],
        ['d', 'Process', 'KeyI', 'ime'],
        ['u', 'i', 'KeyI', 'ime'],
        ['d', 'Process', 'Space', 'ime'],
        ['d', 'Enter', 'Enter', 'ime'],
        ['u', 'Enter', 'Enter'],
        ['d', 'Enter', 'Enter'],
      ],
      '· · · · +Enter',
    ],
    [
      'the first key of a composition on a Mac has its letter',
      MAC,
      [
        ['d', 'n', 'KeyN', 'ime'],
        ['u', 'n', 'KeyN', 'ime'],
      ],
      '·',
    ],
    [
      'Convert goes to the desktop',
      LINUX,
      [
        ['d', 'Convert', 'Convert'],
        ['u', 'Convert', 'Convert'],
      ],
      '+Convert -Convert',
    ],
    [
      'the switch of Windows has no release: it is a tap',
      WINDOWS,
      [
        ['d', 'ZenkakuHankaku', 'Backquote'],
        ['d', 'ZenkakuHankaku', 'Backquote', 'repeat'],
      ],
      '+Zenkaku -Zenkaku',
    ],
    [
      'shortcuts while kana are written',
      LINUX,
      [
        ['d', 'Control', 'ControlLeft', 'ctrl'],
        ['d', 'そ', 'KeyC', 'ctrl'],
      ],
      '+Ctrl +c',
    ],
  ])('%s', check)
})

describe('the Command key of a Mac', () => {
  const copy: readonly Event[] = [
    ['d', 'Meta', 'MetaLeft', 'meta'],
    ['d', 'c', 'KeyC', 'meta'],
    ['u', 'Meta', 'MetaLeft'],
  ]
  const interrupt: readonly Event[] = [
    ['d', 'Control', 'ControlLeft', 'ctrl'],
    ['d', 'c', 'KeyC', 'ctrl'],
    ['u', 'c', 'KeyC', 'ctrl'],
    ['u', 'Control', 'ControlLeft'],
  ]
  it.each<Row>([
    ['is Control', { on: 'mac', command: 'control' }, copy, '+Ctrl +c -c -Ctrl'],
    ['and Control stays Control', { on: 'mac', command: 'control' }, interrupt, '+Ctrl +c -c -Ctrl'],
    ['changes places with Control', { on: 'mac', command: 'swap' }, copy, '+Ctrl +c -c -Ctrl'],
    ['which then is Super', { on: 'mac', command: 'swap' }, interrupt, '+Super +c -c -Super'],
    ['stays Super', { on: 'mac', command: 'super' }, copy, '+Super +c -c -Super'],
    ['is no Control elsewhere', { on: 'windows', command: 'swap' }, copy, '+Super +c -Super'],
    [
      'pastes as often as it is said, though macOS says no releases',
      MAC,
      [
        ['d', 'Meta', 'MetaLeft', 'meta'],
        ['d', 'v', 'KeyV', 'meta'],
        ['d', 'v', 'KeyV', 'meta'],
        ['d', 'z', 'KeyZ', 'meta repeat'],
        ['u', 'Meta', 'MetaLeft'],
      ],
      '+Ctrl +v -v +v -v +z -z -Ctrl',
    ],
    [
      'lets go with it what was pressed before it',
      MAC,
      [
        ['d', 'Shift', 'ShiftLeft', 'shift'],
        ['d', 'A', 'KeyA', 'shift'],
        ['d', 'Meta', 'MetaLeft', 'meta shift'],
        ['u', 'Meta', 'MetaLeft', 'shift'],
        ['u', 'Shift', 'ShiftLeft'],
      ],
      '+Shift +A +Ctrl -Ctrl -A -Shift',
    ],
    [
      'with Option: the letter by its position',
      MAC,
      [
        ['d', 'Meta', 'MetaLeft', 'meta'],
        ['d', 'Alt', 'AltLeft', 'meta alt'],
        ['d', 'Dead', 'KeyI', 'meta alt'],
      ],
      '+Ctrl +Alt +i -i',
    ],
  ])('%s', check)
})

describe('Option on a Mac', () => {
  it.each<Row>([
    [
      'alone is Alt',
      MAC,
      [
        ['d', 'Alt', 'AltLeft', 'alt'],
        ['u', 'Alt', 'AltLeft'],
      ],
      '+Alt -Alt',
    ],
    [
      'is Alt for keys that are no characters, and lifted for one that is',
      MAC,
      [
        ['d', 'Alt', 'AltRight', 'alt'],
        ['d', 'Tab', 'Tab', 'alt'],
        ['u', 'Tab', 'Tab', 'alt'],
        ['d', 'å', 'KeyA', 'alt'],
        ['u', 'å', 'KeyA', 'alt'],
        ['u', 'Alt', 'AltRight'],
      ],
      '+AltR +Tab -Tab -AltR +å -å +AltR -AltR',
    ],
    [
      'with a dead key is no Alt',
      MAC,
      [
        ['d', 'Alt', 'AltLeft', 'alt'],
        ['d', 'Dead', 'KeyE', 'alt'],
        ['u', 'Alt', 'AltLeft'],
      ],
      '·',
    ],
    [
      'with Control is Alt',
      MAC,
      [
        ['d', 'Control', 'ControlLeft', 'ctrl'],
        ['d', 'Alt', 'AltLeft', 'ctrl alt'],
        ['d', '†', 'KeyT', 'ctrl alt'],
      ],
      '+Ctrl +Alt +t',
    ],
  ])('%s', check)

  it('is pressed when the pointer acts: Alt moves windows', () => {
    const stream = createKeyStream({ platform: 'mac', commandKey: () => 'control' })
    stream.down(press(['d', 'Alt', 'AltLeft', 'alt']))
    expect(words(stream.pointer(press(['d', '', '', 'alt'])))).toBe('+Alt')
    expect(words(stream.up(press(['u', 'Alt', 'AltLeft'])))).toBe('-Alt')
  })
})

describe('nothing stays held', () => {
  it.each<Row>([
    [
      'a modifier whose release another program took: the next key tells',
      WINDOWS,
      [
        ['d', 'Alt', 'AltLeft', 'alt'],
        ['d', 'Shift', 'ShiftLeft', 'alt shift'],
        ['d', 'x', 'KeyX', ''],
      ],
      '+Alt +Shift -Alt -Shift +x',
    ],
    [
      'and so does the next release',
      LINUX,
      [
        ['d', 'x', 'KeyX'],
        ['d', 'Control', 'ControlLeft', 'ctrl'],
        ['u', 'x', 'KeyX', ''],
      ],
      '+x +Ctrl -x -Ctrl',
    ],
    [
      'the Windows key that opened the system’s menu',
      WINDOWS,
      [
        ['d', 'Meta', 'MetaLeft', 'meta'],
        ['d', 'x', 'KeyX', ''],
      ],
      '+Super -Super +x',
    ],
    [
      'Super on X11 is told by its own events alone',
      LINUX,
      [
        ['d', 'Meta', 'MetaLeft', 'meta'],
        ['d', 'e', 'KeyE', ''],
        ['u', 'e', 'KeyE', ''],
        ['u', 'Meta', 'MetaLeft'],
      ],
      '+Super +e -e -Super',
    ],
    [
      'both Shifts on Windows: one release is said',
      WINDOWS,
      [
        ['d', 'Shift', 'ShiftLeft', 'shift'],
        ['d', 'Shift', 'ShiftRight', 'shift'],
        ['u', 'Shift', 'ShiftLeft', 'shift'],
      ],
      '+Shift +ShiftR -Shift -ShiftR',
    ],
    [
      'a second press without a release',
      LINUX,
      [
        ['d', 'a', 'KeyA'],
        ['d', 'a', 'KeyA'],
        ['u', 'a', 'KeyA'],
      ],
      '+a -a',
    ],
    [
      'a character that changed under way',
      LINUX,
      [
        ['d', 'a', 'KeyA'],
        ['d', 'A', 'KeyA', 'shift'],
        ['u', 'a', 'KeyA'],
      ],
      '+a -a +A -A',
    ],
    [
      'a release without a press',
      LINUX,
      [
        ['u', 'a', 'KeyA'],
        ['u', 'Shift', 'ShiftLeft'],
      ],
      '',
    ],
    ['Print on Windows, which says its release alone', WINDOWS, [['u', 'PrintScreen', 'PrintScreen']], '+Print -Print'],
    [
      'Print elsewhere',
      LINUX,
      [
        ['d', 'PrintScreen', 'PrintScreen'],
        ['u', 'PrintScreen', 'PrintScreen'],
      ],
      '+Print -Print',
    ],
    [
      'a key without a position',
      LINUX,
      [
        ['d', 'ж', ''],
        ['u', 'ж', ''],
      ],
      '+ж -ж',
    ],
  ])('%s', check)

  it('when the focus goes, the window is hidden, the connection is new or a chord was pressed', () => {
    for (const on of ['mac', 'windows', 'other'] as const) {
      const stream = createKeyStream({ platform: on, commandKey: () => 'control' })
      stream.down(press(['d', 'Control', 'ControlLeft', 'ctrl']))
      stream.down(press(['d', 'Alt', 'AltLeft', 'ctrl alt']))
      stream.down(press(['d', 'a', 'KeyA', 'ctrl alt']))
      expect(words(stream.releaseAll())).toBe('-Ctrl -Alt -a 0')
      expect(stream.heartbeat()).toBeNull()
      expect(words(stream.up(press(['u', 'a', 'KeyA'])))).toBe('')
      // what waited is forgotten too
      stream.down(press(['d', 'Dead', 'Quote']))
      stream.down(press(['d', 'Alt', 'AltLeft', 'alt']))
      stream.releaseAll()
      expect(words(stream.down(press(['d', 'x', 'KeyX'])) ?? [])).toBe('+x')
    }
  })
  it('and the pointer tells of modifiers too', () => {
    const stream = createKeyStream({ platform: 'other', commandKey: () => 'super' })
    stream.down(press(['d', 'Control', 'ControlLeft', 'ctrl']))
    expect(words(stream.pointer(press(['d', '', '', 'ctrl'])))).toBe('')
    expect(words(stream.pointer(press(['d', '', ''])))).toBe('-Ctrl')
  })
})
