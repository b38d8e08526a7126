import { describe, expect, it } from 'vitest'
import { ownerHash } from '../../shared/domain/hash.ts'
import { vdiUserSpecSchema } from '../../shared/domain/vdi-user.ts'
import { ANNOTATION, FINALIZER, LABEL } from '../../shared/product.ts'
import type { ObservedSession } from './observed.ts'
import { secretText } from './relay-credential.ts'
import {
  BEGIN,
  deletesOf,
  HOME,
  NAME,
  NAMESPACE,
  OWNER,
  RELAY,
  sessionWorld,
  TEMPLATE,
  writesOf,
} from './testing/session-world.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const sibling = (more: Partial<ObservedSession['siblings'][number]> = {}): ObservedSession['siblings'][number] => ({
  name: 'studio-other',
  running: true,
  startedAt: BEGIN - MINUTE,
  ending: false,
  removing: false,
  ...more,
})
const at = (ms: number): string => new Date(BEGIN + ms).toISOString()

describe('the start', () => {
  it('puts the finalizer on, which the executor does before anything is made, and leaves those of others', () => {
    const world = sessionWorld({ finalizers: ['other.example/kept'] })
    const first = world.step()
    expect(first.finalizers).toEqual(['other.example/kept', FINALIZER])
    expect(writesOf(first)).not.toEqual([])
    expect(world.step().finalizers).toBeUndefined()
  })

  it('puts the finalizer on also where nothing may start yet', () => {
    const world = sessionWorld({ finalizers: [], template: null })
    expect(world.step().finalizers).toEqual([FINALIZER])
    expect(world.ready.reason).toBe('TemplateNotFound')
  })

  it('makes everything at once', () => {
    const world = sessionWorld()
    expect(writesOf(world.step())).toEqual([
      `create Secret ${NAME}-access`,
      `create PersistentVolumeClaim ${HOME}`,
      `apply Service ${NAME}-media`,
      `create Pod ${NAME}`,
    ])
  })

  it('makes no home where the template keeps none, and no node port where there are none', () => {
    const world = sessionWorld({ template: { storage: {} }, config: { media: { nodePort: false } } })
    expect(writesOf(world.step())).toEqual([`create Secret ${NAME}-access`, `create Pod ${NAME}`])
    expect(world.status.serviceName).toBeUndefined()
    expect(world.condition('StorageReady')).toBeUndefined()
  })

  it('ties all but the home to the VDISession, and names the operator as manager', () => {
    const { writes } = sessionWorld().step()
    for (const { object, resource } of writes) {
      expect(object.metadata.namespace).toBe(NAMESPACE)
      expect(object.metadata.labels?.[LABEL.managed]).toBe('kasm-operator')
      const owners =
        resource.kind === 'PersistentVolumeClaim'
          ? undefined
          : [
              expect.objectContaining({
                uid: 'session-uid',
                controller: true,
                blockOwnerDeletion: true,
                kind: 'VDISession',
              }),
            ]
      expect(object.metadata.ownerReferences).toEqual(owners)
    }
  })

  it('writes the start into the Secret, with the password of this round and the template as it is', () => {
    const world = sessionWorld()
    world.step()
    const secret = world.observed.secret!
    expect(secretText(secret, 'password')).toBe('password-1')
    expect(secret.metadata.annotations?.[ANNOTATION.lastStarted]).toBe(at(0))
    expect(JSON.parse(secret.metadata.annotations?.[ANNOTATION.template] ?? '')).toMatchObject({
      displayName: 'Studio',
    })
    expect(world.status).toEqual({})
    world.step()
    expect(world.status.startedAt).toBe(at(0))
  })

  it('goes by the Secret when the operator ended before the status was written', () => {
    const world = sessionWorld()
    world.step()
    world.pass(30 * SECOND)
    const plan = world.step()
    expect(writesOf(plan)).toEqual([])
    expect(world.status.startedAt).toBe(at(0))
  })

  it('makes what an interrupted start did not come to, of the same start', () => {
    const world = sessionWorld()
    world.step()
    world.observed.pods = []
    world.observed.claim = undefined
    world.observed.service = undefined
    world.pass(5 * SECOND)
    const plan = world.step()
    expect(writesOf(plan)).toEqual([
      `create PersistentVolumeClaim ${HOME}`,
      `apply Service ${NAME}-media`,
      `create Pod ${NAME}`,
    ])
    expect(world.pod.metadata.annotations?.[ANNOTATION.lastStarted]).toBe(at(0))
  })

  it('ends a pod whose Secret is gone, and starts anew once it is gone', () => {
    const world = sessionWorld()
    world.runs()
    world.observed.secret = undefined
    world.observed.pinned = undefined
    world.pass(SECOND)
    expect(deletesOf(world.step())).toContain(`Pod ${NAME}`)
    expect(writesOf(world.step())).toEqual([])
    world.podsEnd()
    expect(writesOf(world.settle())).toEqual([])
    expect(world.pod.metadata.annotations?.[ANNOTATION.lastStarted]).toBe(world.status.startedAt)
    expect(world.status.startedAt).toBe(at(SECOND))
  })

  it('tells each stage', () => {
    const world = sessionWorld()
    world.settle()
    expect([world.status.phase, world.ready.reason]).toEqual(['Scheduling', 'PodPending'])
    world.placed()
    world.settle()
    expect([world.status.phase, world.ready.reason]).toEqual(['Starting', 'Starting'])
    expect(world.condition('Scheduled')).toMatchObject({ status: 'True', message: 'The desktop is on gpu-a.' })
    world.container({ running: {} })
    world.settle()
    expect([world.status.phase, world.ready.reason]).toEqual(['Starting', 'ServerStarting'])
    expect(world.condition('StreamReady')?.status).toBe('False')
    world.becomesReady()
    world.settle()
    expect([world.status.phase, world.ready.status, world.ready.reason]).toEqual(['Ready', 'True', 'Ready'])
    expect(world.condition('Reconciling')).toBeUndefined()
  })

  it('measures the start to the moment it was ready', () => {
    const world = sessionWorld()
    world.settle()
    world.pass(4200)
    world.becomesReady()
    world.settle()
    expect(world.status).toMatchObject({ readyAt: at(4200), startupMilliseconds: 4200 })
    world.pass(MINUTE)
    world.settle()
    expect(world.status).toMatchObject({ readyAt: at(4200), startupMilliseconds: 4200 })
  })

  it('takes the time of the cluster when it was ready long before it was looked at', () => {
    const world = sessionWorld()
    world.settle()
    world.pass(6 * SECOND)
    world.becomesReady()
    world.pass(90 * MINUTE)
    world.settle()
    expect(world.status).toMatchObject({ readyAt: at(6 * SECOND), startupMilliseconds: 6000 })
  })

  it('says where its media can be reached', () => {
    const world = sessionWorld()
    world.runs()
    expect(world.status.endpoints).toEqual([
      { name: 'media', type: 'NodePort', protocol: 'UDP', host: '192.0.2.7', port: 31_007 },
    ])
  })

  it('names what it is made of', () => {
    const world = sessionWorld()
    world.runs()
    expect(world.status).toMatchObject({
      podName: NAME,
      podUID: world.pod.metadata.uid,
      podIP: '10.42.0.9',
      nodeName: 'gpu-a',
      secretName: `${NAME}-access`,
      serviceName: `${NAME}-media`,
      claimName: HOME,
      restarts: 0,
      observedGeneration: 1,
    })
  })

  it('tells a start and its readiness as Events, and nothing in between', () => {
    const world = sessionWorld()
    world.runs()
    expect(world.history.flatMap(({ events }) => events.map(({ reason }) => reason))).toEqual(['Starting', 'Ready'])
  })
})

