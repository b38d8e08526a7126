// The sessions table's order.
import { expect, test } from 'vitest'
import type { AdminSession } from '../../../shared/domain/gpu.ts'
import { nextSort, sortSessions } from './sort.ts'

const session = (person: string, more: Partial<AdminSession> = {}): AdminSession => ({
  namespace: 'desktops',
  pod: `pod-${person}`,
  person,
  title: 'Blender',
  state: 'running',
  slices: 1,
  canStop: true,
  ...more,
})
const people = (list: readonly AdminSession[]): string => list.map(({ person }) => person).join(' ')

test('what needs a look comes first, then people by name, numbers as numbers', () => {
  const all = [session('u10'), session('u9'), session('zoe', { state: 'failed' }), session('ann', { state: 'waiting' })]
  expect(people(sortSessions(all, { column: 'state', down: false }))).toBe('zoe ann u9 u10')
  expect(people(all)).toBe('u10 u9 zoe ann')
})

test('what has no value stands last both ways', () => {
  const all = [session('a'), session('b', { since: 5 }), session('c', { since: 7 })]
  expect(people(sortSessions(all, { column: 'since', down: false }))).toBe('b c a')
  expect(people(sortSessions(all, { column: 'since', down: true }))).toBe('c b a')
})

test('a new column goes up, the same one turns', () => {
  const first = nextSort({ column: 'state', down: true }, 'node')
  expect(first).toEqual({ column: 'node', down: false })
  expect(nextSort(first, 'node')).toEqual({ column: 'node', down: true })
})
