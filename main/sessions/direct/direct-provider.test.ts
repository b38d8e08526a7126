// Direct mode against a cluster in memory: what a start makes, what a failed or cancelled one leaves, and what stays through stop and resume.
import { afterEach, expect, test, vi } from 'vitest'
import { ApiError } from '../../../kube/types.ts'
import type { SessionView } from '../../../shared/domain/session.ts'
import { ANNOTATION } from '../../../shared/product.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { SILENT } from '../../logging/logger.ts'
import type { ProviderSnapshot } from '../provider.ts'
import { secretText } from '../kube-read.ts'
import { createFakeCluster, type FakeCall, type FakeCluster } from '../testing/fake-cluster.ts'
import { createHandClock } from '../testing/hand-clock.ts'
import { createDirectProvider } from './direct-provider.ts'

const disposals: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose()
})

function setUp(cluster: FakeCluster = createFakeCluster(), username = 'alice') {
  const clock = createHandClock()
  let byte = 0
  const provider = createDirectProvider({
    clusterId: 'test',
    client: cluster.client,
    namespace: 'alice',
    user: { username, groups: [] },
    createReflector: cluster.createReflector,
    clock,
    timers: clock,
    random: (count) => Uint8Array.from({ length: count }, () => (byte += 37)),
    log: SILENT,
  })
  let snapshot!: ProviderSnapshot
  provider.watch((value) => (snapshot = value))
  disposals.push(() => provider.dispose())
  const session = (id?: string): SessionView | undefined =>
    snapshot.sessions.find((view) => id === undefined || view.id === id)
  return { cluster, clock, provider, snapshot: () => snapshot, session }
}
type World = ReturnType<typeof setUp>

const podName = (id: string): string => id.split('/').at(-1) ?? ''
const pod = ({ cluster }: World, id: string): KubeObject => {
  const found = cluster.find('pods', podName(id))
  if (!found) throw new Error('no pod')
  return found
}
/** Plays scheduler and kubelet. */
function run(world: World, id: string, ready: boolean): void {
  const object = pod(world, id)
  const status = (type: string, value: boolean) => ({ type, status: value ? 'True' : 'False' })
  world.cluster.put('pods', {
    ...object,
    spec: { ...(object['spec'] as object), nodeName: 'gpu-a' },
    status: {
      phase: 'Running',
      hostIP: '10.0.0.7',
      conditions: [status('PodScheduled', true), status('ContainersReady', ready), status('Ready', ready)],
      containerStatuses: [{ name: 'desktop', ready, restartCount: 0, state: { running: {} } }],
    },
  })
}
function setStatus(world: World, id: string, status: unknown): void {
  world.cluster.put('pods', { ...pod(world, id), status })
}
/** Every object by kind, name and uid, with the record's content: what "exactly as before" means. */
const inventory = (cluster: FakeCluster): unknown =>
  cluster
    .all()
    .map(({ kind, metadata, data }) => ({
      kind,
      name: metadata.name,
      uid: metadata.uid,
      notes: metadata.annotations,
      data,
    }))
    .toSorted((a, b) => `${a.kind}${a.name}`.localeCompare(`${b.kind}${b.name}`))
const kinds = (cluster: FakeCluster): string[] =>
  cluster
    .all()
    .map(({ kind }) => kind)
    .toSorted()

async function running(world: World, templateId = 'light-desktop'): Promise<string> {
  const id = await world.provider.start({ templateId })
  run(world, id, true)
  await world.clock.until(() => world.session(id)?.phase === 'running')
  return id
}
async function stopped(world: World, templateId = 'light-desktop'): Promise<string> {
  const id = await running(world, templateId)
  await world.provider.stop(id)
  await world.clock.until(() => world.session(id)?.phase === 'stopped')
  return id
}

