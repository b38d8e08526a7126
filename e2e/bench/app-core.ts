// The app's core alone, as a program of its own: what bench:app measures. Prints one JSON line and ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../main/app.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'kasm-bench-'))
const app = await createApp({
  host: { kind: 'web', version: '0', platform: process.platform, uiOrigin: 'http://127.0.0.1' },
  dataDir,
  // no kubeconfig: the figures are the core's own, not a cluster's
  env: { HOME: dataDir, PATH: process.env['PATH'] },
  doors: 'loopback',
})
// since the process began, Node's own start included
const readyMs = Math.round(process.uptime() * 1000)
await new Promise((resolve) => setTimeout(resolve, 500))
console.log(JSON.stringify({ readyMs, rssMB: Math.round(process.memoryUsage.rss() / 1e6) }))
await app.dispose()
rmSync(dataDir, { recursive: true, force: true })
