// The warm pool on a cluster with the operator: a desktop that runs already is given to whoever clicks, with that person's rights on it
// and nobody else's; the pool fills again; what had an owner ends with the run; where none waits, a start is as ever.
import { tryRun, type RunResult } from '../../cluster/process.ts'
import { clickStart, opensByItself, session, takeCluster } from '../../drivers/library.ts'
import { podOf } from '../../drivers/desktop.ts'
import { applyTemplate, expect, podsOf, readSession, test, type Person } from '../../drivers/operator-app.ts'
import { KINDS } from '../../drivers/operator-cluster.ts'
import { admitPerson, dismissPerson } from '../../drivers/people.ts'
import type { TestCluster } from '../../cluster/index.ts'
import { WARM_POOL_NAMESPACE } from '../../../shared/domain/names.ts'
import type { TemplateSpecInput } from '../../../shared/domain/template.ts'
import type { VdiSessionStatus } from '../../../shared/domain/vdi-session.ts'
import {
  ANNOTATION,
  DEFAULT_DESKTOP_IMAGE,
  PLATFORM_NAMESPACE,
  PRODUCT_ID,
  USER_ROLE,
  WARM_POOL_ROLE,
} from '../../../shared/product.ts'

test.describe.configure({ mode: 'serial', timeout: 240_000 })

const TEMPLATE = 'warm-spec'
const NAME = 'Warm spec'
const OPERATOR = `system:serviceaccount:${PLATFORM_NAMESPACE}:${PRODUCT_ID}`
const POOL_SAYS = 'jsonpath={.status.conditions[?(@.type=="WarmPool")].message}'
const spec = (replicas: number): TemplateSpecInput => ({
  displayName: NAME,
  image: DEFAULT_DESKTOP_IMAGE,
  resources: { requests: { cpu: '100m', memory: '256Mi' } },
  warmPool: { replicas },
})

interface Member {
  readonly spec: { readonly templateRef: { readonly name: string } }
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> }
  readonly status?: VdiSessionStatus
}
async function members(cluster: TestCluster): Promise<readonly Member[]> {
  const text = await cluster.kubectl(['get', KINDS.sessions, '-n', WARM_POOL_NAMESPACE, '-o', 'json'])
  return (JSON.parse(text) as { readonly items: readonly Member[] }).items
}
/** Those that are ready and nobody's. */
async function waiting(cluster: TestCluster, of: string): Promise<readonly Member[]> {
  const all = await members(cluster)
  return all.filter(
    ({ metadata, spec: { templateRef }, status }) =>
      templateRef.name === of &&
      status?.phase === 'Ready' &&
      metadata.annotations?.[ANNOTATION.claimedBy] === undefined,
  )
}
async function oneWaits(
  cluster: TestCluster,
  of = TEMPLATE,
): Promise<{ readonly name: string; readonly uid: string; readonly gpu: string | undefined }> {
  // with the operator's own words, should there be none
  const count = async (): Promise<string> => {
    const [{ length }, template] = await Promise.all([
      waiting(cluster, of),
      cluster.kubectl(['get', KINDS.templates, of, '-o', POOL_SAYS]),
    ])
    return length === 1 ? '1' : `${length}: ${template}`
  }
  await expect.poll(count, { timeout: 90_000 }).toBe('1')
  const [member] = await waiting(cluster, of)
  return { name: member?.metadata.name ?? '', uid: member?.status?.podUID ?? '', gpu: member?.status?.gpu?.uuid }
}
/** kubectl with a person's certificate and nothing else, in the pool's namespace. */
function asPerson(cluster: TestCluster, { kubeconfig }: Person, args: readonly string[]): Promise<RunResult> {
  return tryRun(cluster.kubectlPath, ['--kubeconfig', kubeconfig, '-n', WARM_POOL_NAMESPACE, ...args])
}
async function may(cluster: TestCluster, person: Person, question: readonly string[]): Promise<boolean> {
  return (await asPerson(cluster, person, ['auth', 'can-i', ...question])).stdout.trim() === 'yes'
}

test.beforeAll(async ({ cluster, operator: _installed }) => {
  await cluster.kubectl(['wait', `${KINDS.users}/warm-pool`, '--for=condition=Ready', '--timeout=90s'])
})
test.afterAll(async ({ cluster }) => {
  await cluster.tryKubectl(['delete', KINDS.templates, TEMPLATE, '--ignore-not-found', '--timeout=30s'])
  await cluster.tryKubectl(['delete', KINDS.sessions, '--all', '-n', WARM_POOL_NAMESPACE, '--timeout=60s'])
})

