// Slots over hot-plugging.
import { expect, it } from 'vitest'
import { createPadSlots } from './pad-slots.ts'

const pad = (index: number, id = 'Pad') => ({ index, id })
const slots = (from: ReturnType<typeof createPadSlots>, ...pads: readonly ReturnType<typeof pad>[]) =>
  Object.fromEntries(from.assign(pads))

it('gives four slots in order, and a fifth pad none', () => {
  expect(slots(createPadSlots(), pad(0), pad(1), pad(2), pad(3), pad(4))).toEqual({ 0: 0, 1: 1, 2: 2, 3: 3 })
  // a browser's list may have holes
  expect(slots(createPadSlots(), pad(7, 'A'), pad(2, 'B'))).toEqual({ 7: 0, 2: 1 })
})

it('gives a pad that comes back the slot that it had, wherever the browser lists it now', () => {
  const each = createPadSlots()
  slots(each, pad(0, 'A'), pad(1, 'B'), pad(2, 'C'))
  expect(slots(each, pad(0, 'A'), pad(2, 'C'))).toEqual({ 0: 0, 2: 2 })
  expect(slots(each, pad(0, 'A'), pad(1, 'D'), pad(2, 'C'))).toEqual({ 0: 0, 1: 3, 2: 2 })
  expect(slots(each, pad(0, 'A'), pad(1, 'D'), pad(2, 'C'), pad(3, 'B'))).toEqual({ 0: 0, 1: 3, 2: 2, 3: 1 })
})

it('tells two of a kind apart by their place', () => {
  const each = createPadSlots()
  slots(each, pad(0), pad(1))
  slots(each)
  expect(slots(each, pad(1))).toEqual({ 1: 1 })
  expect(slots(each, pad(0), pad(1))).toEqual({ 0: 0, 1: 1 })
})

it('gives away a kept slot only when no other is left', () => {
  const each = createPadSlots()
  slots(each, pad(0, 'A'), pad(1, 'B'), pad(2, 'C'), pad(3, 'D'))
  slots(each, pad(1, 'B'), pad(2, 'C'), pad(3, 'D'))
  expect(slots(each, pad(0, 'E'), pad(1, 'B'), pad(2, 'C'), pad(3, 'D'))).toEqual({ 0: 0, 1: 1, 2: 2, 3: 3 })
})

it('takes another pad at a known place for another pad', () => {
  const each = createPadSlots()
  slots(each, pad(0, 'A'))
  expect(slots(each, pad(0, 'B'))).toEqual({ 0: 1 })
})