describe('the GPU', () => {
  const allocated = (world: ReturnType<typeof sessionWorld>): void => {
    world.runs()
    world.podIs({
      containerStatuses: [
        {
          name: 'desktop',
          ready: true,
          state: { running: {} },
          allocatedResourcesStatus: [
            { name: 'nvidia.com/gpu.shared', resources: [{ resourceID: 'GPU-1234::3', health: 'Healthy' }] },
          ],
        },
      ],
    })
    world.settle()
  }

  it('is told with its slice and model', () => {
    const world = sessionWorld()
    allocated(world)
    expect(world.status.gpu).toEqual({
      resourceName: 'nvidia.com/gpu.shared',
      uuid: 'GPU-1234',
      replica: '3',
      model: 'NVIDIA L4',
    })
    expect(world.status.encoder).toBe('hardware')
  })

  it('is not told where there is none', () => {
    const world = sessionWorld({ spec: { withoutGpu: true } })
    world.runs()
    expect(world.status.gpu).toBeUndefined()
    expect(world.status.encoder).toBe('software')
  })

  it.each([
    ['a GPU without an encoder', {}, 'NVIDIA-H100-PCIe'],
    ['a software encoder that was asked for', { streaming: { encoder: 'x264enc' } }, 'NVIDIA-L4'],
    [
      'an encoder that was forbidden the GPU',
      { env: [{ name: 'SELKIES_USE_CPU', value: 'true|locked' }] },
      'NVIDIA-L4',
    ],
  ])('is not what encodes with %s', (_, template, product) => {
    const world = sessionWorld({ template })
    world.settle()
    world.becomesReady()
    world.observed.node = {
      ...world.observed.node!,
      metadata: { name: 'gpu-a', labels: { 'nvidia.com/gpu.product': product } },
    }
    world.settle()
    expect(world.status.encoder).toBe('software')
  })
})

