// The executor against an API server: what it writes, in which order, what ends a round and what costs nothing.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFakeApiServer, type FakeApiServer } from '../e2e/fakes/api-server.ts'
import {
  ApiError,
  NAMESPACE,
  POD,
  ROLE,
  ROLE_BINDING,
  SECRET,
  SERVICE,
  VDI_SESSION,
  type KubeClient,
  type KubeObject,
} from '../kube/types.ts'
import { API_GROUP, API_VERSION, LABEL } from '../shared/product.ts'
import { execute, type ExecuteDeps } from './execute.ts'
import { NO_PLAN, type Plan, type PlannedEvent, type PlannedWrite } from './plan.ts'
import { clientOf } from './testing/fake-client.ts'

let api: FakeApiServer
let client: KubeClient
let told: PlannedEvent[]
let deps: ExecuteDeps

beforeEach(async () => {
  api = await createFakeApiServer({ groups: [`${API_GROUP}/${API_VERSION}`] })
  client = await clientOf(api)
  told = []
  deps = {
    client,
    stores: { of: () => undefined },
    events: { record: (_regarding, event) => told.push(event), drained: () => Promise.resolve() },
    now: () => 42,
  }
})
afterEach(async () => {
  await client.close()
  await api.close()
})

const MADE = { [LABEL.managed]: 'kasm-operator', [LABEL.session]: 'one' }
function made(kind: string, name: string, more: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'team', labels: MADE }, ...more }
}
function session(finalizers: readonly string[] = []): KubeObject {
  return api.store.put(VDI_SESSION, {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: 'VDISession',
    metadata: { name: 'one', namespace: 'team', finalizers: [...finalizers] },
    spec: { owner: 'ann', templateRef: { name: 'office' } },
    status: { phase: 'Ready' },
  }) as KubeObject
}
function plan(part: Partial<Plan>): Plan {
  return { ...NO_PLAN, ...part }
}
const EVENT = { type: 'Normal', reason: 'Ready', action: 'Start', note: 'It runs.' } as const
const created = (name = 'one') => ({ verb: 'create', resource: POD, object: made('Pod', name, { spec: {} }) }) as const
function writes(): readonly string[] {
  return api.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)
}

describe('a plan', () => {
  it('is carried out: writes, then deletes, finalizers that go and status, then its Events', async () => {
    const object = session(['ours.test/x', 'theirs.test/x'])
    api.store.put(POD, made('Pod', 'old'))
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'one-media', namespace: 'team' } }
    const refusal = await execute(
      plan({
        writes: [
          { verb: 'create', resource: SERVICE, object: service },
          { verb: 'apply', resource: SECRET, object: made('Secret', 'one-access', { data: {} }) },
        ],
        deletes: [{ resource: POD, name: 'old', namespace: 'team' }],
        finalizers: ['theirs.test/x'],
        status: { phase: 'Starting', podName: undefined },
        events: [EVENT],
      }),
      { resource: VDI_SESSION, object },
      deps,
    )
    expect(refusal).toBeUndefined()
    const at = (word: string) => writes().findIndex((line) => line.includes(word))
    expect(at('secrets')).toBeLessThan(at('DELETE'))
    expect(at('POST')).toBeLessThan(at('DELETE'))
    expect(at('DELETE')).toBeLessThan(at('vdisessions/one'))
    expect(writes().at(-1)).toMatch(/vdisessions\/one\/status$/)
    const after = api.store.get(VDI_SESSION, 'one', 'team')
    expect(after?.metadata.finalizers).toEqual(['theirs.test/x'])
    expect(after?.['status']).toEqual({ phase: 'Starting' })
    expect(api.store.get(POD, 'old', 'team')).toBeUndefined()
    expect(told).toEqual([EVENT])
  })

  it('puts a new finalizer on before it makes anything, a pod after what it leans on, and its status in the next round', async () => {
    const object = session()
    const secret = { verb: 'create', resource: SECRET, object: made('Secret', 'one-access', { data: {} }) } as const
    const wanted = plan({ writes: [created(), secret], finalizers: ['ours.test/x'], status: { phase: 'Starting' } })
    await execute(wanted, { resource: VDI_SESSION, object }, deps)
    expect(writes().map((line) => line.replace(/ .*\//, ' ').split('?')[0])).toEqual([
      'PATCH one',
      'POST secrets',
      'POST pods',
    ])
    expect(api.store.get(VDI_SESSION, 'one', 'team')?.['status']).toEqual({ phase: 'Ready' })
  })

  it('makes nothing of an object that has gone before the finalizer was on', async () => {
    const object = session()
    api.store.remove(VDI_SESSION, 'one', 'team')
    await execute(plan({ writes: [created()], finalizers: ['ours.test/x'] }), { resource: VDI_SESSION, object }, deps)
    expect(api.store.get(POD, 'one', 'team')).toBeUndefined()
  })

  it('makes nothing of an object whose finalizer could not be written', async () => {
    const object = session()
    api.faults.add({ type: 'status', status: 500 }, { kind: 'patch', times: 1 })
    const wanted = plan({ writes: [created()], finalizers: ['ours.test/x'] })
    await expect(execute(wanted, { resource: VDI_SESSION, object }, deps)).rejects.toMatchObject({ status: 500 })
    expect(api.store.get(POD, 'one', 'team')).toBeUndefined()
  })

  it('that changes nothing writes nothing', async () => {
    const object = session()
    const same = { phase: 'Ready', podName: undefined }
    await execute(plan({ status: same, finalizers: [] }), { resource: VDI_SESSION, object }, deps)
    expect(writes()).toEqual([])
  })

  it('makes the namespace before what stands in it', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team', labels: MADE } }
    await execute(
      plan({ writes: [created(), { verb: 'apply', resource: NAMESPACE, object: namespace }] }),
      { resource: VDI_SESSION, object: undefined },
      deps,
    )
    expect(writes().map((line) => line.split('/').at(-1)?.split('?')[0])).toEqual(['team', 'pods'])
  })
})

