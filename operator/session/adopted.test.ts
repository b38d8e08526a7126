// A session that takes a desktop of the warm pool: when it does, what holds for it then, and how it ends.
import { describe, expect, it } from 'vitest'
import { WARM_POOL_NAMESPACE } from '../../shared/domain/names.ts'
import type { VdiSessionStatus } from '../../shared/domain/vdi-session.ts'
import { vdiUserSpecSchema } from '../../shared/domain/vdi-user.ts'
import { ANNOTATION, LABEL } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { Plan, Refusal } from '../plan.ts'
import type { ObservedSession, PoolDesktop } from './observed.ts'
import {
  BEGIN,
  deletesOf,
  NAME,
  NAMESPACE,
  OWNER,
  sessionWorld,
  writesOf,
  type SessionWorld,
  type WorldOptions,
} from './testing/session-world.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const POOL_NAME = 'warm-studio-aaaaaa'
const KIOSK = { storage: {}, warmPool: { replicas: 1 }, gpu: { slices: 0 } } as const
const CLAIM = `claim VDISession ${POOL_NAME}`
const RIGHTS = [`apply Role ${POOL_NAME}`, `apply RoleBinding ${POOL_NAME}`]
const AWAY = `VDISession ${POOL_NAME}`

/** A desktop of the pool that runs for nobody yet. @param template that it was started from */
function desktop(more: Partial<PoolDesktop> = {}, template: WorldOptions['template'] = KIOSK): PoolDesktop {
  const donor = sessionWorld({ template })
  donor.runs()
  const { pods, node, secret, pinned, service } = donor.observed
  const metadata = {
    name: POOL_NAME,
    namespace: WARM_POOL_NAMESPACE,
    uid: 'pool-uid',
    resourceVersion: '41',
    labels: { [LABEL.warmPool]: 'true' },
  }
  return {
    session: { apiVersion: 'vdi.kasm-operator.io/v1alpha1', kind: 'VDISession', metadata },
    claim: undefined,
    status: donor.status,
    wanted: true,
    ...{ pods, node, secret, pinned, service },
    rights: undefined,
    rightsSeenAt: undefined,
    activity: undefined,
    ...more,
  }
}
function kiosk(options: WorldOptions = {}, warm: readonly PoolDesktop[] = [desktop()]): SessionWorld {
  const world = sessionWorld({ template: KIOSK, ...options })
  world.observed.warm = warm
  world.observed.share = { here: [], inPool: [], unsettled: false }
  world.pass(10 * MINUTE)
  return world
}
const RIGHT: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: POOL_NAME, uid: 'rb' },
}

/** It has claimed one, as the cluster tells it then. */
function claimed(options: WorldOptions = {}, more: Partial<PoolDesktop> = {}): SessionWorld {
  const world = kiosk(options)
  const plan = world.plan()
  world.observed.status = plan.status as VdiSessionStatus
  world.observed.warm = []
  const ms = world.now
  const claim = { namespace: NAMESPACE, name: NAME, uid: 'session-uid', at: new Date(ms).toISOString(), ms }
  world.observed.claimed = [desktop({ claim, rights: RIGHT, ...more })]
  return world
}
function change(world: SessionWorld, more: Partial<PoolDesktop>): void {
  world.observed.claimed = world.observed.claimed.map((one) => ({ ...one, ...more }))
}
function next(world: SessionWorld): Plan {
  const plan = world.plan()
  world.observed.status = JSON.parse(JSON.stringify(plan.status)) as VdiSessionStatus
  return plan
}
const readyOf = (plan: Plan): unknown =>
  (plan.status as VdiSessionStatus).conditions?.find(({ type }) => type === 'Ready')
const refused = (of: string): Refusal => ({ kind: 'other', message: 'no', of, at: BEGIN, count: 1 })
const ordinary = (plan: Plan): boolean =>
  writesOf(plan).includes(`create Pod ${NAME}`) && !writesOf(plan).includes(CLAIM)

