// The failure table: each row is a named test of what the plan does and says.
import { describe, expect, it } from 'vitest'
import type { Refusal } from '../plan.ts'
import { BEGIN, deletesOf, NAME, NAMESPACE, nodeObject, sessionWorld, writesOf } from './testing/session-world.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const NO_SLICE = '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.shared. preemption: 0/3 nodes are available.'

function refusal(kind: Refusal['kind'], message: string, more: Partial<Refusal> = {}): Refusal {
  return { kind, message, of: 'Pod', at: BEGIN, count: 1, ...more }
}

describe('no free slice', () => {
  it('is said in plain words, the pod is kept, and it starts by itself', () => {
    const world = sessionWorld()
    world.settle()
    world.unschedulable(NO_SLICE)
    world.settle()
    expect(world.status.phase).toBe('Scheduling')
    expect(world.ready).toMatchObject({ status: 'False', reason: 'InsufficientGPU' })
    expect(world.ready.message).toContain('No free GPU slice. Wait: it starts by itself')
    expect(world.condition('Reconciling')?.reason).toBe('InsufficientGPU')
    expect(world.condition('Scheduled')).toMatchObject({ status: 'False', reason: 'InsufficientGPU' })
    world.becomesReady()
    world.settle()
    expect(world.ready.status).toBe('True')
  })

  it('has no time limit: the clock of the start begins with its place', () => {
    const world = sessionWorld()
    world.settle()
    world.unschedulable(NO_SLICE)
    world.settle()
    world.pass(24 * 60 * MINUTE)
    expect(world.isQuiet(world.plan())).toBe(true)
    world.placed()
    world.settle()
    world.pass(299 * SECOND)
    expect(deletesOf(world.step())).toEqual([])
    world.pass(SECOND)
    expect(deletesOf(world.step())).toContain(`Pod ${NAME}`)
  })

  it('is told once, however often the scheduler tries', () => {
    const world = sessionWorld()
    world.settle()
    for (const free of [3, 2, 3]) {
      world.unschedulable(NO_SLICE.replace('0/3', `0/${free}`))
      world.settle()
    }
    const told = world.history.flatMap(({ events }) => events).filter(({ reason }) => reason === 'InsufficientGPU')
    expect(told).toHaveLength(1)
  })
})

describe('no room', () => {
  it.each([
    ['0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory.', 'No node has enough free CPU and memory.'],
    ['0/2 nodes are available: 2 node(s) were unschedulable.', 'The nodes that it could use are closed to new work.'],
    ['0/2 nodes are available: 2 node(s) had untolerated taint {a: b}.', 'kept for other work (taints)'],
    ["0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.", 'No node has the labels'],
  ])('%s', (message, words) => {
    const world = sessionWorld({ template: { gpu: { slices: 0 } } })
    world.settle()
    world.unschedulable(message)
    world.settle()
    expect(world.ready.reason).toBe('Unschedulable')
    expect(world.ready.message).toContain(words)
    expect(world.ready.message).toContain(message)
  })
})

describe('a home on one node', () => {
  const TIED =
    '0/2 nodes are available: 1 Insufficient nvidia.com/gpu.shared, 1 node(s) had volume node affinity conflict.'
  const home = (more: object = {}) => ({ name: 'gpu-a', present: true, ready: true, freeSlices: 0, ...more })

  it('which has no free slice, is said in those words', () => {
    const world = sessionWorld()
    world.settle()
    world.observed.homeNode = home()
    world.unschedulable(TIED)
    world.settle()
    expect(world.ready.reason).toBe('HomeNodeFull')
    expect(world.ready.message).toContain('Your home is on node gpu-a, which has no free slice.')
  })

  it('which has no room, is said where no slice is asked for', () => {
    const world = sessionWorld({ spec: { withoutGpu: true } })
    world.settle()
    world.observed.homeNode = home({ freeSlices: undefined })
    world.unschedulable('0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had volume node affinity conflict.')
    world.settle()
    expect(world.ready.message).toContain('Your home is on node gpu-a, which has no room.')
  })

  it('is known from the claim before the volume is', () => {
    const world = sessionWorld()
    world.settle()
    const { claim } = world.observed
    world.observed.claim = {
      ...claim!,
      metadata: { ...claim!.metadata, annotations: { 'volume.kubernetes.io/selected-node': 'gpu-b' } },
    }
    world.unschedulable(TIED)
    world.settle()
    expect(world.ready.message).toContain('Your home is on node gpu-b, which has no free slice.')
  })

  it('which does not answer, is waited for', () => {
    const world = sessionWorld()
    world.settle()
    world.observed.homeNode = home({ ready: false })
    world.unschedulable(TIED)
    world.settle()
    expect(world.ready).toMatchObject({ reason: 'NodeLost', message: expect.stringContaining('gpu-a') })
    expect(world.condition('Stalled')).toBeUndefined()
  })

  it('which is gone (local-path), needs an admin: no pod is made', () => {
    const world = sessionWorld()
    world.observed.homeNode = home({ present: false, ready: false })
    world.settle()
    expect(world.history.flatMap(writesOf)).toEqual([])
    expect(world.condition('Stalled')?.reason).toBe('NodeLost')
    expect(world.ready.message).toContain('node gpu-a, which is gone')
    world.observed.homeNode = home()
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
  })

  it('which is gone, holds a pod up that was deleted with it', () => {
    const world = sessionWorld()
    world.runs()
    world.podDeleted()
    world.observed.homeNode = home({ present: false })
    world.settle()
    expect(world.observed.pods).toEqual([])
    expect(world.condition('Stalled')?.reason).toBe('NodeLost')
  })
})

