// What controllers lean on in the fake API server, asked through the real client: statuses, generations, versions, finalizers, owners.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKubeClient } from '../../kube/client.ts'
import { loadSource } from '../../kube/kubeconfig/sources.ts'
import { vetContext } from '../../kube/kubeconfig/vet.ts'
import {
  EVENT,
  LEASE,
  NAMESPACE,
  NEW_EVENT,
  POD,
  SECRET,
  SERVICE,
  VDI_SESSION,
  VDI_TEMPLATE,
  VDI_USER,
  type KubeClient,
  type KubeObject,
  type WatchEvent,
} from '../../kube/types.ts'
import { createFakeApiServer, type FakeApiServer } from './api-server.ts'

const GROUP = 'vdi.kasm-operator.io/v1alpha1'
const by = { fieldManager: 'operator' }
let api: FakeApiServer
let client: KubeClient
const ended: AbortController[] = []

beforeEach(async () => {
  api = await createFakeApiServer({ groups: [GROUP] })
  client = await clientOf('user-token')
})
afterEach(async () => {
  for (const controller of ended.splice(0)) controller.abort()
  await client.close()
  await api.close()
})

async function clientOf(token: string): Promise<KubeClient> {
  const text = api.kubeconfig({ token })
  const { contexts } = await loadSource({ type: 'text', key: 'k', name: 'pasted', text })
  const context = contexts[0] && (await vetContext(contexts[0], {}, Date.now()))
  if (!context) throw new Error('no context')
  return createKubeClient({ context, env: {}, isTrusted: () => false, now: () => Date.now() })
}
const session = (name: string, fields: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: GROUP,
  kind: 'VDISession',
  metadata: { name, namespace: 'alice', ...metadata },
  spec: { owner: 'alice', desiredState: 'Running' },
  ...fields,
})
const secret = (name: string, metadata: object = {}, fields: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'alice', ...metadata },
  ...fields,
})
const refusal = (status: number, reason: string) => ({ status, reason })
/** Watches from now on. @returns what came so far: `<type> <name>` */
function watch(
  resource: typeof POD,
  options: { readonly fieldSelector?: string; readonly namespace?: string } = {},
): string[] {
  const controller = new AbortController()
  ended.push(controller)
  const seen: string[] = []
  const events = client.watch(resource, {
    ...options,
    resourceVersion: String(api.store.version),
    timeoutSeconds: 60,
    signal: controller.signal,
  })
  const follow = async (): Promise<void> => {
    for await (const { type, object } of events as AsyncIterable<WatchEvent>) {
      if (type !== 'BOOKMARK') seen.push(`${type} ${object.metadata.name}`)
    }
  }
  // it ends by being aborted
  follow().catch(() => undefined)
  return seen
}

describe('a status', () => {
  it('is written by its own path alone, and touches nothing else', async () => {
    const made = await client.create(VDI_SESSION, session('a', { status: { phase: 'Ready' } }))
    expect(made['status']).toBeUndefined()
    const wanted = session('a', { status: { phase: 'Starting' }, spec: { owner: 'eve' } })
    const after = await client.apply(VDI_SESSION, wanted, { ...by, subresource: 'status' })
    expect(after).toMatchObject({ status: { phase: 'Starting' }, spec: { owner: 'alice' } })
    const patched = await client.patch(VDI_SESSION, 'a', 'alice', { spec: { desiredState: 'Stopped' }, status: null })
    expect(patched).toMatchObject({ status: { phase: 'Starting' }, spec: { desiredState: 'Stopped' } })
  })

  it('does not move the generation, what is wanted does', async () => {
    const generation = async (): Promise<number | undefined> =>
      (await client.get(VDI_SESSION, 'a', 'alice')).metadata.generation
    await client.create(VDI_SESSION, session('a'))
    expect(await generation()).toBe(1)
    await client.apply(VDI_SESSION, session('a', { status: { phase: 'Ready' } }), { ...by, subresource: 'status' })
    await client.patch(VDI_SESSION, 'a', 'alice', { metadata: { annotations: { heartbeat: '1' } } })
    expect(await generation()).toBe(1)
    await client.patch(VDI_SESSION, 'a', 'alice', { spec: { desiredState: 'Stopped' } })
    expect(await generation()).toBe(2)
  })

  it('loses what its manager applies no more, and keeps what another has applied', async () => {
    await client.create(VDI_SESSION, session('a'))
    const put = (manager: string, status: object) =>
      client.apply(VDI_SESSION, session('a', { status }), { fieldManager: manager, subresource: 'status' })
    await put('operator', { phase: 'Starting', podName: 'a' })
    await put('activity', { lastActivityTime: 'now' })
    expect((await put('operator', { phase: 'Stopped' }))['status']).toEqual({
      phase: 'Stopped',
      lastActivityTime: 'now',
    })
    await expect(put('activity', { phase: 'Ready' })).rejects.toMatchObject(refusal(409, 'Conflict'))
  })

  it('is not there for a kind that has none', async () => {
    await client.create(SECRET, secret('s'))
    const write = client.apply(SECRET, secret('s'), { ...by, subresource: 'status' })
    await expect(write).rejects.toMatchObject({ status: 404 })
  })
})

