// Displays on the genuine Selkies 2.1, in both modes: a fixed size in each scaling with the pointer where it is meant, and a second
// display that shows its own part of the desktop and takes its input. What is true is told by xrandr and xdotool in the desktop.
import type { Page } from '@playwright/test'
import { expect, test, type RunningDesktop } from '../../drivers/cluster-app.ts'
import { cardColor, eventually } from '../../drivers/desktop.ts'
import { connected, distance, pagePoint, picturePixels, pictureSize } from '../../drivers/viewer.ts'

async function choose(page: Page, name: string, option: string): Promise<void> {
  await page.keyboard.press('Control+Alt+Shift+X')
  await page.getByRole('toolbar').getByRole('button', { name: 'Display', exact: true }).click()
  await page.getByRole('dialog').getByRole('combobox', { name }).selectOption(option)
  await page.keyboard.press('Escape')
}
/** Puts the mouse over a pixel of the stream, and says where the desktop has its pointer then. */
async function pointsAt(
  page: Page,
  desktop: RunningDesktop,
  at: { x: number; y: number },
  desktopX = at.x,
): Promise<void> {
  // the picture may still be on its way to its place
  await expect(async () => {
    const { x, y } = await pagePoint(page, at)
    await page.mouse.move(x, y)
    expect(await desktop.inside.pointer()).toEqual({ x: desktopX, y: at.y })
  }).toPass({ timeout: 10_000, intervals: [100, 200, 300] })
}

for (const [mode, query] of [
  ['WebRTC', ''],
  ['WebSocket', 'mode=websocket'],
] as const)
  test(`${mode}: a fixed size in each scaling, and a second display beside it`, async ({ sharedDesktop: desktop }) => {
    const page = await desktop.open(query)
    await connected(page)
    await desktop.inside.showCard()
    await choose(page, 'Size', '1280x800')
    await expect.poll(() => pictureSize(page)).toEqual({ width: 1280, height: 800 })
    for (const scaling of ['fit', 'stretch', 'actual']) {
      await choose(page, 'Scaling', scaling)
      await pointsAt(page, desktop, { x: 613, y: 377 })
      await pointsAt(page, desktop, { x: 20, y: 701 })
    }

    await choose(page, 'Scaling', 'fit')
    await page.keyboard.press('Control+Alt+Shift+X')
    await page.getByRole('toolbar').getByRole('button', { name: 'Display', exact: true }).click()
    const separate = page.getByRole('checkbox', { name: 'In its own window' })
    await expect(separate).not.toBeChecked()
    const opened = page.context().waitForEvent('page', { timeout: 15_000 })
    await separate.click()
    const second = await opened
    await page.keyboard.press('Escape')
    await second.setViewportSize({ width: 800, height: 600 })
    await connected(second)
    await expect.poll(() => pictureSize(second), { timeout: 20_000 }).toEqual({ width: 800, height: 600 })
    // two monitors, the second one to the right of the first
    const monitors = await eventually(
      () => desktop.inside.sh('xrandr --listmonitors'),
      (text) => /Monitors: 2/.test(text),
    )
    expect(monitors).toMatch(/\b800\/\d+x600\/\d+\+1280\+0/)
    // its own picture: the card goes on where the first display ends
    await desktop.inside.showCard()
    const points = [
      { x: 700, y: 520 },
      { x: 340, y: 300 },
    ]
    await expect(async () => {
      const seen = await picturePixels(second, points)
      for (const [index, point] of points.entries())
        expect(distance(seen[index] ?? [0, 0, 0], cardColor({ x: point.x + 1280, y: point.y }))).toBeLessThan(28)
    }).toPass({ timeout: 10_000 })
    await second.bringToFront()
    await pointsAt(second, desktop, { x: 99, y: 250 }, 1280 + 99)
    await page.bringToFront()
    await pointsAt(page, desktop, { x: 300, y: 300 })

    // closed by itself it is gone from the desktop too
    await second.close()
    await eventually(
      () => desktop.inside.sh('xrandr --listmonitors'),
      (text) => /Monitors: 1/.test(text),
      15_000,
    )
    await choose(page, 'Size', 'window')
    // and remembered as gone: the next window of this desktop opens none
    await page.keyboard.press('Control+Alt+Shift+X')
    await page.getByRole('toolbar').getByRole('button', { name: 'Display', exact: true }).click()
    await expect(separate).not.toBeChecked()
  })