describe('a pod that ends by itself', () => {
  it.each([
    ['UnexpectedAdmissionError', 'UnexpectedAdmissionError'],
    ['OutOfnvidia.com/gpu.shared', 'UnexpectedAdmissionError'],
    ['OutOfcpu', 'UnexpectedAdmissionError'],
    ['Evicted', 'Evicted'],
    ['Preempting', 'PodFailed'],
    ['Shutdown', 'PodFailed'],
    ['Terminated', 'PodFailed'],
    ['NodeAffinity', 'PodFailed'],
    ['NodeLost', 'NodeLost'],
    ['', 'PodFailed'],
  ])('%s: is deleted and made again', (reason, told) => {
    const world = sessionWorld()
    world.settle()
    world.placed()
    world.settle()
    world.fails(reason, 'the words of the node')
    const plan = world.step()
    expect(deletesOf(plan)).toEqual([`Pod ${NAME}`])
    expect(plan.events).toMatchObject([
      { reason: told, action: 'Recreate', type: 'Warning' },
      { reason: told, action: 'Wait' },
    ])
    expect(world.ready.reason).toBe(told)
    expect(world.condition('Reconciling')?.reason).toBe(told)
    expect(world.status.podFailures).toHaveLength(1)
    world.podsEnd()
    expect(writesOf(world.step())).toEqual([`create Pod ${NAME}`])
    world.settle()
    expect(world.status.startedAt).toBe(new Date(BEGIN).toISOString())
  })

  it('is counted once, however often it is looked at', () => {
    const world = sessionWorld()
    world.runs()
    world.fails('Evicted')
    const { pods } = world.observed
    world.step()
    world.observed.pods = pods
    world.step()
    expect(world.status.podFailures).toHaveLength(1)
  })

  it('is made again ever later, and after five times in ten minutes it ends', () => {
    const world = sessionWorld()
    world.settle()
    const pauses: number[] = []
    for (let failure = 1; failure <= 6; failure += 1) {
      world.placed()
      world.fails('UnexpectedAdmissionError', 'Allocate failed')
      world.settle()
      world.podsEnd()
      if (failure === 6) break
      const before = world.now
      for (let second = 0; second < 200 && world.observed.pods.length === 0; second += 1) {
        world.step()
        if (world.observed.pods.length === 0) world.pass(SECOND)
      }
      pauses.push((world.now - before) / SECOND)
      world.pass(SECOND)
    }
    expect(pauses).toEqual([0, 5, 10, 20, 40])
    world.settle()
    expect(world.observed.pods).toEqual([])
    expect(world.observed.secret).toBeUndefined()
    expect(world.status).toMatchObject({ phase: 'Failed', stopReason: 'UnexpectedAdmissionError' })
    expect(world.condition('Stalled')?.message).toContain('6 times within 10 minutes')
    expect(world.observed.spec.desiredState).toBe('Stopped')
    world.pass(60 * MINUTE)
    expect(world.isQuiet(world.plan())).toBe(true)
  })

  it('begins anew with a clean count when somebody starts it again', () => {
    const world = sessionWorld()
    world.settle()
    for (let failure = 1; failure <= 6; failure += 1) {
      world.placed()
      world.fails('Evicted')
      world.settle()
      world.podsEnd()
      world.pass(50 * SECOND)
      world.settle()
    }
    expect(world.status.phase).toBe('Failed')
    world.wish({ desiredState: 'Running' })
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
    expect(world.status.podFailures).toBeUndefined()
    expect(world.condition('Stalled')).toBeUndefined()
  })

  it('now and then is no reason to give up', () => {
    const world = sessionWorld()
    world.runs()
    for (let failure = 1; failure <= 9; failure += 1) {
      world.fails('Evicted')
      world.settle()
      world.podsEnd()
      world.pass(5 * MINUTE)
      world.settle()
      world.becomesReady()
      world.settle()
    }
    expect(world.ready.status).toBe('True')
    expect(world.status.podFailures?.length).toBeLessThanOrEqual(3)
  })
})

