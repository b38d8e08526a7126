// Bench: from a key press to the changed pixel on a genuine desktop, our viewer and Selkies' own web client taking turns in one run,
// in both of the server's modes; then our viewer alone on each path. Flags: --n N presses each (default 200), --quick (20 presses,
// to see that it works), --only webrtc|paths|websocket (one part), --no-build (take `out/` as it is).
import { parseArgs } from 'node:util'
import { KubeConfig } from '@kubernetes/client-node'
import type { Page } from '@playwright/test'
import { dialPodPort } from '../../kube/port-forward.ts'
import { accessName } from '../../shared/domain/names.ts'
import { DESKTOP_USER, HTTP_PORT } from '../../shared/product.ts'
import { desktopOf } from '../drivers/desktop.ts'
import { runBench, TEMPLATE, VIEWPORT, type BenchApp } from './bench-app.ts'
import { pressKeys, startTarget, watchPixel } from './key-to-pixel.ts'
import { loadAverage, quantile, report } from './machine.ts'
import { startRelay } from './relay.ts'
import { serveStockClient } from './stock-client.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '200' },
    quick: { type: 'boolean' },
    only: { type: 'string' },
    'no-build': { type: 'boolean' },
  },
})
const presses = values.quick === true ? 20 : Number(values.n)
/** Presses in one turn of a client: clients change often, so that they share the machine's noise. */
const TURN = Math.min(20, presses)
/** The picture is settled after this, ms: encoder's start, sound, the client's own first work. */
const SETTLE_MS = 2000
const PATIENCE_MS = 40_000
/** Selkies 2.1's default. */
const STOCK_KBPS = 8000

type Mode = 'webrtc' | 'websocket'

/** Something that shows the desktop and takes keys. */
interface Client {
  readonly name: string
  open(): Promise<Page>
}

interface Figures {
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly n: number
  readonly missed: number
}

/** Lets clients take turns until each has all its presses. */
async function takeTurns(clients: readonly Client[], mode: Mode, signal: AbortSignal): Promise<readonly Figures[]> {
  const results = new Map(clients.map((client) => [client, { times: [] as number[], missed: 0 }]))
  for (let round = 0; round * TURN < presses; round++) {
    for (const client of round % 2 === 0 ? clients : clients.toReversed()) {
      signal.throwIfAborted()
      const page = await client.open()
      try {
        await page.waitForTimeout(SETTLE_MS)
        await watchPixel(page, mode)
        const size = await page.evaluate(() => window.benchPicture())
        if (size?.width !== VIEWPORT.width || size.height !== VIEWPORT.height)
          throw new Error(`${client.name} shows ${size?.width}x${size?.height}, so figures could not be compared.`)
        await page.mouse.click(VIEWPORT.width / 2, VIEWPORT.height / 2)
        // the first ones warm the page up and do not count
        await pressKeys(page, 2)
        const pressed = await pressKeys(page, Math.min(TURN, presses - round * TURN))
        const result = results.get(client)
        result?.times.push(...pressed.times)
        if (result) result.missed += pressed.missed
      } finally {
        await page.close()
      }
    }
    const latest = clients.map((client) => `${client.name} ${quantile(results.get(client)?.times ?? [], 0.5)}`)
    console.error(`${mode} ${Math.min(presses, (round + 1) * TURN)} of ${presses}: ${latest.join(', ')} (p50, ms)`)
  }
  return clients.map((client) => {
    const { times, missed } = results.get(client) ?? { times: [], missed: 0 }
    const at = (q: number) => quantile(times, q)
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), n: times.length, missed }
  })
}

function compare([ours, stock]: readonly Figures[]): Readonly<Record<string, unknown>> {
  const ratio = (a: number | null | undefined, b: number | null | undefined): number | null =>
    a && b ? Math.round((a / b) * 100) / 100 : null
  return { ours, stock, ratioP50: ratio(ours?.p50, stock?.p50), ratioP95: ratio(ours?.p95, stock?.p95) }
}

