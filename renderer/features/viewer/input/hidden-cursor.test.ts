// A game that hides the cursor, and a terminal that hides it while one types.
import { expect, it } from 'vitest'
import { createHiddenCursor } from './hidden-cursor.ts'

it.each([
  [
    'a game',
    [
      [100, 200],
      [100, 800],
      [100, 1_300],
    ] as const,
    [false, false, true],
  ],
  [
    'hardly moved',
    [
      [20, 2_000],
      [20, 3_000],
    ] as const,
    [false, false],
  ],
  [
    'only just hidden',
    [
      [300, 100],
      [300, 400],
    ] as const,
    [false, false],
  ],
] as const)('%s', (_name, moves, wanted) => {
  const cursor = createHiddenCursor()
  cursor.set(true, 0)
  expect(moves.map(([px, at]) => cursor.moved(px, at))).toEqual(wanted)
})

it('is said once, and not of one that is shown again', () => {
  const cursor = createHiddenCursor()
  expect(cursor.moved(1_000, 5_000)).toBe(false)
  cursor.set(true, 0)
  cursor.set(false, 900)
  expect(cursor.moved(1_000, 2_000)).toBe(false)
  cursor.set(true, 3_000)
  // the same news again
  cursor.set(true, 4_500)
  expect(cursor.moved(1_000, 4_600)).toBe(true)
  expect(cursor.moved(1_000, 9_000)).toBe(false)
})
