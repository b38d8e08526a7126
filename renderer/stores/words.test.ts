// Times read as people say them.
import { expect, test } from 'vitest'
import { clusterStateWord, sliceWord, span, spanLeft, spanSoFar } from './words.ts'

test.each([
  [0, '0 s'],
  [40, '0 s'],
  [420, '0.4 s'],
  [9_940, '9.9 s'],
  [9_960, '10 s'],
  [46_000, '46 s'],
  [59_600, '1 min'],
  [370_000, '6 min 10 s'],
  [7_500_000, '2 h 5 min'],
  [-5, '0 s'],
])('%d ms is %s', (ms, words) => expect(span(ms)).toBe(words))

test('a span that ticks has whole seconds, rounded down', () => {
  expect(spanSoFar(1_999)).toBe('1 s')
  expect(spanSoFar(61_400)).toBe('1 min 1 s')
})

test('what is left is rounded up, so that it never says none too early', () => {
  expect(spanLeft(661_000)).toBe('12 min')
  expect(spanLeft(60_000)).toBe('1 min')
  expect(spanLeft(58_100)).toBe('59 s')
  expect(spanLeft(1)).toBe('1 s')
})

test('a stale cluster says since when', () => {
  const cluster = {
    id: 'a',
    kind: 'kubeconfig',
    name: 'Lab',
    source: 'config',
    state: 'stale',
    since: 1_000,
    removable: false,
  } as const
  expect(clusterStateWord(cluster, 13_500)).toBe('Stale since 12 s')
  expect(clusterStateWord({ ...cluster, state: 'live' }, 13_500)).toBe('Live')
})

test('slices are counted', () => {
  expect([0, 1, 2].map(sliceWord)).toEqual(['No slice', '1 slice', '2 slices'])
})
