// Bench: from a key press to the changed pixel on a genuine desktop, our viewer and Selkies' own web client taking turns in one run,
// in both of the server's modes; then our viewer alone on each path. Flags: --n N presses each (default 200), --quick (20 presses,
// to see that it works), --only webrtc|paths|websocket (one part), --no-build (take `out/` as it is).
import { parseArgs } from 'node:util'
import { KubeConfig } from '@kubernetes/client-node'
import { dialPodPort } from '../../kube/port-forward.ts'
import { accessName } from '../../shared/domain/names.ts'
import { DESKTOP_USER, HTTP_PORT } from '../../shared/product.ts'
import { desktopOf } from '../drivers/desktop.ts'
import { runBench, TEMPLATE, VIEWPORT, type BenchApp } from './bench-app.ts'
import { startTarget, traceStages } from './key-to-pixel.ts'
import { loadAverage, report } from './machine.ts'
import { startRelay } from './relay.ts'
import { serveStockClient } from './stock-client.ts'
import { added, ratio, takeTurns, type Client, type Figures, type Mode } from './take-turns.ts'
import { tunnelRoundTrip } from './tunnel-rtt.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '200' },
    quick: { type: 'boolean' },
    only: { type: 'string' },
    'no-build': { type: 'boolean' },
  },
})
const presses = values.quick === true ? 20 : Number(values.n)
const PATIENCE_MS = 40_000
/** Selkies 2.1's defaults, with which its own client runs. */
const STOCK_KBPS = 8000
const STOCK_SETTINGS = { framerate: 60, video_streaming_mode: true, video_bitrate: STOCK_KBPS } as const

/** @returns both, and ours through theirs */
function compare([ours, stock]: readonly Figures[]): Readonly<Record<string, unknown>> {
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
  const dial = () => dialPodPort(config, namespace, pod, HTTP_PORT, stop.signal)
  const stockServer = await serveStockClient(dial, `Basic ${login}`)
  cleanup.defer(() => stockServer.stop())
  const stockContext = await app.browser.newContext({ viewport: VIEWPORT })
  for (const context of [app.context, stockContext]) await traceStages(context)
  const stock: Client = {
    name: 'stock',
    async open() {
      const page = await stockContext.newPage()
      await page.goto(stockServer.url)
      const isShown = (): boolean =>
        [...document.querySelectorAll('video')].some((video) => video.videoWidth > 0 && video.currentTime > 0) ||
        [...document.querySelectorAll('canvas')].some((canvas) => canvas.width === 1280 && canvas.checkVisibility())
      await page.waitForFunction(isShown, null, { polling: 100, timeout: PATIENCE_MS })
      // a desktop goes on as the last client asked it to: this one gets the server's defaults again, in its own dashboard's words
      await page.evaluate(
        (settings) => window.postMessage({ type: 'settings', settings }, location.origin),
        STOCK_SETTINGS,
      )
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
  const tunnelRttMs = await tunnelRoundTrip(dial)
  const figures: Record<string, unknown> = { tunnelRttMs }
  if (wanted('webrtc')) {
    // the same way for both: the desktop's own address, which is all that the stock client is offered
    const ours = ourClient(app, sessionId, 'ours', 'paths=direct')
    figures['webrtc'] = compare(await takeTurns([ours, stock], 'webrtc', presses, tunnelRttMs, signal))
  }
  if (wanted('paths')) {
    cleanup.defer(await startRelay(cluster, namespace))
    const paths = ['node', 'relay', 'tunnel'] as const
    const clients = paths.map((path) => ourClient(app, sessionId, path, `paths=${path}`))
    const alone = await takeTurns(clients, 'webrtc', presses, tunnelRttMs, signal)
    figures['paths'] = Object.fromEntries(paths.map((path, index) => [path, alone[index]]))
    const [node, , tunnel] = alone
    figures['portForwardAddedMs'] = added(tunnel?.p50, node?.p50)
  }
  if (wanted('websocket')) {
    await switchTo('websocket')
    const ours = ourClient(app, sessionId, 'ours', 'mode=websocket')
    figures['websocket'] = compare(await takeTurns([ours, stock], 'websocket', presses, tunnelRttMs, signal))
  }
  report('latency', { load1, ...figures })
})
