// The app driver on the real cluster: each test gets a namespace and a user of its own, with the rights of direct mode and no more.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '../cluster/index.ts'
import type { BrowserContext, Page } from '@playwright/test'
import { expect, test as base } from './app-driver.ts'
import { openCoreClient, type CoreClient } from './core-client.ts'
import { desktopOf, podOf, type Desktop } from './desktop.ts'
import { watchPage } from './driver.ts'
import { watchPeers } from './viewer.ts'
import { launchWebHost, SPEC_SETTINGS, type WebHost } from './web-host.ts'
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

/** The core, with viewers left to the spec. */
async function readyCore(context: BrowserContext, origin: string): Promise<CoreClient> {
  const core = await openCoreClient(context, origin)
  await core.call('settings.set', { openWhenReady: false })
  return core
}

async function liveCluster(core: CoreClient): Promise<string> {
  const clusterId = await core.wait(
    'clusters',
    ({ clusters }) => clusters.find(({ kind }) => kind === 'kubeconfig')?.id,
  )
  await core.call('clusters.select', { clusterId })
  await core.wait('clusters', ({ clusters }) => clusters.find(({ id, state }) => id === clusterId && state === 'live'))
  return clusterId
}

/** Starts a light desktop and waits until it can be opened. @returns its session */
async function startDesktop(core: CoreClient, clusterId: string): Promise<string> {
  const { sessionId } = await core.call('sessions.start', { clusterId, templateId: 'light-desktop' })
  await core.wait(
    'sessions',
    ({ sessions }) => sessions.find(({ id, openable }) => id === sessionId && openable),
    90_000,
  )
  return sessionId
}

const viewerPath = (sessionId: string, query: string): string =>
  `/viewer?session=${encodeURIComponent(sessionId)}&${query}`

interface WorkerFixtures {
  readonly cluster: TestCluster
  /** One desktop, namespace and web host for all tests of a file that leave them as they were. */
  readonly keptDesktop: KeptDesktop
}

interface KeptDesktop {
  readonly sessionId: string
  readonly namespace: string
  readonly inside: Desktop
  readonly context: BrowserContext
  readonly host: WebHost
  readonly problems: string[]
}

interface ClusterFixtures {
  readonly namespace: string
  readonly kubeconfig: string
  /** The core, spoken to directly; the cluster is selected and live. */
  readonly core: CoreClient
  readonly clusterId: string
  readonly desktop: RunningDesktop
  /** The desktop that the file's tests share; its viewers are closed after each test. */
  readonly sharedDesktop: RunningDesktop & { readonly namespace: string; readonly host: WebHost }
}

export const test = base.extend<ClusterFixtures, WorkerFixtures>({
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
  keptDesktop: [
    async ({ browser, cluster }, use) => {
      const namespace = `spec-${randomBytes(4).toString('hex')}`
      const kubeconfig = await cluster.user(namespace, namespace)
      const home = mkdtempSync(join(tmpdir(), 'kasm-spec-'))
      const host = await launchWebHost({
        kubeconfigs: [kubeconfig],
        env: {},
        dataDir: join(home, 'data'),
        home,
        settings: SPEC_SETTINGS,
      })
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
      const problems: string[] = []
      try {
        context.on('page', (page) => watchPage(page, problems))
        await watchPeers(context)
        const main = await context.newPage()
        await main.goto(host.url)
        const core = await readyCore(context, host.origin)
        const sessionId = await startDesktop(core, await liveCluster(core))
        core.close()
        // the library is not what these tests look at, and two cores are few
        await main.close()
        const inside = desktopOf(cluster, namespace, podOf(sessionId))
        await use({ sessionId, namespace, inside, context, host, problems })
      } finally {
        await context.close()
        await host.stop()
        rmSync(home, { recursive: true, force: true })
        await cluster.tryKubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false'])
      }
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  sharedDesktop: async ({ keptDesktop }, use) => {
    const { sessionId, namespace, inside, context, host, problems } = keptDesktop
    problems.length = 0
    const pages: Page[] = []
    await use({
      sessionId,
      pod: podOf(sessionId),
      namespace,
      inside,
      host,
      async open(query = '') {
        const page = await context.newPage()
        pages.push(page)
        await page.goto(new URL(viewerPath(sessionId, query), host.origin).href)
        return page
      },
    })
    for (const page of pages) await page.close()
    expect(problems, 'page errors, CSP and Trusted Types reports').toEqual([])
  },
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
    const core = await readyCore(app.page.context(), app.host.origin)
    await use(core)
    core.close()
  },
  clusterId: async ({ core }, use) => {
    await use(await liveCluster(core))
  },
  desktop: async ({ app, core, clusterId, cluster, namespace }, use) => {
    const sessionId = await startDesktop(core, clusterId)
    const pod = podOf(sessionId)
    await use({
      sessionId,
      pod,
      inside: desktopOf(cluster, namespace, pod),
      async open(query = '') {
        await watchPeers(app.page.context())
        return app.newWindow(viewerPath(sessionId, query))
      },
    })
  },
})
export { expect } from './app-driver.ts'
