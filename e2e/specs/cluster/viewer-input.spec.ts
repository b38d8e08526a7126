// Picture and input on the genuine Selkies, in both modes; what arrived is told by the desktop itself.
import type { Page } from '@playwright/test'
import { expect, test, type RunningDesktop } from '../../drivers/cluster-app.ts'
import { cardColor, eventually, type Point } from '../../drivers/desktop.ts'
import { connected, distance, heardPitch, pagePoint, picturePixels, pictureSize } from '../../drivers/viewer.ts'

/** Five points away from the terminal and the panel. */
function fivePoints({ width, height }: { width: number; height: number }): readonly Point[] {
  return [
    { x: 12, y: 12 },
    { x: width - 13, y: 12 },
    { x: 12, y: height - 61 },
    { x: width - 13, y: height - 61 },
    { x: Math.round(width * 0.85), y: Math.round(height / 2) },
  ]
}

async function openConnected(desktop: RunningDesktop, query: string): Promise<Page> {
  const page = await desktop.open(query)
  await connected(page)
  await expect(page.locator('[data-viewer]')).toHaveAttribute('data-mode', query === '' ? 'webrtc' : 'websocket')
  return page
}

/** Text that needs shift, AltGr or no key at all: the same lines in every run, so that a failure can be looked at. */
function randomLines(count: number): readonly string[] {
  const alphabet = Array.from('abcxyzABCXYZ019 !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~äöüßéñçøÅ€Жλ中漢あ한')
  let state = 20_250_101
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0)
  return Array.from({ length: count }, () =>
    Array.from({ length: 12 + (next() % 20) }, () => alphabet[(next() >>> 8) % alphabet.length] ?? 'a')
      .join('')
      .trim(),
  )
}

