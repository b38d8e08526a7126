// The quality of the picture on the genuine Selkies, in both modes: what is chosen is seen in what arrives. What the desktop has then is
// put back, for the tests that share it.
import type { Page } from '@playwright/test'
import { expect, test } from '../../drivers/cluster-app.ts'
import { eventually, flicker } from '../../drivers/desktop.ts'
import { connected } from '../../drivers/viewer.ts'
import { openQuality, openStatistics, watchDecoders } from '../../drivers/viewer-quality.ts'

/** The newest figure of a chart of the statistics. */
async function figure(page: Page, title: string): Promise<number> {
  const text = await page.getByRole('figure').filter({ hasText: title }).locator('b').textContent()
  return Number.parseFloat(text ?? '')
}
const choose = async (page: Page, preset: string): Promise<void> => {
  const menu = await openQuality(page)
  await menu.getByRole('radio', { name: preset }).check()
  await page.keyboard.press('Escape')
}
/** The H.264 profiles that the newest peer's desktop offers. */
const offered = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const sdp = window.specPeers?.at(-1)?.remoteDescription?.sdp ?? ''
    return [...sdp.matchAll(/profile-level-id=([\da-f]{6})/g)].map(([, profile]) => profile ?? '')
  })

test('WebRTC: a preset is seen in the frames that arrive and in the offer', async ({ sharedDesktop: desktop }) => {
  const page = await desktop.open()
  await connected(page)
  const overlay = await openStatistics(page)
  const rest = await flicker(desktop.inside)
  await choose(page, 'Sharp text')
  await eventually(
    () => figure(page, 'Frames'),
    (fps) => fps > 12 && fps <= 33,
    15_000,
  )
  await rest()
  await expect(overlay).toContainText('Asked for30 fpsat most 20 Mbit/s')
  await expect(overlay).toContainText('Held at')
  await expect(overlay).toContainText(/Not understood\d/)
  // the next connection is offered 4:4:4, since this browser said that it shows it
  await page.reload()
  await connected(page)
  expect(await offered(page)).toContain('f4001f')
  expect((await offered(page)).slice(0, 3)).toEqual(['f4001f', 'f4001f', 'f4001f'])
  const menu = await openQuality(page)
  await expect(menu.getByRole('radio', { name: 'Sharp text' })).toBeChecked()
  await menu.getByText('Single controls').click()
  // which this server does and says
  await expect(menu.getByRole('checkbox', { name: /^Full colour/ })).toBeChecked()
  await expect(menu.getByRole('checkbox', { name: /^Full colour/ })).toBeEnabled()
  await expect(menu.getByRole('slider', { name: /^JPEG quality/ })).toBeDisabled()
  await menu.getByRole('radio', { name: 'Balanced' }).check()
})

test('WebSocket: a preset is seen in the frames that arrive and in their codec', async ({ sharedDesktop: desktop }) => {
  const page = await desktop.open('mode=websocket')
  await watchDecoders(page)
  await page.reload()
  await connected(page)
  const codec = () => page.evaluate(() => window.specCodecs?.at(-1) ?? '')
  await openStatistics(page)
  const rest = await flicker(desktop.inside)
  await choose(page, 'Sharp text')
  await eventually(codec, (name) => name.startsWith('avc1.F4'), 15_000)
  await eventually(
    () => figure(page, 'Frames'),
    (fps) => fps > 12 && fps <= 33,
    15_000,
  )
  await rest()
  // a still screen costs nothing where not every frame is sent
  await choose(page, 'Low bandwidth')
  await eventually(codec, (name) => name.startsWith('avc1.42'), 15_000)
  await eventually(
    () => figure(page, 'Frames'),
    (fps) => fps < 5,
    15_000,
  )
  // and every frame is sent again, as many as a busy machine makes
  await choose(page, 'Smooth motion')
  await eventually(
    () => figure(page, 'Frames'),
    (fps) => fps > 10,
    15_000,
  )
  await choose(page, 'Balanced')
})
