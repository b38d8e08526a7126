// One suite, two drivers: a spec touches `app` alone, so the same spec runs in the web host and in Electron.
// Any page error, CSP or Trusted Types report, or error on the console fails the test that saw it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type BrowserContext } from '@playwright/test'
import { watchPage, type AppDriver, type AppOptions } from './driver.ts'
import { launchElectron } from './electron.ts'
import { launchWebHost, SPEC_SETTINGS } from './web-host.ts'

async function launchBrowserDriver(
  context: BrowserContext,
  options: AppOptions,
  folders: { dataDir: string; home: string },
): Promise<AppDriver & { stop(): Promise<void> }> {
  const problems: string[] = []
  const host = await launchWebHost({ ...options, ...folders, settings: SPEC_SETTINGS })
  context.on('page', (page) => watchPage(page, problems))
  const page = await context.newPage()
  await page.goto(host.url)
  return {
    kind: 'browser',
    page,
    ...folders,
    problems,
    host,
    async openViewer(open) {
      const opened = context.waitForEvent('page')
      await open()
      const viewer = await opened
      await viewer.waitForLoadState('domcontentloaded')
      return viewer
    },
    async newWindow(path) {
      const window = await context.newPage()
      await window.goto(new URL(path, host.origin).href)
      return window
    },
    async stop() {
      await host.stop()
    },
  }
}

export const test = base.extend<{ appOptions: AppOptions; app: AppDriver }>({
  appOptions: [{ kubeconfigs: [], env: {} }, { option: true }],
  app: async ({ context, appOptions }, use, info) => {
    const folder = mkdtempSync(join(tmpdir(), 'kasm-spec-'))
    const folders = { dataDir: join(folder, 'data'), home: folder }
    const driver =
      info.project.name === 'electron'
        ? await launchElectron({ ...appOptions, ...folders })
        : await launchBrowserDriver(context, appOptions, folders)
    try {
      await use(driver)
    } finally {
      await context.close()
      await driver.stop()
      rmSync(folder, { recursive: true, force: true })
    }
    expect(driver.problems, 'page errors, CSP and Trusted Types reports').toEqual([])
  },
})
export { expect }
