// What is gathered of a session, from stores over an API server.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFakeApiServer, type FakeApiServer } from '../../e2e/fakes/api-server.ts'
import type { PooledClient } from '../../kube/client.ts'
import { REAL_TIMERS } from '../../kube/retry-budget.ts'
import {
  CLAIM,
  EVENT,
  NODE,
  POD,
  SECRET,
  SERVICE,
  VDI_SESSION,
  VDI_TEMPLATE,
  VDI_USER,
  VOLUME,
} from '../../kube/types.ts'
import { ownerHash, templateHash } from '../../shared/domain/hash.ts'
import { homeName, userNamespace } from '../../shared/domain/names.ts'
import { templateSpecSchema } from '../../shared/domain/template.ts'
import { ANNOTATION, API_GROUP, API_VERSION, LABEL } from '../../shared/product.ts'
import { operatorConfigSchema } from '../config.ts'
import { createStores, type Stores } from '../stores.ts'
import { clientOf } from '../testing/fake-client.ts'
import { observeSession, type SessionMemory } from './observe.ts'
import type { ObservedSession } from './observed.ts'

const KINDS = `${API_GROUP}/${API_VERSION}`
const HERE = userNamespace('ann')
const HOME = homeName('office', ownerHash('ann'))
const SLICES = 'nvidia.com/gpu.shared'
const MANAGED = { [LABEL.managed]: 'kasm-operator' }
const NOTHING: SessionMemory = {
  activityOf: () => undefined,
  isStarting: () => false,
  rightsSeenAt: () => 0,
  refusal: undefined,
}

let api: FakeApiServer
let client: PooledClient
let stores: Stores

beforeEach(async () => {
  api = await createFakeApiServer({ groups: [KINDS] })
  client = await clientOf(api)
  session('one')
})
afterEach(async () => {
  stores.stop()
  await client.close()
  await api.close()
})

function session(name: string, spec: object = {}): void {
  api.store.put(VDI_SESSION, {
    apiVersion: KINDS,
    kind: 'VDISession',
    metadata: { name, namespace: HERE },
    spec: { owner: 'ann', templateRef: { name: 'office' }, ...spec },
  })
}
function pod(
  name: string,
  more: { readonly node?: string; readonly slices?: number; readonly phase?: string } = {},
): void {
  const limits = more.slices === undefined ? {} : { limits: { [SLICES]: String(more.slices) } }
  api.store.put(POD, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: HERE, labels: { ...MANAGED, [LABEL.session]: name } },
    spec: { ...(more.node && { nodeName: more.node }), containers: [{ name: 'desktop', resources: limits }] },
    status: { phase: more.phase ?? 'Running' },
  })
}
function template(displayName: string, slices = 0): void {
  api.store.put(VDI_TEMPLATE, {
    apiVersion: KINDS,
    kind: 'VDITemplate',
    metadata: { name: 'office' },
    spec: { displayName, image: 'registry.test/office:1', gpu: { slices } },
  })
}
function home(node: string): void {
  api.store.put(CLAIM, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: HOME, namespace: HERE, labels: MANAGED },
    spec: { volumeName: 'pv-1' },
    status: { phase: 'Bound' },
  })
  const term = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }
  api.store.put(VOLUME, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pv-1' },
    spec: { claimRef: { namespace: HERE, name: HOME }, nodeAffinity: { required: { nodeSelectorTerms: [term] } } },
  })
}
function node(name: string, slices: number, ready = 'True'): void {
  const conditions = [{ type: 'Ready', status: ready }]
  const status = { conditions, allocatable: { [SLICES]: String(slices) } }
  api.store.put(NODE, { apiVersion: 'v1', kind: 'Node', metadata: { name }, status })
}
async function observe(memory: Partial<SessionMemory> = {}, name = 'one'): Promise<ObservedSession> {
  stores = createStores({
    client,
    config: operatorConfigSchema.parse({}),
    namespace: 'platform',
    timers: REAL_TIMERS,
  })
  await stores.synced
  const observed = observeSession(stores, HERE, name, { ...NOTHING, ...memory })
  if (observed === undefined || 'problem' in observed) throw new Error('not observed')
  return observed
}

