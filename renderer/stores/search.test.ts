// What a person types finds what they mean.
import { expect, test } from 'vitest'
import { matches, typeAhead } from './search.ts'

test('all words must be there, in any order, accents and case aside', () => {
  expect(matches('zurich LAB', 'Lab Zürich')).toBe(true)
  expect(matches('lab basel', 'Lab Zürich')).toBe(false)
  expect(matches('  ', 'anything')).toBe(true)
  expect(matches('gpu-a', 'Blender', undefined, 'gpu-a')).toBe(true)
})

test('type-ahead goes on to the next match and around the end', () => {
  const names = ['Blender', 'Browser', 'CAD', 'Brush']
  expect(typeAhead(names, 'br', 0)).toBe(1)
  expect(typeAhead(names, 'br', 1)).toBe(3)
  expect(typeAhead(names, 'br', 3)).toBe(1)
  expect(typeAhead(names, 'x', 0)).toBe(-1)
})
