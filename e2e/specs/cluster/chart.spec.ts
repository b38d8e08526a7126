// The chart as an admin meets it: installed by Helm with the operator's own image, over a release that knew less, tested, and taken away.
// (What it makes of which values is judged in manifests.spec.ts.)
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { NETWORK } from '../../cluster/settings.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import {
  CHART,
  CLUSTER_VALUES,
  CRDS,
  helmOf,
  importOperatorImage,
  INSTALL_ARGS,
  KINDS,
  installOperator,
  merged,
  uninstallOperator,
} from '../../drivers/operator-cluster.ts'
import { olderKinds } from '../../drivers/own-kinds.ts'
import { turnAllows } from '../../drivers/turn.ts'
import { buildCoturnImage } from '../../../images/coturn/build.ts'
import { imageCache } from '../../../images/debian.ts'
import { userNamespace } from '../../../shared/domain/names.ts'
import { API_GROUP, API_VERSION, PLATFORM_NAMESPACE, PRODUCT_ID } from '../../../shared/product.ts'

/** Someone of these tests alone. */
const USER = { name: 'chart-carol', spec: { username: 'chart-carol' } }
/** What a release that knew less has stored: it lacks the fields that came later. */
const OLD = {
  name: 'chart-old',
  template: { displayName: 'Old', image: 'registry.example.com/old:1' },
  session: { owner: USER.spec.username, templateRef: { name: 'chart-old' }, desiredState: 'Stopped' },
}
const OURS = `${API_GROUP}/${API_VERSION}`

test.describe.configure({ mode: 'serial', timeout: 240_000 })

let folder = ''
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kasm-chart-'))
})
test.afterAll(async ({ cluster }) => {
  rmSync(folder, { recursive: true, force: true })
  await uninstallOperator(cluster)
})

test('a release that knew less is there, with objects of its kinds', async ({ cluster }) => {
  const older = join(folder, 'older')
  cpSync(CHART, older, { recursive: true })
  for (const crd of olderKinds())
    writeFileSync(join(older, 'files/crds', `${crd.spec.names.plural}.yaml`), stringify(crd))
  await importOperatorImage(cluster)
  const { helm } = await helmOf(cluster)
  const values = merged(CLUSTER_VALUES, { replicas: 1, templates: { install: false } })
  const args = INSTALL_ARGS.map((word) => (word === CHART ? older : word))
  await helm(args, { input: JSON.stringify(values) })
  const apply = ['apply', '--server-side', '--validate=strict', '-f', '-']
  const put = (object: unknown): Promise<string> => cluster.kubectl(apply, { input: JSON.stringify(object) })
  await put({ apiVersion: OURS, kind: 'VDITemplate', metadata: { name: OLD.name }, spec: OLD.template })
  await put({ apiVersion: OURS, kind: 'VDIUser', metadata: { name: USER.name }, spec: USER.spec })
  await cluster.kubectl(['wait', `${KINDS.users}/${USER.name}`, '--for=condition=Ready', '--timeout=60s'])
  const metadata = { name: OLD.name, namespace: userNamespace(USER.spec.username) }
  await put({ apiVersion: OURS, kind: 'VDISession', metadata, spec: OLD.session })
  // it really knew less
  const unknown = { ...OLD.template, prePull: true }
  const refused = await cluster.tryKubectl(apply, {
    input: JSON.stringify({ apiVersion: OURS, kind: 'VDITemplate', metadata: { name: OLD.name }, spec: unknown }),
  })
  expect(refused.stderr).toContain('prePull')
})

