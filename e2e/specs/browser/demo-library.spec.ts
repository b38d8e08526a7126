// The demo's desktops as a person uses them: find, start stage by stage, wait, fail, cancel, stop, start again, remove.
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, desktopCard, setOpenWhenReady, startAndOpen } from '../../drivers/demo.ts'
import { connected } from '../../drivers/viewer.ts'
import type { Locator, Page } from '@playwright/test'

const STAGES = ['Asked', 'Placed', 'Home', 'Image', 'Started', 'Connected'] as const
const templates = (page: Page): Locator => page.getByRole('list', { name: 'Templates' })
const stage = (page: Page, desktop: string, name: string): Locator =>
  page
    .getByRole('list', { name: `Start of ${desktop}` })
    .getByRole('listitem')
    .filter({ hasText: name })
const stopped = (page: Page): Locator => page.getByRole('list', { name: 'Stopped desktops' })
const start = (page: Page, template: string): Promise<void> =>
  page.getByRole('button', { name: `Start ${template}`, exact: true }).click()

test.describe('at its own pace', () => {
  test('search, keys and the palette find what is wanted', async ({ app: { page } }) => {
    await chooseDemo(page)
    await expect(templates(page).getByRole('listitem')).toHaveCount(7)
    await expect(stopped(page)).toContainText('My Ubuntu')

    const search = page.getByRole('searchbox', { name: 'Search desktops and templates' })
    await page.keyboard.press('/')
    await expect(search).toBeFocused()
    await page.keyboard.type('ubuntu')
    await expect(templates(page).getByRole('listitem')).toHaveCount(1)
    await expect(stopped(page)).toContainText('My Ubuntu')
    await search.fill('kiosk')
    await expect(templates(page)).toContainText('Firefox kiosk')
    await expect(stopped(page)).toBeHidden()
    await search.fill('zzz')
    await expect(page.getByRole('heading', { name: 'Nothing is called “zzz”' })).toBeVisible()
    await page.getByRole('button', { name: 'Clear search' }).click()
    await expect(templates(page).getByRole('listitem')).toHaveCount(7)

    const first = page.getByRole('button', { name: 'Start Ubuntu desktop' })
    await first.focus()
    await page.keyboard.press('ArrowRight')
    await expect(page.getByRole('button', { name: 'Start Blender' })).toBeFocused()
    await page.keyboard.press('Home')
    await expect(first).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await expect(first).not.toBeFocused()
    await page.keyboard.press('ArrowUp')
    await expect(first).toBeFocused()
    await page.keyboard.type('pla')
    await expect(page.getByRole('button', { name: 'Start Plain terminal' })).toBeFocused()

    await page.keyboard.press('Control+k')
    const palette = page.getByRole('dialog', { name: 'Commands' })
    await expect(palette.getByRole('combobox', { name: 'Command' })).toBeFocused()
    await page.keyboard.type('settings')
    await expect(palette.getByRole('option', { selected: true })).toContainText('Settings')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
    await page.keyboard.press('g')
    await page.keyboard.press('d')
    await expect(page.getByRole('heading', { level: 1, name: 'Desktops' })).toBeVisible()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('dark theme')
    await page.keyboard.press('Enter')
    await expect(palette).toBeHidden()
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  })
})

