// A demo desktop in its window: moving pixels over real WebRTC, and every way that a person acts on it, read back from the
// desktop itself (its pixels, its size, its clipboard).
import type { Page } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, startAndOpen } from '../../drivers/demo.ts'
import type { AppDriver } from '../../drivers/driver.ts'
import {
  connected,
  distance,
  heardPitch,
  pagePoint,
  picturePixels,
  pictureSize,
  watchPeers,
} from '../../drivers/viewer.ts'
import { boxOf, layoutOf, TITLE, type Box, type Layout, type Target } from '../../../renderer/demo-desktop/layout.ts'
import { GREETING } from '../../../renderer/demo-desktop/state.ts'

test.use({
  appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '20' } },
  viewport: { width: 1100, height: 720 },
  permissions: ['clipboard-read', 'clipboard-write'],
})

async function open(app: AppDriver): Promise<Page> {
  await watchPeers(app.page.context())
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  await viewer.bringToFront()
  await expect.poll(() => pictureSize(viewer)).toEqual({ width: 1100, height: 720 })
  return viewer
}
/** Frames that the page was given so far. The desktop runs in the same page, so its peers do not tell. */
function framesShown(viewer: Page): Promise<number> {
  return viewer.evaluate(() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0)
}
async function layout(viewer: Page): Promise<Layout> {
  const { width, height } = await pictureSize(viewer)
  return layoutOf(width, height, 96)
}
/** A point in a box, in the desktop's pixels. */
function inside({ scale }: Layout, box: Box, x: number, y: number): { readonly x: number; readonly y: number } {
  return { x: Math.round((box.x + box.w * x) * scale), y: Math.round((box.y + box.h * y) * scale) }
}
async function click(viewer: Page, target: Target): Promise<void> {
  const plan = await layout(viewer)
  const { x, y } = await pagePoint(viewer, inside(plan, boxOf(plan, target), 0.5, 0.5))
  await viewer.mouse.click(x, y)
}
/** What the desktop's notes hold, by its own Copy button and this machine's clipboard. */
async function notes(viewer: Page): Promise<string> {
  await click(viewer, 'copy')
  return viewer.evaluate(() => navigator.clipboard.readText())
}
async function typed(viewer: Page): Promise<string> {
  const text = await notes(viewer)
  return text.startsWith(GREETING) ? text.slice(GREETING.length) : `(${text})`
}

for (const [peer, label] of [
  ['simple-peer', 'simple-peer'],
  ['native', 'The browser’s own'],
] as const)
  test(`pictures move over WebRTC with ${peer}, and the path is shown`, async ({ app }) => {
    await watchPeers(app.page.context())
    await chooseDemo(app.page)
    await app.page.getByRole('link', { name: 'Settings' }).click()
    await app.page.getByRole('combobox', { name: 'WebRTC implementation' }).selectOption({ label })
    await app.page.getByRole('switch', { name: 'Statistics line' }).click()
    await app.page.getByRole('link', { name: 'Desktops' }).click()
    const viewer = await startAndOpen(app)
    await viewer.bringToFront()
    await expect(viewer.getByRole('main')).toHaveAttribute('data-mode', 'webrtc')
    const before = await framesShown(viewer)
    await expect.poll(() => framesShown(viewer)).toBeGreaterThan(before + 10)
    const presented = await viewer.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const video = document.querySelector('video')
          video?.requestVideoFrameCallback(() => {
            video.requestVideoFrameCallback((_now, { presentedFrames }) => resolve(presentedFrames))
          })
        }),
    )
    expect(presented).toBeGreaterThan(1)
    // the bar at the top is dark, the notes are white: a real picture, not a blank one
    const plan = await layout(viewer)
    const [paper, wall] = await picturePixels(viewer, [
      inside(plan, boxOf(plan, 'paint'), 0.5, 0.5),
      { x: Math.round(8 * plan.scale), y: Math.round((plan.h - 8) * plan.scale) },
    ])
    expect(distance(paper ?? [0, 0, 0], [255, 255, 255])).toBeLessThan(30)
    expect(distance(wall ?? [255, 255, 255], paper ?? [255, 255, 255])).toBeGreaterThan(30)
    await expect(viewer.getByText(/^\d+ fps$/)).toBeVisible()
    await expect(viewer.getByText(/^\d+\.\d Mbit\/s$/)).toBeVisible()
    await expect(viewer.getByText('Direct to the desktop')).toBeVisible()
  })