describe('the stop', () => {
  it('ends the pod with its grace, the Service and the credentials, and keeps the home', () => {
    const world = sessionWorld()
    world.runs()
    world.wish({ desiredState: 'Stopped' })
    const plan = world.step()
    expect(deletesOf(plan)).toEqual([`Pod ${NAME}`, `Service ${NAME}-media`, `Secret ${NAME}-access`])
    expect(plan.deletes.every(({ gracePeriodSeconds }) => gracePeriodSeconds === undefined)).toBe(true)
    expect(plan.deletes.every(({ uid }) => uid !== undefined)).toBe(true)
    expect(writesOf(plan)).toEqual([])
    expect(world.observed.claim).toBeDefined()
  })

  it('is Stopping while the pod ends, and Stopped when it is gone', () => {
    const world = sessionWorld()
    world.runs()
    world.pass(MINUTE)
    world.wish({ desiredState: 'Stopped' })
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Stopping', stopReason: 'StoppedByUser', stoppedAt: at(MINUTE) })
    world.pass(5 * SECOND)
    world.podsEnd()
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Stopped', stopReason: 'StoppedByUser', stoppedAt: at(MINUTE) })
    expect(world.ready).toMatchObject({ status: 'False', reason: 'StoppedByUser' })
    expect(world.condition('Suspended')?.status).toBe('True')
    expect(world.status.podName).toBeUndefined()
  })

  it('is told once', () => {
    const world = sessionWorld()
    world.runs()
    world.wish({ desiredState: 'Stopped' })
    world.settle()
    world.podsEnd()
    world.settle()
    const told = world.history.flatMap(({ events }) => events).filter(({ action }) => action === 'Stop')
    expect(told).toMatchObject([{ reason: 'StoppedByUser', type: 'Normal' }])
  })

  it('does not happen a second time because the cache still has the Secret', () => {
    const world = sessionWorld()
    world.runs()
    const { secret, pinned } = world.observed
    world.wish({ desiredState: 'Stopped' })
    world.step()
    Object.assign(world.observed, { secret, pinned })
    world.pass(3 * SECOND)
    world.step()
    expect(world.status.stoppedAt).toBe(at(0))
  })

  it('is not undone by a Secret that the cache still has: the resume waits for its end', () => {
    const world = sessionWorld()
    world.runs()
    const { secret, pinned } = world.observed
    world.wish({ desiredState: 'Stopped' })
    world.step()
    world.podsEnd()
    Object.assign(world.observed, { secret, pinned })
    world.wish({ desiredState: 'Running' })
    expect(writesOf(world.step())).toEqual([])
    world.pass(SECOND)
    world.settle()
    expect(world.status.startedAt).toBe(at(SECOND))
  })

  it('of one that never started makes nothing', () => {
    const world = sessionWorld({ spec: { desiredState: 'Stopped' } })
    world.settle()
    expect(world.history.flatMap(writesOf)).toEqual([])
    expect(world.status).toMatchObject({ phase: 'Stopped', stopReason: 'StoppedByUser' })
  })
})