describe('a version', () => {
  it('and uid say which object is meant', async () => {
    await client.create(SECRET, secret('s'))
    const meant = secret('s', { uid: 'another' })
    await expect(client.apply(SECRET, meant, by)).rejects.toMatchObject(refusal(422, 'Invalid'))
    await client.delete(SECRET, 's', 'alice')
    await expect(client.apply(SECRET, meant, by)).rejects.toMatchObject(refusal(409, 'Conflict'))
  })

  it('that has moved on refuses to be replaced', async () => {
    const first = await client.create(SECRET, secret('s', {}, { data: { a: 'MQ==' } }))
    const second = await client.replace(SECRET, { ...first, data: { a: 'Mg==' } })
    expect(second['data']).toEqual({ a: 'Mg==' })
    await expect(client.replace(SECRET, { ...first, data: {} })).rejects.toMatchObject(refusal(409, 'Conflict'))
  })

  it('has to be named to replace one of our kinds, and the object has to be there', async () => {
    const made = await client.create(VDI_SESSION, session('a'))
    await expect(client.replace(VDI_SESSION, session('a'))).rejects.toMatchObject(refusal(422, 'Invalid'))
    await expect(client.replace(VDI_SESSION, session('b'))).rejects.toMatchObject(refusal(404, 'NotFound'))
    const next = { ...made, spec: { owner: 'alice', desiredState: 'Stopped' } }
    expect((await client.replace(VDI_SESSION, next)).metadata.generation).toBe(2)
  })

  it('stays when nothing changes, and nobody is told', async () => {
    const seen = watch(SECRET)
    await vi.waitFor(() => expect(api.watches.count).toBe(1))
    const object = secret('s', { labels: { a: '1' } })
    const first = await client.apply(SECRET, object, by)
    const second = await client.apply(SECRET, object, by)
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
    await client.apply(SECRET, secret('t'), by)
    await vi.waitFor(() => expect(seen).toEqual(['ADDED s', 'ADDED t']))
  })
})

describe('create', () => {
  it('makes an object once', async () => {
    const made = await client.create(SECRET, secret('s'))
    await expect(client.create(SECRET, secret('s'))).rejects.toMatchObject(refusal(409, 'AlreadyExists'))
    expect(api.store.get(SECRET, 's', 'alice')?.metadata.uid).toBe(made.metadata.uid)
  })

  it('makes it although the answer gets lost', async () => {
    api.faults.add({ type: 'lost' }, { kind: 'create', times: 1 })
    await expect(client.create(SECRET, secret('s'))).rejects.toMatchObject({ code: 'cluster-unreachable' })
    await expect(client.create(SECRET, secret('s'))).rejects.toMatchObject(refusal(409, 'AlreadyExists'))
  })

  it('does not make anything in a namespace that is being deleted', async () => {
    await client.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'alice' } })
    await client.create(SECRET, secret('held', { finalizers: ['x/y'] }))
    await client.delete(NAMESPACE, 'alice')
    const write = client.create(SECRET, secret('new'))
    await expect(write).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('it is being terminated'),
    })
  })

  it('gives a Service its ports, which it keeps', async () => {
    const service = (labels: object): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'media', namespace: 'alice', ...labels },
      spec: { type: 'NodePort', ports: [{ port: 28081, protocol: 'UDP' }] },
    })
    const portOf = (object: KubeObject) => (object['spec'] as { ports: { nodePort: number }[] }).ports[0]?.nodePort
    const first = await client.apply(SERVICE, service({}), by)
    expect(portOf(first)).toBeGreaterThanOrEqual(30_000)
    const second = await client.apply(SERVICE, service({ labels: { a: '1' } }), by)
    expect(portOf(second)).toBe(portOf(first))
  })
})

