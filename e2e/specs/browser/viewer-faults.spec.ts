// What a viewer does when its desktop's connection fails, each failure made on the demo desktop: told in words, healed by itself
// where that is possible, and never against what a person or another page decided.
import type { Page, WebSocketRoute } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, startAndOpen } from '../../drivers/demo.ts'
import type { AppDriver } from '../../drivers/driver.ts'
import { connected } from '../../drivers/viewer.ts'
import type { Fault } from '../../../shared/demo/attach.ts'

test.use({
  appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '20' } },
  viewport: { width: 900, height: 600 },
})

/** The sockets of the viewers of one test, between page and core. */
class Sockets {
  /** Signalling sockets so far, the newest last. */
  readonly signalling: WebSocketRoute[] = []
  /** Lines that the page said. */
  readonly said: string[] = []
  /** Words that the desktop's server began its lines to the page with. */
  readonly heard: string[] = []
  refuse = false
  /** The server does not hear that a page's socket ends, as when a network goes away. */
  unheard = false
  #desktop: WebSocketRoute | undefined
  #lasting: Fault[] = []

  async watch(app: AppDriver): Promise<void> {
    await app.page.context().routeWebSocket(/\/api\/webrtc\/signaling/, (socket) => {
      const server = socket.connectToServer()
      this.signalling.push(socket)
      socket.onMessage((line) => {
        const text = String(line)
        this.said.push(text.split(' ')[0] ?? '')
        if (this.refuse && text.startsWith('SESSION')) socket.send('ERROR peer server not found')
        else server.send(line)
      })
      socket.onClose((code, reason) => {
        if (!this.unheard)
          void server.close({ ...(code !== undefined && { code }), ...(reason !== undefined && { reason }) })
      })
      server.onMessage((line) => {
        this.heard.push(String(line).split(' ')[0] ?? '')
        socket.send(line)
      })
    })
    await app.page.context().routeWebSocket(/\/demo\/attach/, (socket) => {
      socket.connectToServer()
      this.#desktop = socket
      for (const fault of this.#lasting) this.#tell(fault)
    })
  }
  /** Makes the desktop's page commit a fault now, or from its beginning on. */
  fault(fault: Fault): void {
    if (this.#desktop === undefined) this.#lasting.push(fault)
    else this.#tell(fault)
  }
  #tell(fault: Fault): void {
    this.#desktop?.send(JSON.stringify({ type: 'fault', fault }))
  }
}

async function prepare(app: AppDriver): Promise<Sockets> {
  const sockets = new Sockets()
  await sockets.watch(app)
  await chooseDemo(app.page)
  return sockets
}
function framesShown(viewer: Page): Promise<number> {
  return viewer.evaluate(() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0)
}
async function moves(viewer: Page): Promise<void> {
  const before = await framesShown(viewer)
  await expect.poll(() => framesShown(viewer)).toBeGreaterThan(before + 3)
}
const state = (viewer: Page) => expect(viewer.getByRole('main'))
/** Opens the viewer without waiting for its picture. */
const openSoon = (app: AppDriver): Promise<Page> =>
  app.openViewer(() => app.page.getByRole('button', { name: 'Start Firefox kiosk' }).click())

test('a cut signalling socket costs nothing: the picture goes on', async ({ app }) => {
  const sockets = await prepare(app)
  const viewer = await startAndOpen(app)
  sockets.unheard = true
  await sockets.signalling.at(-1)?.close({ code: 4999, reason: 'cut' })
  await expect.poll(() => sockets.heard).toContain('RESUMED')
  await state(viewer).toHaveAttribute('data-state', 'connected')
  await moves(viewer)
})

test('a server that goes away and comes back is reconnected, with the last picture meanwhile', async ({ app }) => {
  const sockets = await prepare(app)
  const viewer = await startAndOpen(app)
  await sockets.signalling.at(-1)?.close({ code: 1001, reason: 'Server going away.' })
  await expect.poll(() => sockets.signalling.length).toBeGreaterThan(1)
  await connected(viewer)
  await moves(viewer)
})

test('channels that close are connected anew', async ({ app }) => {
  const sockets = await prepare(app)
  const viewer = await startAndOpen(app)
  sockets.fault({ kind: 'close-channels' })
  await expect.poll(() => sockets.signalling.length).toBeGreaterThan(1)
  await connected(viewer)
  await moves(viewer)
})

test('a picture that stops on a way that stands is kept on screen, and goes on', async ({ app }) => {
  const sockets = await prepare(app)
  const viewer = await startAndOpen(app)
  sockets.fault({ kind: 'stall', on: true })
  let last = -1
  await expect
    .poll(async () => {
      const before = last
      last = await framesShown(viewer)
      return last === before
    })
    .toBe(true)
  await state(viewer).toHaveAttribute('data-state', 'connected')
  sockets.fault({ kind: 'stall', on: false })
  await moves(viewer)
  expect(sockets.signalling).toHaveLength(1)
})

test('a desktop without a picture is waited for, in words, and shown when it has one', async ({ app }) => {
  const sockets = await prepare(app)
  sockets.fault({ kind: 'drop-video', on: true })
  const viewer = await openSoon(app)
  await expect(viewer.getByRole('heading', { name: 'Connecting to Firefox kiosk' })).toBeVisible()
  await expect.poll(() => sockets.said).toContain('SESSION')
  await state(viewer).toHaveAttribute('data-state', 'connecting')
  sockets.fault({ kind: 'drop-video', on: false })
  await connected(viewer)
})

test('a server whose own part is not up yet is asked again', async ({ app }) => {
  const sockets = await prepare(app)
  sockets.refuse = true
  const viewer = await openSoon(app)
  await expect.poll(() => sockets.said.filter((word) => word === 'SESSION').length).toBeGreaterThan(2)
  await state(viewer).toHaveAttribute('data-state', 'connecting')
  sockets.refuse = false
  await connected(viewer)
})

test('an offer that takes its time is waited for', async ({ app }) => {
  const sockets = await prepare(app)
  sockets.fault({ kind: 'delay-offer', ms: 4_000 })
  const viewer = await openSoon(app)
  await expect(viewer.getByText(/^[3-9] s$/)).toBeVisible()
  await connected(viewer)
  expect(sockets.signalling).toHaveLength(1)
})

test('when another page takes the desktop, a person is asked: it is never taken back by itself', async ({ app }) => {
  const sockets = await prepare(app)
  const viewer = await startAndOpen(app)
  await sockets.signalling.at(-1)?.close({ code: 4001, reason: 'Superseded by a new connection for this player slot.' })
  await state(viewer).toHaveAttribute('data-state', 'ask-takeover')
  await expect(viewer.getByRole('heading', { name: 'In use elsewhere' })).toBeVisible()
  await expect(viewer.getByRole('button', { name: 'Take over' })).toBeVisible()
  expect(sockets.signalling).toHaveLength(1)
  await viewer.getByRole('button', { name: 'Join beside' }).click()
  await connected(viewer)
  await moves(viewer)
})

test('a right that was withdrawn is asked for anew, by itself', async ({ app }) => {
  const sockets = await prepare(app)
  const viewer = await startAndOpen(app)
  await sockets.signalling.at(-1)?.close({ code: 4002, reason: 'Token revoked' })
  await expect.poll(() => sockets.signalling.length).toBeGreaterThan(1)
  await connected(viewer)
})

test('reconnecting says what happens, stops when told to, and a network that is back is used at once', async ({
  app,
}) => {
  const sockets = await prepare(app)
  const viewer = await startAndOpen(app)
  sockets.refuse = true
  await sockets.signalling.at(-1)?.close({ code: 1001, reason: 'Server going away.' })
  await expect(viewer.getByRole('heading', { name: 'Reconnecting to Plain terminal' })).toBeVisible()
  await viewer.evaluate(() => window.dispatchEvent(new Event('offline')))
  await expect(viewer.getByText('This computer is offline.')).toBeVisible()
  await viewer.getByRole('button', { name: 'Stop trying' }).click()
  await state(viewer).toHaveAttribute('data-state', 'ended')
  sockets.refuse = false
  await viewer.evaluate(() => window.dispatchEvent(new Event('online')))
  await viewer.getByRole('button', { name: 'Connect again' }).click()
  await connected(viewer)
  // a picture that stands is asked for a sign of life and goes on
  const before = sockets.signalling.length
  await viewer.evaluate(() => window.dispatchEvent(new Event('online')))
  await moves(viewer)
  expect(sockets.signalling).toHaveLength(before)
})

test('the connection menu shows the way in use, and the check names every hop', async ({ app }) => {
  await prepare(app)
  const viewer = await startAndOpen(app)
  await viewer.keyboard.press('Control+Alt+Shift+KeyX')
  await viewer.getByRole('button', { name: 'Connection', exact: true }).click()
  await expect(viewer.locator('[data-path-in-use]')).toContainText('Direct to the desktop')
  const absent = viewer.locator('optgroup[label="Not there"]')
  await expect(absent.locator('option', { hasText: 'Relay, TLS' })).toBeDisabled()
  await viewer.getByRole('button', { name: 'Check the connection' }).click()
  const check = viewer.getByRole('dialog', { name: 'Connection check' })
  await expect(check).toHaveAttribute('data-done', 'true')
  await expect(check.getByRole('listitem').filter({ hasText: 'The desktop’s own address' })).toHaveAttribute(
    'data-state',
    'ok',
  )
  await state(viewer).toHaveAttribute('data-state', 'connected')
  await expect(check.getByRole('heading', { name: 'All is well' })).toBeVisible()
})
