// Picture, sound and input on the genuine Selkies, in both modes; what arrived is told by the desktop itself. One desktop for all:
// each test opens a viewer of its own and leaves nothing behind that another would see.
import type { Page } from '@playwright/test'
import { expect, test, type RunningDesktop } from '../../drivers/cluster-app.ts'
import { cardColor, eventually, type Point } from '../../drivers/desktop.ts'
import { compose, openMenu, strokeKeys, type LayoutKey } from '../../drivers/viewer-keys.ts'
import { playPointerLock } from '../../drivers/viewer-pointer.ts'
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

/** The size that a window asks for: even, for the codecs. */
const evenSize = ({ width, height }: Size): Size => ({ width: width - (width % 2), height: height - (height % 2) })
/** The screen under a stream: Selkies 2.1 makes its modes by CVT, whose widths are multiples of 8, and films the part asked for. */
const screenOf = ({ width, height }: Size): Size => ({ width: Math.ceil(width / 8) * 8, height })

interface Size {
  readonly width: number
  readonly height: number
}

/** Waits for a stream of a size and for the screen under it. */
async function hasSize(page: Page, desktop: RunningDesktop, wanted: Size): Promise<void> {
  await expect(async () => {
    expect(await pictureSize(page)).toEqual(wanted)
    expect(await desktop.inside.screenSize()).toEqual(screenOf(wanted))
  }).toPass({ timeout: 15_000, intervals: [100, 200, 300] })
}