test.describe('a little faster', () => {
  test.use({ appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '1.5' } } })

  test('a start runs through its stages in order, each with its time, and the desktop opens by itself', async ({
    app,
  }) => {
    const { page } = app
    await chooseDemo(page)
    const opened = app.openViewer(() => start(page, 'Plain terminal'))
    const list = page.getByRole('list', { name: 'Start of Plain terminal' })
    await expect(list.getByRole('listitem')).toHaveText(STAGES.map((name) => new RegExp(name)))
    await expect(page.getByText('It opens by itself when it is ready.')).toBeVisible()
    const seen: string[] = []
    const live = page.getByRole('status')
    await expect
      .poll(
        async () => {
          const now = (await list.locator('[aria-current="step"]').allTextContents())[0]
          const name = STAGES.find((known) => now?.startsWith(known))
          if (name !== undefined && seen.at(-1) !== name) seen.push(name)
          return (await list.count()) === 0
        },
        { intervals: [20], timeout: 20_000 },
      )
      .toBe(true)
    // whatever was seen was seen in the order of the stages, and the long ones cannot be missed
    expect(seen).toEqual(STAGES.filter((name) => seen.includes(name)))
    expect(seen).toEqual(expect.arrayContaining(['Home', 'Image', 'Started']))
    await expect(live.first()).toBeAttached()
    const viewer = await opened
    await connected(viewer)
    await expect(desktopCard(page, 'Plain terminal')).toContainText(/On .+ since \d\d:\d\d/)
  })

  test('times stand beside the stages that are done, and those not needed say so', async ({ app: { page } }) => {
    await chooseDemo(page)
    await setOpenWhenReady(page, false)
    // the kiosk keeps no home, and cpu-a has its image
    await start(page, 'Broken image')
    await expect(stage(page, 'Broken image', 'Image')).toContainText('is being fetched for the first time on')
    await expect(stage(page, 'Broken image', 'Asked')).toContainText(/done.*\d s/)
    await expect(stage(page, 'Broken image', 'Placed')).toContainText(/done.*\d s/)
    await expect(stage(page, 'Broken image', 'Home')).toContainText(/not needed.*skipped/)
    await expect(stage(page, 'Broken image', 'Started')).toContainText('to come')
  })

  test('a start that fails says why and what to do, and can be tried again', async ({ app: { page } }) => {
    await chooseDemo(page)
    await start(page, 'Broken image')
    const card = desktopCard(page, 'Broken image')
    await expect(card).toContainText('Did not start')
    await expect(stage(page, 'Broken image', 'Image')).toContainText('cannot be fetched')
    await expect(stage(page, 'Broken image', 'Image')).toContainText(
      'Ask your admin to check its name and the registry',
    )
    await card.getByRole('button', { name: 'Details' }).click()
    await expect(card).toContainText('start-image')
    await card.getByRole('button', { name: 'Start again' }).click()
    await expect(card.getByRole('button', { name: 'Cancel the start of Broken image' })).toBeVisible()
    await expect(card).toContainText('Did not start')
    await card.getByRole('button', { name: 'Remove Broken image' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await expect(card).toBeHidden()
  })

  test('a start that is cancelled leaves nothing', async ({ app: { page } }) => {
    await chooseDemo(page)
    await start(page, 'Blender')
    await page.getByRole('button', { name: 'Cancel the start of Blender' }).click()
    await expect(desktopCard(page, 'Blender')).toBeHidden()
    await expect(stopped(page).getByRole('listitem')).toHaveCount(1)
    await page.reload()
    await expect(stopped(page).getByRole('listitem')).toHaveCount(1)
    await expect(desktopCard(page, 'Blender')).toBeHidden()
  })

  test('a start that was resumed and cancelled goes back to stopped, with its home', async ({ app: { page } }) => {
    await chooseDemo(page)
    await page.getByRole('button', { name: 'Start again: My Ubuntu' }).click()
    await expect(stage(page, 'My Ubuntu', 'Home')).toContainText('not needed')
    await page.getByRole('button', { name: 'Cancel the start of My Ubuntu' }).click()
    await expect(stopped(page)).toContainText('My Ubuntu')
    await expect(stopped(page)).toContainText('Its home is kept.')
  })

  test('without a free slice a start waits in line, and can go on without a GPU', async ({ app: { page } }) => {
    await chooseDemo(page)
    await setOpenWhenReady(page, false)
    await expect(templates(page)).toContainText('All 8 slices are in use')
    await page.getByRole('button', { name: 'Wait in line for CAD workstation' }).click()
    await expect(stage(page, 'CAD workstation', 'Placed')).toContainText('No free GPU slice.')
    await expect(stage(page, 'CAD workstation', 'Placed')).toContainText('it starts by itself, or start without GPU')
    await page.getByRole('button', { name: 'Start without GPU' }).click()
    await expect(
      desktopCard(page, 'CAD workstation').getByRole('button', { name: 'Open CAD workstation' }),
    ).toBeEnabled()
  })

  test('stop keeps the home, start again finds it, remove asks about it', async ({ app }) => {
    const { page } = app
    await chooseDemo(page)
    const viewer = await startAndOpen(app)
    await page.getByRole('button', { name: 'Stop Plain terminal' }).click()
    await expect(page.getByText('Plain terminal stops. Your home stays.')).toBeVisible()
    await expect(viewer.getByRole('button', { name: 'Start again' })).toBeVisible()
    const row = stopped(page).getByRole('listitem').filter({ hasText: 'Plain terminal' })
    await expect(row).toContainText('Its home is kept.')

    await row.getByRole('button', { name: 'Start again: Plain terminal' }).click()
    await expect(stage(page, 'Plain terminal', 'Home')).toContainText('not needed')
    await connected(viewer)
    await page.getByRole('button', { name: 'More for Plain terminal' }).click()
    await page.getByRole('menuitem', { name: 'Remove Plain terminal' }).click()
    const question = page.getByRole('dialog', { name: 'Remove Plain terminal?' })
    await expect(question).toContainText('It is stopped first')
    await expect(question.getByRole('radio', { name: /Keep the home/ })).toBeChecked()
    await question.getByRole('radio', { name: /Delete the home too/ }).check()
    await expect(question).toContainText('This cannot be undone.')
    await question.getByRole('button', { name: 'Remove and delete the home' }).click()
    await expect(page.getByText('Plain terminal is removed. Its home is deleted.')).toBeVisible()
    await expect(desktopCard(page, 'Plain terminal')).toBeHidden()

    await start(page, 'Plain terminal')
    await expect(stage(page, 'Plain terminal', 'Home')).toContainText('Your home is being made.')
  })

  test('a desktop that keeps nothing asks before it stops', async ({ app }) => {
    const { page } = app
    await chooseDemo(page)
    await startAndOpen(app, 'Firefox kiosk')
    await page.getByRole('button', { name: 'Stop Firefox kiosk' }).click()
    const question = page.getByRole('dialog', { name: 'Stop Firefox kiosk?' })
    await question.getByRole('button', { name: 'Keep running' }).click()
    await expect(desktopCard(page, 'Firefox kiosk')).toBeVisible()
    await page.getByRole('button', { name: 'Stop Firefox kiosk' }).click()
    await question.getByRole('button', { name: 'Stop and lose them' }).click()
    await expect(desktopCard(page, 'Firefox kiosk')).toBeHidden()
  })
})

