// Operator mode against a cluster in memory and a fake operator: what each click writes, and what the operator's word becomes.
import { afterEach, expect, test } from 'vitest'
import { ApiError } from '../../../kube/types.ts'
import type { WantedCondition } from '../../../shared/domain/conditions.ts'
import type { VdiSessionSpec, VdiSessionStatus } from '../../../shared/domain/vdi-session.ts'
import { ANNOTATION, FINALIZER } from '../../../shared/product.ts'
import type { FakeCluster } from '../testing/fake-cluster.ts'
import { podName, run } from '../testing/direct-world.ts'
import {
  clusterWithTemplates,
  disposeOperatorWorlds,
  offer,
  setUpOperator,
  type OperatorWorld,
} from '../testing/operator-world.ts'
import { asked, runningOn, stoppedOn } from '../testing/provider.contract.ts'

afterEach(disposeOperatorWorlds)

const stored = ({ cluster }: OperatorWorld, id: string) => cluster.find('vdisessions', podName(id))
const spec = (world: OperatorWorld, id: string) => stored(world, id)?.['spec'] as VdiSessionSpec
const status = (world: OperatorWorld, id: string) => stored(world, id)?.['status'] as VdiSessionStatus
const sessions = (cluster: FakeCluster) => cluster.all().filter(({ kind }) => kind === 'VDISession')
const writes = (cluster: FakeCluster) =>
  cluster.calls.filter(({ verb }) => ['create', 'apply', 'patch', 'delete'].includes(verb))
const shown = (
  world: OperatorWorld,
  id: string,
  check: (view: NonNullable<ReturnType<OperatorWorld['session']>>) => boolean,
) =>
  world.clock.until(() => {
    const view = world.session(id)
    return view !== undefined && check(view)
  })

test('a start is one VDISession of the person, and nothing else is written by the app', async () => {
  const world = setUpOperator()
  const id = await runningOn(world)
  expect(writes(world.cluster).map(({ verb, plural }) => `${verb} ${plural}`)).toEqual(['create vdisessions'])
  expect(spec(world, id)).toEqual({
    templateRef: { name: 'light-desktop' },
    owner: 'alice',
    displayName: 'Light desktop',
    withoutGpu: false,
  })
})

test('a desktop is made with its finalizer: the operator need not put it on in a request of its own', async () => {
  const world = setUpOperator()
  world.operator.sleeps = true
  const id = await world.provider.start({ templateId: 'light-desktop' })
  expect(stored(world, id)?.metadata.finalizers).toEqual([FINALIZER])
})

test('whole lives never list Secrets, and never touch pods, homes or Services', async () => {
  const world = setUpOperator()
  const id = await stoppedOn(world)
  await world.provider.remove(id, { deleteHome: true })
  const asks = world.cluster.calls.map(({ verb, plural }) => `${verb} ${plural}`)
  expect(asks).not.toContain('list secrets')
  expect(writes(world.cluster).every(({ plural }) => plural === 'vdisessions')).toBe(true)
})

test('the way to the node and the relay come from status and Secret', async () => {
  const world = setUpOperator()
  const relay = { urls: ['turn:relay.test:3478'], username: 'u', credential: 'c' }
  world.operator.relay = { ...relay, expires: '2026-01-01T02:00:00Z' }
  const id = await runningOn(world)
  await world.clock.until(() => status(world, id).endpoints !== undefined)
  const access = await world.provider.open(id)
  expect(access.node).toEqual({ host: '10.0.0.7', port: 30_123 })
  expect(access.iceServers).toEqual([relay])
  await world.clock.turn(3 * 3_600_000)
  expect(await world.provider.open(id)).toMatchObject({
    iceServers: [],
    relayNote: 'The relay’s credential has expired.',
  })
})

