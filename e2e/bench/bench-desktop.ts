// A genuine desktop for benches that compare clients: started by the app, its own web client served beside it, and both of them opened
// in whatever browser a bench likes.
import { KubeConfig } from '@kubernetes/client-node'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { dialPodPort } from '../../kube/port-forward.ts'
import { accessName } from '../../shared/domain/names.ts'
import { DESKTOP_USER, HTTP_PORT } from '../../shared/product.ts'
import { desktopOf, podOf, type Desktop } from '../drivers/desktop.ts'
import { TEMPLATE, type BenchApp, type BenchWindow } from './bench-app.ts'
import { serveStockClient } from './stock-client.ts'
import type { Mode } from './take-turns.ts'

const PATIENCE_MS = 40_000
/** Selkies 2.1's default bitrate, which its own client asks for: a larger picture takes longer to make and to send. */
export const STOCK_KBPS = 8000
/** Selkies 2.1's default, 1/s. */
const STOCK_FPS = 60

export interface BenchDesktop extends AsyncDisposable {
  readonly sessionId: string
  readonly inside: Desktop
  /** Selkies' own page. */
  readonly stockUrl: string
  /** A new connection to the desktop's HTTP port, through the API server. */
  dial(): ReturnType<typeof dialPodPort>
  switchTo(mode: Mode): Promise<void>
  /** Opens one client in a context of its own. */
  open(
    browser: Browser,
    client: 'ours' | 'stock',
    mode: Mode,
    format: { readonly width: number; readonly height: number; readonly fps: number },
  ): Promise<Page>
}

/**
 * Starts a desktop, and waits until it runs. The library's window is closed: it has nothing to do, and its work would be counted.
 * @returns the session's id
 */
export async function startBenchDesktop({ core, clusterId, page }: BenchApp): Promise<string> {
  await core.call('settings.set', { openWhenReady: false, bitrateKbps: STOCK_KBPS })
  const { sessionId } = await core.call('sessions.start', { clusterId, templateId: TEMPLATE })
  await core.wait(
    'sessions',
    ({ sessions }) => sessions.find(({ id, phase }) => id === sessionId && phase === 'running'),
    90_000,
  )
  await page.close()
  return sessionId
}

/** Starts a desktop, with Selkies' own page beside it. */
export async function openBenchDesktop(app: BenchApp): Promise<BenchDesktop> {
  const { core, cluster, namespace, kubeconfig } = app
  const sessionId = await startBenchDesktop(app)
  const pod = podOf(sessionId)
  const secret = ['get', 'secret', '-n', namespace, accessName(pod), '-o', 'jsonpath={.data.password}']
  const password = Buffer.from(await cluster.kubectl(secret), 'base64').toString()
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const stop = new AbortController()
  const dial = () => dialPodPort(config, namespace, pod, HTTP_PORT, stop.signal)
  const stock = await serveStockClient(dial, `Basic ${Buffer.from(`${DESKTOP_USER}:${password}`).toString('base64')}`)
  return {
    sessionId,
    inside: desktopOf(cluster, namespace, pod),
    stockUrl: stock.url,
    dial,
    switchTo: (mode) => switchMode(stock.url, mode),
    async open(browser, client, mode, { width, height, fps }) {
      const viewport = { width, height }
      if (client === 'stock')
        return untilSize(await openStock(await browser.newContext({ viewport }), stock.url, fps), viewport)
      await core.call('settings.set', { frameRate: fps, bitrateKbps: STOCK_KBPS })
      const context = await browser.newContext({ viewport, storageState: await app.context.storageState() })
      const query = mode === 'websocket' ? 'mode=websocket' : 'paths=direct'
      return untilSize(await openOurs(context, app.host, sessionId, 'ours', query), viewport)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await stock.stop()
    },
  }
}

/** A picture of another size is another picture: nothing is measured on it. */
async function untilSize(page: Page, size: { readonly width: number; readonly height: number }): Promise<Page> {
  const isShown = ({ width, height }: typeof size): boolean =>
    [...document.querySelectorAll('video')].some(
      (video) => video.videoWidth === width && video.videoHeight === height,
    ) || [...document.querySelectorAll('canvas')].some((canvas) => canvas.width === width && canvas.height === height)
  await page.waitForFunction(isShown, size, { polling: 100, timeout: PATIENCE_MS })
  return page
}

/** Changes the transport of a desktop for everybody. */
export async function switchMode(stockUrl: string, mode: Mode): Promise<void> {
  const answer = await fetch(`${stockUrl}api/switch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mode: mode === 'webrtc' ? 'webrtc' : 'websockets' }),
  })
  if (!answer.ok) throw new Error(`the desktop refused to switch to ${mode}: ${answer.status}`)
}

/**
 * Our viewer at a query of its page, once it shows a picture.
 * @param name for the error @throws with what the viewer says when it shows none
 */
export async function openOurs(
  context: BrowserContext,
  host: Pick<BenchWindow['host'], 'origin'>,
  sessionId: string,
  name: string,
  query: string,
): Promise<Page> {
  const page = await context.newPage()
  await page.goto(new URL(`/viewer.html?session=${encodeURIComponent(sessionId)}&${query}`, host.origin).href)
  await page
    .locator('[data-viewer][data-state="connected"]')
    .waitFor({ timeout: PATIENCE_MS })
    .catch(async (error: unknown) => {
      const said = (await page.locator('body').innerText()).replaceAll(/\s+/g, ' ').slice(0, 200)
      throw new Error(`${name}: no picture; the viewer says: ${said}`, { cause: error })
    })
  return page
}

/**
 * Selkies' own page, once it shows a picture. A desktop goes on as the last client asked it to: this one gets the server's defaults
 * again, in the words of its own dashboard, or it would run on what ours had just asked for.
 * @param fps 1/s
 */
export async function openStock(context: BrowserContext, stockUrl: string, fps: number = STOCK_FPS): Promise<Page> {
  const page = await context.newPage()
  await page.goto(stockUrl)
  const isShown = (): boolean =>
    [...document.querySelectorAll('video')].some((video) => video.videoWidth > 0 && video.currentTime > 0) ||
    [...document.querySelectorAll('canvas')].some((canvas) => canvas.width >= 1280 && canvas.checkVisibility())
  await page.waitForFunction(isShown, null, { polling: 100, timeout: PATIENCE_MS })
  await page.evaluate((settings) => window.postMessage({ type: 'settings', settings }, location.origin), {
    framerate: fps,
    video_streaming_mode: true,
    video_bitrate: STOCK_KBPS,
  })
  return page
}
