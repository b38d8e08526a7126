// `npm test`: everything that a fresh machine can prove without root, Go or a cluster. Ends with one line of counts.
// What cannot run here is counted as skipped and says why: NOT RUN is never passed.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium } from './find-chromium.ts'
import { requireNode24 } from './node-version.ts'
import { playwrightCounts, summaryLine, vitestCounts, type Counts } from './test-counts.ts'

requireNode24()
const root = join(import.meta.dirname, '..')
const results = join(root, 'test-results')
mkdirSync(results, { recursive: true })

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

const counts: Counts[] = []
let failed = false

/** A check that passes or fails as a whole. */
async function check(name: string, args: readonly string[]): Promise<void> {
  const code = await run(args)
  counts.push({ name, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] })
  if (code !== 0) failed = true
}

// none of them writes anything, and each leaves a core idle now and then
await Promise.all([
  check('format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.']),
  check('types', ['scripts/types.ts']),
  check('lint', ['node_modules/oxlint/bin/oxlint', '--deny-warnings']),
  check('generated files', ['scripts/generate.ts', '--check']),
])

const unitReport = join(results, 'unit.json')
rmSync(unitReport, { force: true })
if (
  (await run([
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${unitReport}`,
  ])) !== 0
)
  failed = true
counts.push(vitestCounts('unit', unitReport))

await check('build', ['scripts/build.ts'])

if (findChromium() === null) {
  counts.push({
    name: 'browser',
    passed: 0,
    failed: 0,
    skipped: ['browser specs NOT RUN: no Chromium found (set KASM_CHROMIUM)'],
  })
} else {
  const browserReport = join(results, 'browser.json')
  rmSync(browserReport, { force: true })
  if (
    (await run(['node_modules/@playwright/test/cli.js', 'test', '--project=browser', '--workers=3'], {
      KASM_REPORT: 'browser',
    })) !== 0
  )
    failed = true
  counts.push(playwrightCounts('browser', browserReport))
}
const electron = process.env['KASM_ELECTRON'] ?? join(root, 'node_modules/electron/dist/electron')
if (!existsSync(electron))
  counts.push({
    name: 'electron',
    passed: 0,
    failed: 0,
    skipped: ['electron driver NOT RUN: no Electron runtime is installed'],
  })

writeFileSync(join(results, 'test.json'), JSON.stringify(counts))
for (const part of counts) for (const reason of part.skipped) console.log(`skipped: ${reason}`)
console.log(summaryLine(counts))
process.exitCode = failed || counts.some((part) => part.failed > 0) ? 1 : 0
