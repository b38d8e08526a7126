// The platform's first two phases as an admin applies them: phase 0 for real and opened in the app, phase 1 judged by the API server,
// its relay for real. The admin's secrets are filled in beside a copy; the namespaces have fixed names, so these tests run in order.
import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestCluster } from '../../cluster/index.ts'
import { makeUser } from '../../cluster/pki.ts'
import { run, tryRun } from '../../cluster/process.ts'
import { NETWORK } from '../../cluster/settings.ts'
import { expect, test as base } from '../../drivers/cluster-app.ts'
import { desktopOf } from '../../drivers/desktop.ts'
import { opensByItself, session, takeCluster } from '../../drivers/library.ts'
import { connected, selectedPair, watchPeers } from '../../drivers/viewer.ts'
import { buildCoturnImage } from '../../../images/coturn/build.ts'
import { imageCache } from '../../../images/debian.ts'
import { PLATFORM_NAMESPACE } from '../../../shared/product.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const [ALICE, BOB] = ['desktops-alice', 'desktops-bob']
const POD = 'light-desktop-alice'
const DESKTOP = 'Light desktop'

const test = base.extend({
  // no right but those that the manifests themselves give
  kubeconfig: async ({ cluster: _running }, use) => {
    await use(await makeUser('alice', ALICE))
  },
})
test.describe.configure({ mode: 'serial' })

/** The admin's copy of the manifests. */
let folder = ''
/** Namespaces that these tests made, to be taken away. */
const made: string[] = []

async function makeNamespace(cluster: TestCluster, name: string, file: string): Promise<void> {
  // an earlier run's may be going still
  await cluster.tryKubectl(['delete', 'namespace', name, '--ignore-not-found', '--timeout=60s'])
  made.push(name)
  await cluster.kubectl(['apply', '-f', join(folder, file)])
}

test.beforeAll(async ({ cluster }) => {
  folder = mkdtempSync(join(tmpdir(), 'kasm-phases-'))
  cpSync(join(ROOT, 'manifests'), folder, { recursive: true })
  for (const user of ['phase-0', 'phase-1/alice', 'phase-1/bob'])
    writeFileSync(join(folder, user, 'access.env'), `password=${randomBytes(32).toString('hex')}\n`)
  // as in the example, with this cluster's ranges
  const example = readFileSync(join(folder, 'phase-1/relay/relay.conf.example'), 'utf8')
  const filled = example
    .replace('static-auth-secret=', `static-auth-secret=${randomBytes(32).toString('hex')}`)
    .replace(
      '10.42.0.0-10.42.255.255',
      `${NETWORK.podCidr.replace('.0/24', '.0')}-${NETWORK.podCidr.replace('.0/24', '.255')}`,
    )
  expect(filled).toContain(`allowed-peer-ip=${NETWORK.podCidr.replace('0/24', '')}`)
  writeFileSync(join(folder, 'phase-1/relay/relay.conf'), filled)
  // the runner has imported it already; a spec that is run alone has not
  if (process.env['KASM_COTURN_ARCHIVE'] === undefined)
    await cluster.importImage(await buildCoturnImage(imageCache(), console.log))
})

test.afterAll(async ({ cluster }) => {
  await cluster.tryKubectl(['delete', 'namespace', ...made, '--ignore-not-found', '--wait=false'])
  rmSync(folder, { recursive: true, force: true })
})

test('phase 0 without a password is refused whole', async ({ cluster }) => {
  const bare = join(folder, 'bare')
  cpSync(join(folder, 'phase-0'), bare, { recursive: true, filter: (path) => !path.endsWith('access.env') })
  const refused = await cluster.tryKubectl(['apply', '--dry-run=server', '-k', bare])
  expect(refused.code).not.toBe(0)
  expect(refused.stdout).toBe('')
  expect(refused.stderr).toContain('access.env')
})

test('phase 0 is one command, after which its person opens the desktop in the app', async ({ cluster, app }) => {
  await makeNamespace(cluster, ALICE, 'phase-0/namespace.yaml')
  const applied = await cluster.tryKubectl(['apply', '-k', join(folder, 'phase-0')])
  expect(applied).toMatchObject({ code: 0, stderr: '' })
  await takeCluster(app.page)
  await expect(session(app.page, DESKTOP)).toHaveAttribute('data-phase', 'running', { timeout: 90_000 })
  const open = app.page.getByRole('button', { name: `Open ${DESKTOP}`, exact: true })
  const viewer = await opensByItself(app.page, () => open.click())
  await expect(viewer.locator('[data-viewer]')).toHaveAttribute('data-mode', 'webrtc')
  // what is seen is that desktop, and its home is the claim
  const inside = desktopOf(cluster, ALICE, POD)
  expect((await inside.sh("touch /home/user/kept && grep -c ' /home/user ' /proc/mounts")).trim()).toBe('1')
  expect((await cluster.kubectl(['get', 'pvc', '-n', ALICE, '-o', 'jsonpath={.items[*].status.phase}'])).trim()).toBe(
    'Bound',
  )
})

