// The pictures of the README, taken from the product itself: `npm run pictures` writes them to docs/pictures, a plain run keeps
// them with the results, so that a screen that can no longer be reached is noticed.
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, desktopCard, startAndOpen } from '../../drivers/demo.ts'

test.use({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' })

const folder =
  process.env['KASM_PICTURES'] === undefined ? undefined : join(import.meta.dirname, '../../../docs/pictures')

test('the README’s pictures', async ({ app }, info) => {
  const take = async (page: Page, name: string): Promise<void> => {
    await page.mouse.move(2, 400)
    await page.screenshot({ path: join(folder ?? info.outputPath(), `${name}.png`), animations: 'disabled' })
  }
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app, 'Ubuntu desktop')
  await viewer.bringToFront()
  await viewer.keyboard.type('Hello. This is a desktop that runs somewhere else.')
  await viewer.mouse.move(640, 1)
  await expect(viewer.getByRole('button', { name: 'Statistics' })).toBeVisible()
  await viewer.getByRole('button', { name: 'Statistics' }).click()
  await viewer.screenshot({ path: join(folder ?? info.outputPath(), 'viewer.png') })

  await app.page.bringToFront()
  await expect(desktopCard(app.page, 'Ubuntu desktop').locator('img')).toBeVisible({ timeout: 30_000 })
  await take(app.page, 'desktops')

  await app.page.getByRole('button', { name: 'Start Blender', exact: true }).click()
  const timeline = app.page.getByRole('list', { name: 'Start of Blender' })
  await expect(timeline.locator('[data-stage="image"][data-state="active"]')).toBeVisible()
  await take(app.page, 'starting')
})