describe('an image', () => {
  it.each(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull'])(
    'that cannot be fetched (%s) is waited for until the start times out',
    (reason) => {
      const world = sessionWorld()
      world.settle()
      world.placed()
      world.container({ waiting: { reason, message: 'pull access denied' } })
      world.settle()
      expect(world.ready.reason).toBe('ImagePullBackOff')
      expect(world.ready.message).toContain('registry.example/studio:1')
      expect(world.ready.message).toContain('pull access denied')
      expect(world.condition('Stalled')).toBeUndefined()
      world.pass(5 * MINUTE)
      world.step()
      world.podsEnd()
      world.settle()
      expect(world.status).toMatchObject({ phase: 'Failed', stopReason: 'StartTimeout' })
      expect(world.condition('Stalled')?.message).toContain('within 5 minutes')
      expect(world.condition('Stalled')?.message).toContain('registry.example/studio:1')
    },
  )

  it('whose name is not valid stalls at once', () => {
    const world = sessionWorld()
    world.settle()
    world.placed()
    world.container({ waiting: { reason: 'InvalidImageName', message: 'could not parse' } })
    world.settle()
    expect(world.status.phase).toBe('Failed')
    expect(world.condition('Stalled')?.reason).toBe('InvalidImage')
  })
})

describe('the containers', () => {
  it('whose settings are not complete stall at once', () => {
    const world = sessionWorld()
    world.settle()
    world.placed()
    world.container({ waiting: { reason: 'CreateContainerConfigError', message: 'secret "x" not found' } })
    world.settle()
    expect(world.condition('Stalled')?.reason).toBe('ContainerConfig')
    expect(world.ready.message).toContain('secret "x" not found')
  })

  it('that crash are told with what they said last', () => {
    const world = sessionWorld()
    world.settle()
    world.placed()
    world.container(
      { waiting: { reason: 'CrashLoopBackOff' } },
      { restartCount: 4, lastState: { terminated: { reason: 'OOMKilled', exitCode: 137, message: 'no memory' } } },
    )
    world.settle()
    expect(world.ready.reason).toBe('CrashLoop')
    expect(world.ready.message).toContain('desktop ended with exit code 137 (OOMKilled: no memory)')
    expect(world.status.restarts).toBe(4)
  })

  it('that crash after they were ready are left to the kubelet', () => {
    const world = sessionWorld()
    world.runs()
    world.podIs({ conditions: [{ type: 'Ready', status: 'False' }] })
    world.container({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 1 })
    world.settle()
    expect(world.ready.reason).toBe('CrashLoop')
    world.pass(60 * MINUTE)
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
    expect(world.pod.metadata.deletionTimestamp).toBeUndefined()
  })
})

describe('the start timeout', () => {
  it('is the template’s, and ends with the reason', () => {
    const world = sessionWorld({ template: { lifecycle: { startTimeoutSeconds: 60 } } })
    world.settle()
    world.placed()
    world.container({ running: {} })
    world.settle()
    expect(world.plan().nextAt).toBe(BEGIN + MINUTE)
    world.pass(MINUTE)
    world.step()
    expect(world.observed.spec.desiredState).toBe('Stopped')
    expect(world.status).toMatchObject({ stopReason: 'StartTimeout', phase: 'Failed' })
    expect(world.ready.message).toMatch(/did not start within 1 minute\. The desktop runs; its server is starting\./)
  })

  it('is over once the pod was ready', () => {
    const world = sessionWorld({ template: { lifecycle: { startTimeoutSeconds: 60, idleTimeoutSeconds: 0 } } })
    world.runs()
    world.podIs({ conditions: [{ type: 'Ready', status: 'False' }] })
    world.pass(60 * MINUTE)
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
    expect(world.status.stopReason).toBeUndefined()
  })

  it('counts from what is stored, also after hours without an operator', () => {
    const world = sessionWorld()
    world.settle()
    world.placed()
    world.pass(5 * 60 * MINUTE)
    world.step()
    expect(world.status.stopReason).toBe('StartTimeout')
  })
})

