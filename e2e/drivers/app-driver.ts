// One suite, two drivers: a spec touches `app` alone, so the same spec runs in the web host and in Electron.
// Any page error, CSP or Trusted Types report, or error on the console fails the test that saw it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'
import { launchElectron } from './electron.ts'
import { launchWebHost, type WebHost } from './web-host.ts'

export interface AppOptions {
  /** Paths for KUBECONFIG; none means that no kubeconfig is found. */
  readonly kubeconfigs: readonly string[]
  /** Environment of the core beyond that (`KASM_...`, `PATH`). */
  readonly env: Readonly<Record<string, string>>
}

export interface AppDriver {
  readonly kind: 'browser' | 'electron'
  /** The main window. */
  readonly page: Page
  /** The core's data folder, fresh for each test. */
  readonly dataDir: string
  /** The home folder that the core sees, fresh for each test. */
  readonly home: string
  /** Does `open` and gives the viewer's page that it opened. */
  openViewer(open: () => Promise<unknown>): Promise<Page>
  /** A further window (browser: tab) of the same app at a path of the UI. */
  newWindow(path: string): Promise<Page>
  /** What pages complained about so far; a spec that expects a complaint takes it out. */
  readonly problems: string[]
  /** The web host behind it; absent in Electron. */
  readonly host?: WebHost | undefined
}

/** Collects what a page complains about. */
export function watchPage(page: Page, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`))
  page.on('console', (message) => {
    const text = message.text()
    if (/content security policy|trusted type|trustedscript|refused to/i.test(text)) problems.push(`policy: ${text}`)
    // a refused resource is told on the console too; specs that provoke one assert it themselves
    else if (message.type() === 'error' && !/Failed to load resource|WebSocket connection to/.test(text))
      problems.push(`console: ${text}`)
  })
}

async function launchBrowserDriver(
  context: BrowserContext,
  options: AppOptions,
  folders: { dataDir: string; home: string },
): Promise<AppDriver & { stop(): Promise<void> }> {
  const problems: string[] = []
  const host = await launchWebHost({ ...options, ...folders })
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
