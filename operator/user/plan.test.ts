// From a VDIUser to a namespace with rights, limits and walls, round by round; drift, lock-out, and names that are taken.
import { expect, test } from 'vitest'
import { userNamespace, WARM_POOL_NAMESPACE } from '../../shared/domain/names.ts'
import { vdiUserSpecSchema, type VdiUserStatus } from '../../shared/domain/vdi-user.ts'
import {
  ANNOTATION,
  LABEL,
  USER_ROLE,
  USER_TEMPLATES_ROLE,
  WARM_POOL_ROLE,
  WARM_POOL_USER,
} from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import { operatorConfigSchema, type OperatorConfig } from '../config.ts'
import type { Plan } from '../plan.ts'
import { readersBinding } from './objects.ts'
import type { ObservedUser } from './observed.ts'
import { planUser } from './plan.ts'

const NOW = Date.parse('2026-11-24T10:00:00Z')
const PLATFORM = { namespace: 'kasm-operator-system' }
const PLACE = userNamespace('alice')
const config = (values: unknown = {}): OperatorConfig => operatorConfigSchema.parse(values)
const NAMES = ['default-deny', 'egress', 'media', 'operator']

type Written = KubeObject & { readonly spec?: Record<string, unknown> }

function observed(spec: Record<string, unknown> = {}, more: Partial<ObservedUser> = {}): ObservedUser {
  return {
    user: {
      apiVersion: 'vdi.kasm-operator.io/v1alpha1',
      kind: 'VDIUser',
      metadata: { name: 'alice', uid: 'uid-alice', generation: 3, creationTimestamp: '2026-11-01T00:00:00Z' },
      spec,
    },
    spec: vdiUserSpecSchema.parse({ username: 'alice', ...spec }),
    status: {},
    elder: undefined,
    namespace: undefined,
    roleBinding: undefined,
    quota: undefined,
    limits: undefined,
    policies: [],
    logins: { sources: [], copies: [] },
    sessions: 0,
    readers: { binding: readersBinding(['alice']), usernames: ['alice'] },
    refusal: undefined,
    ...more,
  }
}

/** What the quota controller makes of it. */
function counted(quota: KubeObject | undefined): KubeObject | undefined {
  const hard = (quota as Written | undefined)?.spec?.['hard']
  return quota && { ...quota, status: { hard, used: hard } }
}

/** What the cluster looks like once a plan is carried out. */
function after(before: ObservedUser, plan: Plan): ObservedUser {
  const of = (kind: string): KubeObject | undefined => plan.writes.find(({ object }) => object.kind === kind)?.object
  const isDeleted = (plural: string, name: string): boolean =>
    plan.deletes.some((one) => one.resource.plural === plural && one.name === name)
  const written = plan.writes.map(({ object }) => object).filter(({ kind }) => kind === 'NetworkPolicy')
  const kept = before.policies.filter(({ metadata }) => !written.some((one) => one.metadata.name === metadata.name))
  const binding = of('RoleBinding') ?? before.roleBinding
  return {
    ...before,
    status: (plan.status as VdiUserStatus | undefined) ?? before.status,
    namespace: of('Namespace') ?? before.namespace,
    roleBinding: isDeleted('rolebindings', USER_ROLE) ? undefined : binding,
    quota: counted(of('ResourceQuota')) ?? before.quota,
    limits: of('LimitRange') ?? before.limits,
    logins: {
      ...before.logins,
      copies: [
        ...before.logins.copies.filter(({ metadata }) => metadata.name !== of('Secret')?.metadata.name),
        ...plan.writes.map(({ object }) => object).filter(({ kind }) => kind === 'Secret'),
      ].filter(({ metadata }) => !isDeleted('secrets', metadata.name)),
    },
    policies: [...kept, ...written].filter(({ metadata }) => !isDeleted('networkpolicies', metadata.name)),
    readers: { ...before.readers, binding: of('ClusterRoleBinding') ?? before.readers.binding },
  }
}

