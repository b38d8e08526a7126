import { findChromium } from './scripts/find-chromium.ts'
import { defineConfig } from '@playwright/test'

// One spec tree, several projects: `browser` drives the web host in Debian's Chromium (demo cluster, fake API server),
// `cluster` the same app against a real cluster, `electron` the browser specs again where an Electron runtime exists.
const executablePath = findChromium('shell') ?? undefined

export default defineConfig({
  // a folder of the run's own: Playwright empties it first, and the counts of other runs lie beside it
  outputDir: `test-results/${process.env['KASM_REPORT'] ?? 'playwright'}`,
  fullyParallel: false,
  workers: 1,
  forbidOnly: process.env['CI'] !== undefined,
  retries: 0,
  reporter: [['list'], ['json', { outputFile: `test-results/${process.env['KASM_REPORT'] ?? 'playwright'}.json` }]],
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    // traces and the pictures in them cost more than the steps on two cores; KASM_TRACE=1 takes them
    trace: process.env['KASM_TRACE'] === '1' ? 'retain-on-failure' : 'off',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        // root cannot use Chromium's sandbox; nobody else gets it turned off
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--autoplay-policy=no-user-gesture-required',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--disable-quic',
      ],
    },
  },
  projects: [
    // every test has a host of its own, so they may run in any order beside each other
    { name: 'browser', testDir: 'e2e/specs/browser', fullyParallel: true },
    // only where an Electron runtime is named: nothing is downloaded, and a missing runtime is NOT RUN
    ...(process.env['KASM_ELECTRON'] ? [{ name: 'electron', testDir: 'e2e/specs/browser' }] : []),
    { name: 'cluster', testDir: 'e2e/specs/cluster', timeout: 180_000 },
  ],
})