describe('the resume', () => {
  it('begins anew with another password, the template as it is, and the home that is there', () => {
    const world = sessionWorld()
    world.runs()
    const password = secretText(world.observed.secret!, 'password')
    world.wish({ desiredState: 'Stopped' })
    world.settle()
    world.podsEnd()
    world.settle()
    world.retemplate({ image: 'registry.example/studio:2' })
    world.pass(MINUTE)
    world.wish({ desiredState: 'Running' })
    expect(writesOf(world.step())).not.toContain(`create PersistentVolumeClaim ${HOME}`)
    world.becomesReady()
    world.settle()
    expect(secretText(world.observed.secret!, 'password')).not.toBe(password)
    expect(JSON.stringify(world.pod['spec'])).toContain('studio:2')
    expect(world.status).toMatchObject({ phase: 'Ready', startedAt: at(MINUTE), readyAt: at(MINUTE) })
    expect(world.status.stoppedAt).toBeUndefined()
    expect(world.status.stopReason).toBeUndefined()
  })

  it('waits for the pod of the last run to be gone', () => {
    const world = sessionWorld()
    world.runs()
    world.wish({ desiredState: 'Stopped' })
    world.settle()
    world.wish({ desiredState: 'Running' })
    world.settle()
    expect(world.status.phase).toBe('Pending')
    expect(world.ready.message).toContain('still ending')
    expect(world.observed.secret).toBeUndefined()
    world.podsEnd()
    expect(writesOf(world.step())).toContain(`create Pod ${NAME}`)
  })
})

describe('the restart', () => {
  it('makes a new pod with the template as it is now', () => {
    const world = sessionWorld()
    world.runs()
    world.retemplate({ image: 'registry.example/studio:2' })
    world.pass(MINUTE)
    world.wish({ restartRequestedAt: at(MINUTE) })
    expect(deletesOf(world.step())).toContain(`Pod ${NAME}`)
    world.settle()
    world.podsEnd()
    world.settle()
    world.becomesReady()
    world.settle()
    expect(JSON.stringify(world.pod['spec'])).toContain('studio:2')
    expect(world.status).toMatchObject({ phase: 'Ready', startedAt: at(MINUTE) })
    expect(world.condition('TemplateDrifted')?.status).toBe('False')
  })

  it.each([
    ['behind', -2 * MINUTE, false],
    ['as long ago as the start', 0, false],
    ['a little ahead', 2 * MINUTE, true],
    ['a year ahead', 365 * 24 * 60 * MINUTE, false],
  ])('is done once at most when the clock that asked is %s', (_, ahead, done) => {
    const world = sessionWorld()
    world.runs()
    world.wish({ restartRequestedAt: at(ahead) })
    let restarts = 0
    for (let round = 0; round < 8; round += 1) {
      if (deletesOf(world.step()).includes(`Pod ${NAME}`)) restarts += 1
      world.podsEnd()
    }
    expect(restarts).toBe(done ? 1 : 0)
  })
})

describe('the template', () => {
  it('that changes is shown and not applied to a desktop that runs', () => {
    const world = sessionWorld()
    world.runs()
    world.retemplate({ image: 'registry.example/studio:2' })
    const plan = world.step()
    expect(plan.deletes).toEqual([])
    expect(plan.writes).toEqual([])
    expect(plan.events).toMatchObject([{ reason: 'TemplateChanged' }])
    expect(world.condition('TemplateDrifted')).toMatchObject({ status: 'True', reason: 'TemplateChanged' })
    expect(world.ready.status).toBe('True')
  })

  it('that is gone leaves a running desktop with its own copy', () => {
    const world = sessionWorld()
    world.runs()
    world.retemplate(undefined)
    world.settle()
    expect(world.ready.status).toBe('True')
    expect(world.condition('TemplateResolved')).toMatchObject({ status: 'False', reason: 'TemplateNotFound' })
    world.podDeleted()
    expect(writesOf(world.step())).toEqual([`create Pod ${NAME}`])
  })
})

