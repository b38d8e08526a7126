// Direct mode against a cluster in memory: what a start makes, what a failed or cancelled one leaves, and what stop, resume and remove keep.
import { afterEach, expect, test } from 'vitest'
import { ApiError } from '../../../kube/types.ts'
import { ANNOTATION } from '../../../shared/product.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { secretText } from '../kube-read.ts'
import {
  disposeAll,
  inventory,
  kinds,
  pod,
  podName,
  run,
  running,
  setStatus,
  setUp,
  stopped,
} from '../testing/direct-world.ts'
import { createFakeCluster, type FakeCall } from '../testing/fake-cluster.ts'

afterEach(disposeAll)

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
  const settled = world.provider.start({ templateId: 'light-desktop' }).catch((thrown: unknown) => thrown)
  await world.clock.until(() => hits > 0)
  expect(await settled).toMatchObject({ code: 'start-quota' })
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
    await expect(world.provider.resume(id)).rejects.toMatchObject({ code: 'start-pod-security' })
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
  let reached = 0
  world.cluster.onCall = (call) => (isStep(call) && reached++ === 0 ? gate.promise : undefined)
  const abort = new AbortController()
  const start = world.provider.start({ templateId: 'light-desktop' }, abort.signal)
  const settled = start.catch((thrown: unknown) => thrown)
  await world.clock.until(() => reached > 0)
  abort.abort()
  gate.resolve()
  expect(await settled).toMatchObject({ code: 'cancelled' })
  expect(world.cluster.all()).toEqual([])
  expect(world.snapshot().sessions).toEqual([])
})

test.each(steps)(
  'a start cancelled while %s is long in coming leaves nothing, however late it comes',
  async (_, isStep) => {
    const world = setUp()
    const gate = Promise.withResolvers<void>()
    let reached = 0
    world.cluster.onCall = (call) => (isStep(call) && reached++ === 0 ? gate.promise : undefined)
    const settled = world.provider.start({ templateId: 'light-desktop' }).catch((thrown: unknown) => thrown)
    await world.clock.until(() => reached > 0)
    const id = world.session()?.id
    const cancelled = id === undefined ? undefined : world.provider.cancel(id)
    await world.clock.turn(1_000)
    gate.resolve()
    await Promise.all([settled, cancelled])
    await world.clock.turn(1_000)
    if (id === undefined) await world.provider.cancel(world.session()?.id ?? '')
    expect(world.cluster.all()).toEqual([])
  },
)

test.each(['cancel', 'stop'] as const)(
  'a %s while a refused pod is made again leaves no pod behind',
  async (action) => {
    const world = setUp()
    const id = await stopped(world)
    const before = kinds(world.cluster)
    await world.provider.resume(id)
    const gate = Promise.withResolvers<void>()
    let isMaking = false
    world.cluster.onCall = ({ verb, plural }) => {
      isMaking ||= verb === 'create' && plural === 'pods'
      return verb === 'create' && plural === 'pods' ? gate.promise : undefined
    }
    setStatus(world, id, { phase: 'Failed', reason: 'UnexpectedAdmissionError' })
    await world.clock.until(() => isMaking)
    const done = world.provider[action](id)
    await world.clock.turn(1_000)
    gate.resolve()
    await done
    await world.clock.turn(1_000)
    expect(kinds(world.cluster)).toEqual(before)
    expect(world.session(id)?.phase).toBe('stopped')
  },
)

test('start again, while a failed start is still being taken back, waits for that and then starts', async () => {
  const world = setUp()
  const id = await world.provider.start({ templateId: 'light-desktop' })
  world.cluster.holdsPods = true
  const status = { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'InvalidImageName' } } }] }
  setStatus(world, id, status)
  await world.clock.until(() => world.session(id)?.phase === 'failed')
  const again = world.provider.resume(id)
  await world.clock.turn(1_000)
  world.cluster.finishPods()
  await world.clock.until(() => world.session()?.phase === 'starting')
  await again
  expect(kinds(world.cluster)).toContain('Pod')
  world.cluster.holdsPods = false
  await world.clock.turn(30_000)
  const next = world.session()?.id ?? ''
  expect(world.session(next)?.phase).toBe('starting')
  // the new start is watched like any other
  setStatus(world, next, status)
  await world.clock.until(() => world.cluster.all().length === 0)
})

test('start again, while the cluster does not let a failed start be taken back, says so in time', async () => {
  const world = setUp()
  const id = await world.provider.start({ templateId: 'light-desktop' })
  world.cluster.onCall = ({ verb }) => {
    if (verb === 'delete') throw new ApiError(503, '', 'down')
  }
  setStatus(world, id, {
    phase: 'Pending',
    containerStatuses: [{ state: { waiting: { reason: 'InvalidImageName' } } }],
  })
  await world.clock.until(() => world.session(id)?.phase === 'failed')
  const again = world.provider.resume(id).catch((thrown: unknown) => thrown)
  await world.clock.turn(40_000)
  expect(await again).toMatchObject({ code: 'cluster-slow' })
  world.cluster.onCall = () => undefined
  await world.clock.until(() => world.cluster.all().length === 0)
})

test('a record that is deleted while its desktop starts ends the start: the template can be started again', async () => {
  const world = setUp()
  const id = await world.provider.start({ templateId: 'light-desktop' })
  world.cluster.remove('secrets', `${podName(id)}-access`)
  await world.clock.until(() => world.session(id) === undefined)
  await world.provider.start({ templateId: 'light-desktop' })
  expect(kinds(world.cluster)).toContain('Pod')
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

test('a start while the cluster has not answered yet fails in time, and does not happen later', async () => {
  const cluster = createFakeCluster()
  const answered = Promise.withResolvers<void>()
  const { createReflector } = cluster
  cluster.createReflector = (...of) =>
    Object.defineProperty(createReflector(...of), 'synced', { value: answered.promise })
  const world = setUp(cluster)
  const settled = world.provider.start({ templateId: 'light-desktop' }).catch((thrown: unknown) => thrown)
  await world.clock.turn(30_000)
  expect(await settled).toMatchObject({ code: 'cluster-slow' })
  answered.resolve()
  await world.clock.turn(1_000)
  expect(cluster.all()).toEqual([])
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