/** Plans and carries out until nothing is left to do. */
function settle(
  start: ObservedUser,
  settings = config(),
): { readonly end: ObservedUser; readonly plans: readonly Plan[] } {
  const plans: Plan[] = []
  let world = start
  for (let round = 0; round < 8; round += 1) {
    const plan = planUser(world, settings, NOW, PLATFORM)
    plans.push(plan)
    world = after(world, plan)
    if (plan.writes.length + plan.deletes.length === 0) return { end: world, plans }
  }
  throw new Error('it does not come to rest')
}

/** The platform's own, as an admin made it. */
function loginOf(name: string, login: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: PLATFORM.namespace,
      labels: { [LABEL.registryLogin]: 'users' },
      annotations: { 'example.com/ticket': '7' },
    },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': login },
  }
}

const kinds = (plan: Plan | undefined): readonly string[] => (plan?.writes ?? []).map(({ object }) => object.kind)
const condition = (plan: Plan, type: string): unknown =>
  (plan.status as VdiUserStatus).conditions?.find((one) => one.type === type)
const named = (end: ObservedUser, name: string): Record<string, unknown> => {
  const found = end.policies.find(({ metadata }) => metadata.name === name) as Written | undefined
  if (found?.spec === undefined) throw new Error(`no policy ${name}`)
  return found.spec
}

test('the namespace comes first, then its walls and limits, the rights last, then it is ready and at rest', () => {
  const { plans, end } = settle(observed())
  expect(plans.map(kinds)).toEqual([
    ['Namespace'],
    ['ResourceQuota', 'LimitRange', 'NetworkPolicy', 'NetworkPolicy', 'NetworkPolicy', 'NetworkPolicy'],
    ['RoleBinding'],
    [],
  ])
  expect(plans.flatMap(({ writes }) => writes).every(({ verb }) => verb === 'apply')).toBe(true)
  expect(end.status).toMatchObject({ namespace: PLACE, sessions: 0, observedGeneration: 3 })
  expect(end.status.conditions).toMatchObject([{ type: 'Ready', status: 'True', observedGeneration: 3 }])
  expect(plans.at(-1)?.events).toMatchObject([{ type: 'Normal', action: 'Admit' }])
  expect(planUser(end, config(), NOW, PLATFORM)).toMatchObject({
    writes: [],
    deletes: [],
    events: [],
    status: end.status,
  })
})

test('the namespace says whose it is and how strict it is, and nothing owns it', () => {
  const { end } = settle(observed({ podSecurity: 'restricted' }))
  expect(end.namespace?.metadata).toEqual({
    name: PLACE,
    labels: {
      [LABEL.managed]: 'kasm-operator',
      [LABEL.user]: 'alice',
      [LABEL.ownerHash]: PLACE.slice('vdi-u-'.length),
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
      'pod-security.kubernetes.io/audit': 'restricted',
    },
    annotations: { [ANNOTATION.owner]: 'alice' },
  })
  expect(end.roleBinding).toMatchObject({
    metadata: { name: USER_ROLE, namespace: PLACE, ownerReferences: [{ kind: 'VDIUser', uid: 'uid-alice' }] },
    roleRef: { kind: 'ClusterRole', name: USER_ROLE },
    subjects: [{ kind: 'User', name: 'alice' }],
  })
})

test("limits are the user's own, else the platform's", () => {
  const own = { quota: { sessions: 2, slices: 0, memory: '8Gi' } }
  const settings = config({ defaultQuota: { sessions: 5, slices: 4, cpu: '6', storage: '50Gi' } })
  const { end } = settle(observed(own), settings)
  expect((end.quota as Written).spec?.['hard']).toEqual({
    'requests.nvidia.com/gpu.shared': '0',
    'count/vdisessions.vdi.kasm-operator.io': '2',
    'requests.cpu': '6',
    'limits.memory': '8Gi',
    'requests.storage': '50Gi',
    persistentvolumeclaims: '64',
    'services.nodeports': '2',
    'services.loadbalancers': '0',
  })
  // a container that names no limit gets the share of one session
  expect((end.limits as Written).spec?.['limits']).toEqual([
    {
      type: 'Container',
      default: { memory: String(4 * 2 ** 30) },
      defaultRequest: { cpu: '100m', memory: String(2 ** 27) },
    },
  ])
})

