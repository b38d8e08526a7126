// What the operator says of a VDITemplate, and how its image is kept on the nodes.
import { expect, test } from 'vitest'
import { templateSpecSchema } from '../../shared/domain/template.ts'
import type { VdiTemplateStatus } from '../../shared/domain/vdi-template.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { Plan } from '../plan.ts'
import type { ObservedTemplate } from './observed.ts'
import { planTemplate } from './plan.ts'
import { prePullObjects } from './pre-pull.ts'

const NOW = Date.parse('2026-11-24T10:00:00Z')
const PLATFORM = { namespace: 'kasm-operator-system' }
const SPEC = templateSpecSchema.parse({
  displayName: 'Office',
  image: 'registry.example/office:1',
  prePull: true,
  nodeSelector: { pool: 'gpu' },
  tolerations: [{ key: 'gpu', operator: 'Exists' }],
  imagePullSecrets: [{ name: 'registry' }],
  gpu: { slices: 1, runtimeClassName: 'nvidia' },
})
const PLAIN = { ...SPEC, prePull: false }

function observed(more: Partial<ObservedTemplate> = {}): ObservedTemplate {
  return {
    name: 'office',
    template: { apiVersion: 'v1', kind: 'VDITemplate', metadata: { name: 'office', uid: 'uid-office', generation: 2 } },
    spec: SPEC,
    status: {},
    sessions: 0,
    running: 0,
    daemonSet: undefined,
    policy: undefined,
    pool: { isThere: false, members: [], wantedElsewhere: 0 },
    refusal: undefined,
    ...more,
  }
}
const { daemonSet, policy } = prePullObjects({ name: 'office', uid: 'uid-office', spec: SPEC }, PLATFORM)
function written(plan: Plan, kind: string): KubeObject {
  const found = plan.writes.find(({ object }) => object.kind === kind)
  if (found === undefined) throw new Error(`no ${kind} is written`)
  return found.object
}
const status = (plan: Plan): VdiTemplateStatus => plan.status as VdiTemplateStatus
const condition = (plan: Plan, type: string): unknown => status(plan).conditions?.find((one) => one.type === type)

test('a template says how many use it and keeps nothing on nodes unless asked', () => {
  const plan = planTemplate(observed({ spec: PLAIN, sessions: 3, running: 2 }), NOW, PLATFORM)
  expect(plan).toMatchObject({ writes: [], deletes: [], events: [] })
  expect(status(plan)).toMatchObject({ observedGeneration: 2, sessions: 3, running: 2 })
  expect(status(plan)).not.toHaveProperty('prePulledNodes')
  expect(condition(plan, 'Ready')).toMatchObject({ status: 'True' })
})

test("pre-pulling runs a sleep of the image itself on the template's nodes, without rights, network or GPU", () => {
  const plan = planTemplate(observed(), NOW, PLATFORM)
  expect(plan.writes.map(({ object }) => [object.kind, object.metadata.name, object.metadata.namespace])).toEqual([
    ['NetworkPolicy', 'prepull-office', 'kasm-operator-system'],
    ['DaemonSet', 'prepull-office', 'kasm-operator-system'],
  ])
  const { spec } = written(plan, 'DaemonSet') as KubeObject & { spec: { template: { spec: Record<string, unknown> } } }
  expect(spec.template.spec).toMatchObject({
    automountServiceAccountToken: false,
    nodeSelector: { pool: 'gpu' },
    tolerations: [{ key: 'gpu', operator: 'Exists' }],
    imagePullSecrets: [{ name: 'registry' }],
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        image: 'registry.example/office:1',
        command: ['sleep', '2147483647'],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        resources: { requests: { cpu: '1m', memory: '8Mi' } },
      },
    ],
  })
  expect(JSON.stringify(spec)).not.toContain('nvidia')
  expect(written(plan, 'NetworkPolicy')['spec']).toMatchObject({
    policyTypes: ['Ingress', 'Egress'],
  })
})

test('what stands is not written again, a new image is', () => {
  const standing = { ...daemonSet, status: { observedGeneration: 1, desiredNumberScheduled: 3, numberReady: 2 } }
  const plan = planTemplate(observed({ daemonSet: standing, policy }), NOW, PLATFORM)
  expect(plan.writes).toEqual([])
  expect(status(plan)).toMatchObject({ prePulledNodes: 2 })
  expect(condition(plan, 'Ready')).toMatchObject({ message: expect.stringContaining('2 of 3 nodes') })
  const next = observed({ daemonSet: standing, policy, spec: { ...SPEC, image: 'registry.example/office:2' } })
  expect(planTemplate(next, NOW, PLATFORM).writes.map(({ object }) => object.kind)).toEqual(['DaemonSet'])
})

test('what is not wanted any more goes', () => {
  const plan = planTemplate(observed({ spec: PLAIN, daemonSet, policy }), NOW, PLATFORM)
  expect(plan.deletes.map(({ resource, name }) => [resource.kind, name])).toEqual([
    ['DaemonSet', 'prepull-office'],
    ['NetworkPolicy', 'prepull-office'],
  ])
})

test.each([
  ['a spec that is not valid', observed({ spec: { problem: 'spec.image: missing' } }), 'spec.image'],
  ['a name that makes no names', observed({ name: 'x'.repeat(41) }), 'at most 40 characters'],
])('%s stalls with its reason, once, and keeps nothing on nodes', (_what, world, words) => {
  const plan = planTemplate({ ...world, daemonSet, policy }, NOW, PLATFORM)
  expect(condition(plan, 'Stalled')).toMatchObject({ reason: 'InvalidSpec', message: expect.stringContaining(words) })
  expect(plan.events).toMatchObject([{ type: 'Warning', reason: 'InvalidSpec' }])
  expect(plan.deletes).toHaveLength(2)
  expect(planTemplate({ ...world, status: status(plan) }, NOW, PLATFORM).events).toEqual([])
})

test('a refused DaemonSet is said, and not tried again before its time', () => {
  const refusal = { kind: 'admission', message: 'violates PodSecurity', of: 'DaemonSet', at: NOW, count: 1 } as const
  const plan = planTemplate(observed({ refusal }), NOW, PLATFORM)
  expect(plan).toMatchObject({ writes: [], nextAt: NOW + 5000 })
  expect(condition(plan, 'Stalled')).toMatchObject({ reason: 'AdmissionDenied' })
  expect(planTemplate(observed({ refusal }), NOW + 5000, PLATFORM).writes).toHaveLength(2)
})

test('one that is gone or going is left to garbage collection', () => {
  const going = { ...(observed().template as KubeObject), metadata: { name: 'office', deletionTimestamp: 'now' } }
  for (const template of [undefined, going])
    expect(planTemplate(observed({ template, daemonSet, policy }), NOW, PLATFORM)).toEqual({
      writes: [],
      deletes: [],
      events: [],
    })
})
