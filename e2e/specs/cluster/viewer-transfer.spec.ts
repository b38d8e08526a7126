// What crosses between this machine and the genuine Selkies: formatted text and pictures, files, printed documents. What arrived is
// told by the desktop itself. One desktop and one viewer for all of a mode.
import { createHash } from 'node:crypto'
import type { Page } from '@playwright/test'
import { expect, test } from '../../drivers/cluster-app.ts'
import { eventually } from '../../drivers/desktop.ts'
import { connected, recordLines } from '../../drivers/viewer.ts'

/** Puts a copy on this machine's clipboard and lets the viewer see it. */
async function copyHere(page: Page, kind: 'formatted' | 'picture', text: string): Promise<string> {
  const size = await page.evaluate(
    async ([what, words]) => {
      const item = async (): Promise<Record<string, Blob>> => {
        if (what === 'formatted')
          return {
            'text/html': new Blob([`<b>${words}</b>`], { type: 'text/html' }),
            'text/plain': new Blob([words], { type: 'text/plain' }),
          }
        const canvas = new OffscreenCanvas(300, 200)
        const pen = canvas.getContext('2d')
        // noise, so that it is cut into pieces
        const data = new ImageData(300, 200)
        let state = 7
        for (let at = 0; at < data.data.length; at++)
          data.data[at] = at % 4 === 3 ? 255 : (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24
        pen?.putImageData(data, 0, 0)
        return { 'image/png': await canvas.convertToBlob({ type: 'image/png' }) }
      }
      await navigator.clipboard.write([new ClipboardItem(await item())])
      window.dispatchEvent(new Event('focus'))
      return what === 'picture' ? '300x200' : words
    },
    [kind, text] as const,
  )
  return size
}

for (const [mode, query] of [
  ['WebRTC', ''],
  ['WebSocket', 'mode=websocket'],
] as const)
  test(`formatted text and pictures cross the clipboard each way: ${mode}`, async ({ sharedDesktop: desktop }) => {
    const { inside } = desktop
    const page = await desktop.open(query)
    await connected(page)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.bringToFront()
    const target = (mime: string) => inside.sh(`timeout 5 xclip -o -selection clipboard -t ${mime} 2>/dev/null; true`)

    const words = `größe ${mode}`
    await copyHere(page, 'formatted', words)
    const html = await eventually(
      () => target('text/html'),
      (found) => found.includes(words),
    )
    expect(html).toMatch(/<b[^>]*>größe/)
    expect(await target('UTF8_STRING')).toBe(words)

    await copyHere(page, 'picture', '')
    const sum = () =>
      inside.sh(
        `timeout 5 xclip -o -selection clipboard -t image/png 2>/dev/null | /opt/selkies/bin/python3 -c 'import sys, struct; d = sys.stdin.buffer.read(); print(len(d), d[1:4] == b"PNG" and struct.unpack(">II", d[16:24]))'`,
      )
    expect(await eventually(sum, (found) => found.includes('(300, 200)'))).toMatch(/^1\d{5} /)

    // from there: an HTML copy, and a picture
    const here = () =>
      page.evaluate(async () => {
        const [item] = await navigator.clipboard.read()
        const of = async (mime: string) =>
          item?.types.includes(mime) === true ? (await item.getType(mime)).text() : ''
        const png =
          item?.types.includes('image/png') === true ? await createImageBitmap(await item.getType('image/png')) : null
        return { html: await of('text/html'), text: await of('text/plain'), width: png?.width ?? 0 }
      })
    const said = await recordLines(page)
    await inside.sh(
      `printf '<p>from <i>there</i> ${mode}</p>' > /tmp/clip.html && setsid -f xclip -i -selection clipboard -t text/html /tmp/clip.html >/dev/null 2>&1`,
    )
    expect((await eventually(here, (found) => found.html.includes(mode))).html).toMatch(/<i[^>]*>there<\/i>/)
    await inside.sh(
      `/opt/selkies/bin/python3 -c 'from PIL import Image; Image.effect_noise((123, 45), 80).save("/tmp/clip.png")' && setsid -f xclip -i -selection clipboard -t image/png /tmp/clip.png >/dev/null 2>&1`,
    )
    await eventually(here, ({ width }) => width === 123)
    await expect.poll(said).toContainEqual(expect.stringMatching(/^Copied from the desktop: picture/))

    // what came is not sent back: the owner there is still the program that copied
    const owner = () => inside.sh('xclip -o -selection clipboard -t TARGETS')
    const before = await owner()
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await page.mouse.click(700, 500)
    expect(await owner()).toBe(before)
    await inside.sh('xsel -cb 2>/dev/null; true')
  })

test('files go there and come back byte for byte, and a cancelled one leaves nothing', async ({
  sharedDesktop: desktop,
}) => {
  const { inside } = desktop
  const page = await desktop.open()
  await connected(page)
  await page.bringToFront()
  await page.keyboard.press('Control+Alt+Shift+X')
  await page.getByRole('toolbar', { name: 'Desktop' }).getByRole('button', { name: 'Files', exact: true }).click()
  const panel = page.getByRole('region', { name: 'Files' })
  const there = panel.getByRole('list', { name: 'On the desktop' })
  const sumOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  const name = 'größe & co (1).bin'
  const bytes = Buffer.from(Uint8Array.from({ length: 9_000_001 }, (_, at) => (at * 7919) % 251))
  await panel.getByLabel('Files to send').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: bytes })
  await expect(there.getByText(name)).toBeVisible({ timeout: 30_000 })
  expect(await inside.sh(`sha256sum < "$HOME/Desktop/${name}"`)).toContain(sumOf(bytes))

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    there.getByRole('button', { name: `Fetch ${name}` }).click(),
  ])
  const back: Buffer[] = []
  for await (const chunk of await download.createReadStream()) back.push(chunk as Buffer)
  expect(sumOf(Buffer.concat(back))).toBe(sumOf(bytes))

  // cancelled while a later piece is held on the way: nothing is left, in plain sight or hidden
  let held = 0
  await page.route('**/api/upload', async (route) => {
    const offset = route.request().headers()['x-upload-offset']
    if (offset !== undefined && offset !== '0' && held++ === 0) return
    await route.continue()
  })
  await panel
    .getByLabel('Files to send')
    .setInputFiles({ name: 'cancelled.bin', mimeType: 'application/octet-stream', buffer: bytes })
  await expect.poll(() => held).toBeGreaterThan(0)
  expect(await inside.sh('ls -A "$HOME/Desktop"')).toContain('.selkies-upload-')
  await panel.getByRole('button', { name: 'Cancel cancelled.bin' }).click()
  await expect(panel.getByText('Nothing of it was left behind.')).toBeVisible()
  await eventually(
    () => inside.sh('ls -A "$HOME/Desktop"'),
    (names) => names.trim() === name,
  )
  await inside.sh(`rm "$HOME/Desktop/${name}"`)
})

