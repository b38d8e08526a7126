// Direct mode against a cluster in memory: what becomes of sessions that wait, fail, vanish or run, how they are opened, and what is offered.
import { afterEach, expect, test } from 'vitest'
import type { KubeObject } from '../../../shared/render/types.ts'
import { secretText } from '../kube-read.ts'
import { disposeAll, kinds, pod, podName, run, running, setStatus, setUp } from '../testing/direct-world.ts'

afterEach(disposeAll)

test('a pod deleted from outside ends as stopped from outside, home kept', async () => {
  const world = setUp()
  const id = await running(world)
  world.cluster.remove('pods', podName(id))
  await world.clock.until(() => world.session(id)?.phase === 'stopped')
  expect(world.session(id)?.note).toBe('Stopped from outside.')
  expect(kinds(world.cluster)).toContain('PersistentVolumeClaim')
})

test('a start that waits for a slice keeps its pod however long that takes; its time runs from its place on', async () => {
  const world = setUp()
  const id = await world.provider.start({ templateId: 'full-desktop' })
  const message = '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.shared.'
  setStatus(world, id, {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
  })
  await world.clock.turn(3_600_000)
  expect(world.session(id)).toMatchObject({
    phase: 'starting',
    canStartWithoutGpu: true,
    error: { code: 'start-no-slice' },
  })
  expect(world.cluster.find('pods', podName(id))).toBeDefined()
  setStatus(world, id, {
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: new Date(world.clock.now()).toISOString() },
    ],
  })
  await world.clock.turn(200_000)
  expect(world.session(id)).toMatchObject({ phase: 'starting' })
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

test('a full quota is said on the template, until there is room again', async () => {
  const world = setUp()
  const quota = (used: string) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'alice' },
    status: { hard: { 'requests.nvidia.com/gpu.shared': '1' }, used: { 'requests.nvidia.com/gpu.shared': used } },
  })
  world.cluster.put('resourcequotas', quota('1'))
  await world.clock.until(() => world.snapshot().blocked.has('full-desktop'))
  expect(world.snapshot().blocked.has('light-desktop')).toBe(false)
  world.cluster.put('resourcequotas', quota('0'))
  await world.clock.turn(60_000)
  expect(world.snapshot().blocked.size).toBe(0)
  expect(world.cluster.calls.filter(({ plural }) => plural === 'resourcequotas').length).toBeLessThanOrEqual(3)
})