describe('the storage', () => {
  it('that waits for its first consumer is pending by design', () => {
    const world = sessionWorld()
    world.settle()
    expect(world.condition('StorageReady')).toMatchObject({ status: 'False', reason: 'VolumePending' })
    expect(world.ready.reason).toBe('PodPending')
  })

  it('that cannot make the home is said with its own words', () => {
    const world = sessionWorld()
    world.settle()
    world.placed()
    world.observed.claim = { ...world.observed.claim!, status: { phase: 'Pending' } }
    world.observed.claimWarning = 'no such StorageClass'
    world.settle()
    expect(world.ready.reason).toBe('VolumePending')
    expect(world.ready.message).toContain('no such StorageClass')
    expect(world.condition('StorageReady')?.message).toContain('no such StorageClass')
  })

  it('that is asked at once holds the pod up before it has a place', () => {
    const world = sessionWorld()
    world.settle()
    world.observed.claimWarning = 'provisioning failed'
    world.unschedulable('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.')
    world.settle()
    expect(world.ready).toMatchObject({
      reason: 'VolumePending',
      message: expect.stringContaining('provisioning failed'),
    })
  })

  it('that has lost the volume is told', () => {
    const world = sessionWorld()
    world.settle()
    world.placed()
    world.observed.claim = { ...world.observed.claim!, status: { phase: 'Lost' } }
    world.settle()
    expect(world.ready.reason).toBe('VolumePending')
    expect(world.condition('StorageReady')?.message).toContain('has lost its volume')
  })
})

describe('a refusal of the API server', () => {
  const refused = (given: Refusal) => {
    const world = sessionWorld()
    world.step()
    // the pod was refused: the status was not written, and the next plan is told
    world.podDeleted()
    world.observed.status = {}
    world.observed.refusal = given
    world.settle()
    return world
  }

  it('quota exceeded: waits, and tries again every 30 s', () => {
    const world = refused(refusal('quota', 'pods "x" is forbidden: exceeded quota: desktops'))
    expect(world.ready).toMatchObject({ reason: 'QuotaExceeded', message: expect.stringContaining('exceeded quota') })
    expect(world.condition('Reconciling')?.reason).toBe('QuotaExceeded')
    expect(world.plan()).toMatchObject({ writes: [], nextAt: BEGIN + 30 * SECOND })
    world.pass(30 * SECOND)
    const again = world.plan()
    expect(writesOf(again)).toEqual([`create Pod ${NAME}`])
    // what is written when it is refused once more
    expect(again.status).toEqual(world.observed.status)
    world.step()
    world.observed.refusal = undefined
    world.settle()
    expect(world.ready.reason).toBe('PodPending')
  })

  it.each([
    [
      'admission',
      'admission webhook "x" denied the request: no',
      'AdmissionDenied',
      'The cluster refuses this desktop.',
    ],
    [
      'admission',
      'pods "x" is forbidden: violates PodSecurity "restricted:latest"',
      'AdmissionDenied',
      'allows only restricted desktops',
    ],
    ['runtime-class', 'pod rejected: RuntimeClass "nvidia" not found', 'RuntimeClassMissing', 'no RuntimeClass nvidia'],
    ['invalid', 'Pod "x" is invalid: spec.containers[0].image', 'AdmissionDenied', 'refuses the Pod'],
    ['other', 'pods is forbidden', 'AdmissionDenied', 'refuses the Pod'],
  ] as const)('%s (%s): stalls without a hot loop', (kind, message, reason, words) => {
    const world = refused(refusal(kind, message))
    expect(world.condition('Stalled')).toMatchObject({ reason, message: expect.stringContaining(words) })
    expect(world.status.phase).toBe('Failed')
    expect(world.plan()).toMatchObject({ writes: [], nextAt: BEGIN + 30 * SECOND })
    world.observed.refusal = refusal(kind, message, { count: 20 })
    expect(world.plan()).toMatchObject({ writes: [], nextAt: BEGIN + 10 * MINUTE })
  })

  it('namespace terminating: is dropped', () => {
    const world = refused(refusal('namespace-terminating', 'because it is being terminated'))
    expect(world.condition('Stalled')).toMatchObject({
      reason: 'NamespaceTerminating',
      message: expect.stringContaining(NAMESPACE),
    })
    world.pass(24 * 60 * MINUTE)
    expect(world.plan()).toMatchObject({ writes: [], deletes: [], nextAt: undefined })
  })

  it('of the Secret: nothing else is made of the start meanwhile', () => {
    const world = sessionWorld()
    world.observed.refusal = refusal('quota', 'exceeded quota: secrets', { of: 'Secret' })
    world.settle()
    expect(world.history.flatMap(writesOf)).toEqual([])
    expect(world.ready.reason).toBe('QuotaExceeded')
    world.pass(30 * SECOND)
    expect(writesOf(world.plan())).toContain(`create Secret ${NAME}-access`)
  })

  it('of the Service: the desktop runs all the same', () => {
    const world = sessionWorld()
    world.runs()
    world.observed.service = undefined
    world.observed.refusal = refusal('quota', 'exceeded quota: services.nodeports', { of: 'Service' })
    world.settle()
    expect(world.ready.status).toBe('True')
    expect(world.plan()).toMatchObject({ writes: [], nextAt: BEGIN + 30 * SECOND })
    world.pass(30 * SECOND)
    expect(writesOf(world.plan())).toEqual([`apply Service ${NAME}-media`])
  })
})