describe('the removal', () => {
  it.each([
    ['keeps the home where the template says so', { home: { size: '1Gi', reclaim: 'Retain' } }, undefined, true],
    ['takes the home along where the template says so', { home: { size: '1Gi', reclaim: 'Delete' } }, undefined, false],
    ['takes the home along where the session says so', { home: { size: '1Gi' } }, { reclaim: 'Delete' }, false],
    [
      'keeps the home where the session says so',
      { home: { size: '1Gi', reclaim: 'Delete' } },
      { reclaim: 'Retain' },
      true,
    ],
  ] as const)('%s', (_, storage, home, kept) => {
    const world = sessionWorld({ template: { storage }, spec: home ? { home } : {} })
    world.runs()
    world.deleted()
    const first = world.step()
    expect(deletesOf(first)).toEqual([`Pod ${NAME}`, `Service ${NAME}-media`, `Secret ${NAME}-access`])
    expect(first.finalizers).toBeUndefined()
    expect(world.status.phase).toBe('Terminating')
    // the Secret is gone by now, and the copy of the template with it
    expect(world.step().finalizers).toBeUndefined()
    world.podsEnd()
    const last = world.step()
    expect(last.finalizers).toEqual([])
    expect(last.status).toBeUndefined()
    expect(world.observed.claim !== undefined).toBe(kept)
    expect(world.step()).toEqual({ writes: [], deletes: [], events: [] })
  })

  it('leaves the finalizers of others', () => {
    const world = sessionWorld({ finalizers: [FINALIZER, 'other.example/kept'] })
    world.deleted()
    expect(world.step().finalizers).toEqual(['other.example/kept'])
  })

  it('keeps a home that another desktop of the person has, running or not', () => {
    const world = sessionWorld({ spec: { home: { reclaim: 'Delete' } } })
    world.runs()
    world.deleted()
    world.observed.siblings = [sibling({ running: false })]
    world.step()
    world.podsEnd()
    world.step()
    expect(world.observed.claim).toBeDefined()
  })

  it.each([
    ['the one that is gone first leaves it to the last', true, true],
    ['the last one takes it along', false, false],
  ])('of desktops that are removed together %s', (_, running, kept) => {
    const world = sessionWorld({ spec: { home: { reclaim: 'Delete' } } })
    world.runs()
    world.deleted()
    world.observed.siblings = [sibling({ running, removing: true })]
    world.step()
    world.podsEnd()
    world.step()
    expect(world.observed.claim !== undefined).toBe(kept)
  })

  it('never takes a home whose owner is not the session’s', () => {
    const world = sessionWorld({ spec: { home: { reclaim: 'Delete' } } })
    world.runs()
    const { claim } = world.observed
    world.observed.claim = {
      ...claim!,
      metadata: { ...claim!.metadata, labels: { [LABEL.ownerHash]: ownerHash('bob') } },
    }
    world.deleted()
    world.step()
    world.podsEnd()
    world.step()
    expect(world.observed.claim).toBeDefined()
  })

  it('makes nothing of a session that is deleted before it began', () => {
    const world = sessionWorld({ finalizers: [] })
    world.deleted()
    expect(world.step()).toEqual({ writes: [], deletes: [], events: [] })
  })
})