test('without a quota on memory no container gets a limit that it did not ask for', () => {
  const { end } = settle(observed())
  expect((end.limits as Written).spec?.['limits']).toEqual([
    { type: 'Container', defaultRequest: { cpu: '100m', memory: String(2 ** 27) } },
  ])
  expect(Object.keys((end.quota as Written).spec?.['hard'] as object)).not.toContain('limits.memory')
})

test('a limit that was taken back goes', () => {
  const { end } = settle(observed({ quota: { cpu: '4' } }))
  const plan = planUser({ ...end, spec: vdiUserSpecSchema.parse({ username: 'alice' }) }, config(), NOW, PLATFORM)
  expect(kinds(plan)).toEqual(['ResourceQuota'])
})

test('nothing comes in but media from anywhere and TCP from the operator, nothing goes out but DNS and the internet', () => {
  const { end } = settle(observed())
  expect(end.policies.map(({ metadata }) => metadata.name).toSorted()).toEqual(NAMES.toSorted())
  expect(named(end, 'default-deny')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
  expect(named(end, 'media')).toMatchObject({
    policyTypes: ['Ingress'],
    ingress: [{ ports: [{ port: 28081, protocol: 'UDP' }] }],
  })
  expect(named(end, 'operator')['ingress']).toEqual([
    {
      from: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kasm-operator-system' } },
          podSelector: {
            matchLabels: { 'app.kubernetes.io/name': 'kasm-operator', 'app.kubernetes.io/component': 'operator' },
          },
        },
      ],
      ports: [{ protocol: 'TCP' }],
    },
  ])
  const [dns, internet] = named(end, 'egress')['egress'] as readonly Record<string, unknown>[]
  expect(dns?.['ports']).toEqual([
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
    { port: 5353, protocol: 'UDP' },
    { port: 5353, protocol: 'TCP' },
  ])
  expect(internet).toEqual({
    to: [
      {
        ipBlock: {
          cidr: '0.0.0.0/0',
          except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'],
        },
      },
    ],
  })
})

test('ranges allowed by name are reached, IPv6 only once its denied ranges are named', () => {
  const reach = (network: unknown): unknown => {
    const rules = named(settle(observed(), config({ network })).end, 'egress')['egress'] as readonly { to: unknown }[]
    return rules.slice(1).flatMap(({ to }) => to)
  }
  expect(reach({ deniedEgress: ['10.0.0.0/8', 'fc00::/7'], allowedEgress: ['10.1.2.3/32'] })).toEqual([
    { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } },
    { ipBlock: { cidr: '::/0', except: ['fc00::/7'] } },
    { ipBlock: { cidr: '10.1.2.3/32' } },
  ])
  expect(reach({ deniedEgress: ['0.0.0.0/0'] })).toEqual([])
})

test('turning node ports off takes the media rule and the node ports away; a proxy gets its rule while it is on', () => {
  const { end } = settle(observed())
  const changed = config({ media: { nodePort: false }, ingress: { kind: 'traefik' } })
  const { end: later, plans } = settle(end, changed)
  expect(plans[0]?.deletes).toMatchObject([{ name: 'media', namespace: PLACE }])
  expect(later.policies.map(({ metadata }) => metadata.name).toSorted()).toEqual(
    ['default-deny', 'egress', 'ingress-proxy', 'operator'].toSorted(),
  )
  expect((later.quota as Written).spec?.['hard']).toMatchObject({ 'services.nodeports': '0' })
  expect(named(later, 'ingress-proxy')['ingress']).toMatchObject([
    { from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } } }] },
  ])
})

test.each([
  ['a wall that was opened', { policies: [] }, ['NetworkPolicy', 'NetworkPolicy', 'NetworkPolicy', 'NetworkPolicy']],
  ['a quota that is gone', { quota: undefined }, ['ResourceQuota']],
  ['rights that are gone', { roleBinding: undefined }, ['RoleBinding']],
])('%s is put back while the user stays ready', (_what, change, expected) => {
  const { end } = settle(observed())
  const plan = planUser({ ...end, ...change }, config(), NOW, PLATFORM)
  expect(kinds(plan)).toEqual(expected)
  expect(condition(plan, 'Ready')).toMatchObject({ status: 'True' })
  expect(condition(plan, 'Reconciling')).toBeUndefined()
})