test('a start makes record, home, pod and node port, all of them ours, and the children belong to the record', async () => {
  const world = setUp()
  const id = await world.provider.start({ templateId: 'light-desktop' })
  expect(kinds(world.cluster)).toEqual(['PersistentVolumeClaim', 'Pod', 'Secret', 'Service'])
  const secret = world.cluster.find('secrets', `${podName(id)}-access`)
  for (const kind of ['Pod', 'Service'])
    expect(world.cluster.all().find((object) => object.kind === kind)?.metadata.ownerReferences?.[0]?.uid).toBe(
      secret?.metadata.uid,
    )
  expect(
    world.cluster.all().find(({ kind }) => kind === 'PersistentVolumeClaim')?.metadata.ownerReferences,
  ).toBeUndefined()
  await world.clock.until(() => world.session(id)?.stages[0]?.state === 'done')
  expect(world.session(id)).toMatchObject({ phase: 'starting', openable: false, hasHome: true })
})

test('a kiosk keeps no home, and without the right to Services there is no node port', async () => {
  const cluster = createFakeCluster()
  cluster.mayServices = false
  const world = setUp(cluster)
  await world.provider.start({ templateId: 'browser-kiosk' })
  expect(kinds(cluster)).toEqual(['Pod', 'Secret'])
  expect(cluster.calls.some(({ plural }) => plural === 'services')).toBe(false)
})

test('a node port that is refused does not fail the start', async () => {
  const world = setUp()
  world.cluster.onCall = ({ verb, plural }) => {
    if (verb === 'apply' && plural === 'services') throw new ApiError(403, 'Forbidden', 'exceeded quota: nodeports')
  }
  const id = await running(world)
  expect((await world.provider.open(id)).node).toBeUndefined()
})

const steps: readonly (readonly [string, (call: FakeCall) => boolean])[] = [
  ['the dry run', ({ verb, dryRun }) => verb === 'create' && dryRun],
  ['the record', ({ verb, plural }) => verb === 'apply' && plural === 'secrets'],
  ['the look for a home', ({ verb, plural }) => verb === 'get' && plural === 'persistentvolumeclaims'],
  ['the home', ({ verb, plural, dryRun }) => verb === 'create' && plural === 'persistentvolumeclaims' && !dryRun],
  ['the pod', ({ verb, plural, dryRun }) => verb === 'create' && plural === 'pods' && !dryRun],
]

test.each(steps)('a first start that fails at %s leaves exactly what was there before', async (_, isStep) => {
  const world = setUp()
  await stopped(world, 'full-desktop')
  const before = inventory(world.cluster)
  let hits = 0
  world.cluster.onCall = (call) => {
    if (isStep(call) && hits++ === 0) throw new ApiError(403, 'Forbidden', 'exceeded quota: q, requested: pods=1')
  }
  const start = world.provider.start({ templateId: 'light-desktop' })
  const failure = expect(start).rejects.toMatchObject({ code: 'start-quota' })
  await world.clock.until(() => hits > 0)
  await failure
  expect(inventory(world.cluster)).toEqual(before)
})

test.each(steps.filter(([name]) => name !== 'the home'))(
  'a resume that fails at %s puts the record back as it was, and the home is untouched',
  async (_, isStep) => {
    const world = setUp()
    const id = await stopped(world)
    const before = inventory(world.cluster)
    let hits = 0
    world.cluster.onCall = (call) => {
      if (isStep(call) && hits++ === 0) throw new ApiError(422, 'Invalid', 'violates PodSecurity "restricted"')
    }
    await expect(world.provider.resume(id)).rejects.toMatchObject({ code: 'start-refused' })
    expect(inventory(world.cluster)).toEqual(before)
    await world.clock.until(() => world.session(id)?.phase === 'stopped')
    expect(world.session(id)?.note).toBeUndefined()
  },
)

