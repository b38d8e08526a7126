// The app driver on the real cluster: each test gets a namespace and a user of its own, with the rights of direct mode and no more.
import { randomBytes } from 'node:crypto'
import { startCluster, type TestCluster } from '../cluster/index.ts'
import { test as base } from './app-driver.ts'
import { imageCache, buildDesktopImage } from '../../images/desktop/build.ts'

export const test = base.extend<{ namespace: string; kubeconfig: string }, { cluster: TestCluster }>({
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
})
export { expect } from './app-driver.ts'