for (const [mode, query] of [
  ['WebRTC', ''],
  ['WebSocket', 'mode=websocket'],
] as const) {
  test.describe(mode, () => {
    test('the first picture is the desktop as it is', async ({ desktop }) => {
      await desktop.inside.showCard()
      const page = await openConnected(desktop, query)
      const points = fivePoints(await desktop.inside.screenSize())
      const seen = await picturePixels(page, points)
      for (const [index, point] of points.entries())
        expect(distance(seen[index] ?? [0, 0, 0], cardColor(point)), `at ${point.x}, ${point.y}`).toBeLessThan(28)
    })

    test('fifty lines of all kinds of characters arrive byte for byte', async ({ desktop }) => {
      const page = await openConnected(desktop, query)
      await desktop.inside.background('xterm -geometry 120x40+0+0 -e "cat > /tmp/typed"')
      await eventually(
        () => desktop.inside.processes('cat > /tmp/typed'),
        (found) => found.length > 0,
      )
      await page.mouse.click(400, 200)
      const lines = randomLines(50)
      for (const line of lines) {
        // as a keyboard does where it has the key, and as an input method does where it has not
        for (const character of line)
          if (/[ -~]/.test(character)) await page.keyboard.press(character === ' ' ? 'Space' : character)
          else await page.keyboard.insertText(character)
        await page.keyboard.press('Enter')
      }
      const wanted = lines.map((line) => `${line}\n`).join('')
      await eventually(
        () => desktop.inside.sh('cat /tmp/typed'),
        (text) => text.length >= wanted.length,
        20_000,
      )
      expect(await desktop.inside.sh('cat /tmp/typed')).toBe(wanted)
    })

    test('twenty sizes of the window end in the right size of the screen', async ({ desktop }) => {
      const page = await openConnected(desktop, query)
      // a screen's mode is a multiple of 8 px wide (CVT), whatever the window's width
      for (let step = 0; step < 20; step++) {
        const wanted = { width: 800 + step * 46, height: 600 + ((step * 5) % 9) * 50 }
        await page.setViewportSize(wanted)
        await eventually(
          () => desktop.inside.screenSize(),
          (size) => Math.abs(size.width - wanted.width) < 8 && Math.abs(size.height - wanted.height) <= 1,
        )
      }
      const last = await desktop.inside.screenSize()
      await expect.poll(() => pictureSize(page)).toEqual(last)
    })

    test('a 440 Hz tone is heard, and silence is silence', async ({ desktop }) => {
      test.skip(query !== '', 'in WebSocket mode the sound has no track to look into')
      const page = await openConnected(desktop, query)
      await page.mouse.click(600, 400)
      const stop = await desktop.inside.playTone(440)
      const heard = await eventually(
        () => heardPitch(page),
        (hertz) => hertz !== null,
      )
      expect(Math.abs((heard ?? 0) - 440)).toBeLessThan(6)
      await stop()
      await eventually(
        () => heardPitch(page),
        (hertz) => hertz === null,
      )
    })

    test('300 kB of text cross the clipboard each way', async ({ desktop }) => {
      const page = await openConnected(desktop, query)
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      const text = `ä${'0123456789'.repeat(30_000)}`
      await page.bringToFront()
      await page.evaluate((value) => navigator.clipboard.writeText(value), text)
      // the viewer reads the clipboard when the desktop is used again
      await page.evaluate(() => window.dispatchEvent(new Event('focus')))
      await page.mouse.click(700, 500)
      await page.keyboard.press('Control+v')
      await eventually(
        () => desktop.inside.readClipboard(),
        (value) => value === text,
        20_000,
      )
      const back = `ö${'abcdefghij'.repeat(30_000)}`
      await desktop.inside.writeClipboard(back)
      await eventually(
        () => page.evaluate(() => navigator.clipboard.readText()),
        (value) => value === back,
        20_000,
      )
    })

    test("a pad's press and release are read from the desktop's socket", async ({ desktop }) => {
      const page = await desktop.open(query)
      await connected(page)
      const events = desktop.inside.padEvents(0, 2, 20_000)
      await page.evaluate(() => {
        const buttons = Array.from({ length: 17 }, () => ({ pressed: false, touched: false, value: 0 }))
        const pad = {
          id: 'Spec pad (STANDARD GAMEPAD Vendor: 045e Product: 028e)',
          index: 0,
          connected: true,
          mapping: 'standard' as const,
          axes: [0, 0, 0, 0],
          buttons,
          timestamp: 0,
          vibrationActuator: null,
          hapticActuators: [],
        }
        Object.defineProperty(navigator, 'getGamepads', { value: () => [pad, null, null, null] })
        window.dispatchEvent(Object.assign(new Event('gamepadconnected'), { gamepad: pad }))
        let held = false
        // pressed and released again and again: the socket's reader may come late
        setInterval(() => {
          held = !held
          buttons[0] = { pressed: held, touched: held, value: held ? 1 : 0 }
          pad.timestamp = performance.now()
        }, 300)
      })
      const seen = await events
      expect(seen.every(({ kind, number }) => kind === 'button' && number === 0)).toBe(true)
      expect(seen.map(({ value }) => value).toSorted((a, b) => a - b)).toEqual([0, 1])
    })

    for (const scale of [1, 1.25])
      test(`the pointer is where it is meant at scale ${scale}`, async ({ desktop, app }) => {
        const page = await desktop.open(query)
        const session = await app.page.context().newCDPSession(page)
        const { width, height } = page.viewportSize() ?? { width: 1440, height: 900 }
        const metrics = { width, height, deviceScaleFactor: scale, mobile: false }
        await session.send('Emulation.setDeviceMetricsOverride', metrics)
        await page.reload()
        await connected(page)
        const size = { width: Math.round(width * scale), height: Math.round(height * scale) }
        await eventually(
          () => desktop.inside.screenSize(),
          (now) => Math.abs(now.width - size.width) <= 2,
        )
        await expect.poll(async () => (await pictureSize(page)).width).toBe((await desktop.inside.screenSize()).width)
        for (const point of fivePoints(await desktop.inside.screenSize())) {
          const place = await pagePoint(page, point)
          await page.mouse.move(place.x, place.y)
          const found = await eventually(
            () => desktop.inside.pointer(),
            ({ x, y }) => x === point.x && y === point.y,
          )
          expect(found).toEqual(point)
        }
      })
  })
}
