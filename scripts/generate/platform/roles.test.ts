// The rights of the platform, walked: nothing that would undo the others, each with its reason, and none missing for what the operator watches.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { operatorConfigSchema, type OperatorConfig } from '../../../operator/config.ts'
import { createStores } from '../../../operator/stores.ts'
import { OPERATOR_LABELS } from '../../../operator/user/policies.ts'
import type { KubeClient, Resource } from '../../../kube/types.ts'
import { HOMES_ACCOUNT } from '../../../shared/product.ts'
import { admissionPolicies } from './admission.ts'
import { DEFAULT_NAMES, OPERATOR_SELECTOR } from './names.ts'
import { claimRights } from '../../../operator/session/adopted-rights.ts'
import {
  ADMIN_RIGHTS,
  CLAIM_RIGHTS,
  OPERATOR_RIGHTS,
  PLATFORM_RIGHTS,
  USER_RIGHTS,
  USER_TEMPLATE_RIGHTS,
  type Right,
} from './rights.ts'
import { platformRoles, rightsTable } from './roles.ts'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}
const objects = platformRoles(DEFAULT_NAMES)
const roles = objects
  .filter(({ kind }) => kind.endsWith('Role'))
  .map((object) => ({ metadata: object.metadata, rules: object['rules'] as readonly Rule[] }))
const rules = roles.flatMap(({ metadata, rules: own }) => own.map((rule) => ({ role: metadata.name, ...rule })))
const has = (rights: readonly Right[], resource: string, verb: string): boolean =>
  rights.some(({ resources, verbs }) => resources.includes(resource) && verbs.includes(verb))

test('there are the roles that the product names, each with rules', () => {
  expect(roles.map(({ metadata }) => metadata.name)).toEqual([
    'kasm-operator-user',
    'kasm-operator-user-templates',
    'kasm-operator-admin',
    'kasm-operator',
    'kasm-operator-warm-pool',
    'kasm-operator',
  ])
  expect(roles.every(({ rules: own }) => own.length > 0)).toBe(true)
})

test('no rule has a wildcard or a verb that undoes the others, and bind names its roles', () => {
  const bad = rules.filter(
    ({ apiGroups, resources, verbs, resourceNames }) =>
      [...apiGroups, ...resources, ...verbs, ...(resourceNames ?? [])].includes('*') ||
      verbs.some((verb) => ['escalate', 'impersonate', 'deletecollection', 'approve', 'sign'].includes(verb)) ||
      (verbs.includes('bind') && (resourceNames ?? []).length === 0),
  )
  expect(bad).toEqual([])
  const bound = rules.filter(({ verbs }) => verbs.includes('bind')).flatMap(({ resourceNames }) => resourceNames)
  expect(bound).toEqual(['kasm-operator-user', 'kasm-operator-user-templates', 'kasm-operator-warm-pool'])
})

test('nobody runs commands in desktops or gives out tokens, and roles are made in the warm pool alone', () => {
  const never = [
    'pods/exec',
    'pods/attach',
    'pods/ephemeralcontainers',
    'pods/proxy',
    'nodes/proxy',
    'serviceaccounts/token',
    'roles',
    'serviceaccounts',
  ]
  const found = rules.filter(({ resources }) => resources.some((one) => never.includes(one)))
  expect(found).toMatchObject([{ role: 'kasm-operator-warm-pool', resources: ['roles'] }])
  // the pool's role is bound by the operator, there and to itself: admission sees to that
  expect(objects.filter((object) => JSON.stringify(object['roleRef'] ?? '').includes('warm-pool'))).toEqual([])
  const writers = rules.filter(
    ({ resources, verbs }) => resources.includes('clusterroles') && verbs.some((verb) => verb !== 'bind'),
  )
  expect(writers).toEqual([])
})

test('a user makes no pods, lists no secrets and changes nothing but sessions', () => {
  expect(has(USER_RIGHTS, 'pods', 'create')).toBe(false)
  expect(has(USER_RIGHTS, 'secrets', 'list') || has(USER_RIGHTS, 'secrets', 'watch')).toBe(false)
  const changed = [...USER_RIGHTS, ...USER_TEMPLATE_RIGHTS].filter(({ verbs }) =>
    verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)),
  )
  expect(changed.flatMap(({ resources }) => resources)).toEqual(['vdisessions', 'pods/portforward'])
})

test('an admin acts for others by a verb of our own and reads no secret', () => {
  expect(has(ADMIN_RIGHTS, 'vdisessions', 'manage')).toBe(true)
  expect(ADMIN_RIGHTS.flatMap(({ resources }) => resources)).not.toContain('secrets')
})

