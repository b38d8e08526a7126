// Sound, microphone, camera and gamepads of a desktop's window in a real browser: devices chosen, signs that stand while something is
// on, a desktop that asks, and pads that keep their places. Microphone and camera are Chromium's own fakes, pads are played.
import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, startAndOpen } from '../../drivers/demo.ts'
import {
  connectPad,
  desktopSays,
  disconnectPad,
  FAKE_MEDIA,
  movePad,
  padScript,
  sentBytes,
  watchChannels,
} from '../../drivers/viewer-media.ts'
import { recordLines, sentTexts, watchPeers, watchSent } from '../../drivers/viewer.ts'
import config from '../../../playwright.config.ts'

test.use({
  appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '20' } },
  viewport: { width: 1100, height: 720 },
  permissions: ['microphone', 'camera'],
  launchOptions: {
    ...config.use?.launchOptions,
    args: [...(config.use?.launchOptions?.args ?? []), ...FAKE_MEDIA],
  },
})

async function openPanel(viewer: Page, name: string): Promise<Locator> {
  await viewer.keyboard.press('Control+Alt+Shift+X')
  await viewer.getByRole('toolbar', { name: 'Desktop' }).getByRole('button', { name, exact: true }).click()
  return viewer.getByRole('dialog', { name })
}

