// What specs of the demo do again and again: choose it, find its cards, open a desktop that runs.
import type { Locator, Page } from '@playwright/test'
import { expect } from './app-driver.ts'
import type { AppDriver } from './driver.ts'
import { connected } from './viewer.ts'

/** From the first screen to the demo's desktops. */
export async function chooseDemo(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start demo' }).click()
  await expect(page.getByRole('heading', { name: 'Start a desktop' })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Templates' })).toBeVisible()
}

/** The card of a desktop among the running and starting ones. */
export function desktopCard(page: Page, name: string): Locator {
  return page
    .getByRole('region', { name: 'Your desktops' })
    .getByRole('article')
    .filter({ has: page.getByRole('heading', { name, exact: true }) })
}

/** Chooses whether a desktop opens by itself when it is ready. */
export async function setOpenWhenReady(page: Page, on: boolean): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click()
  const toggle = page.getByRole('switch', { name: 'Open when ready' })
  if ((await toggle.getAttribute('aria-checked')) !== String(on)) await toggle.click()
  await expect(toggle).toHaveAttribute('aria-checked', String(on))
  await page.getByRole('link', { name: 'Desktops' }).click()
}

/** Starts a template of the demo and opens its desktop, which opens by itself. @returns the viewer, with a picture */
export async function startAndOpen(app: AppDriver, template = 'Plain terminal'): Promise<Page> {
  const viewer = await app.openViewer(() =>
    app.page.getByRole('button', { name: `Start ${template}`, exact: true }).click(),
  )
  await connected(viewer)
  return viewer
}