test('phase 1 is taken by the API server without a warning', async ({ cluster }) => {
  await makeNamespace(cluster, BOB, 'phase-1/bob/namespace.yaml')
  await makeNamespace(cluster, PLATFORM_NAMESPACE, 'phase-1/relay/namespace.yaml')
  const here = (await cluster.kubectl(['get', 'crd', '-o', 'name'])).includes('ingressroutes.traefik.io')
  // this cluster has no Traefik: its two kinds are judged by a schema of what its documentation says of the fields used
  if (!here) {
    await cluster.apply(TRAEFIK.map((kind) => JSON.stringify(kind)).join('\n---\n'))
    await cluster.kubectl(['wait', '--for=condition=established', 'crd', ...TRAEFIK_NAMES, '--timeout=30s'])
  }
  try {
    const taken = await cluster.tryKubectl([
      ...['apply', '--dry-run=server', '--validate=strict', '-k', join(folder, 'phase-1')],
    ])
    expect(taken).toMatchObject({ code: 0, stderr: '' })
    const lines = taken.stdout.trim().split('\n')
    expect(lines.every((line) => line.endsWith('(server dry run)'))).toBe(true)
    for (const name of ['alice', 'bob'])
      for (const kind of ['pod', 'ingressroute.traefik.io', 'middleware.traefik.io', 'secret', 'service'])
        expect(taken.stdout).toContain(`${kind}/light-desktop-${name}`)
    expect(taken.stdout).toContain('deployment.apps/coturn created')
  } finally {
    if (!here) await cluster.tryKubectl(['delete', 'crd', ...TRAEFIK_NAMES, '--wait=false'])
  }
})

test('phase 1: the relay runs, carries the picture alone, and reaches nothing but desktops', async ({
  cluster,
  app,
  core,
}) => {
  await cluster.kubectl(['apply', '-k', join(folder, 'phase-1/relay')])
  await cluster.kubectl(['rollout', 'status', '-n', PLATFORM_NAMESPACE, 'deployment/coturn', '--timeout=60s'])
  const secret = await run(process.execPath, [
    ...[join(ROOT, 'scripts/relay-secret.ts'), '--user', 'alice', '--namespace', ALICE, '--host', cluster.nodeIp],
    ...['--hours', '1', '--config', join(folder, 'phase-1/relay/relay.conf')],
  ])
  await cluster.apply(secret)

  await test.step('the viewer connects through it and no other way', async () => {
    const { id } = await liveSession(core)
    await watchPeers(app.page.context())
    const viewer = await app.newWindow(`/viewer?session=${encodeURIComponent(id)}&paths=relay`)
    await connected(viewer)
    expect((await selectedPair(viewer))?.local).toMatchObject({ type: 'relay', address: cluster.nodeIp })
    await expect(viewer.locator('[data-viewer]')).toHaveAttribute('data-path', 'relay')
    await viewer.close()
  })

  await test.step('everything else is forbidden', async () => {
    const [, username = '', credential = ''] = /username: "(.+)"\n\s+credential: "(.+)"/.exec(secret) ?? []
    const peers = [cluster.hostIp, cluster.nodeIp, NETWORK.apiServiceIp, '169.254.169.254', '127.0.0.1']
    const answers = await Promise.all(
      peers.map((peer) =>
        tryRun('timeout', [
          ...['10', 'turnutils_uclient', '-c', '-n', '1', '-m', '1', '-u', username, '-w', credential],
          ...['-e', peer, cluster.nodeIp],
        ]),
      ),
    )
    for (const [index, { stdout }] of answers.entries()) expect(stdout, peers[index]).toContain('403 (Forbidden IP)')
  })
})

type Core = Parameters<Parameters<typeof test>[2]>[0]['core']

/** Alice's desktop, once the app knows that it can be opened. */
async function liveSession(core: Core): Promise<{ readonly id: string }> {
  const clusterId = await core.wait(
    'clusters',
    ({ clusters }) => clusters.find(({ kind }) => kind === 'kubeconfig')?.id,
  )
  await core.call('clusters.select', { clusterId })
  return core.wait('sessions', ({ sessions }) =>
    sessions.find(({ id, openable }) => id.endsWith(`/${POD}`) && openable),
  )
}

const TEXT = { type: 'string' }
const list = (items: unknown): unknown => ({ type: 'array', items })
const fields = (
  properties: Record<string, unknown>,
  required: readonly string[] = Object.keys(properties),
): unknown => ({
  type: 'object',
  properties,
  required,
})
const TRAEFIK = [
  traefikKind('IngressRoute', {
    entryPoints: list(TEXT),
    routes: list(
      fields({
        kind: { type: 'string', enum: ['Rule'] },
        match: TEXT,
        middlewares: list(fields({ name: TEXT })),
        services: list(fields({ name: TEXT, port: { 'x-kubernetes-int-or-string': true } })),
      }),
    ),
    tls: { type: 'object' },
  }),
  traefikKind('Middleware', { stripPrefix: fields({ prefixes: list(TEXT) }) }),
]
const TRAEFIK_NAMES = ['ingressroutes.traefik.io', 'middlewares.traefik.io']

function traefikKind(kind: string, spec: Record<string, unknown>): unknown {
  const plural = `${kind.toLowerCase()}s`
  const schema = { openAPIV3Schema: fields({ spec: fields(spec) }) }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.traefik.io` },
    spec: {
      group: 'traefik.io',
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: 'v1alpha1', served: true, storage: true, schema }],
    },
  }
}