describe('who may start', () => {
  const user = (more: Readonly<Record<string, unknown>>) => ({
    name: OWNER,
    spec: vdiUserSpecSchema.parse({ username: OWNER, ...more }),
  })

  it.each([
    ['everybody, where nobody is named', {}, {}, true],
    ['a person who is named', { allowedUsers: [OWNER] }, {}, true],
    ['nobody else', { allowedUsers: ['bob'] }, {}, false],
    ['a member of a group that is named', { allowedGroups: ['design'] }, { groups: ['staff', 'design'] }, true],
    ['no member of other groups', { allowedGroups: ['design'] }, { groups: ['staff'] }, false],
    ['a person who is named, whatever their groups', { allowedGroups: ['design'], allowedUsers: [OWNER] }, {}, true],
  ] as const)('%s', (_, access, person, starts) => {
    const world = sessionWorld({
      template: {
        access: {
          ...access,
          allowedUsers: [...('allowedUsers' in access ? access.allowedUsers : [])],
          allowedGroups: [...('allowedGroups' in access ? access.allowedGroups : [])],
        },
      },
    })
    world.observed.user = user(person)
    world.settle()
    expect(world.observed.pods.length > 0).toBe(starts)
    if (!starts) expect(world.ready).toMatchObject({ reason: 'NotAllowed' })
    if (!starts) expect(world.condition('Stalled')?.reason).toBe('NotAllowed')
  })

  it('nobody outside the namespace of a VDIUser', () => {
    const world = sessionWorld()
    world.observed.user = undefined
    world.settle()
    expect(world.ready.reason).toBe('NoUserNamespace')
    expect(world.history.flatMap(writesOf)).toEqual([])
  })

  it('nobody for somebody else', () => {
    const world = sessionWorld({ spec: { owner: 'bob' } })
    world.settle()
    expect(world.ready).toMatchObject({ reason: 'NotAllowed', message: expect.stringContaining('bob') })
    expect(world.history.flatMap(writesOf)).toEqual([])
  })

  it('nobody who is suspended; what runs is stopped, and begins again only when somebody asks', () => {
    const world = sessionWorld()
    world.runs()
    world.observed.user = user({ suspended: true })
    world.step()
    expect(world.observed.spec.desiredState).toBe('Stopped')
    world.podsEnd()
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Stopped', stopReason: 'Suspended' })
    world.wish({ desiredState: 'Running' })
    world.settle()
    expect(world.condition('Stalled')?.reason).toBe('Suspended')
    world.observed.user = user({})
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
  })

  it('starts when the template comes', () => {
    const world = sessionWorld({ template: null })
    world.settle()
    expect(world.ready).toMatchObject({ reason: 'TemplateNotFound', message: expect.stringContaining(TEMPLATE) })
    expect(world.condition('Stalled')).toBeDefined()
    world.retemplate({})
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
  })

  it.each([
    ['two slices', { slices: 2 }, {}],
    ['a GPU among its resources', { slices: 0 }, { 'nvidia.com/gpu': '1' }],
  ])('no template that asks for %s', (_, gpu, limits) => {
    const world = sessionWorld()
    const { template } = world.observed
    world.observed.template = {
      ...template!,
      spec: { ...template!.spec, gpu: { ...template!.spec.gpu, ...gpu }, resources: { requests: {}, limits } },
    }
    world.settle()
    expect(world.ready.reason).toBe('AdmissionDenied')
    expect(world.history.flatMap(writesOf)).toEqual([])
  })
})