describe('a node', () => {
  it.each(['False', 'Unknown'] as const)('that is not ready (%s): is waited for, and nothing is deleted', (ready) => {
    const world = sessionWorld()
    world.runs()
    world.observed.node = nodeObject('gpu-a', ready)
    world.settle()
    expect([world.status.phase, world.ready.status, world.ready.reason]).toEqual(['Starting', 'False', 'NodeLost'])
    expect(world.history.flatMap(deletesOf)).toEqual([])
    world.observed.node = nodeObject('gpu-a')
    world.settle()
    expect(world.ready.status).toBe('True')
  })

  it('that is silent is known by its pods too', () => {
    const world = sessionWorld()
    world.runs()
    world.podIs({
      conditions: [
        { type: 'Ready', status: 'False' },
        { type: 'ContainersReady', status: 'True' },
      ],
    })
    world.settle()
    expect(world.ready.reason).toBe('NodeLost')
  })

  it('that is gone: nothing is deleted as long as Kubernetes has not told the pod to end', () => {
    const world = sessionWorld()
    world.runs()
    world.observed.node = undefined
    world.pass(30 * MINUTE)
    world.settle()
    expect(world.ready).toMatchObject({ reason: 'NodeLost', message: expect.stringContaining('gpu-a') })
    expect(world.history.flatMap(deletesOf)).toEqual([])
  })

  const evicted = () => {
    const world = sessionWorld()
    world.runs()
    const { pod } = world
    world.observed.pods = [
      { ...pod, metadata: { ...pod.metadata, deletionTimestamp: new Date(world.now).toISOString() } },
    ]
    return world
  }

  it.each([
    ['is gone', undefined],
    [
      'is out of service',
      nodeObject('gpu-a', 'Unknown', {
        spec: { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] },
      }),
    ],
  ])('that %s: a pod that is stuck there is given up after 5 minutes', (_, node) => {
    const world = evicted()
    world.observed.node = node
    world.settle()
    expect(world.plan().nextAt).toBe(BEGIN + 5 * MINUTE)
    world.pass(5 * MINUTE)
    const plan = world.step()
    expect(plan.deletes).toMatchObject([{ name: NAME, gracePeriodSeconds: 0, uid: expect.any(String) }])
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
  })

  it('that only does not answer: its pod is never ended by force, since it may still write to the home', () => {
    const world = evicted()
    world.observed.node = nodeObject('gpu-a', 'Unknown')
    world.pass(24 * 60 * MINUTE)
    world.settle()
    expect(world.history.flatMap(deletesOf)).toEqual([])
    expect(world.ready.message).toContain('still ending')
  })

  it('that is gone lets a session be removed all the same', () => {
    const world = evicted()
    world.observed.node = undefined
    world.deleted()
    world.settle()
    world.pass(5 * MINUTE)
    world.step()
    expect(world.step().finalizers).toEqual([])
  })
})

