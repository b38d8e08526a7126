// What the operator's account may and may not do, and what becomes of users and sessions under the guard rails: locked out, removed, deleted.
import { until } from '../../cluster/process.ts'
import { NETWORK } from '../../cluster/settings.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import {
  expectDone,
  expectRefused,
  probePod,
  PYTHON,
  REACH,
  SESSION,
  startDesktop,
} from '../../drivers/guarded-desktop.ts'
import {
  APPLY,
  documents,
  guardPlatform,
  SESSIONS,
  TEMPLATES,
  USERS,
  type GuardedPlatform,
  type GuardedUser,
} from '../../drivers/guarded-platform.ts'
import { planTemplate } from '../../../operator/template/plan.ts'
import { prePullName } from '../../../operator/template/pre-pull.ts'
import { OPERATOR_RIGHTS, PLATFORM_RIGHTS, type Right } from '../../../scripts/generate/platform/rights.ts'
import { accessName } from '../../../shared/domain/names.ts'
import { templateSpecSchema } from '../../../shared/domain/template.ts'
import { API_GROUP, API_VERSION, DEFAULT_DESKTOP_IMAGE, FINALIZER } from '../../../shared/product.ts'
import type { KubeObject } from '../../../shared/render/types.ts'

test.describe.configure({ mode: 'serial' })

let platform: GuardedPlatform
let alice: GuardedUser
let bob: GuardedUser

test.beforeAll(async ({ cluster }) => {
  platform = await guardPlatform(cluster)
  alice = await platform.user('alice')
  bob = await platform.user('bob')
  await alice.admit()
  await bob.admit()
  await startDesktop(platform, cluster, alice)
  await startDesktop(platform, cluster, bob)
})
test.afterAll(async () => {
  await platform?.remove()
})

test('an image is kept on the node by a pod that may do nothing, and once it stands it is left alone', async ({
  cluster,
}) => {
  const name = platform.namespace
  const template = { apiVersion: `${API_GROUP}/${API_VERSION}`, kind: 'VDITemplate', metadata: { name } }
  await cluster.apply(
    documents({ ...template, spec: { displayName: 'Kept', image: DEFAULT_DESKTOP_IMAGE, prePull: true } }),
  )
  const read = async (kind: string, object: string): Promise<KubeObject | undefined> => {
    const text = await cluster.kubectl([
      'get',
      kind,
      object,
      '-n',
      platform.namespace,
      '--ignore-not-found',
      '-o',
      'json',
    ])
    return text === '' ? undefined : (JSON.parse(text) as KubeObject)
  }
  const plan = async (): Promise<ReturnType<typeof planTemplate>> => {
    const found = await read(TEMPLATES, name)
    const observed = {
      name,
      template: found,
      spec: templateSpecSchema.parse(found?.['spec']),
      status: {},
      sessions: 0,
      running: 0,
      daemonSet: await read('daemonset', prePullName(name)),
      policy: await read('networkpolicy', prePullName(name)),
      pool: { isThere: false, members: [], wantedElsewhere: 0 },
      refusal: undefined,
    }
    return planTemplate(observed, Date.now(), { namespace: platform.namespace })
  }
  try {
    for (const { object } of (await plan()).writes) await platform.mustAsOperator(APPLY, object)
    await cluster.kubectl(['rollout', 'status', `daemonset/${prePullName(name)}`, '-n', name, '--timeout=60s'])
    const rest = await plan()
    expect(rest).toMatchObject({ writes: [], deletes: [], status: { prePulledNodes: 1 } })
    await platform.mustAsOperator([...APPLY, '--subresource=status'], { ...template, status: rest.status })
    const pods = ['get', 'pods', '-n', name, '-l', 'app.kubernetes.io/component=pre-pull', '-o']
    const pod = (await cluster.kubectl([...pods, 'jsonpath={.items[0].metadata.name}'])).trim()
    expect((await cluster.exec(name, pod, ['id', '-u'])).trim()).toBe('65534')
    if (cluster.notRun.length === 0)
      expect((await cluster.exec(name, pod, [PYTHON, '-c', REACH, NETWORK.dnsIp, '53', 'tcp'])).trim()).toBe('shut')
  } finally {
    await cluster.tryKubectl(['delete', TEMPLATES, name, '--ignore-not-found'])
  }
  await until(
    'it goes with its template',
    60_000,
    async () => (await read('daemonset', prePullName(name))) === undefined,
  )
})

