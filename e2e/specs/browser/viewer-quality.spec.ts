// The quality of a desktop's picture in a real browser: what is chosen is sent and remembered, what the desktop forbids is shut, and a poor
// connection is answered and said. The desktop is the demo's; what arrived is read from what was sent.
import type { Page, WebSocketRoute } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, startAndOpen } from '../../drivers/demo.ts'
import { connected, sentTexts, watchSent } from '../../drivers/viewer.ts'
import { openQuality, openStatistics, playLoss } from '../../drivers/viewer-quality.ts'
import type { Fault } from '../../../shared/demo/attach.ts'

test.use({
  appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '20' } },
  viewport: { width: 1100, height: 720 },
  permissions: ['clipboard-read', 'clipboard-write'],
})

const last = async (viewer: Page, like: RegExp): Promise<string | undefined> => (await sentTexts(viewer, like)).at(-1)

test('a preset is sent and remembered for this desktop, and what is locked says so', async ({ app }) => {
  let desktop: WebSocketRoute | undefined
  await app.page.context().routeWebSocket(/\/demo\/attach/, (socket) => {
    socket.connectToServer()
    desktop = socket
  })
  await watchSent(app.page.context())
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  await viewer.bringToFront()
  let menu = await openQuality(viewer)
  // specs have a frame rate of their own in the settings
  await expect(menu.getByText('As on the settings page.')).toBeVisible()
  await menu.getByRole('radio', { name: 'Low bandwidth' }).check()
  await expect.poll(() => last(viewer, /^_arg_fps,/)).toBe('_arg_fps,24')
  await expect.poll(() => last(viewer, /^vb,/)).toBe('vb,1500')

  // a control by itself is nobody's preset
  await menu.getByText('Single controls').click()
  const frames = menu.getByRole('slider', { name: 'Frames a second' })
  await frames.focus()
  await viewer.keyboard.press('ArrowRight')
  await expect.poll(() => last(viewer, /^_arg_fps,/)).toBe('_arg_fps,25')
  await expect(menu.getByText('Set by hand for this desktop.')).toBeVisible()
  // which the demo's desktop does not have
  await expect(menu.getByRole('checkbox', { name: /^Full colour/ })).toBeDisabled()
  await expect(menu.getByRole('slider', { name: /^JPEG/ })).toHaveCount(0)

  const fault: Fault = {
    kind: 'settings',
    settings: {
      framerate: { value: [30, 30], min: 30, max: 30, default: 30 },
      video_bitrate: { value: [100, 4000], min: 100, max: 4000, default: 4000 },
      encoder: { value: 'vp8enc', allowed: ['vp8enc', 'h265enc', 'jpeg', '<b>bold</b>'] },
    },
  }
  desktop?.send(JSON.stringify({ type: 'fault', fault }))
  await expect(frames).toBeDisabled()
  await expect(menu.getByText('Set for this desktop by its administrator.').first()).toBeVisible()
  await expect(menu.getByRole('combobox', { name: 'Encoder' }).getByRole('option')).toHaveText([
    'VP8',
    /^H\.265/,
    'JPEG – Only over WebSocket.',
  ])
  await menu.getByRole('radio', { name: 'Smooth motion' }).check()
  // as far as the desktop goes
  await expect.poll(() => last(viewer, /^vb,/)).toBe('vb,4000')
  expect(await last(viewer, /^_arg_fps,/)).not.toContain('120')

  await viewer.reload()
  await connected(viewer)
  await viewer.bringToFront()
  menu = await openQuality(viewer)
  await expect(menu.getByRole('radio', { name: 'Smooth motion' })).toBeChecked()
  await expect.poll(() => last(viewer, /^_arg_fps,/)).toBe('_arg_fps,120')
})

test('a path that loses packets is said with its reason and answered with less, and both end with it', async ({
  app,
}) => {
  let desktop: WebSocketRoute | undefined
  await app.page.context().routeWebSocket(/\/demo\/attach/, (socket) => {
    socket.connectToServer()
    desktop = socket
  })
  await watchSent(app.page.context())
  await playLoss(app.page.context())
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  await viewer.bringToFront()
  const say = (fault: Fault) => desktop?.send(JSON.stringify({ type: 'fault', fault }))
  // a desktop that has time, and leaves its bitrate to who watches
  say({ kind: 'figures', figures: { encode_ms: 1, encoded_fps: 60 } })
  say({ kind: 'settings', settings: { congestion_control: { value: false, locked: true } } })
  const overlay = await openStatistics(viewer)
  await viewer.evaluate(() => (window.specLoss = 0.08))
  await expect(viewer.locator('[data-poor="loss"]')).toHaveText('The connection is poor: packets are lost on the way')
  await expect.poll(() => sentTexts(viewer, /^_arg_fps,23$/)).toHaveLength(1)
  await expect.poll(() => sentTexts(viewer, /^vb,8400$/)).toHaveLength(1)
  await expect(
    overlay.getByRole('img', { name: /^Lost, last \d+ seconds, least, middle and most: .* 8\.0 %$/ }),
  ).toBeVisible()

  await overlay.getByRole('button', { name: 'Copy report' }).click()
  const report = await viewer.evaluate(() => navigator.clipboard.readText())
  expect(report).toMatch(
    /^Quality: own, 30 frames\/s, at most 12\.0 Mbit\/s, steps down by itself\. Now \d+ frames\/s because of loss$/m,
  )
  expect(report).toContain('Not understood: 0 of the desktop’s messages')
  expect(report).not.toMatch(/127\.0\.0\.1|ticket|\/d\/|[\w-]{30}/)

  await viewer.evaluate(() => (window.specLoss = 0))
  await expect(viewer.locator('[data-poor]')).toHaveCount(0)
  await expect.poll(() => last(viewer, /^_arg_fps,/), { timeout: 15_000 }).toBe('_arg_fps,30')
  await expect.poll(() => last(viewer, /^vb,/)).toBe('vb,12000')
})
