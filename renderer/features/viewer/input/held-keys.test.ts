// Presses and releases as browsers of different systems report them.
import { expect, it } from 'vitest'
import { formatClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { createHeldKeys } from './held-keys.ts'

const say = (messages: readonly Parameters<typeof formatClientMessage>[0][]) => messages.map(formatClientMessage)

it('releases what was pressed, even when the character changed', () => {
  const keys = createHeldKeys()
  expect(say(keys.press('ShiftLeft', 0xffe1, 0))).toEqual(['kd,65505'])
  expect(say(keys.press('KeyA', 0x41, 1))).toEqual(['kd,65'])
  expect(say(keys.release('ShiftLeft'))).toEqual(['ku,65505'])
  expect(say(keys.release('KeyA'))).toEqual(['ku,65'])
  expect(say(keys.release('KeyA'))).toEqual([])
})

it('does not repeat presses and beats for all that is held', () => {
  const keys = createHeldKeys()
  expect(keys.heartbeat()).toBeNull()
  keys.press('KeyA', 97, 0)
  expect(keys.press('KeyA', 97, 30)).toEqual([])
  keys.press('ControlLeft', 0xffe3, 40)
  expect(keys.heartbeat()).toEqual({ type: 'keys-held', keysyms: [97, 0xffe3] })
})

it('lets go of everything', () => {
  const keys = createHeldKeys()
  keys.press('KeyA', 97, 0)
  keys.press('AltLeft', 0xffe9, 0)
  expect(say(keys.releaseAll())).toEqual(['ku,97', 'ku,65513', 'kr'])
  expect(keys.size).toBe(0)
})

it('takes back the Control that Windows says with AltGr', () => {
  const keys = createHeldKeys()
  keys.press('ControlLeft', 0xffe3, 100)
  expect(say(keys.press('AltRight', 0xfe03, 101))).toEqual(['ku,65507', 'kd,65027'])
  expect(say(keys.press('KeyQ', 0x40, 200))).toEqual(['kd,64'])
  const slow = createHeldKeys()
  slow.press('ControlLeft', 0xffe3, 0)
  expect(say(slow.press('AltRight', 0xfe03, 500))).toEqual(['kd,65027'])
})

it('lets go of modifiers that this machine does not hold, and of nothing else', () => {
  const keys = createHeldKeys()
  keys.press('ShiftLeft', 0xffe1, 0, 'Shift')
  keys.press('ControlLeft', 0xffe3, 0, 'Control')
  keys.press('KeyA', 97, 0)
  expect(say(keys.reconcile((told) => told === 'Shift'))).toEqual(['ku,65507'])
  expect(say(keys.releaseKeys())).toEqual(['ku,97'])
  expect(keys.heartbeat()).toEqual({ type: 'keys-held', keysyms: [0xffe1] })
})

it('lifts modifiers for a key of a moment', () => {
  const keys = createHeldKeys()
  keys.press('ControlLeft', 0xffe3, 0)
  keys.press('AltLeft', 0xffe9, 0)
  expect(say(keys.tapWithout([0xffe9, 0xffe3], 0x40))).toEqual([
    'ku,65507',
    'ku,65513',
    'kd,64',
    'ku,64',
    'kd,65507',
    'kd,65513',
  ])
  expect(keys.size).toBe(2)
})
