import { expect, test } from 'vitest'
import { timeInWords } from './time-words.ts'

test.each([
  [1, '1 second'],
  [30, '30 seconds'],
  [60, '1 minute'],
  [90, '90 seconds'],
  [300, '5 minutes'],
  [150, '2.5 minutes'],
  [3600, '1 hour'],
  [5400, '90 minutes'],
  [7200, '2 hours'],
  [9000, '2.5 hours'],
])('%i s are %s', (seconds, words) => {
  expect(timeInWords(seconds)).toBe(words)
})
