// `npm run test:cluster`: the whole-system specs against a real Kubernetes with the genuine Selkies, on this Linux machine (root).
// Takes down what it brought up, whatever happens, and checks that nothing is left. What cannot run is counted as skipped and says why.
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { leftovers } from '../e2e/cluster/down.ts'
import { startCluster, type TestCluster } from '../e2e/cluster/index.ts'
import { fixturesFolder } from '../e2e/cluster/settings.ts'
import { machineProblems, findGo } from '../e2e/cluster/toolchain.ts'
import { buildHelm, buildKubeconform, buildTraefik, foreignDefinitions } from '../e2e/cluster/tools.ts'
import { buildCoturnImage } from '../images/coturn/build.ts'
import { buildDesktopImage, imageCache } from '../images/desktop/build.ts'
import { buildOperatorImage } from '../images/operator/build.ts'
import { clusterRounds, type ClusterGroup } from './cluster-groups.ts'
import { findChromium } from './find-chromium.ts'
import { requireNode24 } from './node-version.ts'
import { playwrightCounts, summaryLine, type Counts } from './test-counts.ts'

requireNode24()
const root = join(import.meta.dirname, '..')
const results = join(root, 'test-results')
const SPECS = 'e2e/specs/cluster'

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

async function problems(): Promise<string[]> {
  const found = machineProblems(fixturesFolder() !== null)
  if (findChromium() === null) found.push('no Chromium found (set KASM_CHROMIUM)')
  if (process.platform === 'linux' && (await findGo()) === null) found.push('Go 1.26 or newer is missing (set KASM_GO)')
  return found
}

/** Makes the programs that the specs need before they begin: on a fresh machine that takes minutes, which no test's time holds. */
async function buildTools(groups: readonly ClusterGroup[]): Promise<void> {
  const platform = groups.filter(({ name }) => name === 'platform' || name === 'chaos').flatMap(({ files }) => files)
  const isSliced = groups.some(({ files }) => files.some((file) => file.startsWith('slices')))
  if (platform.length > 0 || isSliced) await buildHelm(console.log)
  if (platform.length === 0) return
  await buildKubeconform(console.log)
  if (platform.some((file) => file.startsWith('manifests'))) await foreignDefinitions(console.log)
  if (platform.some((file) => file.startsWith('operator-traefik'))) await buildTraefik(console.log)
}

async function runGroup(group: ClusterGroup, options: readonly string[], env: NodeJS.ProcessEnv): Promise<Counts> {
  const name = `cluster-${group.name}`
  const report = join(results, `${name}.json`)
  rmSync(report, { force: true })
  const files = group.files.map((file) => `${SPECS}/${file}`)
  const command = ['node_modules/@playwright/test/cli.js', 'test', '--project=cluster', '--workers=1']
  await run([...command, ...options, ...files], { ...env, KASM_REPORT: name })
  return playwrightCounts(name, report)
}

/**
 * Brings everything up, runs the specs, takes it down.
 * @param names beginnings of the spec files' names; none means all
 * @param options for Playwright
 */
async function wholeRun(names: readonly string[], options: readonly string[]): Promise<Counts[]> {
  const counts: Counts[] = []
  let cluster: TestCluster | undefined
  let wasUp = true
  // a run that is interrupted ends the specs first (they get the signal too), then goes on to take the cluster down
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
  try {
    if ((await run(['scripts/build.ts'])) !== 0) return [failure('build of the app')]
    const image = await buildDesktopImage(imageCache(), console.log)
    const relay = await buildCoturnImage(imageCache(), console.log)
    const operator = await buildOperatorImage(imageCache(), console.log)
    const long = process.env['KASM_LONG'] === '1'
    const rounds = clusterRounds(readdirSync(join(root, SPECS)), names, long)
    await buildTools(rounds.flat())
    cluster = await startCluster(console.log)
    wasUp = cluster.wasUp
    await cluster.importImage(image)
    await cluster.importImage(relay)
    const env = { KASM_DESKTOP_ARCHIVE: image, KASM_COTURN_ARCHIVE: relay, KASM_OPERATOR_ARCHIVE: operator }
    for (const round of rounds) counts.push(...(await Promise.all(round.map((group) => runGroup(group, options, env)))))
    if (cluster.notRun.length > 0) counts.push({ name: 'cluster parts', passed: 0, failed: 0, skipped: cluster.notRun })
  } catch (error) {
    console.error(error)
    counts.push(failure('cluster'))
  } finally {
    await cluster?.stop()
  }
  if (!wasUp) {
    const left = await leftovers()
    for (const line of left) console.error(`left behind: ${line}`)
    counts.push({
      name: 'leftovers',
      passed: left.length === 0 ? 1 : 0,
      failed: left.length === 0 ? 0 : 1,
      skipped: [],
    })
  }
  return counts
}

function failure(name: string): Counts {
  return { name, passed: 0, failed: 1, skipped: [] }
}

// `npm run test:cluster -- viewer --grep tone`
const given = process.argv.slice(2)
const optionAt = given.findIndex((word) => word.startsWith('-'))
const firstOption = optionAt === -1 ? given.length : optionAt

mkdirSync(results, { recursive: true })
const missing = await problems()
for (const problem of missing) console.error(problem)
const counts: Counts[] =
  missing.length === 0
    ? await wholeRun(given.slice(0, firstOption), given.slice(firstOption))
    : [{ name: 'cluster', passed: 0, failed: 0, skipped: [`cluster specs NOT RUN: ${missing.join('; ')}`] }]
writeFileSync(join(results, 'cluster.json'), JSON.stringify(counts))
for (const part of counts) for (const reason of part.skipped) console.log(`skipped: ${reason}`)
console.log(summaryLine(counts))
// asked for and not possible is not a success either
process.exitCode = missing.length > 0 || counts.some((part) => part.failed > 0) ? 1 : 0
