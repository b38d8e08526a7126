// The built app on the real cluster, for benches: a user in a namespace of its own, with the rights of direct mode or admitted by the
// operator, the web host, a browser, and a line to the core. Whatever happens, everything that was made for it is taken away again, at
// Ctrl-C too.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { buildDesktopImage, imageCache } from '../../images/desktop/build.ts'
import { requireNode24 } from '../../scripts/node-version.ts'
import { startCluster, type TestCluster } from '../cluster/index.ts'
import { openCoreClient, type CoreClient } from '../drivers/core-client.ts'
import { HOMES_VALUES, installOperator, uninstallOperator } from '../drivers/operator-cluster.ts'
import { admitPerson, dismissPerson } from '../drivers/people.ts'
import { launchWebHost, type WebHost } from '../drivers/web-host.ts'
import { launchArguments, whereIsChromium } from './bench-browser.ts'

const root = join(import.meta.dirname, '../..')

/** How desktops are started: by the app itself, or by the operator, which is installed for the bench. */
export type BenchMode = 'direct' | 'operator'

/** One run of the app: a web host, and a browser that is signed in there. */
export interface BenchWindow {
  readonly host: WebHost
  /** 1280x720. */
  readonly context: BrowserContext
  /** The main window, with the cluster selected and live. */
  readonly page: Page
  readonly core: CoreClient
  readonly clusterId: string
}

export interface BenchApp extends BenchWindow {
  readonly cluster: TestCluster
  readonly namespace: string
  readonly kubeconfig: string
  readonly browser: Browser
  /** Ends this run of the app and begins another one, as somebody does who comes back the next day. @returns with its window */
  reopen(): Promise<BenchApp>
  /** Taken apart in reverse when the bench ends. */
  readonly cleanup: AsyncDisposableStack
}

/** The template that benches start: the built-in desktop without a GPU. */
export const TEMPLATE = 'light-desktop'
/** The size of every picture that benches look at, px. */
export const VIEWPORT = { width: 1280, height: 720 } as const

/**
 * Runs a bench and ends the process: with 0 when it came through, else with 1 and a sentence.
 * @param name of the bench; its namespace begins with it
 * @param build false: what `out/` holds is measured as it is
 * @param mode how desktops are started
 */
export async function runBench(
  name: string,
  build: boolean,
  work: (app: BenchApp, signal: AbortSignal) => Promise<void>,
  mode: BenchMode = 'direct',
): Promise<never> {
  requireNode24()
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)))
  const aborted = new Promise<never>((_, reject) =>
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error), { once: true }),
  )
  // what fails beside the line of work, for instance a page that was closed under it, ends the bench in the same way
  process.on('unhandledRejection', (error) => stop.abort(error))
  const cleanup = new AsyncDisposableStack()
  let code = 0
  const opening = open(name, build, mode, cleanup)
  try {
    await Promise.race([opening.then((app) => work(app, stop.signal)), aborted])
  } catch (error) {
    code = 1
    const words = error instanceof Error ? error.message : String(error)
    // a browser's error brings its whole log along
    console.error(`bench:${name} failed: ${words.split('\nBrowser logs')[0]?.trim()}`)
  }
  // what is being made right now is made first, so that it is taken away too
  await Promise.race([opening.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 10_000))])
  await cleanup.disposeAsync().catch((error: unknown) => {
    code = 1
    console.error(`bench:${name} could not take everything away: ${String(error)}`)
  })
  process.exit(code)
}

