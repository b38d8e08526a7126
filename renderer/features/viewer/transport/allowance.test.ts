// Answers at a bounded rate.
import { expect, it } from 'vitest'
import { createAllowance } from './allowance.ts'

it('lets a burst through, then one at a time', () => {
  const allowance = createAllowance(3, 1000)
  const takes = (now: number, times: number) => Array.from({ length: times }, () => allowance.take(now)).filter(Boolean)
  expect(takes(0, 100)).toHaveLength(3)
  expect(takes(999, 100)).toHaveLength(0)
  expect(takes(2500, 100)).toHaveLength(2)
  expect(takes(2999, 100)).toHaveLength(0)
  expect(takes(3000, 100)).toHaveLength(1)
  expect(takes(60_000, 100)).toHaveLength(3)
})
