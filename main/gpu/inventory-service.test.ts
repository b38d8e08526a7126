// The topic follows the active cluster, and nothing of another cluster stays in it.
import { describe, expect, it } from 'vitest'
import type { InventorySnapshot } from '../../shared/domain/gpu.ts'
import { fakeClusters, fakeProvider } from '../testing/fakes.ts'
import { createInventoryService } from './inventory-service.ts'
import { noInventory, type InventorySource } from './inventory-source.ts'

function fakeSource(clusterId: string) {
  const listeners = new Set<(snapshot: InventorySnapshot) => void>()
  const looks: boolean[] = []
  const stopped: string[] = []
  const full: InventorySnapshot = { ...noInventory(clusterId, 5), access: 'full', state: 'live' }
  const source: InventorySource = {
    watch(listener) {
      listeners.add(listener)
      listener(full)
      return () => void listeners.delete(listener)
    },
    setLooking: (looking) => void looks.push(looking),
    stop: (namespace, pod) => {
      stopped.push(`${namespace}/${pod}`)
      return Promise.resolve()
    },
    dispose: () => Promise.resolve(),
  }
  return { source, looks, stopped, full, listeners, provider: { ...fakeProvider(), inventorySource: source } }
}
function setUp() {
  const clusters = fakeClusters()
  const published: InventorySnapshot[] = []
  const service = createInventoryService({
    clusters,
    clock: { now: () => 1 },
    publish: (snapshot) => void published.push(snapshot),
  })
  return { clusters, service, last: () => published.at(-1) }
}

describe('the inventory', () => {
  it('is none before a cluster is active, and where a cluster cannot show itself', () => {
    const { clusters, last } = setUp()
    expect(last()).toStrictEqual(noInventory(undefined, 1))
    clusters.set(new Map([['c1', fakeProvider()]]), { activeId: 'c1' })
    expect(last()).toStrictEqual(noInventory('c1', 1))
  })
  it('follows the active cluster, and lets the one before rest', () => {
    const { clusters, service, last } = setUp()
    const [one, two] = [fakeSource('c1'), fakeSource('c2')]
    const both = new Map([
      ['c1', one.provider],
      ['c2', two.provider],
    ])
    service.setLooking(true)
    clusters.set(both, { activeId: 'c1' })
    expect(last()).toStrictEqual(one.full)
    clusters.set(both, { activeId: 'c2' })
    expect(last()).toStrictEqual(two.full)
    expect([one.looks, two.looks]).toStrictEqual([[true, false], [true]])
    expect(one.listeners.size).toBe(0)
    service.setLooking(false)
    expect(two.looks).toStrictEqual([true, false])
  })
  it('is none again when its cluster is gone, and takes a cluster that connects anew', () => {
    const { clusters, last } = setUp()
    const [before, after] = [fakeSource('c1'), fakeSource('c1')]
    clusters.set(new Map([['c1', before.provider]]), { activeId: 'c1' })
    clusters.set(new Map())
    expect(last()).toStrictEqual(noInventory('c1', 1))
    clusters.set(new Map([['c1', after.provider]]))
    expect(last()).toStrictEqual(after.full)
  })
  it('stops in the cluster that is named, and nowhere when it is not there', async () => {
    const { clusters, service } = setUp()
    const one = fakeSource('c1')
    clusters.set(new Map([['c1', one.provider]]), { activeId: 'c1' })
    await service.stop('c1', 'alice', 'cad')
    expect(one.stopped).toStrictEqual(['alice/cad'])
    await expect(service.stop('c2', 'alice', 'cad')).rejects.toMatchObject({ code: 'cluster-unknown' })
  })
  it('listens to nothing after its end', () => {
    const { clusters, service } = setUp()
    const one = fakeSource('c1')
    service.dispose()
    clusters.set(new Map([['c1', one.provider]]), { activeId: 'c1' })
    expect(one.listeners.size).toBe(0)
  })
})
