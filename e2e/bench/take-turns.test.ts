// What the latency bench makes of its presses.
import { expect, it } from 'vitest'
import { added, figuresOf, ratio } from './take-turns.ts'

it('says where the time goes, and leaves out what it did not see', () => {
  const answered = [10, 20, 30].map((ms) => ({ ms, stages: { send: 1, server: ms - 1 } }))
  const figures = figuresOf({ answered, missed: 2 })
  expect(figures).toMatchObject({ p50: 20, p95: 30, n: 3, missed: 2, stages: { send: 1, server: 19 } })
  expect(figures.stages).not.toHaveProperty('decode')
  expect(figuresOf({ answered: [], missed: 0 })).toMatchObject({ p50: null, stages: {} })
})

it('compares only what is there', () => {
  expect(ratio(12, 16)).toBe(0.75)
  expect(ratio(0, 16)).toBe(0)
  expect(ratio(null, 16)).toBeNull()
  expect(ratio(12, 0)).toBeNull()
  expect(added(18.84, 14.6)).toBe(4.2)
  expect(added(18.8, null)).toBeNull()
})
