// Both peers pass one contract in a real browser: simple-peer and its native twin can be exchanged.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { build } from 'vite'
import { peerContract } from '../../../renderer/features/viewer/peer/peer.contract.ts'

const root = join(import.meta.dirname, '../../fakes/peer-page')
const origin = 'http://localhost:1'
let out = ''

test.beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'kasm-peer-page-'))
  await build({
    configFile: false,
    logLevel: 'warn',
    root,
    build: { outDir: out, emptyOutDir: true, target: 'chrome150', minify: false },
  })
})
test.afterAll(() => rmSync(out, { recursive: true, force: true }))

test.beforeEach(async ({ page }) => {
  await page.route(`${origin}/**`, (route) => {
    const path = new URL(route.request().url()).pathname
    const contentType = path.endsWith('.js') ? 'text/javascript' : 'text/html'
    return route.fulfill({
      contentType,
      body: readFileSync(join(out, path === '/' ? 'index.html' : path.slice(1))),
      headers: { 'content-security-policy': "default-src 'none'; script-src 'self'; img-src data:" },
    })
  })
  await page.goto(`${origin}/`)
  await page.waitForFunction(() => 'runContract' in globalThis)
})

for (const peer of ['simple-peer', 'native'] as const)
  for (const { name } of peerContract)
    test(`${peer}: ${name}`, async ({ page }) => {
      const problem = await page.evaluate(
        ([kind, title]) =>
          (globalThis as unknown as { runContract(kind: string, title: string): Promise<string | null> }).runContract(
            kind,
            title,
          ),
        [peer, name] as const,
      )
      expect(problem).toBeNull()
    })