test('what is printed there arrives here as a PDF, once, on an origin of its own', async ({
  sharedDesktop: desktop,
}) => {
  const { inside } = desktop
  const page = await desktop.open()
  await connected(page)
  await page.bringToFront()
  const pdf = `%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\ntrailer\n<< /Size 4 /Root 1 0 R >>\n%%EOF\n`
  await inside.sh('cat > /tmp/paper.pdf', pdf)
  await inside.sh('CUPS_SERVER=/tmp/xdg/selkies-cups/cups.sock lp -t "Annual report" /tmp/paper.pdf')
  const line = page.locator('[data-paper]')
  await expect(line).toContainText('Annual report.pdf was printed')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    line.getByRole('button', { name: 'Save Annual report.pdf' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('Annual report.pdf')
  expect(new URL(download.url()).origin).not.toBe(new URL(page.url()).origin)
  const parts: Buffer[] = []
  for await (const chunk of await download.createReadStream()) parts.push(chunk as Buffer)
  expect(Buffer.concat(parts).subarray(0, 5).toString()).toBe('%PDF-')
  // it was given once; it stays here for the other wishes
  expect((await inside.sh('ls -A "$HOME/.local/state/selkies/print"')).trim()).toBe('')
  await Promise.all([
    page.waitForEvent('download'),
    line.getByRole('button', { name: 'Save Annual report.pdf' }).click(),
  ])
  await line.getByRole('button', { name: 'Dismiss Annual report.pdf' }).click()
  await expect(line).toBeHidden()
})