describe('a start', () => {
  it('waits a moment while another one of the same person is being written: both would find the same room', () => {
    const world = kiosk()
    world.observed.share = { here: [], inPool: [], unsettled: true }
    const plan = world.plan()
    expect([plan.writes, plan.deletes]).toEqual([[], []])
    expect(plan.nextAt).toBe(world.now + 150)
    world.observed.share = { here: [], inPool: [], unsettled: false }
    expect(writesOf(world.plan())[0]).toBe(CLAIM)
  })

  it('takes the one that waits, in the very version that nobody had, and is ready in the same round', () => {
    const world = kiosk()
    const plan = world.plan()
    expect(writesOf(plan)).toEqual([CLAIM, ...RIGHTS])
    expect(plan.writes[0]?.object.metadata).toMatchObject({
      resourceVersion: '41',
      annotations: {
        [ANNOTATION.claimedBy]: `${NAMESPACE}/${NAME}/session-uid`,
        [ANNOTATION.claimedFor]: OWNER,
        [ANNOTATION.claimedAt]: new Date(world.now).toISOString(),
      },
    })
    expect(plan.status).toMatchObject({
      phase: 'Ready',
      desktopNamespace: WARM_POOL_NAMESPACE,
      podName: POOL_NAME,
      secretName: `${POOL_NAME}-access`,
      serviceName: `${POOL_NAME}-media`,
      nodeName: 'gpu-a',
      encoder: 'software',
      endpoints: [{ name: 'media', host: '192.0.2.7', port: 31_007 }],
      startedAt: new Date(world.now).toISOString(),
      readyAt: new Date(world.now).toISOString(),
      startupMilliseconds: 0,
    })
    expect(readyOf(plan)).toMatchObject({ status: 'True' })
    expect(plan.events.map(({ reason }) => reason)).toEqual(['Starting', 'Ready'])
  })

  it('gives the person that pod and that Secret, for as long as the desktop is there', () => {
    const [, role, binding] = kiosk().plan().writes
    expect(role?.object).toMatchObject({
      metadata: { namespace: WARM_POOL_NAMESPACE, ownerReferences: [{ kind: 'VDISession', uid: 'pool-uid' }] },
    })
    expect(binding?.object).toMatchObject({
      metadata: { ownerReferences: [{ uid: 'pool-uid' }] },
      roleRef: { kind: 'Role', name: POOL_NAME },
      subjects: [{ kind: 'User', name: OWNER }],
    })
  })

  const unready = desktop()
  it.each<readonly [string, WorldOptions, readonly PoolDesktop[], (observed: SessionWorld['observed']) => void]>([
    ['is without a GPU', { spec: { withoutGpu: true } }, [desktop()], () => undefined],
    ['is ahead of the click', { spec: { startAhead: true } }, [desktop()], () => undefined],
    ['has a home', { template: { ...KIOSK, storage: { home: { size: '1Gi' } } } }, [desktop()], () => undefined],
    ['finds none', {}, [], () => undefined],
    [
      'finds somebody’s',
      {},
      [desktop({ claim: { namespace: 'x', name: 'y', uid: 'z', at: '', ms: 0 } })],
      () => undefined,
    ],
    ['finds one that failed', {}, [desktop({ wanted: false })], () => undefined],
    ['finds one without a Secret', {}, [desktop({ secret: undefined })], () => undefined],
    ['finds one without a pod', {}, [desktop({ pods: [] })], () => undefined],
    ['finds one of another template', {}, [desktop({}, { ...KIOSK, displayName: 'Before' })], () => undefined],
    [
      'finds one that is not ready',
      {},
      [{ ...unready, pods: unready.pods.map((pod) => ({ ...pod, status: { phase: 'Running' } })) }],
      () => undefined,
    ],
    [
      'finds one that goes',
      {},
      [
        {
          ...unready,
          session: { ...unready.session, metadata: { ...unready.session.metadata, deletionTimestamp: 'now' } },
        },
      ],
      () => undefined,
    ],
    ['was refused a claim', {}, [desktop()], (observed) => (observed.refusal = refused('VDISession'))],
    ['was refused its rights', {}, [desktop()], (observed) => (observed.refusal = refused('Role'))],
    [
      'lost the last one',
      {},
      [desktop()],
      (observed) => (observed.status = { desktopNamespace: WARM_POOL_NAMESPACE, phase: 'Ready' }),
    ],
    [
      'could not be made in its own namespace',
      { template: { ...KIOSK, security: { level: 'baseline', reason: 'root' } } },
      [desktop({}, { ...KIOSK, security: { level: 'baseline', reason: 'root' } })],
      (observed) =>
        (observed.user = {
          name: OWNER,
          spec: vdiUserSpecSchema.parse({ username: OWNER, podSecurity: 'restricted' }),
        }),
    ],
  ])('that %s is an ordinary one', (_what, options, warm, prepare) => {
    const world = kiosk(options, warm)
    prepare(world.observed)
    expect(ordinary(world.plan())).toBe(true)
  })

  it('takes one although only how many wait is another number by now', () => {
    const world = kiosk()
    world.retemplate({ ...KIOSK, warmPool: { replicas: 7 } })
    expect(writesOf(world.plan())[0]).toBe(CLAIM)
  })

  it('is held to every gate of an ordinary one', () => {
    const out = kiosk()
    out.observed.user = undefined
    const other = kiosk({ template: { ...KIOSK, access: { allowedUsers: ['bob'] } } })
    const many = kiosk()
    many.observed.siblings = [{ name: 'other', running: true, startedAt: BEGIN, ending: false, removing: false }]
    for (const world of [out, other, many]) expect(writesOf(world.plan())).toEqual([])
  })
})