async function open(name: string, build: boolean, mode: BenchMode, cleanup: AsyncDisposableStack): Promise<BenchApp> {
  const executablePath = whereIsChromium()
  if (build) {
    const made = spawnSync(process.execPath, ['scripts/build.ts', 'renderer', 'gateway'], {
      cwd: root,
      stdio: 'ignore',
    })
    if (made.status !== 0) throw new Error('the build failed: `npm run build` says why.')
  }
  const archive = process.env['KASM_DESKTOP_ARCHIVE'] ?? (await buildDesktopImage(imageCache(), console.error))
  const cluster = await startCluster(console.error)
  cleanup.defer(() => cluster.stop())
  await cluster.importImage(archive)

  const { namespace, kubeconfig } = await (mode === 'direct' ? ownNamespace : admitted)(cluster, name, cleanup)
  const browser = await chromium.launch({
    executablePath,
    // it would end the process before the rest is taken away
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: launchArguments(),
  })
  cleanup.defer(() => browser.close())
  let window: BenchWindow & AsyncDisposable = await openWindow(browser, kubeconfig)
  cleanup.defer(() => window[Symbol.asyncDispose]())
  const app = (): BenchApp => ({ cluster, namespace, kubeconfig, browser, cleanup, reopen, ...window })
  const reopen = async (): Promise<BenchApp> => {
    await window[Symbol.asyncDispose]()
    window = await openWindow(browser, kubeconfig)
    return app()
  }
  return app()
}

interface Place {
  readonly namespace: string
  readonly kubeconfig: string
}

/** Somebody with the rights of direct mode in a namespace of the bench's own. */
async function ownNamespace(cluster: TestCluster, name: string, cleanup: AsyncDisposableStack): Promise<Place> {
  const namespace = `bench-${name}-${randomBytes(3).toString('hex')}`
  // gone before the cluster is: the homes' folders are emptied by its provisioner
  cleanup.defer(async () => {
    await cluster.tryKubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=60s'])
  })
  return { namespace, kubeconfig: await cluster.user(namespace, namespace) }
}

/** Somebody whom an operator admits, which is installed for the bench as an admin would. */
async function admitted(cluster: TestCluster, name: string, cleanup: AsyncDisposableStack): Promise<Place> {
  cleanup.defer(() => uninstallOperator(cluster))
  await installOperator(cluster, { homes: HOMES_VALUES })
  const person = await admitPerson(cluster, `bench-${name}`)
  cleanup.defer(() => dismissPerson(cluster, person))
  return person
}

async function openWindow(browser: Browser, kubeconfig: string): Promise<BenchWindow & AsyncDisposable> {
  await using making = new AsyncDisposableStack()
  const home = mkdtempSync(join(tmpdir(), 'kasm-bench-'))
  making.defer(() => rmSync(home, { recursive: true, force: true }))
  const host = await launchWebHost({ kubeconfigs: [kubeconfig], env: {}, home, dataDir: join(home, 'data') })
  making.defer(async () => void (await host.stop()))
  const context = await browser.newContext({ viewport: VIEWPORT })
  making.defer(() => context.close())
  const page = await context.newPage()
  await page.goto(host.url)
  const core = await openCoreClient(context, host.origin)
  making.defer(() => core.close())
  const clusterId = await core.wait(
    'clusters',
    ({ clusters }) => clusters.find(({ kind }) => kind === 'kubeconfig')?.id,
  )
  await core.call('clusters.select', { clusterId })
  await core.wait('clusters', ({ clusters }) => clusters.find(({ id, state }) => id === clusterId && state === 'live'))
  const made = making.move()
  return { host, context, page, core, clusterId, [Symbol.asyncDispose]: () => made.disposeAsync() }
}

/** Waits until nothing of a session runs in the namespace any more, and, when its home was deleted, the volume is gone too. */
export async function untilQuiet({ cluster, namespace }: BenchApp, homeGone: boolean): Promise<void> {
  await cluster.tryKubectl(['wait', '-n', namespace, 'pod', '--all', '--for=delete', '--timeout=60s'])
  if (!homeGone) return
  for (let tries = 0; tries < 60; tries++) {
    const path = `jsonpath={.items[?(@.spec.claimRef.namespace=="${namespace}")].metadata.name}`
    if ((await cluster.kubectl(['get', 'pv', '-o', path])).trim() === '') return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('a deleted home is still there after 30 s.')
}