/** Types as a person does: shift held where the character needs it, an input method for what the keyboard has no key for. */
async function typeText(page: Page, text: string): Promise<void> {
  const { keyboard } = page
  for (const part of text.match(/[ -~]|[^ -~]+/g) ?? [])
    if (/[^ -~]/.test(part)) await keyboard.insertText(part)
    else {
      const key = part === ' ' ? 'Space' : part
      const shift = /[A-Z~!@#$%^&*()_+{}|:"<>?]/.test(part)
      // down and up are sent together: on a busy machine a key that waits half a second for its release is repeated, rightly
      await Promise.all([
        ...(shift ? [keyboard.down('Shift')] : []),
        keyboard.down(key),
        keyboard.up(key),
        ...(shift ? [keyboard.up('Shift')] : []),
      ])
    }
}

async function openConnected(desktop: RunningDesktop, query: string): Promise<Page> {
  const page = await desktop.open(query)
  await connected(page)
  await expect(page.locator('[data-viewer]')).toHaveAttribute('data-mode', query === '' ? 'webrtc' : 'websocket')
  return page
}

/** Opens a program in a window of its own and waits until it has the keyboard. @param words of its command line, to end it by */
async function openWindow(
  { inside }: RunningDesktop,
  name: string,
  command: string,
  words: string,
): Promise<() => Promise<void>> {
  await inside.background(command)
  await eventually(
    () => inside.sh('xdotool getwindowname $(xdotool getactivewindow)'),
    (title) => title.trim() === name,
  )
  const readers = await inside.processes(words)
  return async () => void (await inside.sh(`kill ${readers.join(' ')}; true`))
}

const ALTGR = { key: '+AltGraph', code: 'AltRight' } as const
const letters = (text: string): readonly LayoutKey[] => Array.from(text, (key) => ({ key, code: 'KeyA' }))
/** What keyboards of other layouts say for a line of text, by Chromium on Linux. */
const LAYOUT_LINES: readonly { readonly text: string; readonly keys: readonly LayoutKey[] }[] = [
  {
    text: 'öß @{€} z',
    keys: [
      ...letters('öß '),
      ALTGR,
      { key: '@', code: 'KeyQ' },
      { key: '{', code: 'Digit7' },
      { key: '€', code: 'KeyE' },
      { key: '}', code: 'Digit0' },
      { ...ALTGR, key: '-AltGraph' },
      ...letters(' z'),
    ],
  },
  {
    text: 'éçàù ê Ê',
    keys: [
      ...letters('éçàù '),
      { key: 'Dead', code: 'BracketLeft' },
      { key: 'e', code: 'KeyE', text: 'ê' },
      ...letters(' '),
      { key: 'Dead', code: 'BracketLeft' },
      { key: '+Shift', code: 'ShiftLeft', modifiers: 8 },
      { key: 'E', code: 'KeyE', text: 'Ê', modifiers: 8 },
      { key: '-Shift', code: 'ShiftLeft' },
    ],
  },
  { text: 'Съешь ещё', keys: letters('Съешь ещё') },
]

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
    test('the first picture is the desktop as it is', async ({ sharedDesktop: desktop }) => {
      await desktop.inside.showCard()
      const page = await openConnected(desktop, query)
      const points = fivePoints(await pictureSize(page))
      const seen = await picturePixels(page, points)
      for (const [index, point] of points.entries())
        expect(distance(seen[index] ?? [0, 0, 0], cardColor(point)), `at ${point.x}, ${point.y}`).toBeLessThan(28)
    })

    test('fifty lines of all kinds of characters arrive byte for byte', async ({ sharedDesktop: desktop }) => {
      const page = await openConnected(desktop, query)
      const file = `/tmp/typed-${mode}`
      await desktop.inside.background(`xterm -T typed -geometry 120x40+0+0 -e "cat > ${file}"`)
      const readers = await eventually(
        () => desktop.inside.processes(`cat > ${file}`),
        (found) => found.length > 0,
      )
      await eventually(
        () => desktop.inside.sh('xdotool getwindowname $(xdotool getactivewindow)'),
        (name) => name.trim() === 'typed',
      )
      const lines = randomLines(50)
      for (const line of lines) {
        await typeText(page, line)
        await page.keyboard.press('Enter')
      }
      const wanted = lines.map((line) => `${line}\n`).join('')
      await eventually(
        () => desktop.inside.sh(`cat ${file}`),
        (text) => text.length >= wanted.length,
        20_000,
      )
      expect(await desktop.inside.sh(`cat ${file}`)).toBe(wanted)
      await desktop.inside.sh(`kill ${readers.join(' ')}; true`)
    })

    test('keys of other layouts, dead keys, compositions and chords arrive', async ({ sharedDesktop: desktop }) => {
      const page = await openConnected(desktop, query)
      const file = `/tmp/layouts-${mode}`
      const closeText = await openWindow(
        desktop,
        'layouts',
        `xterm -T layouts -geometry 100x30+0+0 -e "cat > ${file}"`,
        `cat > ${file}`,
      )
      for (const { keys } of LAYOUT_LINES) {
        await strokeKeys(page, keys)
        await page.keyboard.press('Enter')
      }
      await compose(page, 'にほんご', '日本語')
      await page.keyboard.press('Enter')
      const wanted = [...LAYOUT_LINES.map(({ text }) => text), '日本語', ''].join('\n')
      await eventually(
        () => desktop.inside.sh(`cat ${file}`),
        (text) => text.length >= wanted.length,
      )
      expect(await desktop.inside.sh(`cat ${file}`)).toBe(wanted)
      await closeText()

      const events = `/tmp/events-${mode}`
      const closeEvents = await openWindow(
        desktop,
        'Event Tester',
        `stdbuf -oL xev -event keyboard > ${events}`,
        'xev -event keyboard',
      )
      await (await openMenu(page)).getByRole('button', { name: 'Ctrl Alt Del' }).click()
      // copying with a Russian keyboard: programs know the Latin key alone
      await strokeKeys(page, [
        { key: '+Control', code: 'ControlLeft', modifiers: 2 },
        { key: 'с', code: 'KeyC', modifiers: 2 },
        { key: '-Control', code: 'ControlLeft' },
      ])
      const presses = async () =>
        [
          ...(await desktop.inside.sh(`cat ${events}`)).matchAll(
            /KeyPress event[^]*?state 0x(\w+)[^]*?0x\w+, (\w+)\)/g,
          ),
        ].map(([, state = '0', name]) => `${parseInt(state, 16) & 0xd} ${name}`)
      await eventually(presses, (seen) => seen.includes('4 c'))
      // what holds (1 Shift, 4 Control, 8 Alt) and the key
      expect(await presses()).toEqual(expect.arrayContaining(['12 Delete', '4 c']))
      await closeEvents()
    })

    test('twenty sizes of the window end in the right size of the screen', async ({ sharedDesktop: desktop }) => {
      const page = await openConnected(desktop, query)
      for (let step = 0; step < 20; step++) {
        // odd ones too
        const size = { width: 801 + step * 47, height: 600 + ((step * 5) % 9) * 51 }
        await page.setViewportSize(size)
        await hasSize(page, desktop, evenSize(size))
      }
    })

    test('a 440 Hz tone is heard, and silence is silence', async ({ sharedDesktop: desktop }) => {
      const page = await openConnected(desktop, query)
      expect(await heardPitch(page)).toBeNull()
      const stop = await desktop.inside.playTone(440)
      const heard = await eventually(
        () => heardPitch(page),
        (hertz) => hertz !== null,
      )
      // in WebSocket mode an AudioContext plays, and the element shows the same without playing it twice
      const element = await page.locator('audio').evaluate((audio: HTMLAudioElement) => audio.muted)
      expect(element).toBe(query !== '')
      expect(Math.abs((heard ?? 0) - 440)).toBeLessThan(6)
      await stop()
      await eventually(
        () => heardPitch(page),
        (hertz) => hertz === null,
      )
    })

    test('300 kB of text cross the clipboard each way', async ({ sharedDesktop: desktop }) => {
      const page = await openConnected(desktop, query)
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      const text = `ä ${mode} ${'0123456789'.repeat(30_000)}`
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
      const back = `ö ${mode} ${'abcdefghij'.repeat(30_000)}`
      await desktop.inside.writeClipboard(back)
      await eventually(
        () => page.evaluate(() => navigator.clipboard.readText()),
        (value) => value === back,
        20_000,
      )
    })

    test("a pad's press and release are read from the desktop's socket", async ({ sharedDesktop: desktop }) => {
      const page = await openConnected(desktop, query)
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
      test(`the pointer is where it is meant at scale ${scale}`, async ({ sharedDesktop: desktop }) => {
        const page = await openConnected(desktop, query)
        const session = await page.context().newCDPSession(page)
        const { width, height } = page.viewportSize() ?? { width: 1440, height: 900 }
        const metrics = { width, height, deviceScaleFactor: scale, mobile: false }
        await session.send('Emulation.setDeviceMetricsOverride', metrics)
        await page.reload()
        await connected(page)
        const size = evenSize({ width: Math.floor(width * scale), height: Math.floor(height * scale) })
        await hasSize(page, desktop, size)
        for (const point of fivePoints(size)) {
          const place = await pagePoint(page, point)
          await page.mouse.move(place.x, place.y)
          const found = await eventually(
            () => desktop.inside.pointer(),
            ({ x, y }) => x === point.x && y === point.y,
          )
          expect(found).toEqual(point)
        }
      })

    test('in relative mode the pointer goes as far as the mouse, and then to where it is', async ({
      sharedDesktop: desktop,
    }) => {
      const page = await openConnected(desktop, query)
      await playPointerLock(page)
      await page.reload()
      await connected(page)
      const isAt = (point: Point) =>
        eventually(
          () => desktop.inside.pointer(),
          ({ x, y }) => x === point.x && y === point.y,
        )
      // what is less than a pixel of the desktop is kept for the next motion
      const wentTo = (point: Point) =>
        eventually(
          () => desktop.inside.pointer(),
          ({ x, y }) => Math.abs(x - point.x) <= 1 && Math.abs(y - point.y) <= 1,
        )
      const place = async (point: Point) => {
        const { x, y } = await pagePoint(page, point)
        await page.mouse.move(x, y, { steps: 5 })
      }
      await place({ x: 400, y: 300 })
      await isAt({ x: 400, y: 300 })
      await page.keyboard.press('Control+Alt+Shift+P')
      await expect(page.locator('[data-viewer]')).toHaveAttribute('data-mouse', 'accelerated')
      await place({ x: 463, y: 259 })
      await wentTo({ x: 463, y: 259 })
      // the desktop's own programs may take it elsewhere meanwhile: only how far it goes counts
      await desktop.inside.sh('xdotool mousemove 100 100')
      await place({ x: 453, y: 279 })
      await wentTo({ x: 90, y: 120 })
      await page.keyboard.press('Control+Alt+Shift+P')
      await expect(page.locator('[data-viewer]')).toHaveAttribute('data-mouse', '')
      await place({ x: 500, y: 333 })
      await isAt({ x: 500, y: 333 })
    })
  })
}