test('a start with another template than the pinned one is opened as it was started', async () => {
  const world = setUpOperator()
  const id = await runningOn(world)
  offer(world.cluster, 'light-desktop', {
    streaming: { generation: 'selkies1', transport: 'webrtc', port: 8081 },
  })
  world.operator.say(podName(id), {
    conditions: [
      {
        type: 'TemplateDrifted',
        status: 'True',
        reason: 'TemplateChanged',
        message: '',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ],
  })
  await shown(world, id, ({ hint }) => hint !== undefined)
  expect(world.session(id)).toMatchObject({
    phase: 'running',
    hint: 'A newer version of this template is there: it comes with the next start.',
  })
  expect(await world.provider.open(id)).toMatchObject({ generation: 'selkies2', transport: 'dual' })
})

test('the idle stop is told of beforehand; "keep running" is a sign of life, and the warning goes at once', async () => {
  const world = setUpOperator()
  const id = await runningOn(world)
  world.operator.sleeps = true
  const at = new Date(world.clock.now() + 240_000).toISOString()
  world.operator.say(podName(id), { idleStopAt: at })
  await shown(world, id, ({ idleStopAt }) => idleStopAt === Date.parse(at))
  await world.clock.turn(1_000)
  await world.provider.keepRunning(id)
  expect(stored(world, id)?.metadata.annotations?.[ANNOTATION.heartbeat]).toBe(
    new Date(world.clock.now()).toISOString(),
  )
  await shown(world, id, ({ idleStopAt }) => idleStopAt === undefined)
  // nobody came all the same: the next warning is shown again
  const next = new Date(world.clock.now() + 3_600_000)
  world.operator.say(podName(id), { idleStopAt: next.toISOString() })
  await shown(world, id, ({ idleStopAt }) => idleStopAt === next.getTime())
})

test('what encodes the picture is told while it runs', async () => {
  const world = setUpOperator()
  const id = await runningOn(world)
  world.operator.say(podName(id), { encoder: 'software' })
  await shown(world, id, ({ encoder }) => encoder === 'software')
  await world.provider.stop(id)
  await shown(world, id, ({ phase, encoder }) => phase === 'stopped' && encoder === undefined)
})

test.each([
  ['IdleTimeout', 'Stopped because nobody used it.'],
  ['Expired', 'Stopped because its time was over.'],
  ['MaxLifetime', 'Stopped because it had run for as long as it may.'],
])('a stop for %s says so, and the desktop starts again', async (reason, note) => {
  const world = setUpOperator()
  const id = await runningOn(world)
  await world.clock.turn(60_000)
  world.operator.end(podName(id), reason)
  await shown(world, id, ({ phase }) => phase === 'stopped')
  expect(world.session(id)).toMatchObject({ note, stoppedAt: world.clock.now() })
  const ended = status(world, id).startedAt
  await world.clock.turn(60_000)
  await world.provider.resume(id)
  await world.clock.until(() => status(world, id).startedAt !== ended)
  await shown(world, id, ({ phase }) => phase === 'starting')
  expect(world.session(id)?.note).toBeUndefined()
  run(world, id, true)
  await shown(world, id, ({ phase }) => phase === 'running')
})

test('a restart is asked for by the cluster’s own times, whatever the clock here says', async () => {
  const world = setUpOperator()
  const id = await asked(world, 'full-desktop')
  const begun = status(world, id).startedAt ?? ''
  world.operator.sleeps = true
  await world.clock.turn(3_600_000)
  await world.provider.resume(id, { withoutGpu: true })
  expect(Date.parse(spec(world, id).restartRequestedAt ?? '')).toBe(Date.parse(begun) + 1_000)
})

test('a start that took too long has failed, and starts again', async () => {
  const world = setUpOperator()
  const id = await asked(world)
  await world.clock.turn(300_000)
  world.operator.end(podName(id), 'StartTimeout')
  await shown(world, id, ({ phase }) => phase === 'failed')
  expect(world.session(id)).toMatchObject({ openable: false, error: { code: 'start-timeout' } })
  await world.provider.resume(id)
  await world.clock.until(() => world.cluster.find('pods', podName(id)) !== undefined)
  await shown(world, id, ({ phase }) => phase === 'starting')
})

test('a stop that was made elsewhere is said, one from here is not', async () => {
  const world = setUpOperator()
  const id = await runningOn(world)
  await world.cluster.client.patch({ group: '', version: '', plural: 'vdisessions', kind: '' }, podName(id), 'alice', {
    spec: { desiredState: 'Stopped' },
  })
  await shown(world, id, ({ phase }) => phase === 'stopped')
  expect(world.session(id)?.note).toBe('Stopped from elsewhere.')
})

const says = (
  type: 'Stalled' | 'Reconciling',
  reason: WantedCondition['reason'],
  message = 'Words of the operator.',
): readonly WantedCondition[] => [{ type, status: 'True', reason, message }]

test.each([
  [says('Stalled', 'NotAllowed'), 'failed', 'template-not-allowed', 'You may not use the template Light desktop.'],
  [says('Stalled', 'NotAllowed', 'This account is suspended.'), 'failed', 'locked-out', /locked you out/],
  [says('Stalled', 'TooManySessions'), 'failed', 'session-limit', /as many desktops/],
  [says('Stalled', 'NoUserNamespace'), 'failed', 'not-admitted', 'An admin has to add you first.'],
  [says('Stalled', 'AdmissionDenied', 'x denied'), 'failed', 'start-refused', /refuses/],
  [
    says('Stalled', 'AdmissionDenied', 'pods is forbidden: violates PodSecurity "restricted:latest"'),
    'failed',
    'start-pod-security',
    /only restricted desktops/,
  ],
  [says('Stalled', 'StartTimeout'), 'failed', 'start-timeout', /within 5 minutes/],
  [says('Stalled', 'MultiplePods'), 'failed', 'start-refused', /refuses/],
  [says('Stalled', 'InvalidSpec'), 'failed', 'start-refused', /refuses/],
  [says('Reconciling', 'QuotaExceeded'), 'starting', 'start-quota', /quota/],
  [
    says('Reconciling', 'HomeInUse'),
    'starting',
    'home-in-use',
    'Your home for this template is in use by another desktop.',
  ],
  [
    says('Reconciling', 'HomeNodeFull', 'Your home is on gpu-b, which has no free slice. Wait: it starts by itself.'),
    'starting',
    'start-home-node',
    'Your home is on gpu-b, which has no room.',
  ],
] as const)('what the operator says becomes words: %j', async (conditions, phase, code, sentence) => {
  const world = setUpOperator()
  world.operator.refuses.set('light-desktop', conditions)
  const id = await world.provider.start({ templateId: 'light-desktop' })
  await shown(world, id, ({ error }) => error !== undefined)
  const view = world.session(id)
  expect(view).toMatchObject({ phase, error: { code, detail: conditions[0]?.message } })
  expect(view?.error?.sentence).toMatch(sentence)
  expect(view?.error?.sentence).not.toContain('{')
})

test('a failed start goes on when it is started again, and leaves nothing when it is removed', async () => {
  const world = setUpOperator()
  world.operator.refuses.set('light-desktop', says('Stalled', 'NotAllowed'))
  const id = await world.provider.start({ templateId: 'light-desktop' })
  await shown(world, id, ({ phase }) => phase === 'failed')
  world.operator.refuses.clear()
  await world.provider.resume(id)
  await world.clock.until(() => world.cluster.find('pods', podName(id)) !== undefined)
  run(world, id, true)
  await shown(world, id, ({ phase }) => phase === 'running')
  await world.provider.remove(id, { deleteHome: true })
  await world.clock.until(() => world.session(id) === undefined && sessions(world.cluster).length === 0)
})

test('an operator that does not answer is said after a while, and forgotten when it is back', async () => {
  const world = setUpOperator()
  world.operator.sleeps = true
  const id = await world.provider.start({ templateId: 'light-desktop' })
  await world.clock.turn(10_000)
  expect(world.session(id)?.error).toBeUndefined()
  await world.clock.turn(10_000)
  expect(world.session(id)).toMatchObject({ phase: 'starting', error: { code: 'operator-silent' } })
  world.operator.sleeps = false
  world.operator.step()
  await shown(world, id, ({ error }) => error === undefined)
})

test.each([
  [403, 'exceeded quota: kasm-operator, requested: count/vdisessions=1, used: 3, limited: 3', 'start-quota'],
  [403, "ValidatingAdmissionPolicy 'session-owner' denied request: spec.owner must be the user", 'start-refused'],
  [422, 'VDISession "x" is invalid: spec.displayName: Too long', 'start-refused'],
  [404, 'namespaces "alice" not found', 'no-namespace'],
  [401, 'Unauthorized', 'signed-out'],
  [500, 'etcd is away', 'cluster-slow'],
])('a start that the API server refuses with %i leaves nothing: %s', async (code, message, expected) => {
  const world = setUpOperator()
  let hits = 0
  world.cluster.onCall = ({ verb }) => {
    if (verb === 'create' && hits++ === 0) throw new ApiError(code, 'Refused', message)
  }
  await expect(world.provider.start({ templateId: 'light-desktop' })).rejects.toMatchObject({ code: expected })
  expect(sessions(world.cluster)).toEqual([])
  expect(world.snapshot().sessions).toEqual([])
})

test('a start whose answer was lost is taken back, again and again until the cluster lets it', async () => {
  const world = setUpOperator()
  world.operator.sleeps = true
  let refusals = 2
  world.cluster.onCall = ({ verb, name }) => {
    if (verb === 'create') {
      const metadata = { name, namespace: 'alice' }
      const object = { templateRef: { name: 'light-desktop' }, owner: 'alice' }
      world.cluster.put('vdisessions', { apiVersion: 'v1', kind: 'VDISession', metadata, spec: object })
      throw new ApiError(504, 'Timeout', 'gateway timeout')
    }
    if (verb === 'delete' && refusals-- > 0) throw new ApiError(503, 'Unavailable', 'not now')
  }
  await expect(world.provider.start({ templateId: 'light-desktop' })).rejects.toMatchObject({ code: 'cluster-slow' })
  await world.clock.until(() => sessions(world.cluster).length === 0)
})

test('a start that waits goes on without its slice as the same desktop', async () => {
  const world = setUpOperator()
  const id = await asked(world, 'full-desktop')
  expect(world.session(id)?.slices).toBe(1)
  const uid = world.cluster.find('pods', podName(id))?.metadata.uid
  await world.clock.turn(2_000)
  expect(await world.provider.resume(id, { withoutGpu: true })).toBe(id)
  await world.clock.until(() => world.cluster.find('pods', podName(id))?.metadata.uid !== uid)
  expect(spec(world, id).withoutGpu).toBe(true)
  await shown(world, id, ({ slices }) => slices === 0)
  // cancelled after all: it was a first start and leaves nothing
  await world.provider.cancel(id)
  await world.clock.until(
    () => world.session(id) === undefined && world.cluster.find('pods', podName(id)) === undefined,
  )
})

test('"keep the home" holds also where the template would delete it', async () => {
  const cluster = clusterWithTemplates()
  offer(cluster, 'light-desktop', {
    storage: { home: { size: '1Gi', mountPath: '/home/user', reclaim: 'Delete' }, shmSize: '512Mi' },
  })
  const world = setUpOperator(cluster)
  const id = await stoppedOn(world)
  await world.provider.remove(id, { deleteHome: false })
  await world.clock.until(() => sessions(cluster).length === 0)
  expect(cluster.all().some(({ kind }) => kind === 'PersistentVolumeClaim')).toBe(true)
})

test('sessions of others in the same namespace are not shown as own ones', async () => {
  const world = setUpOperator()
  await runningOn(world)
  world.cluster.put('vdisessions', {
    apiVersion: 'v1',
    kind: 'VDISession',
    metadata: { name: 'light-desktop-bobbob', namespace: 'alice' },
    spec: { templateRef: { name: 'light-desktop' }, owner: 'bob' },
  })
  await world.clock.turn(1)
  expect(world.snapshot().sessions).toHaveLength(1)
})

test('templates: own ones, those for groups with what the admin decides, none that names others alone, and broken ones by name', async () => {
  const cluster = clusterWithTemplates()
  const access = { allowedGroups: [], allowedUsers: [], maxSessionsPerUser: 1 }
  offer(cluster, 'for-bob', { access: { ...access, allowedUsers: ['bob'] } })
  offer(cluster, 'for-alice', { access: { ...access, allowedUsers: ['alice'] } })
  offer(cluster, 'for-designers', { access: { ...access, allowedGroups: ['designers'] } })
  offer(cluster, 'for-pilots', { access: { ...access, allowedGroups: ['pilots'] } })
  offer(cluster, 'broken', { image: 'desktop:latest' })
  const world = setUpOperator(cluster, ['designers'])
  await world.clock.until(() => world.snapshot().state === 'live')
  const { templates, blocked, notes, problems } = world.snapshot()
  const ids = templates.map(({ id }) => id)
  expect(ids).toContain('for-alice')
  expect(ids).toContain('for-designers')
  expect(ids).not.toContain('for-bob')
  expect([...blocked.keys()]).toEqual([])
  expect([...(notes ?? [])]).toEqual([['for-pilots', 'For pilots: your admin decides who that is.']])
  expect(problems).toMatchObject([{ source: 'broken', error: { code: 'template-invalid' } }])
})

test('the limit of a template without a home is said before anything is made', async () => {
  const world = setUpOperator()
  await runningOn(world, 'browser-kiosk')
  await expect(world.provider.start({ templateId: 'browser-kiosk' })).rejects.toMatchObject({ code: 'session-limit' })
  expect(sessions(world.cluster)).toHaveLength(1)
})