test('one command brings the operator up, with templates and users', async ({ cluster }) => {
  await installOperator(cluster, { users: [USER] })
  const ready = 'jsonpath={.status.readyReplicas}'
  expect(await cluster.kubectl(['get', 'deployment', '-n', PLATFORM_NAMESPACE, PRODUCT_ID, '-o', ready])).toBe('2')
  const templates = await cluster.kubectl(['get', KINDS.templates, '-o', 'jsonpath={.items[*].metadata.name}'])
  expect(templates.split(' ').sort()).toEqual(['browser-kiosk', OLD.name, 'full-desktop', 'light-desktop'])
  const namespace = userNamespace(USER.spec.username)
  const told = `jsonpath={.status.namespace}=${namespace}`
  await cluster.kubectl(['wait', `${KINDS.users}/${USER.name}`, `--for=${told}`, '--timeout=30s'])
  await cluster.kubectl(['get', 'namespace', namespace])
})

test('what the older release stored is served, with what came later, and looked after', async ({ cluster }) => {
  const here = ['-n', userNamespace(USER.spec.username)]
  const read = async (kind: string, name: string): Promise<unknown> =>
    JSON.parse(await cluster.kubectl(['get', kind, name, ...(kind === KINDS.sessions ? here : []), '-o', 'json']))
  await cluster.kubectl(['wait', `${KINDS.templates}/${OLD.name}`, '--for=condition=Ready', '--timeout=30s'])
  await expect
    .poll(() => read(KINDS.templates, OLD.name), { timeout: 20_000 })
    .toMatchObject({
      spec: { ...OLD.template, prePull: false, startAhead: { enabled: false } },
      status: { sessions: 1 },
    })
  expect(await read(KINDS.users, USER.name)).toMatchObject({ spec: { ...USER.spec, suspended: false } })
  await cluster.kubectl(['wait', `${KINDS.sessions}/${OLD.name}`, ...here, '--for=jsonpath={.status.phase}=Stopped'])
  expect(await read(KINDS.sessions, OLD.name)).toMatchObject({ spec: { ...OLD.session, startAhead: false } })
  await cluster.kubectl(['delete', KINDS.sessions, OLD.name, ...here, '--timeout=30s'])
})

test('helm test passes', async ({ cluster }) => {
  const { helm } = await helmOf(cluster)
  const said = await helm(['test', PRODUCT_ID, '--namespace', PLATFORM_NAMESPACE, '--logs', '--timeout=90s'])
  expect(said).toContain('/readyz 200')
  expect(said).toContain('Succeeded')
})

test('the pods run as nobody with nothing to write, and only one leads', async ({ cluster }) => {
  const selector = ['-n', PLATFORM_NAMESPACE, '-l', 'app.kubernetes.io/component=operator']
  const { items } = JSON.parse(await cluster.kubectl(['get', 'pods', ...selector, '-o', 'json'])) as {
    readonly items: readonly {
      readonly status: { readonly containerStatuses: readonly { restartCount: number }[] }
    }[]
  }
  expect(items.map(({ status }) => status.containerStatuses.map(({ restartCount }) => restartCount))).toEqual([
    [0],
    [0],
  ])
  // Pod Security restricted takes them although the namespace does not ask for it
  const label = ['label', '--overwrite', '--dry-run=server', 'namespace', PLATFORM_NAMESPACE]
  const judged = await cluster.tryKubectl([...label, 'pod-security.kubernetes.io/enforce=restricted'])
  expect(judged).toMatchObject({ code: 0, stderr: '' })
  const leases = await cluster.kubectl(['get', 'leases', '-n', PLATFORM_NAMESPACE, '-o', 'name'])
  expect(leases.trim().split('\n')).toHaveLength(1)
})

test('a user whom the API server refuses fails the upgrade by name, and nobody else is lost', async ({ cluster }) => {
  const { tryHelm } = await helmOf(cluster)
  const bad = { name: 'chart-bad', spec: { username: 'chart-bad', quota: { slices: -1 } } }
  const input = JSON.stringify(merged(CLUSTER_VALUES, { users: [USER, bad] }))
  const refused = await tryHelm(INSTALL_ARGS, { input })
  expect(refused.code).not.toBe(0)
  const job = ['-n', PLATFORM_NAMESPACE, '-l', 'app.kubernetes.io/component=objects', '--tail=20']
  expect(await cluster.kubectl(['logs', ...job])).toContain('spec.quota.slices')
  await cluster.kubectl(['get', KINDS.users, USER.name])
  await installOperator(cluster, { users: [USER] })
})

