// Sizes and scalings of a desktop in its window, what is remembered of them, and the comforts around the picture: the bar that stays,
// pictures of the desktop, the small picture, the shortcuts.
import type { Page } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, startAndOpen } from '../../drivers/demo.ts'
import { connected, pictureSize, sentTexts, watchSent } from '../../drivers/viewer.ts'

test.use({
  appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '20' } },
  viewport: { width: 1000, height: 700 },
  permissions: ['clipboard-read', 'clipboard-write'],
})

/** Where the picture lies in the page, CSS px. */
function box(
  viewer: Page,
): Promise<{ readonly x: number; readonly y: number; readonly w: number; readonly h: number }> {
  return viewer.evaluate(() => {
    const { x, y, width, height } = document.querySelector('video')?.getBoundingClientRect() ?? new DOMRect()
    return { x: Math.round(x), y: Math.round(y), w: Math.round(width), h: Math.round(height) }
  })
}
async function choose(viewer: Page, name: string, option: string): Promise<void> {
  await viewer.keyboard.press('Control+Alt+Shift+X')
  await viewer.getByRole('toolbar').getByRole('button', { name: 'Display', exact: true }).click()
  await viewer.getByRole('dialog').getByRole('combobox', { name }).selectOption(option)
  await viewer.keyboard.press('Escape')
  await expect(viewer.getByRole('dialog')).toBeHidden()
}
/** Where the desktop has last heard its pointer to be. */
async function pointedAt(viewer: Page): Promise<string | undefined> {
  return (await sentTexts(viewer, /^m,/)).at(-1)?.split(',').slice(1, 3).join(',')
}

test('a display has the size and the scaling that are chosen, the pointer is right in each, and they come back', async ({
  app,
}) => {
  await watchSent(app.page.context())
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  await viewer.bringToFront()
  await expect.poll(() => pictureSize(viewer)).toEqual({ width: 1000, height: 700 })

  await choose(viewer, 'Size', '1366x768')
  await expect.poll(() => pictureSize(viewer)).toEqual({ width: 1366, height: 768 })
  // as large as fits, centred
  expect(await box(viewer)).toEqual({ x: 0, y: 68, w: 1000, h: 562 })
  await viewer.mouse.move(500, 350)
  await expect.poll(() => pointedAt(viewer)).toBe('683,385')

  await choose(viewer, 'Scaling', 'stretch')
  await expect.poll(() => box(viewer)).toEqual({ x: 0, y: 0, w: 1000, h: 700 })
  await viewer.mouse.move(250, 525)
  await expect.poll(() => pointedAt(viewer)).toBe('341,576')

  await choose(viewer, 'Scaling', 'actual')
  await expect.poll(() => box(viewer)).toEqual({ x: 0, y: 0, w: 1366, h: 768 })
  await viewer.mouse.move(400, 300)
  await expect.poll(() => pointedAt(viewer)).toBe('400,300')
  // the right edge brings what is behind it, under a mouse that rests
  await viewer.mouse.move(999, 350)
  await expect.poll(() => box(viewer)).toMatchObject({ x: -366 })
  await expect.poll(() => pointedAt(viewer)).toBe('1365,350')

  await viewer.mouse.move(999, 699)
  await expect.poll(() => box(viewer)).toMatchObject({ x: -366, y: -68 })

  // a desktop is as it was left, whatever the others are like
  await viewer.reload()
  await connected(viewer)
  await expect.poll(() => box(viewer)).toMatchObject({ w: 1366, h: 768 })
  expect(await pictureSize(viewer)).toEqual({ width: 1366, height: 768 })
})

test('pads are those of the desktop that is used', async ({ app }) => {
  await watchSent(app.page.context())
  await app.page.context().addInitScript(() => {
    const buttons = Array.from({ length: 17 }, () => ({ pressed: false, touched: false, value: 0 }))
    const pad = { id: 'Spec pad', index: 0, connected: true, mapping: 'standard', axes: [0, 0, 0, 0], buttons }
    navigator.getGamepads = () => [pad as unknown as Gamepad]
  })
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  const told = (): Promise<string> =>
    sentTexts(viewer, /^js,[cd]/).then((texts) => texts.map((text) => text.slice(0, 4)).join(' '))
  await expect.poll(told).toMatch(/js,c$/)
  // the window of another desktop says that it has the focus
  await viewer.evaluate(() => new BroadcastChannel('desktop in use').postMessage('another'))
  await expect.poll(told).toMatch(/js,c js,d$/)
  await viewer.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect.poll(told).toMatch(/js,d js,c$/)
})

test('the bar stays when told so; pictures, the small picture and the shortcuts are a chord away', async ({ app }) => {
  await app.page.context().addInitScript(() => {
    Object.defineProperty(document, 'pictureInPictureEnabled', { value: true })
    // a headless browser has no window for it
    HTMLVideoElement.prototype.requestPictureInPicture = function (this: HTMLVideoElement) {
      this.dataset['small'] = String(this.videoWidth)
      return Promise.resolve({} as PictureInPictureWindow)
    }
  })
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  await viewer.bringToFront()
  await expect.poll(() => pictureSize(viewer)).toEqual({ width: 1000, height: 700 })
  const bar = viewer.getByRole('toolbar')

  await viewer.keyboard.press('Control+Alt+Shift+C')
  await expect(viewer.getByText('Picture of the desktop copied')).toBeVisible()
  const copied = await viewer.evaluate(async () => {
    const [item] = await navigator.clipboard.read()
    const image = await createImageBitmap((await item?.getType('image/png')) ?? new Blob())
    return `${image.width} x ${image.height}`
  })
  expect(copied).toBe('1000 x 700')

  const more = async () => {
    await viewer.keyboard.press('Control+Alt+Shift+X')
    await bar.getByRole('button', { name: 'More' }).click()
  }
  await more()
  const saved = viewer.waitForEvent('download')
  await viewer.getByRole('button', { name: 'Save a picture of the desktop' }).click()
  expect((await saved).suggestedFilename()).toMatch(/^Plain terminal \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/)

  await viewer.keyboard.press('Control+Alt+Shift+O')
  const small = viewer.locator('video[data-small]')
  await expect(small).toHaveAttribute('data-small', '1000')
  await viewer.evaluate(() =>
    document.querySelector('video[data-small]')?.dispatchEvent(new Event('leavepictureinpicture')),
  )
  await expect(small).toHaveJSProperty('srcObject', null)

  await viewer.keyboard.press('Control+Alt+Shift+H')
  const help = viewer.getByRole('dialog', { name: 'Shortcuts' })
  await expect(help).toContainText('All keys to the desktop, or back')
  await expect(help.locator('kbd').filter({ hasText: /^Z$/ })).toBeVisible()
  await viewer.keyboard.press('Escape')
  await expect(help).toBeHidden()
  expect(await viewer.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')

  await more()
  const stays = viewer.getByRole('checkbox', { name: 'This bar stays' })
  await stays.click()
  await expect(stays).toBeChecked()
  await viewer.keyboard.press('Escape')
  await viewer.mouse.move(500, 600)
  await viewer.reload()
  await connected(viewer)
  await viewer.waitForFunction(() => document.querySelector('[role="toolbar"]')?.hasAttribute('inert') === false)
})