test('a subject that somebody added to the rights is taken out, a strictness that was lowered is raised', () => {
  const { end } = settle(observed())
  const subjects = [
    { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice' },
    { kind: 'User', name: 'eve' },
  ]
  const roleBinding = { ...end.roleBinding, subjects } as KubeObject
  expect(kinds(planUser({ ...end, roleBinding }, config(), NOW, PLATFORM))).toEqual(['RoleBinding'])
  const { metadata } = end.namespace as KubeObject
  const labels = { ...metadata.labels, 'pod-security.kubernetes.io/enforce': 'privileged' }
  const namespace = { ...end.namespace, metadata: { ...metadata, labels } } as KubeObject
  expect(kinds(planUser({ ...end, namespace }, config(), NOW, PLATFORM))).toEqual(['Namespace'])
})

test('a user is not called ready before the API server can count what they ask for', () => {
  const { end } = settle(observed())
  const fresh = { ...end, status: {}, quota: { ...(end.quota as KubeObject), status: {} } }
  const plan = planUser(fresh, config(), NOW, PLATFORM)
  expect(plan).toMatchObject({ writes: [], events: [] })
  expect(condition(plan, 'Reconciling')).toMatchObject({ message: expect.stringContaining('counted') })
  expect(condition(planUser({ ...fresh, quota: end.quota }, config(), NOW, PLATFORM), 'Ready')).toMatchObject({
    status: 'True',
  })
  // later a changed limit is counted anew, which is no news
  expect(condition(planUser({ ...fresh, status: end.status }, config(), NOW, PLATFORM), 'Ready')).toMatchObject({
    status: 'True',
  })
})

test('a quota that was counted before our kinds were known is counted anew, once in a while, until it is', () => {
  const { end } = settle(observed())
  const hard = (end.quota as Written).spec?.['hard'] as Readonly<Record<string, string>>
  const { 'count/vdisessions.vdi.kasm-operator.io': _, ...used } = hard
  const claims = (plan: Plan): unknown =>
    (plan.writes[0]?.object as Written | undefined)?.spec?.['hard'] as Readonly<Record<string, string>> | undefined
  let state: ObservedUser = { ...end, status: {}, quota: { ...(end.quota as KubeObject), status: { hard, used } } }
  const seen: unknown[] = []
  for (const at of [0, 1000, 10_000, 20_000]) {
    const plan = planUser(state, config(), NOW + at, PLATFORM)
    expect(condition(plan, 'Ready')).toMatchObject({ status: 'False' })
    expect(plan.nextAt).toBe(NOW + Math.floor(at / 10_000) * 10_000 + 10_000)
    seen.push(claims(plan))
    const [written] = plan.writes
    if (written) state = { ...state, quota: { ...written.object, status: { hard, used } } }
  }
  expect(seen.map((each) => (each as Record<string, string> | undefined)?.['persistentvolumeclaims'])).toEqual([
    expect.stringMatching(/^6[56]$/),
    undefined,
    expect.stringMatching(/^6[56]$/),
    expect.stringMatching(/^6[56]$/),
  ])
  const { end: last } = settle({ ...state, quota: counted(state.quota) })
  expect((last.quota as Written).spec?.['hard']).toEqual(hard)
})

test('locking out takes the rights, keeps the namespace, and letting in again gives them back', () => {
  const { end } = settle(observed())
  const locked = {
    ...end,
    spec: vdiUserSpecSchema.parse({ username: 'alice', suspended: true }),
    readers: { ...end.readers, usernames: [] },
  }
  const { end: out, plans } = settle(locked)
  expect(plans[0]?.deletes).toMatchObject([{ name: USER_ROLE, namespace: PLACE }])
  expect(kinds(plans[0])).toEqual(['ClusterRoleBinding'])
  expect(out.roleBinding).toBeUndefined()
  expect(out.namespace).toEqual(end.namespace)
  expect(out.status.conditions).toMatchObject([
    { type: 'Ready', status: 'True', reason: 'Suspended' },
    { type: 'Suspended', status: 'True' },
  ])
  const { end: back } = settle({ ...out, spec: end.spec, readers: { ...out.readers, usernames: ['alice'] } })
  expect(back.roleBinding).toEqual(end.roleBinding)
  expect(back.readers.binding).toEqual(end.readers.binding)
})

test('a registry’s login stands there before the rights, follows its source, and goes with it or with the rights', () => {
  const sources = [loginOf('registry', 'first')]
  const { plans, end } = settle(observed({}, { logins: { sources, copies: [] } }))
  expect(plans.map(kinds)[1]).toContain('Secret')
  expect(plans.map(kinds)[2]).toEqual(['RoleBinding'])
  expect(end.logins.copies).toMatchObject([
    {
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': 'first' },
      metadata: {
        name: 'registry',
        namespace: PLACE,
        labels: { [LABEL.managed]: 'kasm-operator', [LABEL.registryLogin]: 'copy' },
        // what the admin wrote on the platform's own stays there
        ownerReferences: [{ kind: 'VDIUser', uid: 'uid-alice' }],
      },
    },
  ])
  expect(end.logins.copies[0]?.metadata.annotations).toBeUndefined()
  const changed = { ...end, logins: { ...end.logins, sources: [loginOf('registry', 'second')] } }
  expect(kinds(planUser(changed, config(), NOW, PLATFORM))).toEqual(['Secret'])
  const unnamed = { ...end, logins: { ...end.logins, sources: [] } }
  const gone = [{ resource: { plural: 'secrets' }, name: 'registry', namespace: PLACE }]
  expect(planUser(unnamed, config(), NOW, PLATFORM)).toMatchObject({ writes: [], deletes: gone })
  const user = {
    ...(end.user as KubeObject),
    metadata: { ...(end.user as KubeObject).metadata, deletionTimestamp: 'now' },
  }
  expect(planUser({ ...end, user }, config(), NOW, PLATFORM).deletes).toMatchObject([{ name: USER_ROLE }, ...gone])
})

test('a login that is refused keeps nobody from their rights', () => {
  const { end } = settle(observed())
  const stuck = { ...end, roleBinding: undefined, logins: { sources: [loginOf('registry', 'x')], copies: [] } }
  expect(kinds(planUser(stuck, config(), NOW, PLATFORM))).toEqual(['Secret', 'RoleBinding'])
})

test('one who is locked out from the start gets no rights at all', () => {
  const { plans } = settle(observed({ suspended: true }, { readers: { binding: readersBinding([]), usernames: [] } }))
  expect(plans.flatMap(kinds)).not.toContain('RoleBinding')
})

test('a VDIUser that is deleted loses its rights at once and nothing else', () => {
  const { end } = settle(observed())
  const user = {
    ...(end.user as KubeObject),
    metadata: { ...(end.user as KubeObject).metadata, deletionTimestamp: 'now' },
  }
  const plan = planUser({ ...end, user, readers: { ...end.readers, usernames: [] } }, config(), NOW, PLATFORM)
  expect(plan.deletes).toMatchObject([{ name: USER_ROLE, namespace: PLACE }])
  expect(kinds(plan)).toEqual(['ClusterRoleBinding'])
  expect(plan.status).toBeUndefined()
  const gone = { ...end, user: undefined, readers: { ...end.readers, usernames: [] } }
  expect(planUser(gone, config(), NOW, PLATFORM)).toMatchObject({
    deletes: [],
    writes: [{ object: { metadata: { name: USER_TEMPLATES_ROLE } } }],
  })
})

test("the later of two VDIUsers of one person is stalled and changes nothing of the first one's", () => {
  const { end } = settle(observed())
  const plan = planUser({ ...end, status: {}, elder: 'alice-first' }, config(), NOW, PLATFORM)
  expect(plan).toMatchObject({ writes: [], deletes: [], events: [{ type: 'Warning', reason: 'UsernameTaken' }] })
  expect(condition(plan, 'Stalled')).toMatchObject({ status: 'True', reason: 'UsernameTaken' })
  expect((plan.status as VdiUserStatus).namespace).toBeUndefined()
  const again = planUser(
    { ...end, status: plan.status as VdiUserStatus, elder: 'alice-first' },
    config(),
    NOW,
    PLATFORM,
  )
  expect(again.events).toEqual([])
})

test.each([
  ['without our label', {}],
  [
    'made by us for somebody else',
    { labels: { [LABEL.managed]: 'kasm-operator' }, annotations: { [ANNOTATION.owner]: 'bob' } },
  ],
])('a namespace of that name %s is never taken over', (_what, metadata) => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: PLACE, ...metadata } }
  const plan = planUser(observed({}, { namespace }), config(), NOW, PLATFORM)
  expect(plan).toMatchObject({ writes: [], deletes: [] })
  expect(condition(plan, 'Stalled')).toMatchObject({ reason: 'NamespaceTaken' })
  expect((plan.status as VdiUserStatus).namespace).toBeUndefined()
})