test('the relay takes the secret that the operator made, and a new one without cutting anybody off', async ({
  cluster,
}) => {
  if (process.env['KASM_COTURN_ARCHIVE'] === undefined)
    await cluster.importImage(await buildCoturnImage(imageCache(), console.log))
  // not the port of phase 1's relay, which may be on the node too
  const server = { host: cluster.nodeIp, port: 13_478 }
  const pods = NETWORK.podCidr.replace('.0/24', '')
  await installOperator(cluster, {
    users: [USER],
    relay: {
      install: true,
      addresses: [server.host],
      port: server.port,
      minPort: 50_160,
      maxPort: 50_200,
      allowedPeers: [`${pods}.0-${pods}.255`],
    },
  })
  const secret = async (key: string): Promise<string> => {
    const args = ['get', 'secret', '-n', PLATFORM_NAMESPACE, 'kasm-operator-relay']
    return Buffer.from(await cluster.kubectl([...args, '-o', `jsonpath={.data.${key}}`]), 'base64').toString()
  }
  const first = await secret('secret')
  expect(first.length).toBeGreaterThan(30)
  expect(await turnAllows(server, first, `${pods}.9`)).toMatchObject({ allowed: true })
  expect(await turnAllows(server, 'guessed', `${pods}.9`)).toMatchObject({ allowed: false })
  // the API server, the node itself and the cloud's metadata are nobody's desktop
  const others = [NETWORK.apiServiceIp, cluster.nodeIp, '169.254.169.254']
  const answers = await Promise.all(others.map((peer) => turnAllows(server, first, peer)))
  expect(answers.map(({ allowed }) => allowed)).toEqual(others.map(() => false))

  const rotate = `vdi.kasm-operator.io/rotate=${Date.now()}`
  await cluster.kubectl(['annotate', 'secret', '-n', PLATFORM_NAMESPACE, 'kasm-operator-relay', rotate])
  await expect.poll(() => secret('previous'), { timeout: 20_000 }).toBe(first)
  const second = await secret('secret')
  expect(second).not.toBe(first)
  // the kubelet brings the new secret within a minute, or at the pod's next change; coturn is then started again
  const relays = ['pod', '-n', PLATFORM_NAMESPACE, '-l', 'app.kubernetes.io/component=relay']
  await cluster.kubectl(['annotate', ...relays, `spec/looked-at=${Date.now()}`])
  const taken = async (): Promise<boolean> => (await turnAllows(server, second, `${pods}.9`)).allowed
  await expect.poll(taken, { timeout: 100_000, intervals: [1000] }).toBe(true)
  expect(await turnAllows(server, first, `${pods}.9`)).toMatchObject({ allowed: true })
})

test('uninstalled, it leaves the definitions with all that people have', async ({ cluster }) => {
  const { helm } = await helmOf(cluster)
  await helm(['uninstall', PRODUCT_ID, '--namespace', PLATFORM_NAMESPACE, '--wait', '--timeout=90s'])
  // the Job of the refused user stays to be read; everything else goes
  const ours = ['-n', PLATFORM_NAMESPACE, '-l', 'app.kubernetes.io/component notin (objects)', '-o', 'name']
  const left = (): Promise<string> => cluster.kubectl(['get', 'all,configmaps,serviceaccounts,secrets', ...ours])
  const named = async (): Promise<readonly string[]> =>
    (await left())
      .split('\n')
      .filter((name) => name.includes(PRODUCT_ID) && !name.startsWith('secret/kasm-operator-relay'))
  await expect.poll(named, { timeout: 45_000 }).toEqual([])
  await cluster.kubectl(['get', 'crd', ...CRDS])
  await cluster.kubectl(['get', KINDS.users, USER.name])
  await cluster.kubectl(['get', 'namespace', userNamespace(USER.spec.username)])
})