test("the operator's account may do what the table says, and what it must not it may not", async ({ cluster }) => {
  const place = (right: Right): string => (PLATFORM_RIGHTS.includes(right) ? platform.namespace : alice.namespace)
  const wanted = [...OPERATOR_RIGHTS, ...PLATFORM_RIGHTS].flatMap((right) =>
    right.resources.flatMap((resource) =>
      right.verbs.map((verb) => ({
        verb,
        group: right.group,
        resource,
        name: right.names?.[0],
        namespace: place(right),
      })),
    ),
  )
  const ask = { group: '', namespace: alice.namespace, name: undefined }
  const rbac = 'rbac.authorization.k8s.io'
  const unwanted = [
    { ...ask, verb: 'delete', resource: 'namespaces' },
    { ...ask, verb: 'create', resource: 'pods/exec' },
    { ...ask, verb: 'create', resource: 'pods/portforward' },
    { ...ask, verb: 'create', resource: 'pods/ephemeralcontainers' },
    { ...ask, verb: 'patch', resource: 'pods' },
    { ...ask, verb: 'create', resource: 'serviceaccounts/token' },
    { ...ask, verb: 'impersonate', resource: 'users' },
    { ...ask, verb: 'patch', resource: 'nodes' },
    { ...ask, group: API_GROUP, verb: 'create', resource: 'vdiusers' },
    { ...ask, group: API_GROUP, verb: 'patch', resource: 'vdiusers' },
    { ...ask, group: API_GROUP, verb: 'patch', resource: 'vditemplates' },
    { ...ask, group: API_GROUP, verb: 'create', resource: 'vdisessions' },
    { ...ask, group: API_GROUP, verb: 'manage', resource: 'vdisessions' },
    { ...ask, group: rbac, verb: 'escalate', resource: 'clusterroles' },
    { ...ask, group: rbac, verb: 'bind', resource: 'clusterroles', name: 'cluster-admin' },
    { ...ask, group: rbac, verb: 'create', resource: 'clusterrolebindings' },
    { ...ask, group: rbac, verb: 'patch', resource: 'clusterrolebindings', name: 'cluster-admin' },
    { ...ask, group: rbac, verb: 'create', resource: 'roles' },
    { ...ask, group: 'apps', verb: 'create', resource: 'daemonsets' },
    { ...ask, group: 'apps', verb: 'create', resource: 'deployments' },
    { ...ask, group: 'admissionregistration.k8s.io', verb: 'delete', resource: 'validatingadmissionpolicies' },
  ]
  const questions = [...wanted, ...unwanted]
  const reviews = questions.map(({ resource, ...rest }) => {
    const [plural, subresource] = resource.split('/')
    const resourceAttributes = { ...rest, resource: plural, subresource }
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${platform.namespace}`, 'system:authenticated']
    return {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: platform.account, groups, resourceAttributes },
    }
  })
  const format = 'jsonpath={.status.allowed}{"\\n"}'
  const text = await cluster.kubectl(['create', '-f', '-', '-o', format], { input: documents(reviews) })
  const answers = text
    .trim()
    .split('\n')
    .map((line) => line === 'true')
  const said = questions.map(({ verb, resource }, index) => `${verb} ${resource}: ${answers[index]}`)
  expect(said).toEqual([
    ...wanted.map(({ verb, resource }) => `${verb} ${resource}: true`),
    ...unwanted.map(({ verb, resource }) => `${verb} ${resource}: false`),
  ])
})

test("the operator's own writes end at its users' namespaces and its own", async () => {
  const secret = (namespace: string): unknown => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'stray', namespace },
  })
  const inside = /in the namespaces of its users and in its own alone/
  for (const namespace of ['kube-system', 'default'])
    expectRefused(await platform.asOperator(APPLY, secret(namespace)), `a Secret in ${namespace}`, inside)
  expectRefused(
    await platform.asOperator(['create', '-f', '-'], probePod('default', 'stray')),
    'a pod elsewhere',
    inside,
  )
  const namespace = (name: string, enforce?: string): unknown => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, ...(enforce === undefined ? {} : { labels: { 'pod-security.kubernetes.io/enforce': enforce } }) },
  })
  const names = /makes namespaces that begin with/
  expectRefused(
    await platform.asOperator(APPLY, namespace('other', 'restricted')),
    'a namespace of another name',
    names,
  )
  expectRefused(
    await platform.asOperator(APPLY, namespace('vdi-u-bbbbbbbbbb', 'privileged')),
    'a privileged one',
    names,
  )
  expectRefused(await platform.asOperator(APPLY, namespace('vdi-u-bbbbbbbbbb')), 'one that says nothing', names)
  expectRefused(await platform.asOperator(APPLY, namespace('kube-system', 'baseline')), 'kube-system', names)
  const binding = (role: string, name = 'up'): unknown => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name, namespace: bob.namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: bob.name }],
  })
  expectRefused(await platform.asOperator(APPLY, binding('cluster-admin')), 'cluster-admin')
  // it holds all of this role itself, so that RBAC alone would let it hand the role on
  expectRefused(
    await platform.asOperator(APPLY, binding('kasm-operator')),
    'its own role',
    /binds kasm-operator-user and no other/,
  )
  expectRefused(await platform.asOperator(['delete', 'namespace', bob.namespace]), 'deleting a namespace')
  expectRefused(
    await platform.asOperator(APPLY, {
      ...(binding('cluster-admin') as object),
      kind: 'ClusterRoleBinding',
      metadata: { name: 'up' },
    }),
    'for the whole cluster',
  )
})

test('who is locked out has no rights left, and their home stays', async ({ cluster }) => {
  await bob.admit({ suspended: true })
  for (const words of [
    ['get', 'pods'],
    ['get', SESSIONS],
    ['get', 'secret', accessName(SESSION)],
    ['get', TEMPLATES],
  ])
    expectRefused(await bob.kubectl(words), words.join(' '))
  expect(await cluster.kubectl(['get', 'pvc', '-n', bob.namespace, '-o', 'name'])).toContain('home-light-desktop')
  await bob.admit()
  expectDone(await bob.kubectl(['get', 'pods']), 'let in again')
  expectDone(await bob.kubectl(['get', TEMPLATES]), 'templates again')
})

test('a session that its user removes takes what belongs to it along, and leaves the home', async ({ cluster }) => {
  const subject = { apiVersion: `${API_GROUP}/${API_VERSION}`, kind: 'VDISession' }
  const metadata = { name: SESSION, namespace: alice.namespace, finalizers: [FINALIZER] }
  await platform.mustAsOperator(APPLY, { ...subject, metadata })
  expectDone(await alice.kubectl(['delete', SESSIONS, SESSION, '--wait=false']), 'own session')
  await platform.mustAsOperator(APPLY, { ...subject, metadata: { ...metadata, finalizers: [] } })
  await until('garbage collection took its objects', 60_000, async () => {
    const left = await cluster.kubectl(['get', 'pods,secrets,services', '-n', alice.namespace, '-o', 'name'])
    return left.trim() === ''
  })
  expect(await cluster.kubectl(['get', 'pvc', '-n', alice.namespace, '-o', 'name'])).toContain('home-light-desktop')
})

test('a VDIUser that is deleted leaves the namespace with its home, and no rights', async ({ cluster }) => {
  await cluster.kubectl(['delete', USERS, alice.name])
  await until('the rights are gone', 60_000, async () => (await alice.kubectl(['get', 'pods'])).code !== 0)
  expect(await cluster.kubectl(['get', 'pvc', '-n', alice.namespace, '-o', 'name'])).toContain('home-light-desktop')
  // an admin who wants all of it gone deletes the namespace: no guard rail stands in the way of that, sessions included
  await cluster.kubectl(['delete', 'namespace', bob.namespace, '--timeout=90s'])
  expect((await cluster.tryKubectl(['get', 'namespace', bob.namespace])).code).not.toBe(0)
})