test('the operator deletes no namespace, changes no pod, and makes no user, template or session', () => {
  for (const [resource, verb] of [
    ['namespaces', 'delete'],
    ['pods', 'patch'],
    ['pods', 'update'],
    ['vdiusers', 'create'],
    ['vdiusers', 'patch'],
    ['vditemplates', 'patch'],
    ['vdisessions', 'create'],
    ['vdisessions', 'manage'],
    ['clusterrolebindings', 'create'],
  ] as const)
    expect([resource, verb, has([...OPERATOR_RIGHTS, ...PLATFORM_RIGHTS], resource, verb)]).toEqual([
      resource,
      verb,
      false,
    ])
})

test('who claims a desktop gets what the operator holds there and no more, each on one object', () => {
  const { rules: given } = claimRights('warm-kiosk-abc', 'ann')[0].object as unknown as {
    readonly rules: readonly Rule[]
  }
  expect(given.map(({ apiGroups, resources, verbs }) => ({ group: apiGroups[0], resources, verbs }))).toEqual(
    CLAIM_RIGHTS.map(({ group, resources, verbs }) => ({ group, resources, verbs })),
  )
  expect(given.map(({ resourceNames }) => resourceNames)).toEqual([
    ['warm-kiosk-abc'],
    ['warm-kiosk-abc'],
    ['warm-kiosk-abc-access'],
  ])
})

test('the account and its namespace are where they were said to be, and nobody else is bound', () => {
  const made = platformRoles({ namespace: 'elsewhere', serviceAccount: 'somebody' })
  const subjects = made.flatMap((object) => (object['subjects'] ?? []) as readonly unknown[])
  const account = { kind: 'ServiceAccount', name: 'somebody', namespace: 'elsewhere' }
  expect(subjects).toEqual([account, account])
  expect(made.flatMap(({ metadata }) => metadata.namespace ?? [])).toEqual(['elsewhere', 'elsewhere'])
})

test("the pods that may ask desktops who is connected are the operator's own", () => {
  expect(OPERATOR_LABELS).toEqual(OPERATOR_SELECTOR)
})

test('every kind that the operator watches it may list and watch', async () => {
  const watched: Resource[] = []
  const list: KubeClient['list'] = (resource) => {
    watched.push(resource)
    return Promise.resolve({ items: [], resourceVersion: '1' })
  }
  // a watch in which nothing happens
  const watch: KubeClient['watch'] = () => ({
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  })
  const timers = { now: () => 0, after: () => () => undefined }
  const config = (kind: string): OperatorConfig => operatorConfigSchema.parse({ ingress: { kind } })
  const all = ['traefik', 'ingress'].map((kind) =>
    createStores({
      client: { list, watch } as KubeClient,
      config: config(kind),
      namespace: DEFAULT_NAMES.namespace,
      timers,
    }),
  )
  await vi.waitFor(() =>
    expect(watched.map(({ plural }) => plural)).toEqual(expect.arrayContaining(['ingresses', 'middlewares'])),
  )
  for (const stores of all) stores.stop()
  expect(watched.length).toBeGreaterThan(30)
  const may = [...OPERATOR_RIGHTS, ...PLATFORM_RIGHTS]
  const missing = watched.filter(({ group, plural }) =>
    ['list', 'watch'].some(
      (verb) =>
        !may.some((right) => right.group === group && right.resources.includes(plural) && right.verbs.includes(verb)),
    ),
  )
  expect(missing).toEqual([])
})

test('the table of the security page is this one', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/security.md'), 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| '))
  for (const row of rightsTable().filter((line) => line.startsWith('| '))) expect(rows).toContain(row)
  const known = [
    'user, own namespace',
    'user, whole cluster',
    'admin',
    'operator, whole cluster',
    'operator, own namespace',
    'operator, warm pool',
    'homes on nodes, whole cluster',
  ]
  const told = rows.filter((line) => known.some((who) => line.startsWith(`| ${who} |`)))
  // none that is no right any more
  expect(told.filter((line) => !rightsTable().includes(line))).toEqual([])
})

test('every policy denies, by a binding of its name, and refuses what it cannot judge', () => {
  const all = admissionPolicies({ namespace: 'elsewhere', serviceAccount: 'somebody' })
  const policies = all.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
  const bindings = all.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding')
  expect(policies.map(({ metadata }) => metadata.name)).toEqual(
    ['session-owner', 'user-pods', 'reserved-metadata', 'user-namespaces', 'operator-bounds', 'homes-bounds'].map(
      (name) => `${name}.vdi.kasm-operator.io`,
    ),
  )
  expect(policies.map(({ spec }) => (spec as { failurePolicy: string }).failurePolicy)).toEqual(
    policies.map(() => 'Fail'),
  )
  expect(bindings.map(({ spec }) => spec)).toEqual(
    policies.map(({ metadata }) => ({ policyName: metadata.name, validationActions: ['Deny', 'Audit'] })),
  )
  for (const { metadata, spec } of policies) {
    const account = metadata.name.startsWith('homes-') ? HOMES_ACCOUNT : 'somebody'
    expect(JSON.stringify(spec)).toContain(`'system:serviceaccount:elsewhere:${account}'`)
  }
})
