// The app driver on the real cluster: each test gets a namespace and a user of its own, with the rights of direct mode and no more.
import { randomBytes } from 'node:crypto'
import { startCluster, type TestCluster } from '../cluster/index.ts'
import type { Page } from '@playwright/test'
import { test as base } from './app-driver.ts'
import { openCoreClient, type CoreClient } from './core-client.ts'
import { desktopOf, type Desktop } from './desktop.ts'
import { watchPeers } from './viewer.ts'
import { imageCache, buildDesktopImage } from '../../images/desktop/build.ts'

/** A running desktop of the test's own, and the ways to look at it. */
export interface RunningDesktop {
  readonly sessionId: string
  readonly pod: string
  /** What the desktop itself says. */
  readonly inside: Desktop
  /** Opens a viewer. @param query `paths=node`, `mode=websocket` */
  open(query?: string): Promise<Page>
}

interface ClusterFixtures {
  readonly namespace: string
  readonly kubeconfig: string
  /** The core, spoken to directly; the cluster is selected and live. */
  readonly core: CoreClient
  readonly clusterId: string
  readonly desktop: RunningDesktop
}

export const test = base.extend<ClusterFixtures, { cluster: TestCluster }>({
  cluster: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const cluster = await startCluster(console.log)
      // the runner has imported it already; a spec that is run alone has not
      if (process.env['KASM_DESKTOP_ARCHIVE'] === undefined)
        await cluster.importImage(await buildDesktopImage(imageCache(), console.log))
      await use(cluster)
      await cluster.stop()
    },
    { scope: 'worker', timeout: 900_000 },
  ],
  namespace: async ({ cluster }, use) => {
    const name = `spec-${randomBytes(4).toString('hex')}`
    await use(name)
    await cluster.tryKubectl(['delete', 'namespace', name, '--ignore-not-found', '--wait=false'])
  },
  kubeconfig: async ({ cluster, namespace }, use) => {
    await use(await cluster.user(namespace, namespace))
  },
  appOptions: async ({ kubeconfig }, use) => {
    await use({ kubeconfigs: [kubeconfig], env: {} })
  },
  core: async ({ app }, use) => {
    if (app.host === undefined) throw new Error('these specs need the web host')
    const core = await openCoreClient(app.page.context(), app.host.origin)
    // the spec opens its viewers itself
    await core.call('settings.set', { openWhenReady: false })
    await use(core)
    core.close()
  },
  clusterId: async ({ core }, use) => {
    const clusterId = await core.wait(
      'clusters',
      ({ clusters }) => clusters.find(({ kind }) => kind === 'kubeconfig')?.id,
    )
    await core.call('clusters.select', { clusterId })
    await core.wait('clusters', ({ clusters }) =>
      clusters.find(({ id, state }) => id === clusterId && state === 'live'),
    )
    await use(clusterId)
  },
  desktop: async ({ app, core, clusterId, cluster, namespace }, use) => {
    const { sessionId } = await core.call('sessions.start', { clusterId, templateId: 'light-desktop' })
    await core.wait(
      'sessions',
      ({ sessions }) => sessions.find(({ id, openable }) => id === sessionId && openable),
      90_000,
    )
    const pod = sessionId.split('/').at(-1) ?? ''
    await use({
      sessionId,
      pod,
      inside: desktopOf(cluster, namespace, pod),
      async open(query = '') {
        await watchPeers(app.page.context())
        return app.newWindow(`/viewer?session=${encodeURIComponent(sessionId)}&${query}`)
      },
    })
  },
})
export { expect } from './app-driver.ts'
