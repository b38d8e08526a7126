// Whose buttons count, and that what was let go is not pressed again by a move.
import { expect, it } from 'vitest'
import { createButtons, maskOf } from './buttons.ts'

it.each([
  ['left', 1, 1],
  ['right', 2, 4],
  ['middle', 4, 2],
  ['back', 8, 8],
  ['forward', 16, 16],
  ['the eraser of a pen', 32, 32],
  ['left and right', 3, 5],
  ['a seventh button', 64, 0],
] as const)('%s', (_name, buttons, mask) => expect(maskOf(buttons)).toBe(mask))

it('says changes alone', () => {
  const buttons = createButtons()
  expect([1, 1, 3, 2, 0, 0].map((now) => buttons.take(7, now))).toEqual([
    'changed',
    'same',
    'changed',
    'changed',
    'changed',
    'same',
  ])
})

it('gives the desktop one pointer at a time', () => {
  const buttons = createButtons()
  buttons.take(7, 1)
  // the mouse lies beside the pen
  expect(buttons.take(1, 0)).toBe('other')
  expect(buttons.mask).toBe(1)
  buttons.take(7, 0)
  expect(buttons.take(1, 0)).toBe('same')
})

it('leaves let go what is still down, until it was up', () => {
  const buttons = createButtons()
  buttons.take(1, 1)
  expect(buttons.release()).toBe(true)
  expect(buttons.release()).toBe(false)
  expect(buttons.take(1, 1)).toBe('same')
  expect(buttons.take(1, 3)).toBe('changed')
  expect(buttons.mask).toBe(4)
  buttons.take(1, 0)
  expect(buttons.take(1, 1)).toBe('changed')
  expect(buttons.mask).toBe(1)
})
