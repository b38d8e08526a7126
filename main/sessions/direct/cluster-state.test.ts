import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import type { Reflector, ReflectorState, Resource } from '../../../kube/types.ts'
import { createClusterState } from './cluster-state.ts'

function reflector(state: ReflectorState, error?: unknown): Reflector {
  return {
    state,
    since: 7,
    error,
    items: [],
    get: () => undefined,
    onChange: () => () => undefined,
    onObject: () => () => undefined,
    wrote: () => undefined,
    synced: Promise.resolve(),
    retryNow: () => undefined,
    stop: () => undefined,
  }
}

function healthWith(
  states: Readonly<Record<string, Reflector>>,
): ReturnType<ReturnType<typeof createClusterState>['health']> {
  const make = ({ plural }: Resource): Reflector => states[plural] ?? reflector('live')
  return createClusterState(make, 'ns', 'hash', () => undefined).health()
}

test('a sign-in that one kind alone met is everybody’s, even of a kind that is not needed', () => {
  const health = healthWith({
    pods: reflector('stale'),
    configmaps: reflector('signed-out', new AppError('signed-out')),
  })
  expect(health).toMatchObject({ state: 'signed-out', error: { code: 'signed-out' } })
})

test('what is not needed may be forbidden or old without a word', () => {
  expect(healthWith({ events: reflector('forbidden'), configmaps: reflector('stale') }).state).toBe('live')
})

test('a kind that is needed and old makes the whole old', () => {
  expect(healthWith({ secrets: reflector('stale') }).state).toBe('stale')
})
