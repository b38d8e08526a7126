// What was written counts at once, the watch's word replaces it, and a lagging watch neither hides nor revives anything.
import { expect, test } from 'vitest'
import { POD } from '../../../kube/types.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { createFakeCluster } from '../testing/fake-cluster.ts'
import { createObjectView } from './object-view.ts'

const object = (name: string, resourceVersion: string, uid = `${name}-uid`): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'a', uid, resourceVersion },
})
function watched() {
  const cache: { items: KubeObject[] } = { items: [] }
  const reflector = {
    ...createFakeCluster().createReflector(POD, {}),
    get items() {
      return cache.items
    },
  }
  return { cache, view: createObjectView(POD, Object.defineProperty(reflector, 'items', { get: () => cache.items })) }
}
const versions = (items: readonly KubeObject[]) => items.map(({ metadata }) => metadata.resourceVersion)

test('a written object counts before the watch tells of it, and its deletion counts after', () => {
  const { cache, view } = watched()
  view.wrote(object('a', '5'), 0)
  expect(versions(view.items)).toEqual(['5'])
  cache.items = [object('a', '5')]
  expect(versions(view.items)).toEqual(['5'])
  cache.items = []
  expect(view.items).toEqual([])
})

test('the newer of watch and write wins, by number', () => {
  const { cache, view } = watched()
  cache.items = [object('a', '9')]
  view.wrote(object('a', '10'), 0)
  expect(versions(view.items)).toEqual(['10'])
  cache.items = [object('a', '11', 'another')]
  expect(versions(view.items)).toEqual(['11'])
})

test('what is gone is not shown again by a watch that lags', () => {
  const { cache, view } = watched()
  cache.items = [object('a', '5')]
  view.gone(object('a', '5'))
  expect(view.items).toEqual([])
  cache.items = [object('a', '9', 'next-uid')]
  expect(versions(view.items)).toEqual(['9'])
})

test('an object that the watch never tells of is asked for, and dropped when it is not there', async () => {
  const { view } = watched()
  const cluster = createFakeCluster()
  view.wrote(object('a', '5'), 0)
  await view.verify(cluster.client, 9_000)
  expect(view.find('a')).toBeDefined()
  await view.verify(cluster.client, 11_000)
  expect(view.find('a')).toBeUndefined()
})