test('an answer that was lost is undone too: the pod was made although the call failed', async () => {
  const world = setUp()
  world.cluster.onCall = ({ verb, plural, name, dryRun }) => {
    if (verb !== 'create' || plural !== 'pods' || dryRun) return
    const secret = world.cluster.find('secrets', `${name}-access`)
    const annotations = { [ANNOTATION.lastStarted]: secret?.metadata.annotations?.[ANNOTATION.lastStarted] ?? '' }
    world.cluster.put('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'alice', annotations } })
    throw new ApiError(504, 'Timeout', 'gateway timeout')
  }
  await expect(world.provider.start({ templateId: 'light-desktop' })).rejects.toMatchObject({ code: 'cluster-slow' })
  expect(world.cluster.all()).toEqual([])
})

test.each(steps)('a start cancelled at %s leaves nothing', async (_, isStep) => {
  const world = setUp()
  const gate = Promise.withResolvers<void>()
  const reached = vi.fn()
  world.cluster.onCall = (call) => {
    if (!isStep(call) || reached.mock.calls.length > 0) return undefined
    reached()
    return gate.promise
  }
  const abort = new AbortController()
  const failure = expect(world.provider.start({ templateId: 'light-desktop' }, abort.signal)).rejects.toMatchObject({
    code: 'cancelled',
  })
  await world.clock.until(() => reached.mock.calls.length > 0)
  abort.abort()
  gate.resolve()
  await failure
  expect(world.cluster.all()).toEqual([])
  expect(world.snapshot().sessions).toEqual([])
})

test('cancelling a start that waits removes what it made, and a resume that waits leaves the record as it was', async () => {
  const world = setUp()
  const fresh = await world.provider.start({ templateId: 'light-desktop' })
  await world.provider.cancel(fresh)
  expect(world.cluster.all()).toEqual([])
  const id = await stopped(world)
  const before = inventory(world.cluster)
  await world.provider.resume(id)
  await world.provider.cancel(id)
  expect(inventory(world.cluster)).toEqual(before)
})

test('a start of an earlier run can still be cancelled: the marks in the cluster are enough', async () => {
  const first = setUp()
  const id = await first.provider.start({ templateId: 'light-desktop' })
  await first.provider.dispose()
  const second = setUp(first.cluster)
  await second.clock.until(() => second.session(id)?.phase === 'starting')
  await second.provider.cancel(id)
  expect(first.cluster.all()).toEqual([])
})

test('stop keeps record and home; resume has a new password and finds the same home', async () => {
  const world = setUp()
  const id = await running(world)
  const name = `${podName(id)}-access`
  const password = secretText(world.cluster.find('secrets', name) as KubeObject, 'password')
  const home = world.cluster.all().find(({ kind }) => kind === 'PersistentVolumeClaim')?.metadata.uid
  await world.provider.stop(id)
  await world.clock.until(() => world.session(id)?.phase === 'stopped')
  expect(kinds(world.cluster)).toEqual(['PersistentVolumeClaim', 'Secret'])
  expect(world.session(id)).toMatchObject({ phase: 'stopped', stoppedAt: expect.any(Number) })
  expect(world.session(id)?.note).toBeUndefined()
  await world.provider.resume(id)
  run(world, id, true)
  await world.clock.until(() => world.session(id)?.phase === 'running')
  expect(secretText(world.cluster.find('secrets', name) as KubeObject, 'password')).not.toBe(password)
  expect(world.cluster.all().find(({ kind }) => kind === 'PersistentVolumeClaim')?.metadata.uid).toBe(home)
  expect(world.session(id)?.stages.find((stage) => stage.name === 'home')?.state).toBe('skipped')
})

test('a resume waits for the old pod to be gone', async () => {
  const world = setUp()
  const id = await running(world)
  world.cluster.holdsPods = true
  await world.provider.stop(id)
  await world.clock.until(() => world.session(id)?.phase === 'stopping')
  const old = pod(world, id).metadata.uid
  const resumed = world.provider.resume(id)
  await world.clock.turn(500)
  expect(pod(world, id).metadata.uid).toBe(old)
  world.cluster.finishPods()
  await world.clock.until(() => world.cluster.find('pods', podName(id)) !== undefined)
  await resumed
  expect(pod(world, id).metadata.uid).not.toBe(old)
})

test('remove deletes the record, and the home only when asked', async () => {
  const world = setUp()
  const kept = await stopped(world)
  await world.provider.remove(kept, { deleteHome: false })
  expect(kinds(world.cluster)).toEqual(['PersistentVolumeClaim'])
  await world.provider.remove(await running(world), { deleteHome: true })
  expect(world.cluster.all()).toEqual([])
})

test('a home in use is neither shared nor removed, and the refusal says where', async () => {
  const world = setUp()
  const old = await stopped(world)
  await running(world)
  await expect(world.provider.start({ templateId: 'light-desktop' })).rejects.toMatchObject({
    code: 'home-in-use',
    sentence: expect.stringContaining('on gpu-a') as string,
  })
  await expect(world.provider.resume(old)).rejects.toMatchObject({ code: 'home-in-use' })
  await expect(world.provider.remove(old, { deleteHome: true })).rejects.toMatchObject({ code: 'home-in-use' })
})

test('two clicks at once start one desktop', async () => {
  const world = setUp()
  const both = await Promise.allSettled([
    world.provider.start({ templateId: 'light-desktop' }),
    world.provider.start({ templateId: 'light-desktop' }),
  ])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(kinds(world.cluster).filter((kind) => kind === 'Pod')).toHaveLength(1)
})

test('a pod deleted from outside ends as stopped from outside, home kept', async () => {
  const world = setUp()
  const id = await running(world)
  world.cluster.remove('pods', podName(id))
  await world.clock.until(() => world.session(id)?.phase === 'stopped')
  expect(world.session(id)?.note).toBe('Stopped from outside.')
  expect(kinds(world.cluster)).toContain('PersistentVolumeClaim')
})

test('a start that waits for a slice keeps its pod, until its time is up', async () => {
  const world = setUp()
  const id = await world.provider.start({ templateId: 'full-desktop' })
  const message = '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.shared.'
  setStatus(world, id, {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
  })
  await world.clock.turn(60_000)
  expect(world.session(id)).toMatchObject({
    phase: 'starting',
    canStartWithoutGpu: true,
    error: { code: 'start-no-slice' },
  })
  expect(world.cluster.find('pods', podName(id))).toBeDefined()
  await world.clock.turn(300_000)
  expect(world.session(id)).toMatchObject({ phase: 'failed', error: { code: 'start-timeout' } })
  expect(world.cluster.all()).toEqual([])
  await world.provider.remove(id, { deleteHome: true })
  await world.clock.until(() => world.session(id) === undefined)
})

test('the desktop that waits for a slice can go on without one', async () => {
  const world = setUp()
  const id = await world.provider.start({ templateId: 'full-desktop' })
  await world.provider.resume(id, { withoutGpu: true })
  expect(JSON.stringify(pod(world, id))).not.toContain('nvidia.com/gpu.shared')
  run(world, id, true)
  await world.clock.until(() => world.session(id)?.phase === 'running')
  expect(world.session(id)?.slices).toBe(0)
})

test('an image name that can never work fails at once and leaves nothing', async () => {
  const world = setUp()
  const id = await world.provider.start({ templateId: 'light-desktop' })
  setStatus(world, id, {
    phase: 'Pending',
    containerStatuses: [{ name: 'desktop', state: { waiting: { reason: 'InvalidImageName' } } }],
  })
  await world.clock.until(() => world.cluster.all().length === 0)
  expect(world.session(id)).toMatchObject({ phase: 'failed', error: { code: 'start-image-name' } })
})

test('a pod that its machine refuses is made again at most five times', async () => {
  const world = setUp()
  const id = await world.provider.start({ templateId: 'light-desktop' })
  const uids = new Set<string | undefined>()
  for (let refused = 0; refused < 6; refused++) {
    await world.clock.until(
      () => world.cluster.find('pods', podName(id)) !== undefined && !uids.has(pod(world, id).metadata.uid),
    )
    uids.add(pod(world, id).metadata.uid)
    setStatus(world, id, { phase: 'Failed', reason: 'UnexpectedAdmissionError', message: 'no devices' })
  }
  await world.clock.until(() => world.cluster.all().length === 0)
  expect(uids.size).toBe(6)
  expect(world.session(id)).toMatchObject({ phase: 'failed', error: { code: 'start-admission' } })
})

test('a desktop can be opened as soon as its server answers, before it is ready', async () => {
  const world = setUp()
  const id = await world.provider.start({ templateId: 'light-desktop' })
  run(world, id, false)
  await world.clock.turn(2_000)
  expect(world.session(id)?.openable).toBe(false)
  await expect(world.provider.open(id)).rejects.toMatchObject({ code: 'session-not-running' })
  world.cluster.desktopAnswer = 'HTTP/1.1 200 OK\r\n\r\n'
  await world.clock.until(() => world.session(id)?.openable === true)
  const access = await world.provider.open(id)
  const password = secretText(world.cluster.find('secrets', `${podName(id)}-access`) as KubeObject, 'password')
  expect(access.authorization).toBe(`Basic ${Buffer.from(`desktop:${password}`).toString('base64')}`)
  expect(access).toMatchObject({ generation: 'selkies2', transport: 'dual', iceServers: [] })
  expect(access.relayNote).toContain('No relay')
})

test('open knows the node port and the relay', async () => {
  const world = setUp()
  const id = await running(world)
  const service = world.cluster.find('services', `${podName(id)}-media`) as KubeObject
  world.cluster.put('services', { ...service, spec: { ports: [{ port: 28081, nodePort: 31234, protocol: 'UDP' }] } })
  const data = { urls: 'turn:relay.test:3478', username: 'u', credential: 'c', expires: '2026-01-02T00:00:00Z' }
  world.cluster.put('secrets', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'kasm-operator-relay', namespace: 'alice' },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, btoa(value)])),
  })
  expect(await world.provider.open(id)).toMatchObject({
    node: { host: '10.0.0.7', port: 31234 },
    iceServers: [{ urls: ['turn:relay.test:3478'], username: 'u', credential: 'c' }],
  })
  await world.clock.turn(86_400_000)
  expect(await world.provider.open(id)).toMatchObject({
    iceServers: [],
    relayNote: expect.stringContaining('expired') as string,
  })
})