test('what is typed arrives, letter by letter and beyond the keyboard, and so does what is pasted', async ({ app }) => {
  const viewer = await open(app)
  await click(viewer, 'editor')
  await viewer.keyboard.press('Control+End')
  await viewer.keyboard.type('Hello, World! (1+2) #~{}|')
  await expect.poll(() => typed(viewer)).toBe('Hello, World! (1+2) #~{}|')
  await viewer.keyboard.press('Enter')
  await viewer.keyboard.insertText('Žluťoučký kůň 日本語 ß€')
  await viewer.keyboard.press('Backspace')
  await expect.poll(() => typed(viewer)).toBe('Hello, World! (1+2) #~{}|\nŽluťoučký kůň 日本語 ß')

  // from here to there: copied on this machine, pasted by its own key
  const pasted = ' – from this machine: ěščř'
  await viewer.evaluate((text) => navigator.clipboard.writeText(text), pasted)
  await viewer.keyboard.press('Control+v')
  await expect.poll(() => typed(viewer)).toBe(`Hello, World! (1+2) #~{}|\nŽluťoučký kůň 日本語 ß${pasted}`)
})

test('300 kB of text cross the clipboard, and what the desktop keeps of them comes back', async ({ app }) => {
  const viewer = await open(app)
  const large = 'Příliš 0123456789 \n'.repeat(15_000)
  await viewer.evaluate((text) => navigator.clipboard.writeText(text), large)
  await click(viewer, 'editor')
  await viewer.keyboard.press('Control+v')
  // the notes hold 20,000 characters: the newest ones
  await expect.poll(() => notes(viewer), { timeout: 20_000 }).toBe(large.slice(-20_000))
})

test('the pointer draws where it is, in the ink that was chosen', async ({ app }) => {
  const viewer = await open(app)
  const plan = await layout(viewer)
  const box = boxOf(plan, 'paint')
  const [from, middle, to] = [0.3, 0.5, 0.7].map((x) => inside(plan, box, x, 0.5))
  if (from === undefined || middle === undefined || to === undefined) throw new Error('three points')
  const [before] = await picturePixels(viewer, [middle])
  await click(viewer, 'ink-1')
  const [a, b] = [await pagePoint(viewer, from), await pagePoint(viewer, to)]
  await viewer.mouse.move(a.x, a.y)
  await viewer.mouse.wheel(0, -400)
  await viewer.mouse.down()
  await viewer.mouse.move(b.x, b.y, { steps: 12 })
  await viewer.mouse.up()
  await expect
    .poll(async () => distance((await picturePixels(viewer, [middle]))[0] ?? [0, 0, 0], [226, 87, 76]))
    .toBeLessThan(50)
  expect(distance(before ?? [0, 0, 0], [226, 87, 76])).toBeGreaterThan(100)
  await click(viewer, 'clear')
  await expect
    .poll(async () => distance((await picturePixels(viewer, [middle]))[0] ?? [0, 0, 0], before ?? [0, 0, 0]))
    .toBeLessThan(30)
})

test('a gamepad’s button is seen pressed and released', async ({ app }) => {
  await app.page.context().addInitScript(() => {
    const held = new Set<number>()
    const pad = {
      id: 'Spec pad (Vendor: 045e Product: 028e)',
      index: 0,
      connected: true,
      mapping: 'standard',
      axes: [0, 0, 0, 0],
      get buttons() {
        return Array.from({ length: 17 }, (_, index) => ({
          pressed: held.has(index),
          touched: held.has(index),
          value: held.has(index) ? 1 : 0,
        }))
      },
    }
    Object.assign(window, { specPad: held })
    navigator.getGamepads = () => [pad as unknown as Gamepad]
  })
  const viewer = await open(app)
  const hold = (on: boolean) =>
    viewer.evaluate((down) => {
      const held = (window as unknown as { specPad: Set<number> }).specPad
      if (down) held.add(4)
      else held.delete(4)
    }, on)
  await viewer.evaluate(() => window.dispatchEvent(new Event('gamepadconnected')))
  const plan = await layout(viewer)
  // where the desktop draws the left shoulder: middle of its bar, in the picture of 300 x 150
  const { pad } = plan
  const room = { w: pad.w - 32, h: pad.h - TITLE - 44 }
  const scale = Math.min(room.w / 300, room.h / 150)
  const shoulder = {
    x: Math.round((pad.x + (pad.w - 300 * scale) / 2 + 70 * scale) * plan.scale),
    y: Math.round((pad.y + TITLE + 8 + (room.h - 150 * scale) / 2 + 20 * scale) * plan.scale),
  }
  const colour = async () => (await picturePixels(viewer, [shoulder]))[0] ?? [0, 0, 0]
  const rest = await colour()
  await hold(true)
  await expect.poll(async () => distance(await colour(), rest)).toBeGreaterThan(60)
  await hold(false)
  await expect.poll(async () => distance(await colour(), rest)).toBeLessThan(40)
})

test('the desktop takes the size of its window, and keeps its own when told so', async ({ app }) => {
  const viewer = await open(app)
  await viewer.setViewportSize({ width: 900, height: 640 })
  await expect.poll(() => pictureSize(viewer)).toEqual({ width: 900, height: 640 })
  await app.page.bringToFront()
  await app.page.getByRole('link', { name: 'Settings' }).click()
  await app.page.getByRole('switch', { name: 'Fit the window' }).click()
  await viewer.bringToFront()
  await viewer.setViewportSize({ width: 1000, height: 700 })
  await click(viewer, 'editor')
  await viewer.keyboard.press('Control+End')
  await viewer.keyboard.type('same size')
  await expect.poll(() => typed(viewer)).toBe('same size')
  expect(await pictureSize(viewer)).toEqual({ width: 900, height: 640 })
})

