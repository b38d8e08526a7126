// The whole tour of the UI, judged by axe in both themes, at 320 px and with less motion: no violation, nothing out of reach.
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, desktopCard, setOpenWhenReady, startAndOpen } from '../../drivers/demo.ts'
import { openQuality } from '../../drivers/viewer-quality.ts'

test.use({ appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '4' } } })

/** Judges what is shown once it stands still: a colour in the middle of a fade is nobody's contrast. */
async function judge(page: Page, screen: string): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(
        () =>
          document
            .getAnimations()
            .filter((a) => a.effect?.getTiming().iterations !== Infinity && a.playState === 'running').length,
      ),
    )
    .toBe(0)
  // there is no foreign frame: without a second page for its last step axe takes two thirds of the time
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  const found = violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join(' | ')}`,
  )
  expect(found, screen).toEqual([])
}
async function staysInside(page: Page, screen: string): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(over, `${screen} is wider than its window`).toBeLessThanOrEqual(0)
}
/** Shows every screen and dialog in turn. */
async function tour(page: Page, look: (screen: string) => Promise<void>): Promise<void> {
  await expect(page.getByText('No kubeconfig was found. The app looked in')).toBeVisible()
  await look('first start')
  await page.getByRole('button', { name: 'Paste', exact: true }).click()
  await page.getByRole('button', { name: 'Add cluster' }).click()
  await expect(page.getByText('Paste the text first.')).toBeVisible()
  await look('paste dialog')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await chooseDemo(page)
  await setOpenWhenReady(page, false)
  // soon, before a colleague's slice comes free
  await page.getByRole('button', { name: 'Wait in line for CAD workstation' }).click()
  await expect(desktopCard(page, 'CAD workstation')).toContainText('No free GPU slice.')
  await look('desktops')
  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await look('settings')
  await page.getByRole('link', { name: 'Desktops' }).click()
  await page.getByRole('button', { name: 'Start Broken image' }).click()
  await expect(desktopCard(page, 'Broken image')).toContainText('Did not start')
  await desktopCard(page, 'Broken image').getByRole('button', { name: 'Details' }).click()
  await page.getByRole('button', { name: 'Start Firefox kiosk' }).click()
  await expect(desktopCard(page, 'Firefox kiosk')).toContainText(/since \d\d:\d\d/)
  await look('starting, waiting, failed and running desktops')
  await page.getByRole('button', { name: 'More for Firefox kiosk' }).click()
  await page.getByRole('menuitem', { name: 'Stop', exact: true }).click()
  await look('stop question')
  await page.getByRole('dialog').getByRole('button', { name: 'Keep running' }).click()
  await page.getByRole('button', { name: 'Remove My Ubuntu' }).click()
  await page.getByRole('radio', { name: /Delete the home too/ }).check()
  await look('remove question')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Command' })).toBeFocused()
  await look('palette')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Switch cluster/ }).click()
  await expect(page.getByRole('menuitem', { name: 'Add a cluster…' })).toBeVisible()
  await look('cluster menu')
  await page.getByRole('menuitem', { name: 'Add a cluster…' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Clusters' })).toBeVisible()
  await look('clusters')
}

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(colorScheme, () => {
    test.use({ colorScheme })
    test('no screen has a violation', async ({ app: { page } }, info) => {
      await tour(page, async (screen) => {
        await judge(page, screen)
        await page.screenshot({ path: info.outputPath(`${colorScheme}-${screen.replaceAll(/\W+/g, '-')}.png`) })
      })
    })
    test('neither has the viewer, its bar and its end', async ({ app }, info) => {
      await chooseDemo(app.page)
      const viewer = await startAndOpen(app)
      await viewer.keyboard.press('Control+p')
      await expect(viewer.getByText('Notes.pdf was printed')).toBeVisible()
      await viewer.keyboard.press('Control+Alt+Shift+X')
      await viewer.getByRole('toolbar', { name: 'Desktop' }).getByRole('button', { name: 'Files' }).click()
      await expect(viewer.getByRole('button', { name: 'Fetch Welcome.txt' })).toBeVisible()
      await viewer.getByRole('toolbar', { name: 'Desktop' }).getByRole('button', { name: 'Statistics' }).click()
      await expect(viewer.getByRole('region', { name: 'Statistics' })).toContainText('Direct to the desktop')
      await judge(viewer, 'viewer')
      await viewer.screenshot({ path: info.outputPath(`${colorScheme}-viewer.png`) })
      await viewer.keyboard.press('Control+Alt+Shift+X')
      await viewer.getByRole('toolbar', { name: 'Desktop' }).getByRole('button', { name: 'Keys', exact: true }).click()
      await expect(viewer.getByRole('dialog', { name: 'Keys' })).toBeVisible()
      await judge(viewer, 'keys')
      await viewer.screenshot({ path: info.outputPath(`${colorScheme}-viewer-keys.png`) })
      await viewer.keyboard.press('Escape')
      const quality = await openQuality(viewer)
      await quality.getByText('Single controls').click()
      await expect(quality.getByRole('slider', { name: 'Frames a second' })).toBeVisible()
      await judge(viewer, 'quality')
      await viewer.screenshot({ path: info.outputPath(`${colorScheme}-viewer-quality.png`) })
      await viewer.keyboard.press('Escape')
      await viewer.keyboard.press('Control+Alt+Shift+X')
      await viewer.getByRole('toolbar', { name: 'Desktop' }).getByRole('button', { name: 'Connection' }).click()
      await expect(viewer.getByRole('dialog', { name: 'Connection' })).toBeVisible()
      await judge(viewer, 'connection')
      await viewer.screenshot({ path: info.outputPath(`${colorScheme}-viewer-connection.png`) })
      await viewer.getByRole('button', { name: 'Check the connection' }).click()
      const check = viewer.getByRole('dialog', { name: 'Connection check' })
      await expect(check).toHaveAttribute('data-done', 'true')
      await judge(viewer, 'connection check')
      await viewer.screenshot({ path: info.outputPath(`${colorScheme}-viewer-check.png`) })
      await check.getByRole('button', { name: 'Close the check' }).click()
      await app.page.getByRole('button', { name: 'Stop Plain terminal' }).click()
      await expect(viewer.getByRole('button', { name: 'Start again' })).toBeVisible()
      await judge(viewer, 'viewer that ended')
      await viewer.screenshot({ path: info.outputPath(`${colorScheme}-viewer-ended.png`) })
    })
  })

test.describe('narrow', () => {
  test.use({ viewport: { width: 320, height: 640 }, contextOptions: { reducedMotion: 'reduce' } })
  test('at 320 px nothing is out of reach, and nothing moves for long', async ({ app: { page } }, info) => {
    await tour(page, async (screen) => {
      await staysInside(page, screen)
      await judge(page, screen)
      await page.screenshot({ path: info.outputPath(`narrow-${screen.replaceAll(/\W+/g, '-')}.png`) })
    })
  })
})

test.describe('at 200 %', () => {
  // a browser's zoom halves the window in CSS pixels and doubles the device's
  test.use({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 })
  test('nothing is out of reach', async ({ app: { page } }) => {
    await tour(page, (screen) => staysInside(page, screen))
  })
})
