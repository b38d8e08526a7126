// When rights were last known to be there: seen is seen now, written counts anew, and the memory has an end.
import { expect, it } from 'vitest'
import { createRightsMemory } from './rights-memory.ts'

it('takes what it sees first for seen now, and what was written for written then', () => {
  const memory = createRightsMemory()
  expect([memory.seenAt('a', 10), memory.seenAt('a', 20)]).toEqual([10, 10])
  memory.wrote('a', 30)
  expect(memory.seenAt('a', 40)).toBe(30)
})

it('forgets the longest known first', () => {
  const memory = createRightsMemory()
  for (let index = 0; index <= 5000; index += 1) memory.wrote(`desktop-${index}`, 1)
  expect([memory.seenAt('desktop-0', 2), memory.seenAt('desktop-5000', 2)]).toEqual([2, 1])
})
