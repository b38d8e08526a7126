// Sequences of key events as Chromium gives them on Windows, macOS and Linux with American, German, French, Russian and
// Japanese layouts, against what the desktop is told.
import { describe, it } from 'vitest'
import { check, LINUX, MAC, WINDOWS, type Row } from './testing/key-events.ts'

/** AltGr as each system says it: Windows adds Control, macOS has Option. */
const ALTGR = {
  windows: {
    down: ['+Control:ControlLeft/ctrl@100', '+AltGraph:AltRight/altgr@101'],
    up: ['-Control:ControlLeft/altgr', '-AltGraph:AltRight'],
  },
  linux: { down: ['+AltGraph:AltRight/altgr'], up: ['-AltGraph:AltRight'] },
} as const

describe('US', () => {
  it.each<Row>([
    ['letters', LINUX, ['+a:KeyA', '-a:KeyA'], '+a -a'],
    [
      'a capital',
      WINDOWS,
      ['+Shift:ShiftLeft/shift', '+A:KeyA/shift', '-A:KeyA/shift', '-Shift:ShiftLeft'],
      '+Shift +A -A -Shift',
    ],
    [
      'Shift let go before the letter',
      LINUX,
      ['+Shift:ShiftLeft/shift', '+!:Digit1/shift', '-Shift:ShiftLeft', '-1:Digit1'],
      '+Shift +! -Shift -!',
    ],
    [
      'the right Alt is Alt',
      LINUX,
      ['+Alt:AltRight/alt', '+f:KeyF/alt', '-f:KeyF/alt', '-Alt:AltRight'],
      '+AltR +f -f -AltR',
    ],
    ['the local repetition is not sent', LINUX, ['+a:KeyA', '+a:KeyA/repeat'], '+a'],
    [
      'Alt with Shift is no Super on X11',
      LINUX,
      [
        '+Shift:ShiftLeft/shift',
        '+Meta:AltLeft/shift,alt',
        '+Tab:Tab/shift,alt',
        '-Tab:Tab/shift,alt',
        '-Meta:AltLeft/shift',
        '-Shift:ShiftLeft',
      ],
      '+Shift +Alt +Tab -Tab -Alt -Shift',
    ],
    [
      'an accent of the international layout on Windows is made by the browser',
      WINDOWS,
      ['+Dead:Quote', '-Dead:Quote', '+e:KeyE', '-e:KeyE', '+e:KeyE'],
      '· · +e',
    ],
    ['locks stay here', WINDOWS, ['+CapsLock:CapsLock', '+NumLock:NumLock'], '· ·'],
  ])('%s', check)
})

describe('DE', () => {
  it.each<Row>([
    ['Y and Z by what they write', LINUX, ['+z:KeyY', '+y:KeyZ'], '+z +y'],
    ['umlauts', WINDOWS, ['+ö:Semicolon', '+ß:Minus'], '+ö +ß'],
    [
      'AltGr on Windows: the Control that comes with it is taken back',
      WINDOWS,
      [...ALTGR.windows.down, '+@:KeyQ/altgr', '-@:KeyQ/altgr', '+€:KeyE/altgr', '-€:KeyE/altgr', ...ALTGR.windows.up],
      '+Ctrl -Ctrl +AltGr +@ -@ +€ -€ -AltGr',
    ],
    [
      'AltGr that is told with Control and Alt',
      WINDOWS,
      [...ALTGR.windows.down, '+@:KeyQ/ctrl,alt,altgr', '-@:KeyQ/ctrl,alt,altgr', ...ALTGR.windows.up],
      '+Ctrl -Ctrl +AltGr +@ -@ -AltGr',
    ],
    [
      'AltGr on Linux',
      LINUX,
      [...ALTGR.linux.down, '+{:Digit7/altgr', '-{:Digit7/altgr', ...ALTGR.linux.up],
      '+AltGr +{ -{ -AltGr',
    ],
    [
      'Control with Alt is AltGr on Windows: the character comes without them, and they stay held',
      WINDOWS,
      [
        '+Control:ControlLeft/ctrl@100',
        '+Alt:AltLeft/ctrl,alt@300',
        '+@:KeyQ/altgr',
        '-@:KeyQ/altgr',
        '+t:KeyT/ctrl,alt',
        '-t:KeyT/ctrl,alt',
        '-Alt:AltLeft/ctrl',
        '-Control:ControlLeft',
      ],
      '+Ctrl +Alt -Ctrl -Alt +@ -@ +Ctrl +Alt +t -t -Alt -Ctrl',
    ],
    [
      'Option on a Mac: characters come without Alt',
      MAC,
      ['+Alt:AltLeft/alt', '+@:KeyL/alt', '-@:KeyL/alt', '+€:KeyE/alt', '-€:KeyE/alt', '-Alt:AltLeft'],
      '+@ -@ +€ -€',
    ],
    [
      'a dead key on Linux belongs to the input method',
      LINUX,
      ['+Dead:Equal/ime', '+Process:KeyE/ime', '-e:KeyE', '+e:KeyE'],
      '· · +e',
    ],
    ['a dead key on a Mac begins a composition', MAC, ['+Dead:Equal', '+é:KeyE/ime', '-e:KeyE', '+e:KeyE'], '· · +e'],
    [
      'a dead key with a capital on Windows: Shift goes on',
      WINDOWS,
      ['+Dead:Equal', '+Shift:ShiftLeft/shift', '+E:KeyE/shift', '-Shift:ShiftLeft'],
      '· +Shift · -Shift',
    ],
    ['a dead key that nothing follows', WINDOWS, ['+Dead:Equal', '+Enter:Enter', '+e:KeyE'], '· +Enter +e'],
    [
      'a dead key before a shortcut',
      WINDOWS,
      ['+Dead:Equal', '+Control:ControlLeft/ctrl', '+c:KeyC/ctrl'],
      '· +Ctrl +c',
    ],
  ])('%s', check)
})