describe('what is there already', () => {
  it('is left as it is when it is ours', async () => {
    api.store.put(POD, made('Pod', 'one', { spec: { nodeName: 'n1' } }))
    await execute(plan({ writes: [created()] }), { resource: VDI_SESSION, object: undefined }, deps)
    expect(api.store.get(POD, 'one', 'team')?.['spec']).toEqual({ nodeName: 'n1' })
  })
  it('is refused by its name when it is not', async () => {
    api.store.put(POD, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one', namespace: 'team' } })
    const refusal = await execute(plan({ writes: [created()] }), { resource: VDI_SESSION, object: undefined }, deps)
    expect(refusal).toMatchObject({ of: 'Pod', message: 'There is another Pod of the name one that is not ours.' })
  })
})

describe('a refusal', () => {
  const quota = { type: 'status', status: 403, reason: 'Forbidden', message: 'exceeded quota: limits' } as const
  it('ends the round before anything is deleted or said', async () => {
    const object = session()
    api.store.put(POD, made('Pod', 'old'))
    api.faults.add(quota, { kind: 'create' })
    const deletes = [{ resource: POD, name: 'old', namespace: 'team' }]
    const wanted = plan({ writes: [created()], deletes, status: { phase: 'Failed' }, events: [EVENT] })
    const refusal = await execute(wanted, { resource: VDI_SESSION, object }, deps)
    expect(refusal).toEqual({ kind: 'quota', of: 'Pod', at: 42, message: expect.stringContaining('exceeded quota') })
    expect(api.store.get(POD, 'old', 'team')).toBeDefined()
    expect(api.store.get(VDI_SESSION, 'one', 'team')?.['status']).toEqual({ phase: 'Ready' })
    expect(told).toEqual([])
  })
  it('that the plan knew of is said although it comes again', async () => {
    const object = session()
    api.faults.add(quota, { kind: 'create' })
    const wanted = plan({ writes: [created()], status: { phase: 'Failed' } })
    await execute(wanted, { resource: VDI_SESSION, object }, deps, { knewRefusal: true })
    expect(api.store.get(VDI_SESSION, 'one', 'team')?.['status']).toEqual({ phase: 'Failed' })
  })
})

describe('a fault', () => {
  it.each([429, 500, 503])('%i is thrown, so that the round is made again', async (status) => {
    api.faults.add({ type: 'status', status }, { kind: 'create', times: 1 })
    const wanted = plan({ writes: [created()] })
    const subject = { resource: VDI_SESSION, object: undefined }
    await expect(execute(wanted, subject, deps)).rejects.toThrow(ApiError)
    await execute(wanted, subject, deps)
    expect(api.store.get(POD, 'one', 'team')).toBeDefined()
  })
  it('counts before a refusal that came with it', async () => {
    api.faults.add({ type: 'status', status: 403, message: 'exceeded quota' }, { kind: 'create' })
    api.faults.add({ type: 'status', status: 503 }, { kind: 'apply' })
    const apply = { verb: 'apply', resource: SECRET, object: made('Secret', 'one-access') } as const
    const subject = { resource: VDI_SESSION, object: undefined }
    await expect(execute(plan({ writes: [created(), apply] }), subject, deps)).rejects.toMatchObject({ status: 503 })
  })
})

describe('another object of the same name', () => {
  it('is not deleted in place of the one that was meant', async () => {
    api.store.put(POD, made('Pod', 'old'))
    const deletes = [{ resource: POD, name: 'old', namespace: 'team', uid: 'of-an-earlier-one' }]
    await execute(plan({ deletes }), { resource: VDI_SESSION, object: undefined }, deps)
    expect(api.store.get(POD, 'old', 'team')).toBeDefined()
  })
  it('keeps the finalizers that somebody else has set meanwhile', async () => {
    const object = session()
    api.store.put(VDI_SESSION, { ...object, metadata: { ...object.metadata, finalizers: ['theirs.test/x'] } } as never)
    const wanted = plan({ finalizers: ['ours.test/x'] })
    await expect(execute(wanted, { resource: VDI_SESSION, object }, deps)).rejects.toMatchObject({ status: 409 })
  })
  it('that is gone is no error', async () => {
    const object = session()
    api.store.remove(VDI_SESSION, 'one', 'team')
    await execute(plan({ status: { phase: 'Failed' } }), { resource: VDI_SESSION, object }, deps)
    expect(api.store.get(VDI_SESSION, 'one', 'team')).toBeUndefined()
  })
})

describe('a claim', () => {
  const rbac = (kind: string): KubeObject => ({
    ...made(kind, 'one'),
    apiVersion: 'rbac.authorization.k8s.io/v1',
    ...(kind === 'RoleBinding' ? { roleRef: {}, subjects: [] } : { rules: [] }),
  })
  const claim = (resourceVersion = ''): PlannedWrite => ({
    verb: 'claim',
    resource: VDI_SESSION,
    object: made('VDISession', 'one', {
      metadata: { name: 'one', namespace: 'team', resourceVersion, annotations: { by: 'ann' } },
    }),
  })
  const carry = (write: PlannedWrite) =>
    execute(
      plan({
        writes: [
          { verb: 'apply', resource: ROLE_BINDING, object: rbac('RoleBinding') },
          { verb: 'apply', resource: ROLE, object: rbac('Role') },
          write,
        ],
      }),
      { resource: VDI_SESSION, object: undefined },
      deps,
    )

  it('comes first, then the role, then what binds it', async () => {
    const { metadata } = session()
    expect(await carry(claim(metadata.resourceVersion))).toBeUndefined()
    expect(writes().map((line) => line.split('/').at(-2))).toEqual(['vdisessions', 'roles', 'rolebindings'])
    expect(api.store.get(VDI_SESSION, 'one', 'team')?.metadata.annotations).toEqual({ by: 'ann' })
  })

  it('of another version gives nobody anything, and the round is made again', async () => {
    const { metadata } = session()
    api.store.put(VDI_SESSION, { ...session(), spec: { owner: 'ann', desiredState: 'Stopped' } } as never)
    await expect(carry(claim(metadata.resourceVersion))).rejects.toMatchObject({ status: 409 })
    expect(api.store.get(VDI_SESSION, 'one', 'team')?.metadata.annotations).toBeUndefined()
    expect(api.store.get(ROLE, 'one', 'team')).toBeUndefined()
  })

  it('of one that is gone is no refusal of the start', async () => {
    await expect(carry(claim('7'))).rejects.toMatchObject({ status: 409 })
    expect(api.store.get(ROLE, 'one', 'team')).toBeUndefined()
  })

  it('keeps it from being deleted by whoever saw it before', async () => {
    const before = session().metadata
    await carry(claim(before.resourceVersion))
    const { uid, resourceVersion } = before
    const gone = { resource: VDI_SESSION, name: 'one', namespace: 'team', uid, resourceVersion }
    await execute(plan({ deletes: [gone] }), { resource: VDI_SESSION, object: undefined }, deps)
    expect(api.store.get(VDI_SESSION, 'one', 'team')).toBeDefined()
  })
})