describe('beside others', () => {
  const other = sibling

  it('one home is written by one desktop', () => {
    const world = sessionWorld()
    world.observed.siblings = [other()]
    world.settle()
    expect(world.ready).toMatchObject({ reason: 'HomeInUse', message: expect.stringContaining('studio-other') })
    expect(world.history.flatMap(writesOf)).toEqual([])
    world.observed.siblings = [other({ running: false })]
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
  })

  it('one that is ending lets go in a moment: nobody has to do anything', () => {
    const world = sessionWorld()
    world.observed.siblings = [other({ ending: true })]
    world.settle()
    expect(world.observed.pods).toEqual([])
    expect(world.ready).toMatchObject({ reason: 'HomeInUse', message: expect.stringContaining('starts right after') })
    expect(world.condition('Stalled')).toBeUndefined()
  })

  it.each([
    ['began earlier', { startedAt: BEGIN - 1 }, true],
    ['began later', { startedAt: BEGIN + 1 }, false],
    ['began at the same moment and comes first by name', { startedAt: BEGIN, name: 'a' }, true],
    ['began at the same moment and comes last by name', { startedAt: BEGIN, name: 'z' }, false],
  ])('of two that run after all, this one yields when the other %s', (_, sibling, yields) => {
    const world = sessionWorld()
    world.runs()
    world.observed.siblings = [other(sibling)]
    world.step()
    expect(world.pod.metadata.deletionTimestamp !== undefined).toBe(yields)
  })

  it('does not take the home back while another desktop has it', () => {
    const world = sessionWorld()
    world.runs()
    world.podDeleted()
    world.observed.siblings = [other({ startedAt: BEGIN + MINUTE })]
    world.settle()
    expect(world.observed.pods).toEqual([])
    expect(world.ready.reason).toBe('HomeInUse')
  })

  it.each([
    [1, 1, 'TooManySessions'],
    [2, 2, 'TooManySessions'],
    [2, 1, 'PodPending'],
    [0, 5, 'PodPending'],
  ])('at most %i of a template: with %i others it is %s', (most, running, reason) => {
    const world = sessionWorld({ template: { storage: {}, access: { maxSessionsPerUser: most } } })
    world.observed.siblings = Array.from({ length: running }, (_, index) => other({ name: `studio-${index}` }))
    world.settle()
    expect(world.ready.reason).toBe(reason)
    if (reason === 'TooManySessions') expect(world.plan().nextAt).toBeGreaterThan(world.now)
  })

  it('waits for a home that is still being removed', () => {
    const world = sessionWorld()
    world.step()
    const { claim } = world.observed
    const fresh = sessionWorld()
    fresh.observed.claim = { ...claim!, metadata: { ...claim!.metadata, deletionTimestamp: at(0) } }
    fresh.settle()
    expect(fresh.ready.reason).toBe('VolumePending')
    fresh.observed.claim = undefined
    expect(writesOf(fresh.step())).toContain(`create PersistentVolumeClaim ${HOME}`)
  })
})

describe('the relay', () => {
  it('gives a start a credential that coturn takes, and no secret', () => {
    const world = sessionWorld({ relay: RELAY })
    world.step()
    const secret = world.observed.secret!
    const expiry = BEGIN / 1000 + 3600
    expect(secretText(secret, 'relay-username')).toBe(`${expiry}:${ownerHash(OWNER)}`)
    expect(secretText(secret, 'relay-expires')).toBe(new Date(expiry * 1000).toISOString())
    expect(JSON.stringify(world.history)).not.toContain(btoa(RELAY.secret))
    expect(JSON.stringify(world.history)).not.toContain(RELAY.secret)
  })

  it('renews it at half its life with the same password', () => {
    const world = sessionWorld({ relay: RELAY })
    world.runs()
    expect(world.plan().nextAt).toBeLessThanOrEqual(BEGIN + 1800 * SECOND)
    world.pass(1800 * SECOND - 1)
    expect(world.isQuiet(world.plan())).toBe(true)
    world.pass(1)
    expect(writesOf(world.step())).toEqual([`apply Secret ${NAME}-access`])
    const secret = world.observed.secret!
    expect(secretText(secret, 'password')).toBe('password-1')
    expect(secret.metadata.annotations?.[ANNOTATION.lastStarted]).toBe(at(0))
    expect(secretText(secret, 'relay-expires')).toBe(at((1800 + 3600) * SECOND))
    world.settle()
    expect(world.pod.metadata.deletionTimestamp).toBeUndefined()
  })

  it.each([
    ['the secret was replaced', { ...RELAY, secret: 'another' }],
    ['the relays are others', { ...RELAY, urls: ['turns:relay.example:5349'] }],
  ])('renews it at once when %s', (_, relay) => {
    const world = sessionWorld({ relay: RELAY })
    world.runs()
    world.relay = relay
    expect(writesOf(world.step())).toEqual([`apply Secret ${NAME}-access`])
    world.settle()
  })

  it('writes one for desktops that ran before there was a relay', () => {
    const world = sessionWorld()
    world.runs()
    world.relay = RELAY
    expect(writesOf(world.step())).toEqual([`apply Secret ${NAME}-access`])
    world.settle()
  })
})
