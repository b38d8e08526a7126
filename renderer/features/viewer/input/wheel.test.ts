// Notches of mice, fingers on pads, both axes, Shift, and no more than a desktop can take.
import { expect, it } from 'vitest'
import { createWheel, type WheelTurn } from './wheel.ts'

const turn = (part: Partial<WheelTurn>): WheelTurn => ({
  deltaX: 0,
  deltaY: 0,
  deltaMode: 0,
  shiftKey: false,
  timeStamp: 0,
  ...part,
})
/** Clicks of one turn after another, each 16 ms later. */
const clicks = (turns: readonly Partial<WheelTurn>[]) => {
  const wheel = createWheel()
  return turns.map((part, index) => wheel.take(turn({ timeStamp: index * 16, ...part })))
}
const sum = (all: readonly { readonly x: number; readonly y: number }[]) =>
  all.reduce((so, { x, y }) => ({ x: so.x + x, y: so.y + y }), { x: 0, y: 0 })
const times = <T>(count: number, one: T): readonly T[] => Array.from({ length: count }, () => one)

it.each([
  ['Windows', { deltaY: 100, wheelDeltaY: -120 }, 1],
  ['Windows at 125 %', { deltaY: 80, wheelDeltaY: -120 }, 1],
  ['Windows, one line a notch', { deltaY: 33.3, wheelDeltaY: -120 }, 1],
  ['Linux', { deltaY: -53, wheelDeltaY: 120 }, -1],
  ['Linux, of late', { deltaY: 120, wheelDeltaY: -120 }, 1],
  ['two notches in one', { deltaY: 200, wheelDeltaY: -240 }, 2],
  ['Firefox', { deltaY: 3, deltaMode: 1 }, 1],
  ['Firefox, up', { deltaY: -3, deltaMode: 1 }, -1],
  ['pages', { deltaY: 1, deltaMode: 2 }, 1],
] as const)('a notch of %s is a click', (_name, part, each) => {
  expect(clicks(times(3, part)).map(({ y }) => y)).toEqual([each, each, each])
})

it.each([
  ['fingers on a Mac', 50, { deltaY: 10, wheelDeltaY: -30 }, { x: 0, y: 5 }],
  ['fast fingers', 5, { deltaY: 60, wheelDeltaY: -180 }, { x: 0, y: 3 }],
  ['fingers to the left', 40, { deltaX: -5, wheelDeltaX: 15 }, { x: -2, y: 0 }],
  ['fingers askew', 100, { deltaX: 1, deltaY: -3 }, { x: 1, y: -3 }],
  ['an eighth of a notch', 16, { deltaY: 12.5, wheelDeltaY: -15 }, { x: 0, y: 2 }],
  ['a tilted wheel', 2, { deltaX: 100, wheelDeltaX: -120 }, { x: 2, y: 0 }],
  ['less than a click', 3, { deltaY: 30 }, { x: 0, y: 0 }],
  ['a third of a line', 9, { deltaY: 1 / 3, deltaMode: 1 }, { x: 0, y: 1 }],
  ['nonsense', 2, { deltaY: Number.NaN }, { x: 0, y: 0 }],
] as const)('%s', (_name, count, part, wanted) => expect(sum(clicks(times(count, part)))).toEqual(wanted))

it('turns back at once', () => {
  expect(clicks([{ deltaY: 90 }, { deltaY: -100 }]).map(({ y }) => y)).toEqual([0, -1])
})

it.each([
  ['a wheel, which the browser turned sideways', { deltaX: 100, wheelDeltaX: -120 }, { x: 0, y: 1 }],
  ['a wheel, which it did not turn', { deltaY: 100, wheelDeltaY: -120 }, { x: 0, y: 1 }],
  ['fingers both ways', { deltaX: 100, deltaY: 100 }, { x: 1, y: 1 }],
] as const)('leaves Shift to the desktop: %s', (_name, part, wanted) => {
  expect(clicks([{ ...part, shiftKey: true }])).toEqual([wanted])
})

it('drops what is beyond 64 at once and 240 a second', () => {
  expect(clicks([{ deltaY: 1e9 }, { deltaY: 1e9 }]).map(({ y }) => y)).toEqual([64, 3])
  const second = clicks(times(63, { deltaY: -1_000, wheelDeltaY: 1_200 }))
  expect(sum(second).y).toBeGreaterThanOrEqual(-304)
  expect(sum(second).y).toBeLessThan(-240)
  // and begins anew after a rest
  const wheel = createWheel()
  wheel.take(turn({ deltaY: 1e9 }))
  expect(wheel.take(turn({ deltaY: -500, timeStamp: 1_000 })).y).toBe(-5)
})