/** Both themes: what is judged is open meanwhile. */
async function judge(viewer: Page, screen: string, shot: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await viewer.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect
      .poll(() => viewer.evaluate(() => document.getAnimations().filter((a) => a.playState === 'running').length))
      .toBe(0)
    const { violations } = await new AxeBuilder({ page: viewer }).setLegacyMode().analyze()
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`),
      screen,
    ).toEqual([])
    await viewer.screenshot({ path: shot.replace('.png', `-${colorScheme}.png`) })
  }
}

test('sound goes where it is sent; microphone and camera are on by a click alone, with a sign, and off at once', async ({
  app,
}, info) => {
  const context = app.page.context()
  await watchPeers(context)
  await watchChannels(context)
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  await viewer.bringToFront()
  const said = await recordLines(viewer)
  const audio = viewer.locator('audio')

  let menu = await openPanel(viewer, 'Sound')
  await menu.getByRole('slider', { name: 'Volume' }).fill('40')
  await expect(audio).toHaveJSProperty('volume', 0.4)
  const speaker = menu.getByRole('combobox', { name: 'Speaker' })
  const names = await speaker.locator('option').allTextContents()
  expect(names[0]).toBe('As on this computer')
  expect(names.length).toBeGreaterThan(1)
  await speaker.selectOption({ index: 1 })
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.sinkId)).not.toBe('')
  // it is pulled out: the system's plays on, and it is used again when it is back
  const unplug = (out: boolean) =>
    viewer.evaluate((away) => {
      const { mediaDevices } = navigator
      const all = MediaDevices.prototype.enumerateDevices
      mediaDevices.enumerateDevices = async () =>
        (await all.call(mediaDevices)).filter((device, _at, list) => {
          const first = list.find(({ kind, deviceId }) => kind === 'audiooutput' && deviceId !== 'default')
          return !away || device !== first
        })
      mediaDevices.dispatchEvent(new Event('devicechange'))
    }, out)
  if (names.length > 2) {
    await unplug(true)
    await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.sinkId)).toBe('')
    await expect.poll(said).toContainEqual(expect.stringMatching(/is not connected: the system’s device plays/))
    await unplug(false)
    await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.sinkId)).not.toBe('')
  }
  await menu.getByRole('checkbox', { name: 'Mute in the background' }).click()
  const focus = (on: boolean) =>
    viewer.evaluate((has) => {
      document.hasFocus = () => has
      window.dispatchEvent(new Event(has ? 'focus' : 'blur'))
    }, on)
  await focus(false)
  await expect(audio).toHaveJSProperty('muted', true)
  await focus(true)
  await expect(audio).toHaveJSProperty('muted', false)

  const sign = viewer.locator('[data-capture]')
  expect(await sentBytes(viewer, 'audio', '2')).toBe(0)
  await menu.getByRole('button', { name: 'Turn the microphone on' }).click()
  await menu.getByRole('button', { name: 'Turn the camera on' }).click()
  await expect(sign).toHaveAttribute('data-capture', 'microphone camera')
  await judge(viewer, 'sound', info.outputPath('sound.png'))
  for (const [kind, mid] of [
    ['audio', '2'],
    ['video', '3'],
  ] as const)
    await expect.poll(() => sentBytes(viewer, kind, mid)).toBeGreaterThan(1000)
  await viewer.keyboard.press('Escape')
  await sign.getByRole('button', { name: 'Turn the microphone off' }).click()
  await sign.getByRole('button', { name: 'Turn the camera off' }).click()
  await expect(sign).toBeHidden()
  const before = await sentBytes(viewer, 'audio', '2')

  // the desktop asks: nothing is on before the person says so, and off when the program has let go
  const demand = (what: string, on: number) =>
    desktopSays(viewer, JSON.stringify({ type: 'system', data: { action: `capture_demand,${what},${on}` } }))
  await demand('microphone', 1)
  const question = viewer.getByRole('group', { name: 'Question about your microphone' })
  await expect(question).toContainText('A program on Plain terminal wants to use your microphone.')
  await judge(viewer, 'question', info.outputPath('question.png'))
  expect(await sentBytes(viewer, 'audio', '2')).toBe(before)
  await question.getByRole('button', { name: 'Turn it on' }).click()
  await expect.poll(() => sentBytes(viewer, 'audio', '2')).toBeGreaterThan(before)
  await demand('microphone', 0)
  await expect(sign).toBeHidden()
  await demand('webcam', 1)
  await viewer
    .getByRole('group', { name: 'Question about your camera' })
    .getByRole('button', { name: 'Not now' })
    .click()
  await demand('webcam', 1)
  await expect(viewer.getByRole('group', { name: 'Question about your camera' })).toBeHidden()

  // a rule of the desktop: off at once, and the menu says why
  menu = await openPanel(viewer, 'Sound')
  await menu.getByRole('button', { name: 'Turn the microphone on' }).click()
  await expect(sign).toBeVisible()
  const settings = { microphone_enabled: { value: false, locked: true } }
  await desktopSays(viewer, JSON.stringify({ type: 'server_settings', data: { settings } }))
  await expect(sign).toBeHidden()
  await expect(menu).toContainText('This desktop takes no microphone: its rule.')
})

test('four pads keep their places, are tried here, rumble, and are at rest meanwhile on the desktop', async ({
  app,
}, info) => {
  const context = app.page.context()
  await watchSent(context)
  await watchChannels(context)
  await context.addInitScript(padScript)
  await chooseDemo(app.page)
  const viewer = await startAndOpen(app)
  await viewer.bringToFront()
  const said = await recordLines(viewer)
  const last = async (like: RegExp) => (await sentTexts(viewer, like)).at(-1)

  for (const [at, name] of ['One', 'Two', 'Three', 'Four'].entries())
    await connectPad(viewer, at, `${name} (STANDARD GAMEPAD Vendor: 045e Product: 028e)`)
  await expect.poll(said).toContainEqual('Four is gamepad 4.')
  for (const at of [0, 1, 2, 3]) {
    await movePad(viewer, at, 'axis', 1, -0.75)
    await expect.poll(() => last(new RegExp(`^js,a,${at},1,`))).toBe(`js,a,${at},1,-0.75`)
  }
  // while something is deflected the desktop is told that it still is
  const beats = (await sentTexts(viewer, /^js,h,1$/)).length
  await expect.poll(async () => (await sentTexts(viewer, /^js,h,1$/)).length).toBeGreaterThan(beats + 2)
  // two go, another and one of the two come: places are kept
  await disconnectPad(viewer, 1)
  await disconnectPad(viewer, 2)
  await expect.poll(() => last(/^js,d,/)).toBe('js,d,2')
  await connectPad(viewer, 1, 'Three (STANDARD GAMEPAD Vendor: 045e Product: 028e)')
  await movePad(viewer, 1, 'button', 3, 1)
  await expect.poll(() => last(/^js,b,2,3,/)).toBe('js,b,2,3,1')
  await connectPad(viewer, 2, 'Odd (Vendor: 0079 Product: 0006)', false)
  await expect.poll(said).toContainEqual(expect.stringMatching(/^Odd is gamepad 2\. This browser does not know/))

  const rumbled = () => viewer.evaluate(() => window.specRumbles ?? [])
  const rumble = (slot: number) =>
    desktopSays(viewer, `{"type":"system","data":{"action":"rumble,${slot},0.500,0.250,700"}}`)
  await rumble(2)
  await expect.poll(rumbled).toEqual([[1, 0.5, 0.25, 700]])

  await viewer.keyboard.press('Control+Alt+Shift+X')
  const menu = viewer.getByRole('toolbar', { name: 'Desktop' }).getByRole('button', { name: 'Gamepads' })
  await menu.focus()
  await viewer.keyboard.press('Enter')
  const list = viewer.getByRole('dialog', { name: 'Gamepads' })
  await expect(list.getByRole('listitem')).toHaveCount(4)
  await judge(viewer, 'gamepads', info.outputPath('pads.png'))
  await list.getByRole('button', { name: 'Test gamepads' }).press('Enter')
  const panel = viewer.getByRole('region', { name: 'Gamepad test' })
  await expect(panel.getByRole('button', { name: 'Close the test' })).toBeFocused()
  // the desktop sees everything let go
  await expect.poll(() => last(/^js,b,2,3,/)).toBe('js,b,2,3,0')
  await expect.poll(() => last(/^js,a,0,1,/)).toBe('js,a,0,1,0')
  await movePad(viewer, 0, 'button', 0, 1)
  await movePad(viewer, 0, 'button', 6, 0.5)
  await expect(panel.getByRole('img', { name: 'Pressed: A, LT' })).toBeVisible()
  await judge(viewer, 'pad test', info.outputPath('pad-test.png'))
  await panel.getByRole('button', { name: 'Rumble' }).click()
  await expect.poll(async () => (await rumbled()).at(-1)).toEqual([0, 1, 0.5, 600])
  await panel.getByRole('button', { name: '2: Odd' }).click()
  await expect(panel.getByRole('button', { name: 'Rumble' })).toBeDisabled()
  await movePad(viewer, 2, 'button', 11, 1)
  await expect(panel.locator('[data-button="11"]')).toHaveAttribute('data-held', 'true')
  await viewer.screenshot({ path: info.outputPath('pad-table.png') })
  await viewer.keyboard.press('Escape')
  await expect(panel).toBeHidden()
  // and the desktop has what is held again
  await expect.poll(() => last(/^js,b,0,0,/)).toBe('js,b,0,0,1')
})