describe('a session', () => {
  it('that is all there is has nothing else', async () => {
    expect(await observe()).toMatchObject({
      spec: { owner: 'ann', desiredState: 'Running' },
      status: {},
      template: undefined,
      pinned: undefined,
      user: undefined,
      secret: undefined,
      claim: undefined,
      pods: [],
      siblings: [],
      runningOfOwner: 0,
    })
  })
  it('has the template as it is now, and the one that its start was made from', async () => {
    template('New')
    const old = templateSpecSchema.parse({ displayName: 'Old', image: 'registry.test/office:0' })
    const annotations = { [ANNOTATION.template]: JSON.stringify(old), [ANNOTATION.templateHash]: templateHash(old) }
    const metadata = {
      name: 'one-access',
      namespace: HERE,
      labels: { ...MANAGED, [LABEL.session]: 'one' },
      annotations,
    }
    api.store.put(SECRET, { apiVersion: 'v1', kind: 'Secret', metadata })
    const { template: present, pinned } = await observe()
    expect(present?.spec.displayName).toBe('New')
    expect(pinned).toEqual({ spec: old, hash: templateHash(old) })
  })
  it('has the Service of its media port apart from the one that routes lead to', async () => {
    for (const name of ['one', 'one-media'])
      api.store.put(SERVICE, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: HERE, labels: { ...MANAGED, [LABEL.session]: 'one' } },
      })
    const { service, routes } = await observe()
    expect(service?.metadata.name).toBe('one-media')
    expect(routes.map(({ metadata }) => metadata.name)).toEqual(['one'])
  })
  it('belongs to the first of several VDIUsers of its person', async () => {
    for (const [name, creationTimestamp] of [
      ['later', '2026-02-01T00:00:00Z'],
      ['first', '2026-01-01T00:00:00Z'],
    ] as const)
      api.store.put(VDI_USER, {
        apiVersion: KINDS,
        kind: 'VDIUser',
        metadata: { name, creationTimestamp },
        spec: { username: 'ann' },
      })
    expect((await observe()).user?.name).toBe('first')
  })
})

describe('a start ahead', () => {
  it('knows the slices that a start would find: not those of nodes that are away, nor those that are waited for', async () => {
    template('Office', 1)
    node('node-1', 4)
    node('node-2', 8, 'Unknown')
    pod('held', { node: 'node-1', slices: 1 })
    pod('waits', { slices: 1 })
    session('one', { startAhead: true })
    expect((await observe()).freeSlices).toBe(2)
    stores.stop()
    session('one', { startAhead: false })
    expect((await observe()).freeSlices).toBeUndefined()
  })
})

describe('a home on one node', () => {
  it('tells the node, and the slices that nobody holds there', async () => {
    template('Office', 1)
    home('node-1')
    node('node-1', 4)
    pod('two', { node: 'node-1', slices: 1 })
    pod('ended', { node: 'node-1', slices: 1, phase: 'Succeeded' })
    pod('elsewhere', { node: 'node-2', slices: 1 })
    expect((await observe()).homeNode).toEqual({ name: 'node-1', present: true, ready: true, freeSlices: 3 })
  })
  it('on a node that is gone, or not ready', async () => {
    home('node-1')
    expect((await observe()).homeNode).toEqual({ name: 'node-1', present: false, ready: false, freeSlices: undefined })
    stores.stop()
    node('node-1', 4, 'Unknown')
    expect((await observe()).homeNode).toMatchObject({ present: true, ready: false, freeSlices: undefined })
  })
  it('that is not bound yet tells the latest warning about it', async () => {
    api.store.put(CLAIM, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: HOME, namespace: HERE, labels: MANAGED },
      status: { phase: 'Pending' },
    })
    for (const [name, lastTimestamp] of [
      ['old', '2026-01-01T00:00:00Z'],
      ['new', '2026-01-01T00:00:05Z'],
    ] as const)
      api.store.put(EVENT, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace: HERE },
        involvedObject: { kind: 'PersistentVolumeClaim', namespace: HERE, name: HOME },
        type: 'Warning',
        message: `the ${name} one`,
        lastTimestamp,
      })
    const { claimWarning } = await observe()
    // warnings are not waited for: they may come after the rest
    const read = () => {
      const seen = observeSession(stores, HERE, 'one', NOTHING)
      return seen === undefined || 'problem' in seen ? undefined : seen.claimWarning
    }
    if (claimWarning === undefined) await expect.poll(read).toBe('the new one')
    else expect(claimWarning).toBe('the new one')
  })
})

describe('sessions beside it', () => {
  it('count as running with a pod, or while one is being made', async () => {
    session('two')
    session('three')
    session('stopped')
    session('studio', { templateRef: { name: 'studio' } })
    pod('two')
    pod('studio')
    const observed = await observe({ isStarting: (_namespace, name) => name === 'three' })
    const running = observed.siblings.map(({ name, running: is }) => [name, is])
    expect(new Map(running as [string, boolean][])).toEqual(
      new Map([
        ['two', true],
        ['three', true],
        ['stopped', false],
      ]),
    )
    expect(observed.runningOfOwner).toBe(3)
  })
  it('of other people do not count', async () => {
    api.store.put(VDI_SESSION, {
      apiVersion: KINDS,
      kind: 'VDISession',
      metadata: { name: 'two', namespace: HERE },
      spec: { owner: 'bob', templateRef: { name: 'office' } },
    })
    pod('two')
    expect(await observe()).toMatchObject({ siblings: [], runningOfOwner: 0 })
  })
})
