// Keys as browsers report them, against the keysyms of X11.
import { describe, expect, it } from 'vitest'
import { characterOf, keysymOf, keysymOfCharacter } from './keysym.ts'

const stroke = (key: string, location = 0, code = '') => ({ key, code, location })

describe('keysymOf', () => {
  it.each([
    ['a', 0x61],
    ['A', 0x41],
    ['@', 0x40],
    ['ä', 0xe4],
    ['€', 0x010020ac],
    ['ф', 0x01000444],
    ['漢', 0x01006f22],
    ['😀', 0x0101f600],
    ['F1', 0xffbe],
    ['F12', 0xffc9],
    ['F24', 0xffd5],
    ['Enter', 0xff0d],
    [' ', 0x20],
    ['AltGraph', 0xfe03],
  ])('%s', (key, keysym) => expect(keysymOf(stroke(key))).toBe(keysym))

  it('tells left from right', () => {
    expect(keysymOf(stroke('Shift', 1))).toBe(0xffe1)
    expect(keysymOf(stroke('Shift', 2))).toBe(0xffe2)
    expect(keysymOf(stroke('Meta', 1))).toBe(0xffeb)
  })

  it('knows Alt by its place, whatever X11 calls it with Shift', () => {
    expect(keysymOf(stroke('Meta', 1, 'AltLeft'))).toBe(0xffe9)
    expect(keysymOf(stroke('Meta', 2, 'AltRight'))).toBe(0xffea)
    expect(keysymOf(stroke('Meta', 2, 'MetaRight'))).toBe(0xffec)
  })

  it('sends digits of the pad as digits, its Enter as its own', () => {
    expect(keysymOf(stroke('1', 3, 'Numpad1'))).toBe(0x31)
    expect(keysymOf(stroke('Enter', 3, 'NumpadEnter'))).toBe(0xff8d)
  })

  it.each(['Dead', 'Process', 'CapsLock', 'NumLock', 'Unidentified', 'F99', 'SomethingNew'])('has none for %s', (key) =>
    expect(keysymOf(stroke(key))).toBeNull(),
  )
})

it('turns characters into keysyms and back', () => {
  for (const character of ['x', 'ß', 'Ж', '⌘', '🎮', 'ñ']) {
    const keysym = keysymOfCharacter(character)
    expect(keysym).not.toBeNull()
    expect(characterOf(keysym ?? 0)).toBe(character)
  }
  expect(keysymOfCharacter('ab')).toBeNull()
  expect(characterOf(0xff0d)).toBeNull()
})
