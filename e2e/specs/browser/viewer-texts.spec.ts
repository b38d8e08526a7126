// No screen of the viewer shows a text that was not given to the translation: spoken in the language that puts brackets around all
// of its texts, nothing with letters may stand outside of them, apart from names, keys and units. And nothing is cut off: its texts
// are a third longer.
import type { Page } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, startAndOpen } from '../../drivers/demo.ts'
import { connected } from '../../drivers/viewer.ts'

test.use({ appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '20' } }, viewport: { width: 1100, height: 720 } })

/** Texts and labels with letters outside of the brackets. */
function untranslated(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const found = new Set<string>()
    const look = (text: string, where: Element): void => {
      // `translate="no"` is the standard's word for names; keys are printed as they are
      if (where.closest('[translate="no"], kbd, svg, title, script') !== null) return
      if (/\p{L}/u.test(text.replaceAll(/⟦[^⟧]*⟧/g, ''))) found.add(text.trim())
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    // a sentence with elements in it has its brackets in different nodes: the block is read as a whole
    const blocks = new Set<Element>()
    while (texts.nextNode()) {
      if (!/\p{L}/u.test(texts.currentNode.textContent ?? '')) continue
      let block = texts.currentNode.parentElement
      while (
        block !== null &&
        ['B', 'KBD', 'SPAN', 'I', 'SMALL', 'BDI'].includes(block.tagName) &&
        block.parentElement !== null
      ) {
        if (block.hasAttribute('translate')) break
        if (/⟦.*⟧/.test(block.textContent ?? '')) break
        block = block.parentElement
      }
      if (block !== null) blocks.add(block)
    }
    for (const block of blocks) {
      const copy = block.cloneNode(true) as Element
      for (const other of copy.querySelectorAll('[translate="no"], kbd, svg, script')) other.remove()
      look(copy.textContent ?? '', block)
    }
    for (const element of document.querySelectorAll('*'))
      for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-description']) {
        const value = element.getAttribute(name)
        if (value !== null) look(value, element)
      }
    return [...found]
  })
}

test('every text of the viewer is translated', async ({ app }) => {
  // every menu is opened and read
  test.setTimeout(120_000)
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  await viewer.bringToFront()
  const address = new URL(viewer.url())
  address.searchParams.set('language', 'en-XA')
  await viewer.goto(address.href)
  await connected(viewer)
  expect(await viewer.evaluate(() => document.documentElement.lang)).toBe('en-XA')
  const bar = viewer.getByRole('toolbar')
  const seen = new Set<string>()
  const check = async (screen: string): Promise<void> => {
    for (const text of await untranslated(viewer)) seen.add(`${screen}: ${text}`)
  }
  await check('picture')
  // the bar stays, so that each menu is one step
  await viewer.keyboard.press('Control+Alt+Shift+X')
  await bar.locator('[aria-haspopup="dialog"]').nth(-2).click()
  const stays = viewer.getByRole('checkbox')
  await stays.click()
  await expect(stays).toBeChecked()
  await viewer.keyboard.press('Escape')
  const menus = bar.locator('[aria-haspopup="dialog"]')
  const count = await menus.count()
  expect(count).toBeGreaterThan(5)
  for (let index = 0; index < count; index++) {
    await menus.nth(index).click()
    const panel = viewer.getByRole('dialog')
    await expect(panel).toBeVisible()
    await check(`menu ${index}`)
    await viewer.keyboard.press('Escape')
    await expect(panel).toBeHidden()
  }
  await viewer.keyboard.press('Control+Alt+Shift+S')
  await expect(viewer.getByRole('region').locator('figure').first()).toBeVisible()
  await check('statistics')
  await viewer.keyboard.press('Control+Alt+Shift+S')
  // a line at the bottom
  await viewer.keyboard.press('Control+Alt+Shift+C')
  await expect(viewer.locator('[role="status"]', { hasText: '⟦' }).first()).toBeVisible()
  await check('line')
  await viewer.keyboard.press('Control+Alt+Shift+H')
  await expect(viewer.getByRole('dialog')).toBeVisible()
  await check('shortcuts')
  await viewer.keyboard.press('Escape')
  await menus.last().click()
  await viewer.getByRole('dialog').getByRole('button').last().click()
  await expect(viewer.locator('[data-viewer][data-state="ended"]')).toBeVisible()
  await check('the end')
  expect([...seen]).toEqual([])
})
