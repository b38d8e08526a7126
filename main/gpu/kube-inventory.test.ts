// The cluster view against a fake API server: who may see it, what it costs who may not, what it shows and what it stops.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFakeApiServer, type Attributes, type FakeApiServer } from '../../e2e/fakes/api-server.ts'
import type { StoredObject } from '../../e2e/fakes/api-store.ts'
import type { InventorySnapshot } from '../../shared/domain/gpu.ts'
import { VDI_SESSION } from '../../kube/types.ts'
import { WARM_POOL_NAMESPACE } from '../../shared/domain/names.ts'
import { ANNOTATION, API_GROUP, API_VERSION, LABEL, WARM_POOL_USER } from '../../shared/product.ts'
import { createClusters } from '../clusters/clusters.ts'
import type { ConnectedCluster } from '../clusters/kube-cluster.ts'
import { podProvider } from '../clusters/pod-provider-fixture.ts'
import type { Clusters } from '../core-services.ts'
import { SILENT } from '../logging/logger.ts'
import type { InventorySource } from './inventory-source.ts'
import { createKubeInventory } from './kube-inventory.ts'

const NODES = { group: '', version: 'v1', plural: 'nodes' }
const PODS = { group: '', version: 'v1', plural: 'pods' }
const SLICE = 'nvidia.com/gpu.shared'

let folder: string
let api: FakeApiServer
let clusters: Clusters
let cluster: ConnectedCluster
const sources: InventorySource[] = []

const node = (name: string): StoredObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'nvidia.com/gpu.count': '1' } },
  spec: {},
  status: {
    capacity: { [SLICE]: '8' },
    allocatable: { [SLICE]: '8' },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
})
const pod = (name: string, namespace: string, more: { owner?: string; slices?: number } = {}): StoredObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace,
    ...(more.owner !== undefined && {
      labels: { [LABEL.session]: name },
      annotations: { [ANNOTATION.owner]: more.owner },
    }),
  },
  spec: {
    nodeName: 'n1',
    containers: [{ name: 'main', resources: { limits: { [SLICE]: String(more.slices ?? 1) } } }],
  },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inventory-'))
  api = await createFakeApiServer({ bookmarkMs: 50 })
  await mkdir(join(folder, '.kube'))
  await writeFile(join(folder, '.kube', 'config'), api.kubeconfig())
  clusters = createClusters({
    env: { HOME: folder, PATH: '' },
    dataDir: join(folder, 'data'),
    log: SILENT,
    createProvider: (connected) => {
      cluster = connected
      return podProvider(connected, () => undefined)
    },
    limits: { answerTimeoutMs: 2000, connectTimeoutMs: 2000 },
  })
  await vi.waitUntil(() => !clusters.snapshot.searching)
  await clusters.select(clusters.snapshot.clusters[0]?.id ?? '')
  api.requests.length = 0
})
afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.dispose()))
  await clusters.dispose()
  await api.close()
  await rm(folder, { recursive: true })
})

/** A source whose long waits are in the test's hands; short ones pass by themselves. */
function setUp() {
  const long = new Map<symbol, { readonly ms: number; readonly run: () => void }>()
  const timers = {
    after: (ms: number, run: () => void) => {
      if (ms < 1000) {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      }
      const key = Symbol('wait')
      long.set(key, { ms, run })
      return () => void long.delete(key)
    },
  }
  const source = createKubeInventory({
    cluster,
    clock: { now: () => Date.now() },
    log: SILENT,
    timers,
  })
  sources.push(source)
  const seen: { readonly snapshot: InventorySnapshot; readonly at: number }[] = []
  source.watch((snapshot) => void seen.push({ snapshot, at: Date.now() }))
  return {
    source,
    seen,
    last: () => seen.at(-1)?.snapshot,
    /** What is waited for now, ms. */
    waits: () => [...long.values()].map(({ ms }) => ms),
    /** Lets the wait of that length end. */
    pass: (ms: number) => {
      const [key, wait] = [...long].find(([, entry]) => entry.ms === ms) ?? []
      if (!key || !wait) throw new Error(`nothing waits for ${ms} ms`)
      long.delete(key)
      wait.run()
    },
  }
}
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 8000, interval: 10 })
const asked = (kind: string, plural: string) =>
  api.requests.filter(
    (request) => request.kind === kind && request.plural === plural && request.namespace === undefined,
  )
const ordinary = ({ namespace }: Attributes): boolean => namespace === 'team'