describe('a person’s share', () => {
  const pod = (slices: number, more: object = {}): never =>
    ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'other' },
      spec: {
        containers: [{ name: 'desktop', resources: { limits: { 'nvidia.com/gpu.shared': String(slices), ...more } } }],
      },
      status: { phase: 'Running' },
    }) as never
  const GPU = { ...KIOSK, gpu: { slices: 1, runtimeClassName: 'nvidia' } }
  const share = (here: readonly never[], inPool: readonly never[]): ObservedSession['share'] => ({
    here,
    inPool,
    unsettled: false,
  })

  it.each<readonly [string, ObservedSession['share'], 'claim' | 'ordinary' | 'waits']>([
    ['nothing', share([], []), 'claim'],
    // its own namespace's quota is asked, and says so
    ['a slice here', share([pod(1)], []), 'ordinary'],
    // no quota sees that one
    ['a slice of the pool', share([], [pod(1)]), 'waits'],
  ])('that holds %s', (_what, held, wanted) => {
    const world = kiosk({ template: GPU }, [desktop({}, GPU)])
    world.observed.share = held
    const plan = world.plan()
    const got = writesOf(plan)[0] === CLAIM ? 'claim' : ordinary(plan) ? 'ordinary' : 'waits'
    expect(got).toBe(wanted)
    if (wanted === 'waits') expect(readyOf(plan)).toMatchObject({ reason: 'QuotaExceeded' })
  })

  it('counts CPU and memory as the quota does', () => {
    const sized = { ...KIOSK, resources: { requests: { cpu: '1' }, limits: { memory: '2Gi' } } }
    const world = kiosk({ template: sized }, [desktop({}, sized)])
    const user = (quota: object): void => {
      world.observed.user = { name: OWNER, spec: vdiUserSpecSchema.parse({ username: OWNER, quota }) }
    }
    world.observed.share = share([], [pod(0, { memory: '1Gi' })])
    user({ memory: '3Gi' })
    expect(writesOf(world.plan())[0]).toBe(CLAIM)
    user({ memory: '2.5Gi' })
    expect(readyOf(world.plan())).toMatchObject({ reason: 'QuotaExceeded' })
    user({ cpu: '500m' })
    expect(readyOf(world.plan())).toMatchObject({ reason: 'QuotaExceeded' })
  })
})

