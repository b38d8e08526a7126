// What becomes of routes when the settings ask for another kind of them.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { StoredObject } from '../e2e/fakes/api-store.ts'
import { INGRESS, INGRESS_ROUTE, MIDDLEWARE, type Resource } from '../kube/types.ts'
import { FIELD_MANAGER_OPERATOR, LABEL } from '../shared/product.ts'
import { createWorld, NAMESPACE, type World } from './testing/world.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})
afterEach(async () => {
  await world.end()
})

const OURS = { [LABEL.managed]: FIELD_MANAGER_OPERATOR, [LABEL.session]: 'one' }
function put(resource: Resource, name: string, labels: Readonly<Record<string, string>>): void {
  const { group, version, kind } = resource
  const metadata = { name, namespace: NAMESPACE, labels }
  world.api.store.put(resource, { apiVersion: `${group}/${version}`, kind, metadata, spec: {} } as StoredObject)
}
function names(resource: Resource): readonly string[] {
  return world.api.store.list(resource, { namespace: NAMESPACE }).map(({ metadata }) => metadata.name)
}
function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 20 })
}
/** One of each kind, and an admin's own. */
function leave(): void {
  put(INGRESS_ROUTE, 'one', OURS)
  put(MIDDLEWARE, 'one-auth', OURS)
  put(INGRESS, 'one', OURS)
  put(INGRESS, 'theirs', { team: 'vdi' })
}

it.each([
  ['off', { routes: [], ingresses: ['theirs'], middlewares: [] }],
  ['traefik', { routes: ['one'], ingresses: ['theirs'], middlewares: ['one-auth'] }],
  ['ingress', { routes: [], ingresses: ['one', 'theirs'], middlewares: [] }],
] as const)('with ingress.kind %s only routes of that kind stay', async (kind, expected) => {
  await world.end()
  world = await createWorld(['traefik.io/v1alpha1'])
  leave()
  await world.operator({ settings: { ingress: { kind } } })
  await until(() =>
    expect({ routes: names(INGRESS_ROUTE), ingresses: names(INGRESS), middlewares: names(MIDDLEWARE) }).toEqual(
      expected,
    ),
  )
})

it('asks again where the server did not answer, and takes a kind that is not there for one that left nothing', async () => {
  leave()
  world.api.faults.add({ type: 'status', status: 500 }, { kind: 'list', plural: INGRESS.plural, times: 1 })
  await world.operator()
  await until(() => expect(names(INGRESS)).toEqual(['theirs']))
  // it is told once the answer to the last removal is there
  await until(() =>
    expect(world.log.filter((line) => line.includes('earlier setting'))).toEqual([
      expect.stringContaining('could not be removed'),
      expect.stringContaining('"count":1'),
    ]),
  )
})
