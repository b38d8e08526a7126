// Pads: arrival, changes, rest.
import { expect, it } from 'vitest'
import { formatClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { atRest, isDeflected, padArrived, padChanges, readPad, steadied } from './pad-state.ts'

const pad = (buttons: readonly number[], axes: readonly number[]) => ({
  id: 'Pad',
  buttons: buttons.map((value) => ({ value, pressed: value > 0.5 })),
  axes,
})

it('announces a pad with its full state', () => {
  expect(padArrived(0, pad([0, 1], [0.5, 0])).map(formatClientMessage)).toEqual([
    'js,c,0,UGFk,2,2',
    'js,b,0,0,0',
    'js,b,0,1,1',
    'js,a,0,0,0.5',
    'js,a,0,1,0',
  ])
})

it('tells changes alone, triggers in fractions, buttons whole, sticks as they are', () => {
  const before = readPad(pad([0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0]))
  const after = readPad(pad([0.6, 0.4, 0, 0, 0, 0, 0.25, 0], [0.01, -1, 0, 0]))
  expect(padChanges(1, before, after).map(formatClientMessage)).toEqual([
    'js,b,1,0,1',
    'js,b,1,6,0.25',
    'js,a,1,0,0.01',
    'js,a,1,1,-1',
  ])
  expect(padChanges(1, after, after)).toEqual([])
})

it('leaves a trembling stick where it was told to be, and follows a slow one', () => {
  let told = readPad(pad([], [0.5]))
  const seen = [0.502, 0.498, 0.503, 0.506, 0.508, 0.512, 0.999, 1, 0.003, 0].map((value) => {
    told = steadied(told, readPad(pad([], [value])))
    return told.axes[0]
  })
  expect(seen).toEqual([0.5, 0.5, 0.5, 0.506, 0.506, 0.512, 0.999, 1, 0.003, 0])
})

it('knows rest', () => {
  expect(isDeflected(readPad(pad([0, 0], [0.03, -0.02])))).toBe(false)
  expect(isDeflected(readPad(pad([0, 0], [0.3])))).toBe(true)
  expect(isDeflected(atRest(readPad(pad([1, 0], [0.3]))))).toBe(false)
  expect(readPad(pad(Array(30).fill(0) as number[], [0, 0, 0, 0, 1, 1])).axes).toHaveLength(4)
})