describe('a session that has one', () => {
  it('is at rest, and knows it again without a status', () => {
    const world = claimed()
    const { startedAt } = world.status
    world.pass(MINUTE)
    const rest = next(world)
    expect([writesOf(rest), deletesOf(rest), rest.events]).toEqual([[], [], []])
    // what another leader finds after one that ended between the claim and the status
    world.observed.status = {}
    expect(next(world).status).toMatchObject({ phase: 'Ready', startedAt, desktopNamespace: WARM_POOL_NAMESPACE })
  })

  it('gets its rights when the leader ended before they were given', () => {
    expect(writesOf(claimed({}, { rights: undefined }).plan())).toEqual(RIGHTS)
  })

  it('does without where the rights are refused before it was ever ready, and is left alone where it was', () => {
    const world = claimed({}, { rights: undefined })
    world.observed.refusal = refused('RoleBinding')
    expect([writesOf(world.plan()), deletesOf(world.plan())]).toEqual([[], []])
    world.observed.status = {}
    expect(deletesOf(world.plan())).toEqual([AWAY])
  })

  it.each([
    ['is stopped', (world: SessionWorld) => world.wish({ desiredState: 'Stopped' }), 'StoppedByUser'],
    ['is over', (world: SessionWorld) => world.wish({ expiresAt: new Date(BEGIN).toISOString() }), 'Expired'],
    [
      'is somebody’s who is locked out',
      (world: SessionWorld) => void (world.observed.user = undefined),
      'NoUserNamespace',
    ],
  ])('that %s takes the desktop and the rights with it, at once', (_what, happens, reason) => {
    const world = claimed()
    happens(world)
    const plan = next(world)
    expect(deletesOf(plan)).toEqual([AWAY, `RoleBinding ${POOL_NAME}`])
    expect(plan.status).toMatchObject({ stopReason: reason })
    expect(plan.status).not.toHaveProperty('desktopNamespace')
    // and says so until its pod is gone
    change(world, { session: ending(world) })
    world.wish({ desiredState: 'Stopped' })
    expect(next(world).status).toMatchObject({ phase: 'Stopping' })
    world.observed.claimed = []
    expect(next(world).status).toMatchObject({ phase: 'Stopped' })
  })

  it('ends for being idle by its own time, counted from the claim, and by the word of the desktop’s own server', () => {
    const world = claimed({ spec: { idleTimeoutSeconds: 600 } })
    const quiet = (): void => change(world, { activity: { clients: 0, at: world.now } })
    quiet()
    expect(next(world).status).toMatchObject({ connectedClients: 0 })
    world.pass(9 * MINUTE)
    quiet()
    expect(deletesOf(next(world))).toEqual([])
    expect(world.status.idleStopAt).toBeDefined()
    world.pass(MINUTE)
    quiet()
    const plan = next(world)
    expect([plan.status, deletesOf(plan)]).toMatchObject([
      { stopReason: 'IdleTimeout' },
      [AWAY, `RoleBinding ${POOL_NAME}`],
    ])
    expect(writesOf(plan)).toEqual([`apply VDISession ${NAME}`])
  })

  it('that is removed takes it along, and stays until its pod is gone', () => {
    const world = claimed()
    world.deleted()
    const plan = next(world)
    expect([deletesOf(plan), plan.finalizers]).toEqual([[AWAY, `RoleBinding ${POOL_NAME}`], undefined])
    change(world, { session: ending(world) })
    expect(next(world).finalizers).toBeUndefined()
    world.observed.claimed = []
    expect(world.plan().finalizers).toEqual([])
  })

  it('waits for a pod that is slow to end, and never ends it by force: its own plan knows its node', () => {
    const world = claimed()
    world.wish({ desiredState: 'Stopped' })
    next(world)
    const pods = world.observed.claimed.flatMap((one) => one.pods)
    const deletionTimestamp = new Date(world.now).toISOString()
    const slow = pods.map((pod) => ({
      ...pod,
      metadata: { ...pod.metadata, namespace: WARM_POOL_NAMESPACE, deletionTimestamp },
    }))
    change(world, { session: ending(world), pods: slow })
    world.pass(30 * MINUTE)
    const plan = next(world)
    expect(plan.status).toMatchObject({ phase: 'Stopping' })
    expect(plan.deletes).toEqual([])
  })

  it('that is restarted lets it go, and takes another one once its pod is gone', () => {
    const world = claimed()
    world.pass(MINUTE)
    world.wish({ restartRequestedAt: new Date(world.now).toISOString() })
    expect(deletesOf(next(world))).toContain(AWAY)
    change(world, { session: ending(world) })
    world.observed.warm = [desktop()]
    world.observed.share = { here: [], inPool: [], unsettled: false }
    expect(readyOf(next(world))).toMatchObject({ reason: 'Stopping' })
    world.observed.claimed = []
    expect(writesOf(world.plan())[0]).toBe(CLAIM)
  })

  it('says what its pod says, and mends nothing that mends itself', () => {
    const world = claimed()
    change(world, { pods: [], status: { conditions: [told('PodFailed', 'It is made again by itself.')] } })
    const plan = next(world)
    expect([writesOf(plan), deletesOf(plan)]).toEqual([[], []])
    expect(readyOf(plan)).toMatchObject({ reason: 'PodFailed', message: 'It is made again by itself.' })
  })

  it('ends with it where it is given up, and starts the next time by itself', () => {
    const world = claimed()
    change(world, {
      wanted: false,
      pods: [],
      status: { stopReason: 'PodFailed', conditions: [told('PodFailed', 'It failed 6 times.')] },
    })
    const plan = next(world)
    expect(plan.status).toMatchObject({ phase: 'Failed', stopReason: 'PodFailed' })
    expect(deletesOf(plan)).toContain(AWAY)
    world.observed.claimed = []
    world.observed.warm = [desktop()]
    world.observed.share = { here: [], inPool: [], unsettled: false }
    world.wish({ desiredState: 'Running' })
    expect(ordinary(world.plan())).toBe(true)
  })

  it('starts anew by itself when it is gone', () => {
    const world = claimed()
    world.observed.claimed = []
    world.observed.warm = [desktop()]
    world.observed.share = { here: [], inPool: [], unsettled: false }
    expect(ordinary(world.plan())).toBe(true)
  })

  it('has its rights written again every ten minutes: nobody would see that somebody took the role away', () => {
    const world = claimed({}, { rightsSeenAt: 0 })
    change(world, { rightsSeenAt: world.now })
    const plan = next(world)
    expect(writesOf(plan)).toEqual([])
    expect(plan.nextAt).toBeLessThanOrEqual(world.now + 10 * MINUTE)
    world.pass(10 * MINUTE)
    expect(writesOf(next(world))).toEqual(RIGHTS)
    change(world, { rightsSeenAt: world.now })
    expect(writesOf(next(world))).toEqual([])
    world.observed.refusal = refused('Role')
    world.pass(10 * MINUTE)
    expect(writesOf(next(world))).toEqual([])
  })

  it('keeps the first of two, and its own before any', () => {
    const world = claimed()
    const [first] = world.observed.claimed
    if (first === undefined) throw new Error('nothing is claimed')
    const metadata = { ...first.session.metadata, name: 'warm-studio-bbbbbb' }
    world.observed.claimed = [first, { ...first, rights: undefined, session: { ...first.session, metadata } }]
    expect(deletesOf(world.plan())).toEqual(['VDISession warm-studio-bbbbbb'])
    const own = sessionWorld({ template: KIOSK })
    own.runs()
    own.observed.claimed = [first]
    expect(deletesOf(own.plan())).toContain(AWAY)
    expect(own.plan().status).not.toHaveProperty('desktopNamespace')
  })

  it('is told of a newer template, and keeps what it runs', () => {
    const world = claimed()
    world.retemplate({ ...KIOSK, displayName: 'Newer' })
    const plan = next(world)
    expect(world.condition('TemplateDrifted')?.status).toBe('True')
    expect(deletesOf(plan)).toEqual([])
  })
})