describe('delete', () => {
  it('leaves what has finalizers until the last is gone', async () => {
    const seen = watch(VDI_SESSION)
    await vi.waitFor(() => expect(api.watches.count).toBe(1))
    await client.create(VDI_SESSION, session('a', {}, { finalizers: ['vdi/cleanup'] }))
    await client.delete(VDI_SESSION, 'a', 'alice')
    const going = await client.get(VDI_SESSION, 'a', 'alice')
    expect(going.metadata).toMatchObject({ deletionTimestamp: expect.any(String), generation: 2 })
    const more = { metadata: { finalizers: ['vdi/cleanup', 'new/one'] } }
    await expect(client.patch(VDI_SESSION, 'a', 'alice', more)).rejects.toMatchObject(refusal(422, 'Invalid'))
    await client.patch(VDI_SESSION, 'a', 'alice', { metadata: { finalizers: [] } })
    await expect(client.get(VDI_SESSION, 'a', 'alice')).rejects.toMatchObject({ status: 404 })
    await vi.waitFor(() => expect(seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']))
  })

  it('takes along what has no other owner, finalizers minded', async () => {
    const { metadata: a } = await client.create(VDI_SESSION, session('a'))
    const { metadata: b } = await client.create(VDI_SESSION, session('b'))
    const owner = (...uids: (string | undefined)[]) => ({ ownerReferences: uids.map((uid) => ({ uid })) })
    await client.create(SECRET, secret('own', owner(a.uid)))
    await client.create(SECRET, secret('held', { ...owner(a.uid), finalizers: ['x/y'] }))
    await client.create(SECRET, secret('shared', owner(a.uid, b.uid)))
    await client.create(SECRET, secret('other'))
    await client.delete(VDI_SESSION, 'a', 'alice')
    expect(api.store.list(SECRET).map(({ metadata }) => metadata.name)).toEqual(['held', 'other', 'shared'])
    expect(api.store.get(SECRET, 'held', 'alice')?.metadata.deletionTimestamp).toBeDefined()
  })

  it('of a namespace takes all that is in it, and goes last', async () => {
    await client.create(NAMESPACE, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'alice' } })
    await client.create(SECRET, secret('plain'))
    await client.create(SECRET, secret('held', { finalizers: ['x/y'] }))
    await client.delete(NAMESPACE, 'alice')
    expect((await client.get(NAMESPACE, 'alice'))['status']).toEqual({ phase: 'Terminating' })
    expect(api.store.list(SECRET).map(({ metadata }) => metadata.name)).toEqual(['held'])
    await client.patch(SECRET, 'held', 'alice', { metadata: { finalizers: null } })
    await expect(client.get(NAMESPACE, 'alice')).rejects.toMatchObject({ status: 404 })
  })

  it('means one object, where its uid is named', async () => {
    await client.create(SECRET, secret('s'))
    await expect(client.delete(SECRET, 's', 'alice', { uid: 'other' })).rejects.toMatchObject(refusal(409, 'Conflict'))
  })

  it('leaves a pod on its node until it is ended, where that is wished for', async () => {
    api.store.podsLinger = true
    api.store.put(POD, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'alice' },
      spec: { nodeName: 'n' },
    })
    await client.delete(POD, 'p', 'alice')
    expect((await client.get(POD, 'p', 'alice')).metadata.deletionTimestamp).toBeDefined()
    await client.delete(POD, 'p', 'alice', { gracePeriodSeconds: 0 })
    expect(api.store.list(POD)).toEqual([])
  })
})

describe('paths', () => {
  it('of a kind whose definition is not there are not found', async () => {
    api.groups.delete(GROUP)
    await expect(client.list(VDI_SESSION)).rejects.toMatchObject({ status: 404 })
  })

  it('go by a kind’s scope', async () => {
    const template = { apiVersion: GROUP, kind: 'VDITemplate', metadata: { name: 't' }, spec: {} }
    await client.create(VDI_TEMPLATE, template)
    const inNamespace = { ...template, metadata: { name: 't', namespace: 'alice' } }
    await expect(client.create(VDI_TEMPLATE, inNamespace)).rejects.toMatchObject({ status: 404 })
    await expect(client.get(VDI_SESSION, 'a')).rejects.toMatchObject({ status: 404 })
  })

  it('take only their own kind of object', async () => {
    const other = { ...session('a'), kind: 'VDIUser' }
    await expect(client.create(VDI_SESSION, other)).rejects.toMatchObject(refusal(400, 'BadRequest'))
  })

  it('name their resources', async () => {
    const { resources } = (await client.raw(`/apis/${GROUP}`)) as { resources: { name: string; namespaced: boolean }[] }
    const found = resources.map(({ name, namespaced }) => `${name} ${namespaced}`)
    expect(found).toContain('vdisessions true')
    expect(found).toContain('vdisessions/status true')
    expect(found).toContain('vditemplates false')
  })
})

