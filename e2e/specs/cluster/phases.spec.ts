// The platform's first two phases as an admin applies them: phase 0 for real and opened in the app, and of phase 1 the relay. (All manifests are
// judged by the API server in manifests.spec.ts.) The admin's secrets are filled in beside a copy; alice's namespace has a fixed name, so these
// tests run in order.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestCluster } from '../../cluster/index.ts'
import { makeUser } from '../../cluster/pki.ts'
import { run, tryRun } from '../../cluster/process.ts'
import { NETWORK } from '../../cluster/settings.ts'
import { expect, test as base } from '../../drivers/cluster-app.ts'
import { desktopOf } from '../../drivers/desktop.ts'
import { opensByItself, session, takeCluster } from '../../drivers/library.ts'
import { fillManifests } from '../../drivers/manifests.ts'
import { connected, selectedPair, watchPeers } from '../../drivers/viewer.ts'
import { buildCoturnImage } from '../../../images/coturn/build.ts'
import { imageCache } from '../../../images/debian.ts'
import { PLATFORM_NAMESPACE } from '../../../shared/product.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const ALICE = 'desktops-alice'
const RELAY = 'phases-relay'
const POD = 'light-desktop-alice'
const DESKTOP = 'Light desktop'

const test = base.extend({
  // no right but those that the manifests themselves give
  kubeconfig: async ({ cluster: _running }, use) => {
    await use(await makeUser('alice', ALICE))
  },
})
test.describe.configure({ mode: 'serial' })

/** The admin's copy, and the manifests in it. */
let copy = ''
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
  copy = mkdtempSync(join(tmpdir(), 'kasm-phases-'))
  folder = join(copy, 'manifests')
  // the platform's own namespace may be in use beside this
  fillManifests(copy, (name) => (name === PLATFORM_NAMESPACE ? RELAY : name))
  // the runner has imported it already; a spec that is run alone has not
  if (process.env['KASM_COTURN_ARCHIVE'] === undefined)
    await cluster.importImage(await buildCoturnImage(imageCache(), console.log))
})

test.afterAll(async ({ cluster }) => {
  await cluster.tryKubectl(['delete', 'namespace', ...made, '--ignore-not-found', '--wait=false'])
  rmSync(copy, { recursive: true, force: true })
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

test('phase 1: the relay runs, carries the picture alone, and reaches nothing but desktops', async ({
  cluster,
  app,
  core,
}) => {
  await makeNamespace(cluster, RELAY, 'phase-1/relay/namespace.yaml')
  await cluster.kubectl(['apply', '-k', join(folder, 'phase-1/relay')])
  await cluster.kubectl(['rollout', 'status', '-n', RELAY, 'deployment/coturn', '--timeout=60s'])
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