describe('pods that are not as they should be', () => {
  it('two pods of one desktop: an admin is asked, nothing is deleted', () => {
    const world = sessionWorld()
    world.runs()
    const { pod } = world
    world.observed.pods = [pod, { ...pod, metadata: { ...pod.metadata, name: 'studio-copy', uid: 'copy' } }]
    world.settle()
    expect(world.condition('Stalled')).toMatchObject({
      reason: 'MultiplePods',
      message: expect.stringContaining(`${NAME} and studio-copy`),
    })
    expect(world.history.flatMap(deletesOf)).toEqual([])
    world.wish({ desiredState: 'Stopped' })
    expect(deletesOf(world.step())).toEqual(expect.arrayContaining([`Pod ${NAME}`, 'Pod studio-copy']))
  })

  it('somebody else’s pod has its name: it is left alone and said', () => {
    const world = sessionWorld()
    world.observed.pods = [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: NAME, namespace: NAMESPACE, uid: 'foreign' } },
    ]
    world.settle()
    expect(world.condition('Stalled')?.reason).toBe('MultiplePods')
    expect(world.history.flatMap(deletesOf)).toEqual([])
    expect(world.history.flatMap(writesOf)).toEqual([])
  })

  it('somebody else’s pod that only has the label is none of ours', () => {
    const world = sessionWorld()
    world.runs()
    world.observed.pods = [
      ...world.observed.pods,
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'guest', namespace: NAMESPACE, uid: 'foreign' } },
    ]
    world.settle()
    expect(world.ready.status).toBe('True')
    world.wish({ desiredState: 'Stopped' })
    expect(deletesOf(world.step())).not.toContain('Pod guest')
  })

  it('somebody else’s Secret has its name: it is not taken over', () => {
    const world = sessionWorld()
    world.observed.secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${NAME}-access`, namespace: NAMESPACE, uid: 'foreign' },
    }
    world.settle()
    expect(world.condition('Stalled')?.message).toContain(`Secret ${NAME}-access`)
    expect(world.observed.secret).toBeDefined()
  })

  it('the pod is deleted by somebody: it is made again, of the same start', () => {
    const world = sessionWorld()
    world.runs()
    world.pass(10 * MINUTE)
    world.podDeleted()
    expect(writesOf(world.step())).toEqual([`create Pod ${NAME}`])
    world.becomesReady()
    world.settle()
    expect(world.status).toMatchObject({
      phase: 'Ready',
      startedAt: new Date(BEGIN).toISOString(),
      readyAt: new Date(BEGIN + 10 * MINUTE).toISOString(),
    })
    expect(world.status.podFailures).toBeUndefined()
  })

  it('a pod that is still ending is waited for', () => {
    const world = sessionWorld()
    world.runs()
    const { pod } = world
    world.observed.pods = [{ ...pod, metadata: { ...pod.metadata, deletionTimestamp: new Date(BEGIN).toISOString() } }]
    expect(writesOf(world.settle())).toEqual([])
    world.podsEnd()
    expect(writesOf(world.step())).toEqual([`create Pod ${NAME}`])
  })

  it('the Secret cannot make a pod any more: the start begins anew', () => {
    const world = sessionWorld()
    world.runs()
    world.observed.pinned = undefined
    world.settle()
    // what runs is left alone
    expect(world.ready.status).toBe('True')
    world.podDeleted()
    expect(deletesOf(world.step())).toContain(`Secret ${NAME}-access`)
    world.settle()
    expect(world.observed.pods).toHaveLength(1)
  })

  it('neither the copy nor the template can be read: what runs is left alone, and can be stopped', () => {
    const world = sessionWorld()
    world.runs()
    world.observed.pinned = undefined
    world.retemplate(undefined)
    world.settle()
    expect(world.history.flatMap(deletesOf)).toEqual([])
    expect(world.condition('Stalled')?.reason).toBe('TemplateNotFound')
    world.wish({ desiredState: 'Stopped' })
    expect(deletesOf(world.step())).toContain(`Pod ${NAME}`)
  })
})
