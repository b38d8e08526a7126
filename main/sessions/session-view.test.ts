// Every way in which a start goes on, waits or fails, as the cluster's objects show it and as people read it.
import { describe, expect, test } from 'vitest'
import { builtinTemplates } from '../../shared/domain/builtin-templates.ts'
import { renderSession } from '../../shared/render/render-session.ts'
import type { Claim, KubeEvent, Pod } from './kube-read.ts'
import { readRecord, type SessionRecord } from './session-record.ts'
import { NO_FACTS, sessionView, type LocalFacts, type SessionParts } from './session-view.ts'

const STARTED = Date.parse('2026-01-01T00:00:00Z')
const NOW = STARTED + 60_000
const at = (seconds: number): string => new Date(STARTED + seconds * 1000).toISOString()

const template = builtinTemplates()[1]
if (!template) throw new Error('no template')
const rendered = renderSession({
  template,
  session: {
    name: 'desk',
    namespace: 'alice',
    owner: 'alice',
    ownerHash: 'hash',
    displayName: 'My desk',
    withoutGpu: false,
    created: at(0),
    lastStarted: at(0),
  },
  platform: { nodePort: false, fieldManager: 'm', desktopImage: 'x:1' },
  secrets: { password: 'p' },
})
const record = readRecord(rendered.secret) as SessionRecord
const POD_UID = 'pod-uid'
const CLAIM_UID = 'claim-uid'

