// The keys that differ by system, and every way in which a key could stay held.
import { describe, expect, it } from 'vitest'
import { createKeyStream } from './key-stream.ts'
import { check, LINUX, MAC, press, WINDOWS, words, type Row } from './testing/key-events.ts'

describe('the Command key of a Mac', () => {
  const copy: readonly string[] = ['+Meta:MetaLeft/meta', '+c:KeyC/meta', '-Meta:MetaLeft']
  const interrupt: readonly string[] = [
    '+Control:ControlLeft/ctrl',
    '+c:KeyC/ctrl',
    '-c:KeyC/ctrl',
    '-Control:ControlLeft',
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
      ['+Meta:MetaLeft/meta', '+v:KeyV/meta', '+v:KeyV/meta', '+z:KeyZ/meta,repeat', '-Meta:MetaLeft'],
      '+Ctrl +v -v +v -v +z -z -Ctrl',
    ],
    [
      'lets go with it what was pressed before it',
      MAC,
      [
        '+Shift:ShiftLeft/shift',
        '+A:KeyA/shift',
        '+Meta:MetaLeft/meta,shift',
        '-Meta:MetaLeft/shift',
        '-Shift:ShiftLeft',
      ],
      '+Shift +A +Ctrl -Ctrl -A -Shift',
    ],
    [
      'with Option: the letter by its position',
      MAC,
      ['+Meta:MetaLeft/meta', '+Alt:AltLeft/meta,alt', '+Dead:KeyI/meta,alt'],
      '+Ctrl +Alt +i -i',
    ],
  ])('%s', check)
})

describe('Option on a Mac', () => {
  it.each<Row>([
    ['alone is Alt', MAC, ['+Alt:AltLeft/alt', '-Alt:AltLeft'], '+Alt -Alt'],
    [
      'is Alt for keys that are no characters, and lifted for one that is',
      MAC,
      ['+Alt:AltRight/alt', '+Tab:Tab/alt', '-Tab:Tab/alt', '+å:KeyA/alt', '-å:KeyA/alt', '-Alt:AltRight'],
      '+AltR +Tab -Tab -AltR +å -å +AltR -AltR',
    ],
    ['with a dead key is no Alt', MAC, ['+Alt:AltLeft/alt', '+Dead:KeyE/alt', '-Alt:AltLeft'], '·'],
    [
      'with Control is Alt',
      MAC,
      ['+Control:ControlLeft/ctrl', '+Alt:AltLeft/ctrl,alt', '+†:KeyT/ctrl,alt'],
      '+Ctrl +Alt +t',
    ],
  ])('%s', check)

  it('is pressed when the pointer acts: Alt moves windows', () => {
    const stream = createKeyStream({ platform: 'mac', commandKey: () => 'control' })
    stream.down(press('+Alt:AltLeft/alt'))
    expect(words(stream.pointer(press('+:/alt')))).toBe('+Alt')
    expect(words(stream.up(press('-Alt:AltLeft')))).toBe('-Alt')
  })
})

describe('nothing stays held', () => {
  it.each<Row>([
    [
      'a modifier whose release another program took: the next key tells',
      WINDOWS,
      ['+Alt:AltLeft/alt', '+Shift:ShiftLeft/alt,shift', '+x:KeyX'],
      '+Alt +Shift -Alt -Shift +x',
    ],
    ['and so does the next release', LINUX, ['+x:KeyX', '+Control:ControlLeft/ctrl', '-x:KeyX'], '+x +Ctrl -x -Ctrl'],
    ['the Windows key that opened the system’s menu', WINDOWS, ['+Meta:MetaLeft/meta', '+x:KeyX'], '+Super -Super +x'],
    [
      'Super on X11 is told by its own events alone',
      LINUX,
      ['+Meta:MetaLeft/meta', '+e:KeyE', '-e:KeyE', '-Meta:MetaLeft'],
      '+Super +e -e -Super',
    ],
    [
      'both Shifts on Windows: one release is said',
      WINDOWS,
      ['+Shift:ShiftLeft/shift', '+Shift:ShiftRight/shift', '-Shift:ShiftLeft/shift'],
      '+Shift +ShiftR -Shift -ShiftR',
    ],
    ['a second press without a release', LINUX, ['+a:KeyA', '+a:KeyA', '-a:KeyA'], '+a -a'],
    ['a character that changed under way', LINUX, ['+a:KeyA', '+A:KeyA/shift', '-a:KeyA'], '+a -a +A -A'],
    ['a release without a press', LINUX, ['-a:KeyA', '-Shift:ShiftLeft'], ''],
    ['Print on Windows, which says its release alone', WINDOWS, ['-PrintScreen:PrintScreen'], '+Print -Print'],
    ['Print elsewhere', LINUX, ['+PrintScreen:PrintScreen', '-PrintScreen:PrintScreen'], '+Print -Print'],
    ['a key without a position', LINUX, ['+ж:', '-ж:'], '+ж -ж'],
  ])('%s', check)

  it('when the focus goes, the window is hidden, the connection is new or a chord was pressed', () => {
    for (const on of ['mac', 'windows', 'other'] as const) {
      const stream = createKeyStream({ platform: on, commandKey: () => 'control' })
      stream.down(press('+Control:ControlLeft/ctrl'))
      stream.down(press('+Alt:AltLeft/ctrl,alt'))
      stream.down(press('+a:KeyA/ctrl,alt'))
      expect(words(stream.releaseAll())).toBe('-Ctrl -Alt -a 0')
      expect(stream.heartbeat()).toBeNull()
      expect(words(stream.up(press('-a:KeyA')))).toBe('')
      // what waited is forgotten too
      stream.down(press('+Dead:Quote'))
      stream.down(press('+Alt:AltLeft/alt'))
      stream.releaseAll()
      expect(words(stream.down(press('+x:KeyX')) ?? [])).toBe('+x')
    }
  })
  it('and the pointer tells of modifiers too', () => {
    const stream = createKeyStream({ platform: 'other', commandKey: () => 'super' })
    stream.down(press('+Control:ControlLeft/ctrl'))
    expect(words(stream.pointer(press('+:/ctrl')))).toBe('')
    expect(words(stream.pointer(press('+:')))).toBe('-Ctrl')
  })
})