test('while its namespace is being deleted nothing is written into it', () => {
  const { end } = settle(observed())
  const namespace = {
    ...(end.namespace as KubeObject),
    metadata: { ...(end.namespace as KubeObject).metadata, deletionTimestamp: 'now' },
  }
  const plan = planUser({ ...end, namespace, quota: undefined }, config(), NOW, PLATFORM)
  expect(plan).toMatchObject({ writes: [], deletes: [] })
  expect(condition(plan, 'Reconciling')).toMatchObject({ reason: 'NamespaceTerminating' })
})

test('a refused write is said and tried again ever more slowly', () => {
  const refusal = { kind: 'admission', message: 'no such role', of: 'RoleBinding', at: NOW - 1000, count: 3 } as const
  const plan = planUser(observed({}, { refusal }), config(), NOW, PLATFORM)
  expect(plan).toMatchObject({ writes: [], nextAt: NOW - 1000 + 20_000 })
  expect(condition(plan, 'Stalled')).toMatchObject({
    reason: 'AdmissionDenied',
    message: expect.stringContaining('no such role'),
  })
  expect(kinds(planUser(observed({}, { refusal }), config(), NOW + 20_000, PLATFORM))).toEqual(['Namespace'])
})

test("a spec that cannot be read stalls with the field's name", () => {
  const plan = planUser(observed({}, { spec: { problem: 'spec.username: missing' } }), config(), NOW, PLATFORM)
  expect(condition(plan, 'Stalled')).toMatchObject({
    reason: 'InvalidSpec',
    message: expect.stringContaining('spec.username'),
  })
})