const SCHEDULED = { type: 'PodScheduled', status: 'True', lastTransitionTime: at(3) }
const unschedulable = (message: string) => ({
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
})
const waiting = (reason: string, message = '') => ({
  phase: 'Pending',
  conditions: [SCHEDULED],
  containerStatuses: [{ name: 'desktop', state: { waiting: { reason, message } } }],
})
const up = (ready: boolean, more: object = {}) => ({
  phase: 'Running',
  conditions: [
    SCHEDULED,
    { type: 'ContainersReady', status: ready ? 'True' : 'False' },
    { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: at(9) },
  ],
  containerStatuses: [{ name: 'desktop', ready, restartCount: 0, state: { running: {} }, ...more }],
})
function pod(status: Pod['status'], nodeName: string | undefined = 'gpu-a'): Pod {
  const metadata = { ...rendered.pod.metadata, uid: POD_UID, creationTimestamp: at(1) }
  return {
    ...rendered.pod,
    metadata,
    spec: { ...(rendered.pod['spec'] as object), ...(nodeName ? { nodeName } : {}) },
    status,
  } as Pod
}
function claim(phase: string, options: { kept?: boolean; node?: string } = {}): Claim {
  const annotations = {
    ...(options.kept
      ? { 'vdi.kasm-operator.io/created': '2025-01-01T00:00:00Z' }
      : rendered.claim?.metadata.annotations),
    ...(options.node ? { 'volume.kubernetes.io/selected-node': options.node } : {}),
  }
  return {
    ...rendered.claim,
    metadata: { ...rendered.claim?.metadata, uid: CLAIM_UID, annotations },
    status: { phase },
  } as Claim
}
function event(reason: string, message: string, uid = POD_UID, seconds = 5): KubeEvent {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${reason}-${seconds}` },
    reason,
    message,
    involvedObject: { uid },
    lastTimestamp: at(seconds),
  }
}
function view(parts: Partial<SessionParts>, events: readonly KubeEvent[] = [], local: LocalFacts = NO_FACTS) {
  const all = { clusterId: 'c', record, recordTerminating: false, pod: undefined, claim: claim('Bound'), ...parts }
  return sessionView(all, events, local, NOW)
}
const states = (shown: ReturnType<typeof view>): string =>
  shown.stages.map(({ name, state }) => `${name}:${state}`).join(' ')

describe('why a start is stuck', () => {
  const noSlice = '0/2 nodes are available: 2 Insufficient nvidia.com/gpu.shared. preemption: 0/2 nodes are available'
  const tied = (rest: string) =>
    `0/2 nodes are available: ${rest}, 1 node(s) didn't match PersistentVolume's node affinity.`
  const cases: readonly (readonly [string, Partial<SessionParts>, readonly KubeEvent[], string, string])[] = [
    ['no slice free', { pod: pod(unschedulable(noSlice), '') }, [], 'start-no-slice', 'placed'],
    [
      'no room',
      { pod: pod(unschedulable('0/1 nodes are available: 1 Insufficient cpu.'), '') },
      [],
      'start-unschedulable',
      'placed',
    ],
    [
      'the home is on a full node',
      {
        pod: pod(unschedulable(tied('1 Insufficient nvidia.com/gpu.shared')), ''),
        claim: claim('Bound', { kept: true, node: 'gpu-b' }),
      },
      [],
      'start-home-node',
      'placed',
    ],
    [
      'the home is on a node that refuses',
      {
        pod: pod(unschedulable('1 node(s) had volume node affinity conflict'), ''),
        claim: claim('Bound', { kept: true, node: 'gpu-b' }),
      },
      [],
      'start-home-node',
      'placed',
    ],
    [
      'the claim has no volume',
      { pod: pod(unschedulable('pod has unbound immediate PersistentVolumeClaims.'), ''), claim: claim('Pending') },
      [],
      'start-home-pending',
      'home',
    ],
    [
      'no storage class',
      { pod: pod({ phase: 'Pending' }, ''), claim: claim('Pending') },
      [event('FailedBinding', 'no persistent volumes available for this claim and no storage class is set', CLAIM_UID)],
      'start-home-pending',
      'home',
    ],
    [
      'the provisioner fails',
      { pod: pod({ phase: 'Pending' }, ''), claim: claim('Pending', { node: 'gpu-a' }) },
      [event('ProvisioningFailed', 'failed to provision volume', CLAIM_UID)],
      'start-home-pending',
      'home',
    ],
    [
      'a lost volume',
      { pod: pod(waiting('ContainerCreating')), claim: claim('Lost') },
      [],
      'start-home-pending',
      'home',
    ],
    [
      'the volume cannot be mounted',
      { pod: pod(waiting('ContainerCreating')) },
      [event('FailedMount', 'timeout')],
      'start-home-pending',
      'home',
    ],
    [
      'an image that cannot be fetched',
      { pod: pod(waiting('ImagePullBackOff', 'not found')) },
      [],
      'start-image',
      'image',
    ],
    ['an image that is not on the node', { pod: pod(waiting('ErrImageNeverPull')) }, [], 'start-image', 'image'],
    [
      'a bad image name, after a volume that was mounted at the second try',
      { pod: pod(waiting('InvalidImageName')) },
      [event('FailedMount', 'failed to sync secret cache: timed out waiting for the condition')],
      'start-image-name',
      'image',
    ],
    ['a bad image name', { pod: pod(waiting('InvalidImageName')) }, [], 'start-image-name', 'image'],
    [
      'settings that are missing',
      { pod: pod(waiting('CreateContainerConfigError', 'secret "x" not found')) },
      [],
      'start-config',
      'started',
    ],
    ['a crash loop', { pod: pod(waiting('CrashLoopBackOff')) }, [], 'start-crash', 'started'],
    ['a container that fell once', { pod: pod(up(false, { restartCount: 1 })) }, [], 'start-crash', 'started'],
    [
      'no such runtime on the node',
      { pod: pod(waiting('ContainerCreating')) },
      [event('FailedCreatePodSandBox', 'no runtime for "nvidia" is configured')],
      'start-runtime-class',
      'started',
    ],
    [
      'a refusal after placing',
      { pod: pod({ phase: 'Failed', reason: 'UnexpectedAdmissionError' }) },
      [],
      'start-admission',
      'placed',
    ],
    [
      'no device left on the node',
      { pod: pod({ phase: 'Failed', reason: 'OutOfnvidia.com/gpu.shared' }) },
      [],
      'start-admission',
      'placed',
    ],
    [
      'an eviction',
      { pod: pod({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' }) },
      [],
      'start-evicted',
      'placed',
    ],
  ]

  test.each(cases)('%s', (_, parts, events, code, stage) => {
    const shown = view(parts, events, { ...NO_FACTS, action: 'starting' })
    // a pod that failed is made again while the app starts it: its reason is shown all the same
    expect(shown.error?.code).toBe(code)
    // one sentence says why, not a note beside it once more
    expect(shown.stages.find(({ error }) => error?.code === code)).toMatchObject({ name: stage })
    expect(shown.stages.find(({ error }) => error?.code === code)?.note).toBeUndefined()
    expect(shown.openable).toBe(false)
    expect(shown.error?.nextStep).not.toBe('')
  })

  test('the words name the node of the home and what is lacking there', () => {
    const shown = view({
      pod: pod(unschedulable(tied('1 Insufficient nvidia.com/gpu.shared')), ''),
      claim: claim('Bound', { kept: true, node: 'gpu-b' }),
    })
    expect(shown.error?.sentence).toBe('Your home is on gpu-b, which has no free slice.')
    expect(shown.canStartWithoutGpu).toBe(true)
  })

  test('a server that stays silent is named after a while, not at once', () => {
    const slow = { ...NO_FACTS, upSince: NOW - 30_000 }
    const probe = [event('Unhealthy', 'Startup probe failed: connection refused')]
    expect(view({ pod: pod(up(false)) }, probe, slow).error).toMatchObject({
      code: 'start-not-ready',
      detail: 'Startup probe failed: connection refused',
    })
    expect(view({ pod: pod(up(false)) }, probe, { ...NO_FACTS, upSince: NOW - 2_000 }).error).toBeUndefined()
  })

  test('a silent node is told from an unready desktop', () => {
    const status = up(true)
    const conditions = status.conditions.map((entry) =>
      entry.type === 'Ready' ? { ...entry, status: 'False' } : entry,
    )
    const shown = view({ pod: pod({ ...status, conditions }) }, [event('NodeNotReady', 'Node is not ready')], {
      ...NO_FACTS,
      wasReady: true,
    })
    expect(shown).toMatchObject({ phase: 'starting', openable: false, error: { code: 'start-node-lost' } })
  })

  test('final reasons fail, the others wait', () => {
    expect(view({ pod: pod(waiting('InvalidImageName')) })).toMatchObject({ phase: 'failed' })
    expect(states(view({ pod: pod(waiting('InvalidImageName')) }))).toContain('image:failed')
    expect(states(view({ pod: pod(waiting('ImagePullBackOff')) }))).toContain('image:waiting')
    // of a pod that another start left behind
    expect(view({ pod: pod({ phase: 'Failed', reason: 'Evicted' }) })).toMatchObject({ phase: 'failed' })
  })

  test('what failed once and was done after all is no reason', () => {
    const fetched = { pod: pod(waiting('ContainerCreating')) }
    for (const failed of ['FailedMount', 'FailedCreatePodSandBox']) {
      expect(view(fetched, [event(failed, 'timeout')]).error).toBeDefined()
      const shown = view(fetched, [event(failed, 'timeout', POD_UID, 2), event('Pulling', 'Pulling image', POD_UID, 4)])
      expect(shown.error).toBeUndefined()
      expect(
        view(fetched, [event('Pulling', 'x', POD_UID, 2), event(failed, 'timeout', POD_UID, 4)]).error,
      ).toBeDefined()
    }
  })

  test('events of others say nothing about this start', () => {
    const shown = view({ pod: pod(waiting('ContainerCreating')) }, [event('FailedMount', 'timeout', 'another-uid')])
    expect(shown.error).toBeUndefined()
  })
})

describe('the stages', () => {
  test('a new home that waits for its first user: placed as soon as a node is chosen, then the home', () => {
    const pending = pod({ phase: 'Pending' }, '')
    expect(states(view({ pod: pending, claim: claim('Pending') }))).toMatch(/asked:done placed:active home:todo/)
    expect(states(view({ pod: pending, claim: claim('Pending', { node: 'gpu-a' }) }))).toMatch(
      /placed:done home:active image:todo/,
    )
    expect(states(view({ pod: pod({ phase: 'Pending', conditions: [SCHEDULED] }) }))).toMatch(
      /placed:done home:done image:active/,
    )
  })

  test('a kept home and an image that is there are skipped, and carry no times', () => {
    const shown = view({ pod: pod(up(true)), claim: claim('Bound', { kept: true }) }, [
      event('Pulled', 'Container image "x" already present on machine'),
    ])
    expect(states(shown)).toBe('asked:done placed:done home:skipped image:skipped started:done connected:active')
    for (const stage of shown.stages.filter(({ state }) => state === 'skipped')) {
      expect(stage.startedAt).toBeUndefined()
      expect(stage.endedAt).toBeUndefined()
    }
  })

  test('an image is fetched: said while it lasts, timed when it is there', () => {
    const pulling = event('Pulling', 'Pulling image "x"', POD_UID, 4)
    const usual = { image: 90_000 }
    const during = view({ pod: pod(waiting('ContainerCreating')) }, [pulling], { ...NO_FACTS, usual })
    expect(during.stages.find(({ name }) => name === 'image')).toMatchObject({
      state: 'active',
      note: 'The image is being fetched for the first time on gpu-a, usually 90 s.',
    })
    const after = view({ pod: pod(up(true)) }, [pulling, event('Pulled', 'Successfully pulled image "x"', POD_UID, 7)])
    expect(after.stages.find(({ name }) => name === 'image')).toMatchObject({ state: 'done', endedAt: STARTED + 7_000 })
  })

  test('times of the cluster never run backwards', () => {
    const early = { ...SCHEDULED, lastTransitionTime: '2025-12-31T23:00:00Z' }
    const shown = view({
      pod: pod({ ...up(true), conditions: [early, { type: 'Ready', status: 'True', lastTransitionTime: at(9) }] }),
    })
    const ends = shown.stages
      .flatMap(({ startedAt, endedAt }) => [startedAt, endedAt])
      .filter((time) => time !== undefined)
    expect(ends.every((time) => time >= STARTED)).toBe(true)
    for (const { startedAt = 0, endedAt } of shown.stages)
      if (endedAt !== undefined) expect(endedAt).toBeGreaterThanOrEqual(startedAt)
  })

  test('what this app saw itself wins over the cluster’s seconds', () => {
    const seen = { asked: STARTED + 120, placed: STARTED + 3_456, home: STARTED + 3_400 }
    const shown = view({ pod: pod(up(true)) }, [], { ...NO_FACTS, askedAt: STARTED + 5, seen })
    expect(shown.stages[0]).toMatchObject({ startedAt: STARTED + 5, endedAt: STARTED + 120 })
    expect(shown.stages[1]?.endedAt).toBe(STARTED + 3_456)
  })

  test.each([
    ['this machine’s clock is behind the cluster’s and the other app’s', STARTED - 300_000],
    ['this machine’s clock is ahead', STARTED + 3_600_000],
  ])('no time is negative or in the future when %s', (_, now) => {
    const parts = { clusterId: 'c', record, recordTerminating: false, claim: claim('Bound') }
    const statuses = [{ phase: 'Pending' }, waiting('ContainerCreating'), waiting('InvalidImageName'), up(true)]
    for (const status of statuses) {
      const shown = sessionView({ ...parts, pod: pod(status) }, [event('Pulling', 'x')], NO_FACTS, now)
      expect(shown.startedAt).toBeLessThanOrEqual(now)
      expect(shown.readyAt ?? now).toBeGreaterThanOrEqual(shown.startedAt ?? Infinity)
      for (const { startedAt = now, endedAt = now } of shown.stages) {
        expect(startedAt).toBeLessThanOrEqual(endedAt)
        expect(endedAt).toBeLessThanOrEqual(now)
      }
    }
  })

  test('slow is said early', () => {
    const shown = view({ pod: pod({ phase: 'Pending' }, '') }, [], { ...NO_FACTS, usual: { placed: 1_000 } })
    expect(shown.stages[1]).toMatchObject({ state: 'active', note: 'Slower than usual (1 s).' })
  })
})

describe('the phase', () => {
  test.each([
    ['a stop of its owner', at(100), undefined],
    ['a pod that vanished', undefined, 'Stopped from outside.'],
  ])('%s', (_, stopped, note) => {
    const shown = view({ record: { ...record, stoppedAt: stopped === undefined ? undefined : Date.parse(stopped) } })
    expect(shown).toMatchObject({ phase: 'stopped', stages: [], openable: false })
    expect(shown.note).toBe(note)
  })

  test('a pod on its way out is stopping, a record on its way out is removing', () => {
    const leaving = pod(up(true))
    const terminating = { ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: at(50) } }
    expect(view({ pod: terminating })).toMatchObject({ phase: 'stopping', openable: false })
    expect(view({ recordTerminating: true }).phase).toBe('removing')
  })

  test('a desktop whose server answers may be opened before the kubelet calls it ready', () => {
    expect(view({ pod: pod(up(false)) }, [], { ...NO_FACTS, answers: true, seen: { started: NOW } })).toMatchObject({
      phase: 'starting',
      openable: true,
    })
    expect(view({ pod: pod(up(false)) }).openable).toBe(false)
  })

  test('a restart of a running desktop’s container is no new start', () => {
    const shown = view({ pod: pod(up(false, { restartCount: 1 })) }, [], { ...NO_FACTS, wasReady: true })
    expect(shown).toMatchObject({ phase: 'running', openable: false })
  })

  test('the session is named by cluster, namespace and name, and counts its slices', () => {
    expect(view({ pod: pod(up(true)) })).toMatchObject({
      id: 'c/alice/desk',
      displayName: 'My desk',
      templateName: 'Full desktop',
      node: 'gpu-a',
      slices: 1,
      hasHome: true,
    })
  })

  test('a template copy that cannot be read leaves the session usable', () => {
    const annotations = {
      ...rendered.secret.metadata.annotations,
      'vdi.kasm-operator.io/template-spec': '{"from":"the future"}',
    }
    const odd = readRecord({ ...rendered.secret, metadata: { ...rendered.secret.metadata, annotations } })
    expect(odd).toMatchObject({ name: 'desk', displayName: 'My desk', templateId: 'full-desktop' })
  })
})
