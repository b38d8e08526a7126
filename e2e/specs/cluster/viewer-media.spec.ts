// Sound figures, microphone, camera and four gamepads on the genuine Selkies, in both modes; what arrived is told by the desktop itself.
// The microphone and the camera are Chromium's own fakes.
import type { Page } from '@playwright/test'
import { expect, test, type RunningDesktop } from '../../drivers/cluster-app.ts'
import { eventually, flicker } from '../../drivers/desktop.ts'
import { connectPad, disconnectPad, FAKE_MEDIA, movePad, padScript } from '../../drivers/viewer-media.ts'
import { connected } from '../../drivers/viewer.ts'
import config from '../../../playwright.config.ts'

test.use({
  launchOptions: {
    ...config.use?.launchOptions,
    args: [...(config.use?.launchOptions?.args ?? []), ...FAKE_MEDIA],
  },
})

/** Loudest sample of two seconds of a source of the desktop's sound server, 0-32767; -1 when there is no such source. */
async function loudest({ inside }: RunningDesktop, source: string): Promise<number> {
  const script = `
import array, subprocess, sys
p = subprocess.Popen(["parec", "-d", "${source}", "--format=s16le", "--rate=24000", "--channels=1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
data = p.stdout.read(2 * 24000 * 2)
p.kill()
print(max((abs(v) for v in array.array("h", data[: len(data) // 2 * 2])), default=-1))
`
  return Number((await inside.sh('/opt/selkies/bin/python3 -', script)).trim())
}

async function openSound(page: Page): Promise<void> {
  await page.keyboard.press('Control+Alt+Shift+X')
  await page.getByRole('toolbar', { name: 'Desktop' }).getByRole('button', { name: 'Sound', exact: true }).click()
}

for (const [mode, query] of [
  ['WebRTC', ''],
  ['WebSocket', 'mode=websocket'],
] as const)
  test(`${mode}: microphone and camera arrive, are gone when turned off, and the sound is measured`, async ({
    sharedDesktop: desktop,
    cluster,
  }) => {
    const page = await desktop.open(query)
    /** Redundant packets of each sound frame, newest last. */
    const redundant: number[] = []
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        if (typeof payload !== 'string' && payload[0] === 1 && payload.length > 2)
          redundant.push((payload[1] ?? 0) & 127)
      }),
    )
    await connected(page)
    await page.bringToFront()
    await openSound(page)
    const menu = page.getByRole('dialog', { name: 'Sound' })
    const sign = page.locator('[data-capture]')
    await menu.getByRole('button', { name: 'Turn the microphone on' }).click()
    await expect(sign).toHaveAttribute('data-capture', 'microphone')
    await eventually(
      () => desktop.inside.sh('pactl list sources short'),
      (sources) => sources.includes('SelkiesVirtualMic'),
    )
    // the fake one beeps once a second
    await eventually(
      () => loudest(desktop, 'SelkiesVirtualMic'),
      (level) => level > 1000,
    )
    await menu.getByRole('button', { name: 'Turn the camera on' }).click()
    await expect(sign).toHaveAttribute('data-capture', 'microphone camera')
    // without a kernel device no program of this image can read it: the ring that its preload library reads is there
    await eventually(
      () => desktop.inside.sh('ls /tmp/xdg'),
      (files) => files.includes('selkies_webcam0.sock'),
    )
    if (query === '')
      await eventually(
        () => cluster.kubectl(['logs', '-n', desktop.namespace, desktop.pod, '--tail=400']),
        (log) => /Webcam uplink carries \w+/.test(log),
      )
    await menu.getByRole('button', { name: 'Turn it off' }).first().click()
    await menu.getByRole('button', { name: 'Turn it off' }).click()
    await expect(sign).toBeHidden()
    // silence, or no microphone at all
    await eventually(
      () => loudest(desktop, 'SelkiesVirtualMic'),
      (level) => level < 200,
    )
    await page.keyboard.press('Escape')

    await page.keyboard.press('Control+Alt+Shift+S')
    const row = page.getByRole('region', { name: 'Statistics' }).locator('dl > div', { hasText: 'Sound to picture' })
    await expect(row).toContainText('silent')
    const stop = await desktop.inside.playTone(440)
    // there is a picture to compare with only while something changes
    const rest = await flicker(desktop.inside)
    await expect(row).toContainText(/\d+ ms (later|earlier)|together/)
    await rest()
    test.info().annotations.push({ type: `sound to picture, ${mode}`, description: (await row.textContent()) ?? '' })
    await stop()
    await expect(row).toContainText('silent')
    await expect(page.locator('[data-viewer]')).toHaveAttribute('data-state', 'connected')
    // every page that listens said that it can undo it
    if (query !== '') expect(Math.max(...redundant.slice(-50))).toBe(2)
  })

test('four pads are read from their own sockets, and one that is plugged in again is where it was', async ({
  sharedDesktop: desktop,
}) => {
  const page = await desktop.open('')
  await page.evaluate(padScript)
  await connected(page)
  const name = (word: string) => `${word} (STANDARD GAMEPAD Vendor: 045e Product: 028e)`
  for (const [at, word] of ['One', 'Two', 'Three', 'Four'].entries()) await connectPad(page, at, name(word))
  /** Presses a button again and again until the desktop has read it twice: the reader may come late. */
  const reads = async (slot: number, index: number) => {
    let over = false
    const events = desktop.inside.padEvents(slot, 2, 15_000).finally(() => (over = true))
    let held = 0
    await expect
      .poll(
        async () => {
          held = 1 - held
          await movePad(page, index, 'button', slot, held)
          return over
        },
        { timeout: 15_000, intervals: [100] },
      )
      .toBe(true)
    await movePad(page, index, 'button', slot, 0)
    for (const { kind, number } of await events) expect([kind, number]).toEqual(['button', slot])
  }
  for (const slot of [0, 1, 2, 3]) await reads(slot, slot)
  await disconnectPad(page, 1)
  await disconnectPad(page, 2)
  await connectPad(page, 1, name('Three'))
  await reads(2, 1)
})
