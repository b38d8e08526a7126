// `npm run bench:app`: how fast and how heavy the app is without a cluster.
// coreReadyMs and coreRssMB are the bundled core in a process of its own; bareNodeRssMB and clientNodeRssMB stand beside them.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium } from '@playwright/test'
import { build } from 'vite'
import { nodeProgram } from '../../scripts/build-targets.ts'
import { findChromium } from '../../scripts/find-chromium.ts'
import { requireNode24 } from '../../scripts/node-version.ts'
import { quantile, report } from './machine.ts'

requireNode24()
const root = join(import.meta.dirname, '../..')
const runs = 15
const folder = join(root, 'out/bench')
mkdirSync(folder, { recursive: true })
if (
  spawnSync(process.execPath, ['scripts/build.ts', 'renderer', 'gateway'], { cwd: root, stdio: 'inherit' }).status !== 0
)
  process.exit(1)
await build(nodeProgram('bench', 'e2e/bench/app-core.ts'))
const clientEntry = join(folder, 'client-node-entry.ts')
writeFileSync(
  clientEntry,
  `import { KubeConfig } from '@kubernetes/client-node'\nnew KubeConfig()\nawait new Promise((r) => setTimeout(r, 500))\nconsole.log(JSON.stringify({ rssMB: Math.round(process.memoryUsage.rss() / 1e6) }))\n`,
)
await build(nodeProgram('bench-client', 'out/bench/client-node-entry.ts'))

/** Runs a program that prints one JSON line. */
function measure(args: readonly string[]): { readonly readyMs?: number; readonly rssMB: number } {
  const { stdout, status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`)
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { readyMs?: number; rssMB: number }
}

const cores = Array.from({ length: runs }, () => measure(['out/bench/app-core.js']))
const bare = Array.from({ length: 5 }, () =>
  measure([
    '-e',
    'setTimeout(() => console.log(JSON.stringify({ rssMB: Math.round(process.memoryUsage.rss() / 1e6) })), 500)',
  ]),
)
const client = Array.from({ length: 5 }, () => measure(['out/bench-client/client-node-entry.js']))

/** JavaScript and CSS that the first page loads by itself: its static imports, without what is loaded later. */
function firstPageGzip(): number {
  const seen = new Set<string>()
  let bytes = 0
  const add = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const text = readFileSync(join(root, 'out/renderer', file), 'utf8')
    bytes += gzipSync(text).length
    if (file.endsWith('.js'))
      for (const match of text.matchAll(/(?:from|import)\s*["'](\.\/[^"']+\.js)["']/g))
        add(join('assets', (match[1] ?? '').slice(2)))
  }
  const html = readFileSync(join(root, 'out/renderer/index.html'), 'utf8')
  for (const match of html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)) add(match[1] ?? '')
  return bytes
}

/** First contentful paint of the web host's page, ms, with a warm browser and a fresh profile. */
async function firstPaints(): Promise<number[]> {
  const executablePath = findChromium()
  if (executablePath === null) return []
  const dataDir = mkdtempSync(join(tmpdir(), 'kasm-bench-'))
  const host = spawn(process.execPath, ['out/gateway/main-local.js'], {
    cwd: root,
    env: { ...process.env, KASM_DATA_DIR: dataDir, KASM_NO_OPEN: '1', HOME: dataDir, KUBECONFIG: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let output = ''
      host.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        const found = /http:\/\/(?:127\.0\.0\.1|localhost):\d+\/\S*/.exec(output)
        if (found) resolve(found[0])
      })
      host.on('exit', (code) => reject(new Error(`the web host ended with ${code}`)))
    })
    const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
    const context = await browser.newContext()
    const times: number[] = []
    for (let i = 0; i < runs; i++) {
      const page = await context.newPage()
      await page.goto(i === 0 ? url : new URL('/', url).href)
      times.push(
        await page.evaluate(
          () =>
            new Promise<number>((resolve) => {
              new PerformanceObserver((list) => {
                const paint = list.getEntriesByName('first-contentful-paint')[0]
                if (paint) resolve(paint.startTime)
              }).observe({ type: 'paint', buffered: true })
            }),
        ),
      )
      await page.close()
    }
    await browser.close()
    return times
  } finally {
    host.kill('SIGTERM')
    await new Promise((resolve) => host.once('exit', resolve))
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const paints = await firstPaints()
report('app', {
  coreReadyMs: quantile(
    cores.map((run) => run.readyMs ?? 0),
    0.5,
  ),
  coreReadyP95Ms: quantile(
    cores.map((run) => run.readyMs ?? 0),
    0.95,
  ),
  coreRssMB: quantile(
    cores.map((run) => run.rssMB),
    0.5,
  ),
  bareNodeRssMB: quantile(
    bare.map((run) => run.rssMB),
    0.5,
  ),
  clientNodeRssMB: quantile(
    client.map((run) => run.rssMB),
    0.5,
  ),
  rendererGzipKB: Math.round(firstPageGzip() / 1000),
  firstPaintMs: quantile(paints, 0.5),
  firstPaintP95Ms: quantile(paints, 0.95),
  n: runs,
})
