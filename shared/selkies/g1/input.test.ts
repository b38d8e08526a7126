// Keys, buttons and wheel for a server that has no modifiers of its own and loses messages.
import { describe, expect, it, vi } from 'vitest'
import { KEYSYM } from '../keysym.ts'
import { createG1Input, type G1Input } from './input.ts'

const SHIFT = KEYSYM.shiftLeft
const key = (input: G1Input, ...steps: readonly (readonly ['d' | 'u', string | number])[]): string =>
  steps
    .flatMap(([way, what]) =>
      input.say({
        type: way === 'd' ? 'key-down' : 'key-up',
        keysym: typeof what === 'number' ? what : (what.codePointAt(0) ?? 0),
      }),
    )
    .join(' ')
const point = (input: G1Input, mask: number, magnitude = 0): string =>
  input.say({ type: 'pointer', relative: true, x: 0, y: 0, mask, magnitude }).join(' ')

describe('characters on the US layout', () => {
  it('holds Shift for a character that needs it, as long as it is pressed', () => {
    const input = createG1Input()
    expect(key(input, ['d', 'A'], ['u', 'A'])).toBe(`kd,${SHIFT} kd,65 ku,65 ku,${SHIFT}`)
  })

  it('uses the Shift that is held', () => {
    const input = createG1Input()
    expect(key(input, ['d', SHIFT], ['d', 'A'], ['u', 'A'], ['u', SHIFT])).toBe(`kd,${SHIFT} kd,65 ku,65 ku,${SHIFT}`)
  })

  it('lifts it for a character that other layouts have on Shift: 7 is / there', () => {
    const input = createG1Input()
    expect(key(input, ['d', SHIFT], ['d', '/'], ['u', '/'], ['d', 'A'], ['u', 'A'], ['u', SHIFT])).toBe(
      `kd,${SHIFT} ku,${SHIFT} kd,47 ku,47 kd,${SHIFT} kd,65 ku,65 ku,${SHIFT}`,
    )
  })

  it('gives Shift back when it was let go before the character', () => {
    const input = createG1Input()
    expect(key(input, ['d', SHIFT], ['d', '/'], ['u', SHIFT], ['u', '/'], ['d', 'a'])).toBe(
      `kd,${SHIFT} ku,${SHIFT} kd,47 ku,47 kd,97`,
    )
  })

  it('keeps AltGr here: its character is what is sent', () => {
    const input = createG1Input()
    expect(key(input, ['d', KEYSYM.altGraph], ['d', '@'], ['u', '@'], ['u', KEYSYM.altGraph])).toBe(
      `kd,${SHIFT} kd,64 ku,64 ku,${SHIFT}`,
    )
  })

  it('leaves keys that write nothing with the person’s own Shift', () => {
    const input = createG1Input()
    expect(key(input, ['d', 'A'], ['d', 0xff51])).toBe(`kd,${SHIFT} kd,65 ku,${SHIFT} kd,${0xff51}`)
  })

  it('tells once of a character that the layout has no key for, and tries it', () => {
    const told = vi.fn()
    const input = createG1Input(told)
    expect(key(input, ['d', 'ä'], ['u', 'ä'], ['d', 'ö'])).toBe('kd,228 ku,228 kd,246')
    expect(told).toHaveBeenCalledExactlyOnceWith(228)
  })

  it('types a text key by key', () => {
    const input = createG1Input()
    expect(input.say({ type: 'text', text: 'aB\n' }).join(' ')).toBe(
      `kd,97 ku,97 kd,${SHIFT} kd,66 ku,66 ku,${SHIFT} kd,${KEYSYM.enter} ku,${KEYSYM.enter}`,
    )
  })
})

describe('what may be lost', () => {
  it('says a release again, unless the key is down again', () => {
    const input = createG1Input()
    key(input, ['d', 'a'], ['u', 'a'], ['d', 'b'], ['u', 'b'], ['d', 'a'])
    expect(input.owes).toBe(true)
    expect(input.again()).toEqual(['ku,98'])
    expect(input.again()).toEqual([])
  })

  it('says again that no button is pressed', () => {
    const input = createG1Input()
    point(input, 1)
    point(input, 0)
    expect(input.again()).toEqual(['m2,0,0,0,0'])
    point(input, 0)
    expect(input.owes).toBe(false)
  })

  it('lets go of every key, not only of those that its own word knows', () => {
    const input = createG1Input()
    key(input, ['d', KEYSYM.superLeft], ['d', 'x'])
    expect(input.say({ type: 'release-keys' })).toEqual([`ku,${KEYSYM.superLeft}`, 'ku,120', 'kr'])
  })
})

describe('wheel', () => {
  it('turns and clears', () => {
    const input = createG1Input()
    expect([point(input, 8, 3), point(input, 0)]).toEqual(['m2,0,0,8,3', 'm2,0,0,0,0'])
  })

  it('turns its bit over while a button is held: there every edge is a click', () => {
    const input = createG1Input()
    point(input, 1)
    expect([point(input, 1 | 16, 1), point(input, 1), point(input, 1 | 16, 2), point(input, 1)]).toEqual([
      'm2,0,0,17,1',
      'm2,0,0,17,0',
      'm2,0,0,1,2',
      'm2,0,0,1,0',
    ])
  })

  it('has no wheel to the sides, and takes Back and Forward for none', () => {
    const input = createG1Input()
    expect(point(input, 64, 1)).toBe('')
    expect(point(input, 8)).toBe('m2,0,0,0,0')
  })
})