test('sound is heard, muted and unmuted', async ({ app }) => {
  const viewer = await open(app)
  expect(await heardPitch(viewer)).toBeNull()
  await click(viewer, 'tone')
  await expect.poll(() => heardPitch(viewer), { timeout: 20_000 }).toBeGreaterThan(430)
  expect(await heardPitch(viewer)).toBeLessThan(450)
  await viewer.keyboard.press('Control+Alt+Shift+M')
  await expect(viewer.locator('audio')).toHaveJSProperty('muted', true)
  await viewer.keyboard.press('Control+Alt+Shift+M')
  await expect(viewer.locator('audio')).toHaveJSProperty('muted', false)
})

test('where the browser holds sound back, the page asks for a click and then plays', async ({ app }) => {
  await app.page.context().addInitScript(() => {
    let clicked = false
    window.addEventListener('pointerdown', () => (clicked = true), { capture: true })
    const play = HTMLMediaElement.prototype.play
    HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
      if (this instanceof HTMLAudioElement && !clicked) return Promise.reject(new DOMException('', 'NotAllowedError'))
      return play.call(this)
    }
  })
  const viewer = await open(app)
  await expect(viewer.getByText('Click for sound')).toBeVisible()
  await click(viewer, 'tone')
  await expect(viewer.getByText('Click for sound')).toBeHidden()
  await expect.poll(() => heardPitch(viewer), { timeout: 20_000 }).toBeGreaterThan(430)
})

test('the library shows a desktop while both are seen, and what it looked like when its window was closed', async ({
  app,
}) => {
  const viewer = await open(app)
  const card = app.page.locator('[data-session]').locator('img')
  await expect(card).toHaveAttribute('src', /^data:image\/jpeg/)
  const seen = await card.getAttribute('src')
  // nobody looks at the desktops from here on
  await app.page.getByRole('link', { name: 'Settings' }).click()
  await expect(card).toHaveCount(0)
  await viewer.keyboard.type(' seen last')
  await expect.poll(() => typed(viewer)).toBe(' seen last')
  await viewer.close({ runBeforeUnload: true })
  await app.page.getByRole('link', { name: 'Desktops' }).click()
  await expect(card).toHaveAttribute('src', /^data:image\/jpeg/)
  await expect(card).not.toHaveAttribute('src', seen ?? '')
})

test('the bar at the top has full screen, statistics and the end', async ({ app }) => {
  const viewer = await open(app)
  const bar = viewer.getByRole('toolbar', { name: 'Desktop' })
  await viewer.keyboard.press('Control+Alt+Shift+X')
  await expect(bar).toBeVisible()
  await bar.getByRole('button', { name: 'Statistics' }).click()
  const figures = viewer.getByRole('region', { name: 'Statistics' })
  await expect(figures).toContainText('Direct to the desktop')
  await expect(figures).toContainText(/Round trip/)
  await figures.getByRole('button', { name: 'Close statistics' }).click()
  await expect(figures).toBeHidden()
  await viewer.keyboard.press('Control+Alt+Shift+X')
  await bar.getByRole('button', { name: 'Full screen' }).click()
  await expect.poll(() => viewer.evaluate(() => document.fullscreenElement !== null)).toBe(true)
  await viewer.keyboard.press('Control+Alt+Shift+F')
  await expect.poll(() => viewer.evaluate(() => document.fullscreenElement !== null)).toBe(false)
  await viewer.keyboard.press('Control+Alt+Shift+X')
  await bar.getByRole('button', { name: 'End' }).click()
  await viewer.getByRole('button', { name: 'Stop desktop' }).click()
  await expect(viewer.getByText('You stopped this desktop. Its home stays.')).toBeVisible()
  await viewer.getByRole('button', { name: 'Start again' }).click()
  await connected(viewer)
})

test('a bar that cannot be loaded is said, and the desktop goes on', async ({ app }) => {
  const viewer = await open(app)
  await viewer.route('**/assets/pill-*.js', (route) => route.abort())
  await viewer.keyboard.press('Control+Alt+Shift+X')
  await expect(viewer.getByRole('alert')).toHaveText('The toolbar could not be loaded. Reload this page.')
  const before = await framesShown(viewer)
  await expect.poll(() => framesShown(viewer)).toBeGreaterThan(before + 10)
})

test('a reload keeps the desktop as it was', async ({ app }) => {
  const viewer = await open(app)
  await viewer.reload()
  await connected(viewer)
  const before = await framesShown(viewer)
  await expect.poll(() => framesShown(viewer)).toBeGreaterThan(before + 5)
})
