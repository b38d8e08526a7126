// Bench: from the moment at which the path to a desktop is back until its next frame is shown, for a cut socket under the media, a dead
// relay and a restarted pod. Flags: --n N losses of each kind (default 20), --quick (3), --only cutSocket|deadRelay|restartedPod,
// --no-build (take `out/` as it is).
import { parseArgs } from 'node:util'
import type { Page } from '@playwright/test'
import { NETWORK } from '../cluster/settings.ts'
import { HTTP_PORT } from '../../shared/product.ts'
import { connectionsOf, resetConnections } from '../drivers/connections.ts'
import { offerRelay, startCoturn } from '../drivers/coturn.ts'
import { podOf } from '../drivers/desktop.ts'
import { runBench, type BenchApp } from './bench-app.ts'
import { openOurs, startBenchDesktop } from './bench-desktop.ts'
import { loadAverage, quantile, report } from './machine.ts'
import { shownAgain, watchShown } from './shown-again.ts'

const KINDS = ['cutSocket', 'deadRelay', 'restartedPod'] as const
type Kind = (typeof KINDS)[number]

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '20' },
    quick: { type: 'boolean' },
    only: { type: 'string' },
    'no-build': { type: 'boolean' },
  },
})
const losses = values.quick === true ? 3 : Number(values.n)
const PATIENCE_MS = 60_000
/** The picture is settled after this, ms. */
const SETTLE_MS = 1500
/** How long a path stays away: long enough for the viewer to be in the middle of its tries, ms. */
const AWAY_MS = [1500, 4500] as const
const RELAY_PORT = 13_490
const RELAY_PORTS = [50_600, 50_700] as const

/** Breaks the path and mends it. @returns epoch ms at which it was back */
type Lose = (page: Page) => Promise<number>

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const away = (): Promise<void> => pause(AWAY_MS[0] + Math.random() * (AWAY_MS[1] - AWAY_MS[0]))

/** Loses the path again and again. @returns how long each time the next frame took, ms */
async function measure(kind: Kind, page: Page, lose: Lose, signal: AbortSignal): Promise<readonly number[]> {
  const times: number[] = []
  for (let round = 0; round < losses; round++) {
    signal.throwIfAborted()
    await pause(SETTLE_MS)
    const lostAt = Date.now()
    const backAt = await lose(page)
    times.push((await shownAgain(page, lostAt, PATIENCE_MS)) - backAt)
    console.error(`${kind} ${round + 1} of ${losses}: ${Math.round(times.at(-1) ?? 0)} ms`)
  }
  return times
}

const untilState = (page: Page, state: RegExp): Promise<void> =>
  page
    .waitForFunction(
      (pattern) => new RegExp(pattern).test(document.querySelector('[data-viewer]')?.getAttribute('data-state') ?? ''),
      state.source,
      { timeout: PATIENCE_MS, polling: 50 },
    )
    .then(() => undefined)

/** The media's tunnel and every other connection to the API server is reset; new ones are let through at once. */
function cutSocket(app: BenchApp): Lose {
  return async () => {
    const ports = await connectionsOf(app.host.pid, NETWORK.nodeIp)
    if (ports.length === 0) throw new Error('there was no connection to cut.')
    // the first of them may be the media's: the path is back from here on
    const backAt = Date.now()
    await resetConnections(ports)
    return backAt
  }
}

/** The pod is deleted and made anew: its own time ends when its server answers here, asked past the API server. */
function restartedPod(app: BenchApp, sessionId: string): Lose {
  const { core, cluster, namespace } = app
  const pod = podOf(sessionId)
  return async (page) => {
    await core.call('sessions.stop', { sessionId })
    await untilState(page, /ended/)
    await core.wait('sessions', ({ sessions }) =>
      sessions.find(({ id, phase }) => id === sessionId && phase === 'stopped'),
    )
    await core.call('sessions.resume', { sessionId })
    const where = ['get', 'pod', '-n', namespace, pod, '-o', 'jsonpath={.status.podIP}']
    let ip = ''
    for (const until = Date.now() + PATIENCE_MS; ip === '';) {
      if (Date.now() > until) throw new Error('the pod got no address.')
      ip = (await cluster.tryKubectl(where)).stdout.trim()
    }
    for (const until = Date.now() + PATIENCE_MS; ; await pause(20)) {
      if (await answers(`http://${ip}:${HTTP_PORT}/api/status`)) return Date.now()
      if (Date.now() > until) throw new Error('the server of the new pod does not answer.')
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000) })
    return answer.ok && ((await answer.json()) as { current_mode: unknown }).current_mode === 'webrtc'
  } catch {
    // not listening yet
    return false
  }
}

await runBench('reconnect', values['no-build'] !== true, async (app, signal) => {
  const { core, cluster, namespace, clusterId, cleanup } = app
  const load1 = loadAverage()
  const sessionId = await startBenchDesktop(app)
  const wanted = (kind: Kind): boolean => values.only === undefined || values.only === kind
  const times = new Map<Kind, readonly number[]>()
  const run = async (kind: Kind, query: string, lose: Lose): Promise<void> => {
    const page = await openOurs(app.context, app.host, sessionId, kind, query)
    await watchShown(page)
    try {
      times.set(kind, await measure(kind, page, lose, signal))
    } finally {
      await page.close()
    }
  }
  if (wanted('cutSocket')) await run('cutSocket', 'paths=tunnel', cutSocket(app))
  if (wanted('deadRelay')) {
    const options = { port: RELAY_PORT, relayPorts: RELAY_PORTS }
    let relay = await startCoturn(options)
    cleanup.defer(() => relay.stop())
    await offerRelay(cluster, namespace, relay.secret, relay.urls.slice(0, 1))
    // as a person who forced this way: nothing else may be taken meanwhile
    await core.call('settings.set', { paths: { [clusterId]: 'relay-udp' } })
    await run('deadRelay', '', async (page) => {
      await relay.stop()
      await untilState(page, /reconnecting/)
      await away()
      // nothing is started while the rest is taken away
      signal.throwIfAborted()
      // its own start counts: it listens some 100 ms later
      const backAt = Date.now()
      relay = await startCoturn({ ...options, secret: relay.secret })
      return backAt
    })
    await core.call('settings.set', { paths: {} })
  }
  if (wanted('restartedPod')) await run('restartedPod', '', restartedPod(app, sessionId))

  const all = [...times.values()].flat()
  const figures = (list: readonly number[]) => ({
    p50: quantile(list, 0.5),
    p95: quantile(list, 0.95),
    max: quantile(list, 1),
    n: list.length,
  })
  const byKind = Object.fromEntries([...times].map(([kind, list]) => [kind, figures(list)]))
  report('reconnect', { load1, framesAgainMs: { ...byKind, all: figures(all) } })
})