describe('a desktop of the pool', () => {
  const member = (options: WorldOptions = {}): SessionWorld => {
    const world = sessionWorld({
      template: { ...KIOSK, lifecycle: { idleTimeoutSeconds: 60, maxLifetimeSeconds: 60 } },
      ...options,
    })
    const { metadata } = world.observed.session
    const labels = { [LABEL.warmPool]: 'true' }
    world.observed.session = {
      ...world.observed.session,
      metadata: { ...metadata, namespace: WARM_POOL_NAMESPACE, labels },
    }
    return world
  }

  it('waits for as long as it takes', () => {
    const world = member()
    world.runs()
    world.pass(24 * 60 * MINUTE)
    world.clients(0)
    const plan = world.settle()
    expect([plan.deletes, plan.nextAt]).toEqual([[], undefined])
    expect(world.status).not.toHaveProperty('idleStopAt')
  })

  it('takes none of its own, however many of it there are', () => {
    const world = member()
    world.observed.warm = [desktop()]
    world.observed.share = { here: [], inPool: [], unsettled: false }
    world.observed.siblings = [{ name: 'other', running: true, startedAt: BEGIN, ending: false, removing: false }]
    expect(writesOf(world.plan())).toContain(`create Pod ${NAME}`)
  })

  it('leaves slices for those who click', () => {
    const world = member({ template: { ...KIOSK, gpu: { slices: 1, runtimeClassName: 'nvidia' } } })
    world.observed.freeSlices = 1
    expect(writesOf(world.plan())).toEqual([])
    expect(readyOf(world.plan())).toMatchObject({ reason: 'InsufficientGPU' })
    world.observed.freeSlices = 2
    expect(writesOf(world.plan())).toContain(`create Pod ${NAME}`)
  })
})

function told(reason: string, message: string): NonNullable<VdiSessionStatus['conditions']>[number] {
  return { type: 'Ready', status: 'False', reason, message, lastTransitionTime: new Date(BEGIN).toISOString() }
}
function ending(world: SessionWorld): KubeObject {
  const session = world.observed.claimed[0]?.session
  if (session === undefined) throw new Error('nothing is claimed')
  return { ...session, metadata: { ...session.metadata, deletionTimestamp: '2026-11-24T09:00:00Z' } }
}