test("a chart without the readers' binding is told of, and its binding is never made", () => {
  const { end, plans } = settle(observed({}, { readers: { binding: 'missing', usernames: ['alice'] } }))
  expect(plans.flatMap(kinds)).not.toContain('ClusterRoleBinding')
  expect(end.status.conditions?.[0]?.message).toContain(USER_TEMPLATES_ROLE)
})

test('the warm pool’s person is nobody: there the operator has rights, and no user', () => {
  const platform = { ...PLATFORM, serviceAccount: 'operator' }
  const pool = observed({ username: WARM_POOL_USER })
  const first = planUser(pool, config(), NOW, platform)
  const namespace = first.writes.find(({ object }) => object.kind === 'Namespace')?.object
  expect(namespace?.metadata.name).toBe(WARM_POOL_NAMESPACE)
  let state: ObservedUser = { ...pool, namespace }
  for (let round = 0; round < 3; round += 1) state = after(state, planUser(state, config(), NOW, platform))
  expect(state.roleBinding).toMatchObject({
    metadata: { name: WARM_POOL_ROLE, namespace: WARM_POOL_NAMESPACE },
    roleRef: { kind: 'ClusterRole', name: WARM_POOL_ROLE },
    subjects: [{ kind: 'ServiceAccount', name: 'operator', namespace: PLATFORM.namespace }],
  })
  // outside a cluster the operator has an admin's rights anyway
  const bare = { ...state, roleBinding: undefined }
  expect(kinds(planUser(bare, config(), NOW, PLATFORM))).toEqual([])
})