describe('field selectors', () => {
  it('pick by owner, in lists and in watches, coming and going', async () => {
    const seen = watch(VDI_SESSION, { fieldSelector: 'spec.owner=alice' })
    await vi.waitFor(() => expect(api.watches.count).toBe(1))
    await client.create(VDI_SESSION, session('a'))
    await client.create(VDI_SESSION, session('b', { spec: { owner: 'bob' } }))
    const { items } = await client.list(VDI_SESSION, { fieldSelector: 'spec.owner=alice' })
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['a'])
    await client.patch(VDI_SESSION, 'b', 'alice', { spec: { owner: 'alice' } })
    await client.patch(VDI_SESSION, 'a', 'alice', { spec: { owner: 'bob' } })
    await vi.waitFor(() => expect(seen).toEqual(['ADDED a', 'ADDED b', 'DELETED a']))
  })

  it('are refused by our kinds for other fields', async () => {
    const list = client.list(VDI_SESSION, { fieldSelector: 'spec.displayName=x' })
    await expect(list).rejects.toMatchObject(refusal(400, 'BadRequest'))
    await expect(client.list(VDI_USER, { fieldSelector: 'metadata.name=x' })).resolves.toMatchObject({ items: [] })
  })
})

it('keeps one Event under both its names', async () => {
  const event = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'e', namespace: 'alice' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'vdi/operator',
    reportingInstance: 'pod-1',
    action: 'Start',
    reason: 'Starting',
    type: 'Normal',
    note: 'A desktop starts.',
    regarding: { kind: 'VDISession', namespace: 'alice', name: 'a' },
  }
  const { reason: _reason, ...incomplete } = event
  await expect(client.create(NEW_EVENT, incomplete)).rejects.toMatchObject(refusal(422, 'Invalid'))
  const elsewhere = { ...event, regarding: { kind: 'Node', name: 'n' } }
  await expect(client.create(NEW_EVENT, elsewhere)).rejects.toMatchObject(refusal(422, 'Invalid'))
  await client.create(NEW_EVENT, event)
  const fieldSelector = 'involvedObject.name=a'
  const { items } = await client.list(EVENT, { namespace: 'alice', fieldSelector })
  expect(items).toMatchObject([{ apiVersion: 'v1', message: 'A desktop starts.', involvedObject: { name: 'a' } }])
  const series = { series: { count: 2, lastObservedTime: '2026-01-01T00:01:00.000000Z' } }
  expect(await client.patch(NEW_EVENT, 'e', 'alice', series)).toMatchObject({
    ...event,
    ...series,
    metadata: { name: 'e' },
  })
})

it('takes a Lease only with times as they have to be written', async () => {
  const lease = (renewTime: string): KubeObject => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'l', namespace: 'alice' },
    spec: { renewTime },
  })
  await expect(client.create(LEASE, lease('2026-01-01T00:00:00.000Z'))).rejects.toMatchObject({ status: 400 })
  await expect(client.create(LEASE, lease('2026-01-01T00:00:00.000000Z'))).resolves.toBeDefined()
})

it('knows service accounts, each with the rights it was given', async () => {
  const account = 'system:serviceaccount:system:operator'
  const token = api.serviceAccount('system', 'operator')
  api.allows = ({ user, verb }) => user === account && verb !== 'create'
  const operator = await clientOf(token)
  try {
    const { username, groups } = await operator.whoAmI()
    expect(username).toBe(account)
    expect(groups).toContain('system:serviceaccounts:system')
    await expect(client.list(SECRET)).rejects.toMatchObject({ status: 403 })
    // to apply what is not there takes both verbs
    await expect(operator.apply(SECRET, secret('s'), by)).rejects.toMatchObject({ status: 403 })
    api.store.put(SECRET, secret('s'))
    await expect(operator.apply(SECRET, secret('s'), by)).resolves.toBeDefined()
  } finally {
    await operator.close()
  }
})