test('a click gets the desktop that waited, and with it the rights on that one alone', async ({
  app,
  cluster,
  person,
}) => {
  const { page } = app
  await applyTemplate(cluster, TEMPLATE, spec(1))
  const first = await oneWaits(cluster)
  await takeCluster(page)

  const clicked = Date.now()
  const viewer = await opensByItself(page, () => clickStart(page, NAME))
  const took = Date.now() - clicked
  test.info().annotations.push({ type: 'from the click to the picture', description: `${took} ms` })
  const id = new URL(viewer.url()).searchParams.get('session') ?? ''
  const name = podOf(id)

  await test.step('it is that very pod, and none of the person’s own', async () => {
    const { status } = await readSession(cluster, person.namespace, name)
    expect(status).toMatchObject({
      phase: 'Ready',
      desktopNamespace: WARM_POOL_NAMESPACE,
      podName: first.name,
      podUID: first.uid,
    })
    expect(await podsOf(cluster, person)).toEqual([])
    const template = JSON.parse(await cluster.kubectl(['get', KINDS.templates, TEMPLATE, '-o', 'json'])) as {
      readonly status: { readonly conditions: readonly { readonly type: string }[] }
    }
    expect(template.status.conditions.map(({ type }) => type)).toContain('WarmPool')
  })

  const second = await oneWaits(cluster)
  expect(second.uid).not.toBe(first.uid)

  await test.step('the person reaches their own and nothing else there', async () => {
    expect((await asPerson(cluster, person, ['get', 'pod', first.name])).code).toBe(0)
    expect((await asPerson(cluster, person, ['get', 'secret', `${first.name}-access`])).code).toBe(0)
    expect(await may(cluster, person, ['create', `pods/${first.name}`, '--subresource=portforward'])).toBe(true)
    for (const args of [
      ['get', 'pods'],
      ['get', 'secrets'],
      ['get', 'pod', second.name],
      ['get', 'secret', `${second.name}-access`],
      ['get', KINDS.sessions, first.name],
      ['delete', 'pod', first.name],
    ])
      expect([args, (await asPerson(cluster, person, args)).stderr]).toEqual([
        args,
        expect.stringContaining('orbidden'),
      ])
    expect(await may(cluster, person, ['create', `pods/${second.name}`, '--subresource=portforward'])).toBe(false)
    expect(await may(cluster, person, ['create', `pods/${first.name}`, '--subresource=exec'])).toBe(false)
  })

  await test.step('somebody else reaches none of it', async () => {
    const other = await admitPerson(cluster, 'other')
    try {
      for (const args of [
        ['get', 'pod', first.name],
        ['get', 'secret', `${first.name}-access`],
        ['port-forward', first.name, '0:8080'],
        ['get', KINDS.sessions],
      ])
        expect([args, (await asPerson(cluster, other, args)).stderr]).toEqual([
          args,
          expect.stringContaining('orbidden'),
        ])
    } finally {
      await dismissPerson(cluster, other)
    }
  })

  await test.step('stopped, the desktop is gone, its rights too, and the next one goes on waiting', async () => {
    await viewer.close()
    await page.bringToFront()
    await page.getByRole('button', { name: `Stop ${NAME}`, exact: true }).click()
    // it keeps nothing, and that is asked first
    await page.getByRole('button', { name: 'Stop and lose them', exact: true }).click()
    await expect(session(page, NAME)).toHaveAttribute('data-phase', 'stopped', { timeout: 40_000 })
    const left = async (): Promise<string> =>
      (
        await cluster.kubectl([
          ...['get', `pods,secrets,roles,rolebindings,${KINDS.sessions}`, '-n', WARM_POOL_NAMESPACE, '-o', 'name'],
        ])
      )
        .split('\n')
        .filter((line) => line.includes(first.name))
        .join(' ')
    await expect.poll(left, { timeout: 40_000 }).toBe('')
    expect(await oneWaits(cluster)).toEqual(second)
  })

  await test.step('started again, it is another one', async () => {
    const again = await opensByItself(page, () =>
      page.getByRole('button', { name: `Start again: ${NAME}`, exact: true }).click(),
    )
    expect((await readSession(cluster, person.namespace, name)).status).toMatchObject({ podUID: second.uid })
    await again.close()
  })
})

test('where none waits, a start is an ordinary one', async ({ app, cluster, person }) => {
  const { page } = app
  await applyTemplate(cluster, TEMPLATE, spec(0))
  await expect.poll(async () => (await members(cluster)).length, { timeout: 60_000 }).toBe(0)
  await takeCluster(page)
  const viewer = await opensByItself(page, () => clickStart(page, NAME))
  const name = podOf(new URL(viewer.url()).searchParams.get('session') ?? '')
  const { status } = await readSession(cluster, person.namespace, name)
  expect(status).toMatchObject({ phase: 'Ready', podName: name })
  expect(status.desktopNamespace).toBeUndefined()
  expect(await podsOf(cluster, person)).toEqual([`${name} ${status.podUID ?? ''}`])
  await viewer.close()
})

