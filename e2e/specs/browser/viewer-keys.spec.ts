// The keyboard of a desktop's window: who has all keys and how they come back, keys that a menu sends, text that is typed key by
// key, and text that an input method or a dead key composes. What arrived is read from the demo desktop, or from what was sent.
import type { Page } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, startAndOpen } from '../../drivers/demo.ts'
import { recordLines, watchSent } from '../../drivers/viewer.ts'
import { notes, openMenu, sentKeys, strokeKeys, typeInto } from '../../drivers/viewer-keys.ts'
import { GREETING } from '../../../renderer/demo-desktop/state.ts'

test.use({
  appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '20' } },
  viewport: { width: 1100, height: 720 },
  permissions: ['clipboard-read', 'clipboard-write'],
})

const grabbed = (viewer: Page) => viewer.locator('[data-grabbed]').getAttribute('data-grabbed')

test('all keys are the desktop’s in full screen, and a chord of one’s own gives them back', async ({ app }) => {
  await watchSent(app.page.context())
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  await viewer.bringToFront()
  expect(await grabbed(viewer)).toBe('false')
  await viewer.keyboard.press('Control+Alt+Shift+F')
  await expect.poll(() => grabbed(viewer)).toBe('true')
  await expect(viewer.getByText('All keys go to Plain terminal.')).toBeVisible()
  await viewer.keyboard.press('Control+Alt+Shift+Z')
  await expect.poll(() => grabbed(viewer)).toBe('false')
  expect(await viewer.evaluate(() => document.fullscreenElement !== null)).toBe(true)
  await viewer.keyboard.press('Control+Alt+Shift+F')

  await app.page.bringToFront()
  await app.page.getByRole('link', { name: 'Settings' }).click()
  const chord = app.page.getByRole('button', { name: 'Release the keyboard' })
  await chord.click()
  await app.page.keyboard.press('Control+Alt+Shift+M')
  await expect(app.page.getByText('That is for the sound.')).toBeVisible()
  await app.page.keyboard.press('Control+Alt+End')
  await expect(chord).toHaveText('CtrlAltEnd')
  const allKeys = app.page.getByRole('combobox', { name: 'All keys to the desktop' })
  await allKeys.selectOption('off')
  // a setting counts once the core has it
  await expect(allKeys).toHaveValue('off')

  await viewer.bringToFront()
  await viewer.keyboard.press('Control+Alt+Shift+F')
  await expect.poll(() => viewer.evaluate(() => document.fullscreenElement !== null)).toBe(true)
  expect(await grabbed(viewer)).toBe('false')
  const before = (await sentKeys(viewer)).length
  // the old chord is the desktop's now
  await viewer.keyboard.press('Control+Alt+Shift+Z')
  await expect.poll(async () => (await sentKeys(viewer)).slice(before)).toContain(`kd,${'Z'.charCodeAt(0)}`)
  const said = await recordLines(viewer)
  await viewer.keyboard.press('Control+Alt+End')
  await expect.poll(() => grabbed(viewer)).toBe('true')
  await expect.poll(said).toContainEqual(expect.stringMatching(/Release withCtrlAltEnd$/))
  await viewer.keyboard.press('Control+Alt+End')
  await expect.poll(() => grabbed(viewer)).toBe('false')
})

test('what cannot be pressed is sent, what is copied is typed, what is composed arrives', async ({ app }) => {
  await watchSent(app.page.context())
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  await viewer.bringToFront()
  await typeInto(viewer)
  let wanted = GREETING
  const arrives = async (text: string) => {
    wanted += text
    await expect.poll(() => notes(viewer)).toBe(wanted)
  }

  const menu = await openMenu(viewer)
  const before = (await sentKeys(viewer)).length
  await menu.getByRole('button', { name: 'Ctrl Alt Del' }).click()
  await expect
    .poll(async () => (await sentKeys(viewer)).slice(before).filter((text) => text !== 'kr'))
    .toEqual(['kd,65507', 'kd,65513', 'kd,65535', 'ku,65535', 'ku,65513', 'ku,65507'])
  // the desktop has the keyboard again
  await viewer.keyboard.type('x')
  await arrives('x')

  const copied = 'Grüße, мир: 日本語 (1+2) and forty more characters.\n'
  await viewer.evaluate((text) => navigator.clipboard.writeText(text), copied)
  await (await openMenu(viewer)).getByRole('button', { name: 'Type what is copied' }).click()
  await expect(viewer.getByRole('group', { name: 'Typing' })).toBeVisible()
  await expect(viewer.getByText(/^Typed \d+ characters$/)).toBeVisible()
  await typeInto(viewer)
  await arrives(copied)
  await viewer.evaluate(() => navigator.clipboard.writeText('-'.repeat(2_000)))
  await (await openMenu(viewer)).getByRole('button', { name: 'Type what is copied' }).click()
  await viewer.getByRole('button', { name: 'Cancel' }).click()
  await expect(viewer.getByText(/^Typing ended after \d+ of 2,000 characters$/)).toBeVisible()
  await typeInto(viewer)
  await expect.poll(() => notes(viewer)).toMatch(/^Welcome[^]*characters\.\n-{1,1000}$/)
  wanted = await notes(viewer)

  const devtools = await viewer.context().newCDPSession(viewer)
  const field = viewer.getByRole('textbox', { name: 'Keyboard of Plain terminal' })
  await typeInto(viewer)
  await devtools.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 })
  // read where it is written, until the desktop has it
  await expect(field).toHaveValue('にほん')
  await expect(field).toHaveCSS('opacity', '1')
  await devtools.send('Input.insertText', { text: '日本' })
  await expect(field).toHaveCSS('opacity', '0')
  await arrives('日本')
  // the circumflex of a French keyboard: it has no character of its own, and the next key has
  await typeInto(viewer)
  await strokeKeys(viewer, [
    { key: 'Dead', code: 'BracketLeft' },
    { key: 'e', code: 'KeyE', text: 'ê' },
  ])
  await arrives('ê')

  // at 320 px everything of the bar and its menu is within reach
  await viewer.setViewportSize({ width: 320, height: 640 })
  const narrow = await openMenu(viewer)
  for (const box of [narrow, viewer.getByRole('toolbar', { name: 'Desktop' })])
    await expect
      .poll(async () => {
        const { x, width } = (await box.boundingBox()) ?? { x: -1, width: 0 }
        return x >= 0 && width > 0 && x + width <= 320
      })
      .toBe(true)
})