/** Our viewer, opened at a query of its page. */
function ourClient(app: BenchApp, sessionId: string, name: string, query: string): Client {
  return {
    name,
    async open() {
      const page = await app.context.newPage()
      const url = new URL(`/viewer.html?session=${encodeURIComponent(sessionId)}&${query}`, app.host.origin)
      await page.goto(url.href)
      await page
        .locator('[data-viewer][data-state="connected"]')
        .waitFor({ timeout: PATIENCE_MS })
        .catch(async (error: unknown) => {
          const said = (await page.locator('body').innerText()).replaceAll(/\s+/g, ' ').slice(0, 200)
          throw new Error(`${name}: no picture; the viewer says: ${said}`, { cause: error })
        })
      return page
    },
  }
}

await runBench('latency', values['no-build'] !== true, async (app, signal) => {
  const { core, cluster, namespace, clusterId, cleanup, kubeconfig } = app
  const load1 = loadAverage()
  // the bitrate that the stock client asks for: a larger picture takes longer to make and to send
  await core.call('settings.set', { openWhenReady: false, bitrateKbps: STOCK_KBPS })
  const { sessionId } = await core.call('sessions.start', { clusterId, templateId: TEMPLATE })
  await core.wait(
    'sessions',
    ({ sessions }) => sessions.find(({ id, phase }) => id === sessionId && phase === 'running'),
    90_000,
  )
  // the library's window has nothing to do here, and its work would be counted
  await app.page.close()
  const pod = sessionId.split('/').at(-1) ?? ''
  const encoded = await cluster.kubectl([
    'get',
    'secret',
    '-n',
    namespace,
    accessName(pod),
    '-o',
    'jsonpath={.data.password}',
  ])
  const login = Buffer.from(`${DESKTOP_USER}:${Buffer.from(encoded, 'base64').toString()}`).toString('base64')
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const stop = new AbortController()
  cleanup.defer(() => stop.abort())
  const stockServer = await serveStockClient(
    () => dialPodPort(config, namespace, pod, HTTP_PORT, stop.signal),
    `Basic ${login}`,
  )
  cleanup.defer(() => stockServer.stop())
  const stockContext = await app.browser.newContext({ viewport: VIEWPORT })
  const stock: Client = {
    name: 'stock',
    async open() {
      const page = await stockContext.newPage()
      await page.goto(stockServer.url)
      const isShown = (): boolean =>
        [...document.querySelectorAll('video')].some((video) => video.videoWidth > 0 && video.currentTime > 0) ||
        [...document.querySelectorAll('canvas')].some((canvas) => canvas.width === 1280 && canvas.checkVisibility())
      await page.waitForFunction(isShown, null, { polling: 100, timeout: PATIENCE_MS })
      return page
    },
  }
  const switchTo = async (mode: Mode): Promise<void> => {
    const answer = await fetch(`${stockServer.url}api/switch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mode: mode === 'webrtc' ? 'webrtc' : 'websockets' }),
    })
    if (!answer.ok) throw new Error(`the desktop refused to switch to ${mode}: ${answer.status}`)
  }
  await startTarget(desktopOf(cluster, namespace, pod))

  const wanted = (part: string): boolean => values.only === undefined || values.only === part
  const figures: Record<string, unknown> = {}
  if (wanted('webrtc')) {
    // the same way for both: the desktop's own address, which is all that the stock client is offered
    const ours = ourClient(app, sessionId, 'ours', 'paths=direct')
    figures['webrtc'] = compare(await takeTurns([ours, stock], 'webrtc', signal))
  }
  if (wanted('paths')) {
    cleanup.defer(await startRelay(cluster, namespace))
    const paths = ['node', 'relay', 'tunnel'] as const
    const clients = paths.map((path) => ourClient(app, sessionId, path, `paths=${path}`))
    const alone = await takeTurns(clients, 'webrtc', signal)
    figures['paths'] = Object.fromEntries(paths.map((path, index) => [path, alone[index]]))
  }
  if (wanted('websocket')) {
    await switchTo('websocket')
    const ours = ourClient(app, sessionId, 'ours', 'mode=websocket')
    figures['websocket'] = compare(await takeTurns([ours, stock], 'websocket', signal))
  }
  report('latency', { load1, ...figures })
})