test('the operator gives no more than it has there, to nobody but who claims, and nowhere else', async ({
  cluster,
  person,
}) => {
  const rbac = 'rbac.authorization.k8s.io'
  const asOperator = (object: unknown): Promise<RunResult> =>
    cluster.tryKubectl(['create', '--dry-run=server', `--as=${OPERATOR}`, '-f', '-'], { input: JSON.stringify(object) })
  const role = (namespace: string, rule: object): unknown => ({
    ...{ apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name: 'stray', namespace } },
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'], ...rule }],
  })
  const binding = (namespace: string, roleRef: object, subject: object): unknown => ({
    ...{ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: { name: 'stray', namespace } },
    roleRef: { apiGroup: rbac, ...roleRef },
    subjects: [subject],
  })
  const user = { apiGroup: rbac, kind: 'User', name: person.username }
  const itself = { kind: 'ServiceAccount', name: PRODUCT_ID, namespace: PLATFORM_NAMESPACE }
  const pool = { kind: 'ClusterRole', name: WARM_POOL_ROLE }
  const vdi = (namespace: string): unknown => ({
    ...{ apiVersion: 'vdi.kasm-operator.io/v1alpha1', kind: 'VDISession', metadata: { name: 'stray', namespace } },
    spec: { owner: person.username, templateRef: { name: TEMPLATE } },
  })
  const named = { resourceNames: ['one'] }
  const allowed: readonly (readonly [string, unknown])[] = [
    ['a role for one object there', role(WARM_POOL_NAMESPACE, named)],
    ['its own role to itself there', binding(WARM_POOL_NAMESPACE, pool, itself)],
    ['a session there', vdi(WARM_POOL_NAMESPACE)],
  ]
  for (const [what, object] of allowed) expect([what, (await asOperator(object)).stderr]).toEqual([what, ''])
  const refused: readonly (readonly [string, unknown])[] = [
    ['a role for every Secret there', role(WARM_POOL_NAMESPACE, {})],
    ['a right that it has not', role(WARM_POOL_NAMESPACE, { ...named, resources: ['pods/exec'], verbs: ['create'] })],
    ['a role elsewhere', role(person.namespace, named)],
    ['its own role to a person', binding(WARM_POOL_NAMESPACE, pool, user)],
    ['its own role elsewhere', binding(person.namespace, pool, itself)],
    ['another role there', binding(WARM_POOL_NAMESPACE, { kind: 'ClusterRole', name: 'cluster-admin' }, itself)],
    ['a session elsewhere', vdi(person.namespace)],
  ]
  for (const [what, object] of refused)
    expect([what, (await asOperator(object)).stderr]).toEqual([what, expect.stringContaining('orbidden')])
  // and a user's role there is nobody's
  const bound = await cluster.kubectl(['get', 'rolebindings', '-n', WARM_POOL_NAMESPACE, '-o', 'name'])
  expect(bound).not.toContain(USER_ROLE)
})

test('one that waits with a slice of a GPU is handed over with it, and takes no second one', async ({
  cluster,
  core,
  clusterId,
  person,
}) => {
  test.skip(cluster.notRun.length > 0, cluster.notRun.join('; '))
  const templateId = 'warm-gpu'
  try {
    await applyTemplate(cluster, templateId, { ...spec(1), displayName: 'Warm with a slice', gpu: { slices: 1 } })
    await oneWaits(cluster, templateId)
    await expect.poll(async () => (await oneWaits(cluster, templateId)).gpu, { timeout: 30_000 }).toMatch(/^GPU-/)
    const waits = await oneWaits(cluster, templateId)
    await core.wait('library', ({ templates }) => templates.find(({ id }) => id === templateId))
    const { sessionId } = await core.call('sessions.start', { clusterId, templateId })
    const read = () => readSession(cluster, person.namespace, podOf(sessionId))
    await expect.poll(async () => (await read()).status.gpu?.uuid, { timeout: 30_000 }).toBe(waits.gpu)
    expect((await read()).status).toMatchObject({ phase: 'Ready', podUID: waits.uid })
    expect(await podsOf(cluster, person)).toEqual([])
  } finally {
    await cluster.tryKubectl(['delete', KINDS.templates, templateId, '--ignore-not-found', '--timeout=30s'])
  }
})