describe('whoever may see the whole cluster', () => {
  it('sees nodes and pods of all namespaces, as they change', async () => {
    api.store.put(NODES, node('n1'))
    api.store.put(PODS, pod('cad', 'alice', { owner: 'alice' }))
    const { source, last } = setUp()
    source.setLooking(true)
    await eventually(() => expect(last()?.state).toBe('live'))
    expect(last()).toMatchObject({
      access: 'full',
      totals: { total: 8, used: 1, free: 7, unhealthy: 0, waiting: 0 },
      sessions: [{ person: 'alice', pod: 'cad', state: 'running', node: 'n1', canStop: true }],
    })
    api.store.put(PODS, pod('training', 'lab', { slices: 3 }))
    await eventually(() => expect(last()?.totals).toMatchObject({ used: 4, free: 4 }))
  })
  it('learns who has claimed a desktop of the warm pool, once there is one', async () => {
    api.groups.add(`${API_GROUP}/${API_VERSION}`)
    api.store.put(NODES, node('n1'))
    api.store.put(PODS, pod('warm-a', WARM_POOL_NAMESPACE, { owner: WARM_POOL_USER }))
    const { source, last } = setUp()
    source.setLooking(true)
    await eventually(() => expect(last()?.sessions).toMatchObject([{ person: 'Warm pool' }]))
    const annotations = { [ANNOTATION.claimedBy]: 'vdi-u-ann/kiosk/uid', [ANNOTATION.claimedFor]: 'ann' }
    api.store.put(VDI_SESSION, {
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: 'VDISession',
      metadata: { name: 'warm-a', namespace: WARM_POOL_NAMESPACE, annotations },
    })
    await eventually(() => expect(last()?.sessions).toMatchObject([{ person: 'ann' }]))
  })
  it('costs reviews alone while nobody looks, and no second list for a look that comes back', async () => {
    const { source, last, waits, pass } = setUp()
    await eventually(() => expect(last()).toMatchObject({ access: 'full', state: 'syncing' }))
    expect(asked('list', 'nodes')).toHaveLength(0)
    source.setLooking(true)
    await eventually(() => expect(last()?.state).toBe('live'))
    source.setLooking(false)
    source.setLooking(true)
    expect(waits()).toStrictEqual([300_000])
    source.setLooking(false)
    pass(30_000)
    await eventually(() => expect(last()).toMatchObject({ state: 'syncing', nodes: [] }))
    expect(asked('list', 'nodes')).toHaveLength(1)
    expect(asked('list', 'pods')).toHaveLength(1)
    await eventually(() => expect(api.watches.count).toBe(1))
  })
  it('tells at most twice a second, however much changes', async () => {
    api.store.put(NODES, node('n1'))
    const { source, seen, last } = setUp()
    source.setLooking(true)
    await eventually(() => expect(last()?.state).toBe('live'))
    for (let at = 0; at < 200; at++) api.store.put(PODS, pod(`p${at}`, 'lab', { owner: `u${at}`, slices: 0 }))
    await eventually(() => expect(last()?.sessions).toHaveLength(200))
    const gaps = seen.slice(2).map(({ at }, index) => at - (seen[index + 1]?.at ?? 0))
    // timers may fire a little early
    expect(Math.min(...gaps)).toBeGreaterThan(480)
  })
  it('keeps what it knows while the cluster is out of reach', async () => {
    api.store.put(NODES, node('n1'))
    const { source, last } = setUp()
    source.setLooking(true)
    await eventually(() => expect(last()?.state).toBe('live'))
    await api.goDark()
    await eventually(() => expect(last()).toMatchObject({ state: 'stale', totals: { total: 8 } }))
    expect(last()?.error).toBeDefined()
    await api.comeBack()
    await eventually(() => expect(last()?.state).toBe('live'))
  })
  it('loses the view with the right, without asking again and again', async () => {
    const { source, last, pass, waits } = setUp()
    source.setLooking(true)
    await eventually(() => expect(last()?.state).toBe('live'))
    api.allows = ordinary
    api.watches.reset()
    await eventually(() => expect(last()?.access).toBe('none'))
    const lists = () => asked('list', 'nodes').length + asked('watch', 'nodes').length
    const before = lists()
    pass(300_000)
    await eventually(() => expect(waits()).toStrictEqual([300_000]))
    expect(lists()).toBe(before)
    api.allows = () => true
    pass(300_000)
    await eventually(() => expect(last()).toMatchObject({ access: 'full', state: 'live' }))
  })
  it('says that it is refused what its reviews allow, and waits', async () => {
    const { source, last, pass, waits } = setUp()
    await eventually(() => expect(last()?.access).toBe('full'))
    api.faults.add({ type: 'status', status: 403 }, { kind: 'list', plural: 'nodes', times: 1 })
    source.setLooking(true)
    await eventually(() => expect(last()?.state).toBe('forbidden'))
    expect(last()).toMatchObject({ access: 'full', error: { code: 'inventory-forbidden' } })
    await eventually(() => expect(waits()).toStrictEqual([300_000]))
    expect(asked('list', 'nodes')).toHaveLength(1)
    pass(300_000)
    await eventually(() => expect(last()?.state).toBe('live'))
  })
})

