// What a driver offers to specs, and what it watches for on every page.
import type { Page } from '@playwright/test'
import type { WebHost } from './web-host.ts'

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