describe('FR', () => {
  it.each<Row>([
    ['letters and digits by what they write', WINDOWS, ['+a:KeyQ', '+é:Digit2', '+m:Semicolon'], '+a +é +m'],
    [
      'AltGr: # and €',
      WINDOWS,
      [...ALTGR.windows.down, '+#:Digit3/altgr', '-#:Digit3/altgr', ...ALTGR.windows.up],
      '+Ctrl -Ctrl +AltGr +# -# -AltGr',
    ],
    ['the circumflex: ê is made by the browser', WINDOWS, ['+Dead:BracketLeft', '+e:KeyE'], '· ·'],
    [
      'AltGr with a dead key: ~ and n',
      WINDOWS,
      [...ALTGR.windows.down, '+Dead:Digit2/altgr', ...ALTGR.windows.up, '+n:KeyN'],
      '+Ctrl -Ctrl +AltGr · -AltGr ·',
    ],
    [
      'shortcuts by what the key writes',
      LINUX,
      ['+Control:ControlLeft/ctrl', '+a:KeyQ/ctrl', '-a:KeyQ/ctrl', '-Control:ControlLeft'],
      '+Ctrl +a -a -Ctrl',
    ],
  ])('%s', check)
})

describe('RU', () => {
  it.each<Row>([
    ['letters', LINUX, ['+ф:KeyA', '+Ё:Backquote/shift'], '+ф +Ё'],
    [
      'shortcuts by the position',
      WINDOWS,
      [
        '+Control:ControlLeft/ctrl',
        '+с:KeyC/ctrl',
        '-с:KeyC/ctrl',
        '+Shift:ShiftLeft/ctrl,shift',
        '+Х:BracketLeft/ctrl,shift',
        '-Х:BracketLeft/ctrl,shift',
      ],
      '+Ctrl +c -c +Shift +{ -{',
    ],
    ['menus by the position', LINUX, ['+Alt:AltLeft/alt', '+а:KeyF/alt'], '+Alt +f'],
    ['with Command on a Mac', MAC, ['+Meta:MetaLeft/meta', '+м:KeyV/meta', '-Meta:MetaLeft'], '+Ctrl +v -v -Ctrl'],
  ])('%s', check)
})

describe('JP', () => {
  it.each<Row>([
    ['the yen and the underscore of their own keys', WINDOWS, ['+\\:IntlYen', '+_:IntlRo/shift'], '+\\ +_'],
    ['¥ of a Mac', MAC, ['+¥:IntlYen'], '+¥'],
    [
      'an input method takes every key of a composition, and the Enter that ends it',
      WINDOWS,
      [
        '+Process:KeyN',
        '-n:KeyN/ime',
        '+Process:KeyI/ime',
        '-i:KeyI/ime',
        '+Process:Space/ime',
        '+Enter:Enter/ime',
        '-Enter:Enter',
        '+Enter:Enter',
      ],
      '· · · · +Enter',
    ],
    ['the first key of a composition on a Mac has its letter', MAC, ['+n:KeyN/ime', '-n:KeyN/ime'], '·'],
    ['Convert goes to the desktop', LINUX, ['+Convert:Convert', '-Convert:Convert'], '+Convert -Convert'],
    [
      'the switch of Windows has no release: it is a tap',
      WINDOWS,
      ['+ZenkakuHankaku:Backquote', '+ZenkakuHankaku:Backquote/repeat'],
      '+Zenkaku -Zenkaku',
    ],
    ['shortcuts while kana are written', LINUX, ['+Control:ControlLeft/ctrl', '+そ:KeyC/ctrl'], '+Ctrl +c'],
  ])('%s', check)
})