describe('whoever may not', () => {
  it('is not offered the view, and costs one question in five minutes', async () => {
    api.allows = ordinary
    const { source, last, pass, waits } = setUp()
    source.setLooking(true)
    await eventually(() => expect(waits()).toStrictEqual([300_000]))
    pass(300_000)
    await eventually(() => expect(waits()).toStrictEqual([300_000]))
    expect(last()).toMatchObject({ access: 'none', nodes: [], sessions: [] })
    expect(api.requests.filter(({ kind }) => kind === 'review')).toHaveLength(2)
    expect(asked('list', 'nodes')).toHaveLength(0)
    expect(asked('list', 'pods')).toHaveLength(0)
  })
  it('keeps what was known when no answer comes, and asks again soon', async () => {
    api.faults.add({ type: 'status', status: 503 }, { kind: 'review', times: 1 })
    const { last, pass, waits } = setUp()
    await eventually(() => expect(waits()).toStrictEqual([60_000]))
    expect(last()?.access).toBe('none')
    pass(60_000)
    await eventually(() => expect(last()?.access).toBe('full'))
  })
})

describe('stopping', () => {
  it('deletes the pod and leaves its record', async () => {
    api.store.put(PODS, pod('cad', 'alice', { owner: 'alice' }))
    const secrets = { group: '', version: 'v1', plural: 'secrets' }
    const record = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cad-access', namespace: 'alice' } }
    api.store.put(secrets, record)
    await setUp().source.stop('alice', 'cad')
    expect(api.store.get(PODS, 'cad', 'alice')).toBeUndefined()
    expect(api.store.get(secrets, 'cad-access', 'alice')).toBeDefined()
  })
  it('takes one that has gone for stopped', async () => {
    await expect(setUp().source.stop('alice', 'gone')).resolves.toBeUndefined()
  })
  it('never stops another pod that has its name by now', async () => {
    api.store.put(PODS, pod('cad', 'alice', { owner: 'alice' }))
    const { source, last } = setUp()
    source.setLooking(true)
    await eventually(() => expect(last()?.sessions).toHaveLength(1))
    api.watches.mute(true)
    api.store.remove(PODS, 'cad', 'alice')
    api.store.put(PODS, pod('cad', 'alice', { owner: 'alice' }))
    await expect(source.stop('alice', 'cad')).rejects.toMatchObject({ code: 'session-unknown' })
    expect(api.store.get(PODS, 'cad', 'alice')).toBeDefined()
  })
  it('is refused in words where it is not allowed', async () => {
    api.allows = ({ verb }) => verb !== 'delete'
    api.store.put(NODES, node('n1'))
    api.store.put(PODS, pod('cad', 'alice', { owner: 'alice' }))
    const { source, last } = setUp()
    source.setLooking(true)
    await eventually(() => expect(last()?.sessions).toMatchObject([{ canStop: false }]))
    await expect(source.stop('alice', 'cad')).rejects.toMatchObject({ code: 'stop-forbidden' })
    expect(api.requests.filter(({ kind }) => kind === 'delete')).toHaveLength(0)
  })
  it('offers it in one’s own namespace where it is allowed only there', async () => {
    api.allows = ({ verb, namespace }) => verb !== 'delete' || namespace === 'team'
    for (const namespace of ['alice', 'team']) api.store.put(PODS, pod('cad', namespace, { owner: namespace }))
    const { source, last } = setUp()
    source.setLooking(true)
    await eventually(() =>
      expect(last()?.sessions.map(({ person, canStop }) => [person, canStop])).toStrictEqual([
        ['alice', false],
        ['team', true],
      ]),
    )
  })
  it('has nothing else of the cluster in its reach', async () => {
    api.store.put(PODS, { ...pod('etcd', 'kube-system'), spec: { containers: [{ name: 'etcd' }] } })
    await expect(setUp().source.stop('kube-system', 'etcd')).rejects.toMatchObject({ code: 'bad-request' })
    expect(api.store.get(PODS, 'etcd', 'kube-system')).toBeDefined()
  })
})