test('the stages carry the times of this start, from the click to the first picture', async () => {
  const world = setUp()
  const clicked = world.clock.now()
  const id = await world.provider.start({ templateId: 'light-desktop' })
  const claim = world.cluster.all().find(({ kind }) => kind === 'PersistentVolumeClaim') as KubeObject
  await world.clock.turn(1_000)
  const annotations = { ...claim.metadata.annotations, 'volume.kubernetes.io/selected-node': 'gpu-a' }
  const chosen = { ...claim, metadata: { ...claim.metadata, annotations } }
  world.cluster.put('persistentvolumeclaims', { ...chosen, status: { phase: 'Pending' } })
  await world.clock.turn(2_000)
  world.cluster.put('persistentvolumeclaims', { ...chosen, status: { phase: 'Bound' } })
  await world.clock.turn(1_000)
  run(world, id, true)
  await world.clock.turn(500)
  world.provider.firstFrame(id)
  await world.clock.until(() => world.session(id)?.stages.at(-1)?.state === 'done')
  const stages = world.session(id)?.stages ?? []
  expect(stages.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'asked done',
    'placed done',
    'home done',
    'image skipped',
    'started done',
    'connected done',
  ])
  expect(stages.map(({ endedAt }) => (endedAt === undefined ? null : endedAt - clicked))).toEqual([
    0,
    1_000,
    3_000,
    null,
    4_000,
    4_500,
  ])
})

test('a template of a ConfigMap is offered, a broken one is reported', async () => {
  const world = setUp()
  const map = (name: string, text: string): void => {
    const labels = { 'vdi.kasm-operator.io/template': 'true' }
    world.cluster.put('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'alice', labels },
      data: { 'template.yaml': text },
    })
  }
  map('office', 'displayName: Office\nimage: example/office:1.0\n')
  map('bad', 'displayName: Bad\nimage: example/office:latest\n')
  await world.clock.until(() => world.snapshot().problems.length === 1)
  expect(world.snapshot().templates.map(({ id }) => id)).toContain('office')
  expect(world.snapshot().problems[0]).toMatchObject({ source: 'bad', error: { code: 'template-invalid' } })
})

test('a full quota is said on the template', async () => {
  const world = setUp()
  world.cluster.put('resourcequotas', {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'alice' },
    status: { hard: { 'requests.nvidia.com/gpu.shared': '1' }, used: { 'requests.nvidia.com/gpu.shared': '1' } },
  })
  await world.clock.turn(20_000)
  await world.provider.start({ templateId: 'browser-kiosk' })
  await world.clock.until(() => world.snapshot().blocked.has('full-desktop'))
  expect(world.snapshot().blocked.has('light-desktop')).toBe(false)
})
