// The next list of conditions: times that move only when something turned, and nothing that is not wanted any more.
import { expect, test } from 'vitest'
import { conditionsOf, type Condition, type WantedCondition } from './conditions.ts'

const THEN = '2026-11-24T08:00:00Z'
const NOW = '2026-11-24T09:00:00Z'
const ready: WantedCondition = { type: 'Ready', status: 'True', reason: 'Ready', message: 'It runs.' }
const stored = (wanted: WantedCondition): Condition => ({ ...wanted, observedGeneration: 1, lastTransitionTime: THEN })

test('a condition that is new begins now and speaks of this generation', () => {
  expect(conditionsOf([], [ready], 4, NOW)).toEqual([{ ...ready, observedGeneration: 4, lastTransitionTime: NOW }])
})

test('another reason or message is no transition', () => {
  const now = conditionsOf([stored({ ...ready, message: 'It ran.', reason: 'Starting' })], [ready], 2, NOW)
  expect(now).toEqual([{ ...ready, observedGeneration: 2, lastTransitionTime: THEN }])
})

test.each([
  ['True', 'False'],
  ['False', 'True'],
  ['True', 'Unknown'],
  ['Unknown', 'False'],
] as const)('from %s to %s is a transition', (before, after) => {
  const [now] = conditionsOf([stored({ ...ready, status: before })], [{ ...ready, status: after }], 1, NOW)
  expect(now?.lastTransitionTime).toBe(NOW)
})

test('what is not wanted is gone, the order is the wanted one, and each keeps its own time', () => {
  const before = [
    stored({ type: 'Stalled', status: 'True', reason: 'StartTimeout', message: 'Too slow.' }),
    { ...stored(ready), status: 'False' as const },
    stored({ type: 'PodReady', status: 'True', reason: 'Ready', message: '' }),
  ]
  const wanted: WantedCondition[] = [{ type: 'PodReady', status: 'True', reason: 'Ready', message: '' }, ready]
  const now = conditionsOf(before, wanted, 1, NOW)
  expect(now.map(({ type, lastTransitionTime }) => [type, lastTransitionTime])).toEqual([
    ['PodReady', THEN],
    ['Ready', NOW],
  ])
})

test('the same wish again gives the same list, so that nothing is written', () => {
  const once = conditionsOf([], [ready], 1, THEN)
  expect(conditionsOf(once, [ready], 1, NOW)).toEqual(once)
})

test('a condition that comes back begins anew', () => {
  const once = conditionsOf([], [ready], 1, THEN)
  const gone = conditionsOf(once, [], 1, THEN)
  expect(gone).toEqual([])
  expect(conditionsOf(gone, [ready], 1, NOW)[0]?.lastTransitionTime).toBe(NOW)
})