test.describe('twice as fast', () => {
  test.use({ appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '2' } } })

  test('a reload at any moment of a start finds it where it is, and never further back', async ({ app }) => {
    const { page } = app
    await chooseDemo(page)
    await setOpenWhenReady(page, false)
    await start(page, 'Data notebook')
    const list = page.getByRole('list', { name: 'Start of Data notebook' })
    const stop = page.getByRole('button', { name: 'Stop Data notebook' })
    let reached = 0
    for (let reloads = 0; reloads < 5; reloads++) {
      await page.reload()
      const current = list.locator('[aria-current="step"]')
      await expect(current.or(stop)).toBeVisible()
      if (await stop.isVisible()) break
      const text = await current.textContent()
      const at = STAGES.findIndex((name) => text?.startsWith(name))
      expect(at).toBeGreaterThanOrEqual(reached)
      reached = at
    }
    const viewer = await app.openViewer(() => page.getByRole('button', { name: 'Open Data notebook' }).click())
    await connected(viewer)
    await expect(stop).toBeVisible()
  })
})

test.describe('a hundred times faster', () => {
  test.use({ appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '100' } } })

  test('an idle desktop warns, is kept running, and else stops and says why', async ({ app: { page } }) => {
    await chooseDemo(page)
    await setOpenWhenReady(page, false)
    await start(page, 'Firefox kiosk')
    const card = desktopCard(page, 'Firefox kiosk')
    await expect(card).toContainText('Idle. Stops in')
    await card.getByRole('button', { name: 'Keep running Firefox kiosk' }).click()
    await expect(card).not.toContainText('Idle. Stops in')
    await expect(card).toContainText('Idle. Stops in')
    await expect(stopped(page).getByRole('listitem').filter({ hasText: 'Firefox kiosk' })).toContainText(
      'Stopped after 15 min without use.',
    )
  })
})
