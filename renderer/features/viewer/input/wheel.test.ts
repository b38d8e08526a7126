// Notches of mice, fingers on pads.
import { expect, it } from 'vitest'
import { createWheel } from './wheel.ts'

it('makes one click of one notch, whatever the system calls it', () => {
  for (const delta of [53, 100, 120, -100]) {
    const wheel = createWheel()
    const clicks = [1, 2, 3].map(() => wheel.take(0, delta, 0).y)
    expect(clicks).toEqual(Array(3).fill(Math.sign(delta)))
  }
})

it('carries small movements', () => {
  const wheel = createWheel()
  const clicks = Array.from({ length: 50 }, () => wheel.take(0, 10, 0).y).reduce((sum, click) => sum + click, 0)
  expect(clicks).toBe(5)
  expect(createWheel().take(0, 20, 0)).toEqual({ x: 0, y: 0 })
})

it('turns back at once and counts both axes', () => {
  const wheel = createWheel()
  wheel.take(0, 40, 0)
  expect(wheel.take(0, -100, 0)).toEqual({ x: 0, y: -1 })
  expect(wheel.take(300, 0, 0)).toEqual({ x: 3, y: 0 })
  expect(createWheel().take(0, 3, 1)).toEqual({ x: 0, y: 1 })
})
