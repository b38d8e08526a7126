// No motion is lost or counted twice: slow, fast, at every scale, with and without early events.
import { expect, it } from 'vitest'
import { createMotion, type Moved } from './motion.ts'

const sum = (all: readonly (Moved | null)[]): Moved =>
  all.reduce<Moved>((so, moved) => ({ x: so.x + (moved?.x ?? 0), y: so.y + (moved?.y ?? 0) }), { x: 0, y: 0 })

it.each([
  ['a pixel of a screen at 125 %', 100, { x: 0.8, y: -0.8 }, 1.25, { x: 100, y: -100 }],
  ['a pixel of a screen at 150 %', 99, { x: 2 / 3, y: 0 }, 1.5, { x: 99, y: 0 }],
  ['a pixel of a screen at 175 %', 70, { x: 4 / 7, y: -4 / 7 }, 1.75, { x: 70, y: -70 }],
  ['a hundredth', 1_000, { x: 0.01, y: 0.01 }, 1, { x: 10, y: 10 }],
  ['a picture at half its size', 7, { x: 1, y: 3 }, 2, { x: 14, y: 42 }],
  ['a picture at twice its size', 9, { x: 1, y: -1 }, 0.5, { x: 4, y: -4 }],
] as const)('%s, %i times', (_name, times, moved, gain, wanted) => {
  const motion = createMotion()
  expect(sum(Array.from({ length: times }, (_, at) => motion.take(moved, gain, at * 8, false)))).toEqual(wanted)
})

it.each([
  ['as it is for the frame', true],
  ['none', false],
] as const)('early events that say %s are counted once', (_name, known) => {
  const motion = createMotion()
  const said: (Moved | null)[] = []
  for (let frame = 0; frame < 60; frame++) {
    for (let step = 0; step < 16; step++)
      said.push(motion.take(known ? { x: 0.3, y: -1 } : { x: 0, y: 0 }, 1, frame * 16 + step, true))
    said.push(motion.take({ x: 4.8, y: -16 }, 1, frame * 16 + 16, false))
  }
  expect(sum(said)).toEqual({ x: 288, y: -960 })
})

it('says early ones no more often than every 2 ms, and the rest with the frame', () => {
  const motion = createMotion()
  const early = [0, 0.125, 0.25, 1, 2, 2.125, 4].map((at) => motion.take({ x: 1, y: 0 }, 1, at, true)?.x ?? 0)
  expect(early).toEqual([1, 0, 0, 0, 4, 0, 2])
  expect(motion.take({ x: 9, y: 0 }, 1, 4.5, false)).toEqual({ x: 2, y: 0 })
})

it('says whole numbers that the server takes', () => {
  const motion = createMotion()
  expect(motion.take({ x: 1e6, y: -1e6 }, 1, 0, false)).toEqual({ x: 32_767, y: -32_767 })
  motion.reset()
  expect(motion.take({ x: -0.4, y: 0 }, 1, 8, false)).toBeNull()
  expect(motion.take({ x: -0.4, y: 1 }, 1, 16, false)).toEqual({ x: 0, y: 1 })
  motion.reset()
  expect(motion.take({ x: -0.4, y: 0 }, 1, 24, false)).toBeNull()
})
