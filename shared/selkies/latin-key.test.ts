// Shortcuts of Russian, Greek and Japanese keyboards; Latin ones keep what they write.
import { expect, it } from 'vitest'
import { latinOf } from './latin-key.ts'

it.each([
  ['с', 'KeyC', false, 'c'],
  ['С', 'KeyC', true, 'C'],
  ['х', 'BracketLeft', false, '['],
  ['Х', 'BracketLeft', true, '{'],
  ['σ', 'KeyS', false, 's'],
  ['そ', 'KeyC', false, 'c'],
  ['c', 'KeyC', false, null],
  ['ö', 'Semicolon', false, null],
  ['&', 'Digit1', false, null],
  ['Enter', 'Enter', false, null],
] as const)('the key of a shortcut at %s (%s, shift %s) is %s', (key, code, shift, latin) =>
  expect(latinOf(key, code, shift)).toBe(latin),
)
