// The same specs in the Electron app, where a runtime exists (KASM_ELECTRON or the one of the package).
// Electron's own sandbox stays on wherever the machine allows it, and the CSP is never bypassed.
import { join } from 'node:path'
import { _electron } from '@playwright/test'
import { watchPage, type AppDriver } from './driver.ts'
import type { WebHostOptions } from './web-host.ts'

const root = join(import.meta.dirname, '../..')

/** @throws when the runtime cannot be started */
export async function launchElectron(options: WebHostOptions): Promise<AppDriver & { stop(): Promise<void> }> {
  const problems: string[] = []
  const executablePath = process.env['KASM_ELECTRON']
  const electron = await _electron.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [root],
    chromiumSandbox: process.getuid?.() !== 0,
    env: {
      PATH: process.env['PATH'] ?? '',
      DISPLAY: process.env['DISPLAY'] ?? '',
      HOME: options.home,
      KUBECONFIG: options.kubeconfigs.join(process.platform === 'win32' ? ';' : ':'),
      KASM_DATA_DIR: options.dataDir,
      ...options.env,
    },
  })
  electron.on('window', (window) => watchPage(window, problems))
  const page = await electron.firstWindow()
  return {
    kind: 'electron',
    page,
    dataDir: options.dataDir,
    home: options.home,
    problems,
    async openViewer(open) {
      const opened = electron.waitForEvent('window')
      await open()
      return opened
    },
    async newWindow(path) {
      const opened = electron.waitForEvent('window')
      await page.evaluate((target) => window.open(target), path)
      return opened
    },
    async stop() {
      await electron.close()
    },
  }
}
