// What crosses between this machine and a desktop: formatted text and pictures by the clipboard, files by dropping, choosing, pasting
// and fetching; and what is said when the desktop refuses, is full, or is cut off in the middle.
import type { Page } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, startAndOpen } from '../../drivers/demo.ts'
import type { AppDriver } from '../../drivers/driver.ts'
import { recordLines, sentTexts, watchSent } from '../../drivers/viewer.ts'
import { clickTarget, notes } from '../../drivers/viewer-keys.ts'

test.use({
  appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '20' } },
  viewport: { width: 1100, height: 720 },
  permissions: ['clipboard-read', 'clipboard-write'],
})

async function open(app: AppDriver, mbps = 0): Promise<Page> {
  await watchSent(app.page.context())
  await chooseDemo(app.page)
  if (mbps > 0) {
    await app.page.getByRole('link', { name: 'Settings' }).click()
    const speed = app.page.getByRole('spinbutton', { name: 'Speed of files' })
    await speed.fill(String(mbps))
    await speed.press('Enter')
    await app.page.getByRole('link', { name: 'Desktops' }).click()
  }
  const viewer = await startAndOpen(app)
  await viewer.bringToFront()
  return viewer
}
async function openFiles(viewer: Page) {
  await viewer.keyboard.press('Control+Alt+Shift+X')
  await viewer.getByRole('toolbar', { name: 'Desktop' }).getByRole('button', { name: 'Files', exact: true }).click()
  return viewer.getByRole('region', { name: 'Files' })
}

test('formatted text goes with its format, and a picture of the desktop comes here', async ({ app }) => {
  const viewer = await open(app)
  const said = await recordLines(viewer)
  await viewer.evaluate(async () => {
    const blob = (type: string, text: string) => new Blob([text], { type })
    const item = { 'text/html': blob('text/html', '<b>bold</b>'), 'text/plain': blob('text/plain', ' and bold') }
    await navigator.clipboard.write([new ClipboardItem(item)])
  })
  await clickTarget(viewer, 'editor')
  await viewer.keyboard.press('Control+End')
  await viewer.keyboard.press('Control+v')
  await expect.poll(() => notes(viewer)).toMatch(/ and bold$/)
  expect(await sentTexts(viewer, /^cb,application\/x-selkies-clipboard-flavours,/)).toHaveLength(1)
  await expect.poll(said).toContainEqual(expect.stringMatching(/^Copied to the desktop: formatted text/))

  await clickTarget(viewer, 'paint')
  await viewer.keyboard.press('Control+c')
  const width = () =>
    viewer.evaluate(async () => {
      const [item] = await navigator.clipboard.read()
      if (item?.types.includes('image/png') !== true) return 0
      return (await createImageBitmap(await item.getType('image/png'))).width
    })
  await expect.poll(width).toBeGreaterThan(100)
  await expect.poll(said).toContainEqual(expect.stringMatching(/^Copied from the desktop: picture/))
  // what came is not sent back
  await viewer.evaluate(() => window.dispatchEvent(new Event('focus')))
  await clickTarget(viewer, 'paint')
  expect(await sentTexts(viewer, /^cbs?,image/)).toEqual([])

  await viewer.keyboard.press('Control+Alt+Shift+X')
  await viewer.getByRole('button', { name: 'Clipboard', exact: true }).click()
  const direction = viewer.getByRole('dialog', { name: 'Clipboard' }).getByRole('combobox')
  await direction.selectOption('from-desktop')
  // a setting counts once the core has it
  await expect(direction).toHaveValue('from-desktop')
  await viewer.keyboard.press('Escape')
  await viewer.evaluate(() => navigator.clipboard.writeText('kept'))
  await clickTarget(viewer, 'editor')
  await viewer.keyboard.press('Control+v')
  await expect.poll(said).toContainEqual('Your clipboard is kept here: your own setting.')
})

test('files are sent, listed and fetched, and a cancelled one leaves nothing', async ({ app }) => {
  // slow enough that a small file goes in pieces
  const viewer = await open(app, 8)
  const panel = await openFiles(viewer)
  await expect(panel.getByText('Welcome.txt')).toBeVisible()
  const text = 'größe\n'.repeat(50_000)
  await panel.getByLabel('Files to send').setInputFiles([
    { name: 'größe & co.txt', mimeType: 'text/plain', buffer: Buffer.from(text) },
    { name: '<b>bold.html', mimeType: 'text/html', buffer: Buffer.from('<script>alert(1)</script>') },
  ])
  const there = panel.getByRole('list', { name: 'On the desktop' })
  await expect(there.getByText('größe & co.txt')).toBeVisible()
  await expect(there.getByText('<b>bold.html')).toBeVisible()

  const [download] = await Promise.all([
    viewer.waitForEvent('download'),
    there.getByRole('button', { name: 'Fetch größe & co.txt' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('größe & co.txt')
  const stream = await download.createReadStream()
  let bytes = 0
  for await (const chunk of stream) bytes += (chunk as Buffer).length
  expect(bytes).toBe(Buffer.byteLength(text))

  // dropped: the sign is shown before, and nothing opens the file
  const drop = (kind: 'dragover' | 'drop') =>
    viewer.evaluate((type) => {
      const data = new DataTransfer()
      data.items.add(new File(['dropped'], 'dropped.txt'))
      window.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
    }, kind)
  await drop('dragover')
  await expect(viewer.getByText('Drop to send to Plain terminal')).toBeVisible()
  await drop('drop')
  await expect(viewer.getByText('Drop to send to Plain terminal')).toBeHidden()
  await expect(there.getByText('dropped.txt')).toBeVisible()

  // a second piece that never ends: cancelled in the middle
  let held = 0
  await viewer.route('**/api/upload', async (route) => {
    const offset = (await route.request().allHeaders())['x-upload-offset']
    if (offset !== undefined && offset !== '0' && held++ === 0) return
    await route.continue()
  })
  await panel
    .getByLabel('Files to send')
    .setInputFiles({ name: 'large.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(700_000, 7) })
  await expect.poll(() => held).toBeGreaterThan(0)
  await panel.getByRole('button', { name: 'Cancel large.bin' }).click()
  const row = panel.getByRole('list', { name: 'On the way' }).getByRole('listitem').filter({ hasText: 'large.bin' })
  await expect(row).toContainText('Nothing of it was left behind.')
  await panel.getByRole('button', { name: 'Look again' }).click()
  await expect(there.getByText('dropped.txt')).toBeVisible()
  await expect(there.getByText('large.bin')).toBeHidden()
  // it goes as well as any other when it is asked for again
  await row.getByRole('button', { name: 'Try large.bin again' }).click()
  await expect(there.getByText('large.bin')).toBeVisible()
})

test('a refusal, a full desktop and a cut in the middle are said, or healed', async ({ app }) => {
  const viewer = await open(app)
  const panel = await openFiles(viewer)
  let answers: (readonly [number, string] | 'cut')[] = []
  await viewer.route('**/api/upload', async (route) => {
    const next = answers.shift()
    if (next === undefined) return route.continue()
    if (next === 'cut') return route.abort('connectionreset')
    await route.fulfill({
      status: next[0],
      contentType: 'application/json',
      body: JSON.stringify({ message: next[1] }),
    })
  })
  const send = (name: string, size = 10) =>
    panel.getByLabel('Files to send').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.alloc(size, 65) })
  const row = (name: string) =>
    panel.getByRole('list', { name: 'On the way' }).getByRole('listitem').filter({ hasText: name })
  answers = [[403, 'uploads disabled']]
  await send('refused.txt')
  await expect(row('refused.txt')).toContainText('whoever runs it decided so')
  answers = [[400, '[Errno 28] No space left on device']]
  await send('full.txt')
  await expect(row('full.txt')).toContainText('no room left on the desktop')
  answers = [[400, '[Errno 36] File name too long']]
  await send('long.txt')
  await expect(row('long.txt')).toContainText('too long')
  answers = ['cut', [502, '']]
  await send('healed.txt', 1000)
  await expect(panel.getByRole('list', { name: 'On the desktop' }).getByText('healed.txt')).toBeVisible()
  await panel.getByRole('button', { name: 'Clear the finished' }).click()
  await expect(panel.getByRole('list', { name: 'On the way' })).toBeHidden()

  // a download that breaks off goes on where it was
  const asked: string[] = []
  await viewer.route('**/api/files/healed.txt', async (route) => {
    const { range } = await route.request().allHeaders()
    if (route.request().method() === 'GET') asked.push(range ?? 'all')
    if (asked.length === 1 && route.request().method() === 'GET') return route.abort('connectionreset')
    await route.continue()
  })
  const [download] = await Promise.all([
    viewer.waitForEvent('download'),
    panel.getByRole('button', { name: 'Fetch healed.txt' }).click(),
  ])
  expect(await download.failure()).toBeNull()
  expect(asked.length).toBe(2)
  if (process.env['KASM_SHOTS'] !== undefined)
    await viewer.screenshot({ path: `${process.env['KASM_SHOTS']}/files.png` })
})

test('a printed document is told in a line, and saved from an origin of its own', async ({ app }) => {
  const viewer = await open(app)
  await clickTarget(viewer, 'editor')
  await viewer.keyboard.press('Control+p')
  const line = viewer.locator('[data-paper]')
  await expect(line).toContainText('Notes.pdf was printed')
  const [download] = await Promise.all([
    viewer.waitForEvent('download'),
    line.getByRole('button', { name: 'Save Notes.pdf' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('Notes.pdf')
  expect(new URL(download.url()).origin).not.toBe(new URL(viewer.url()).origin)
  expect(await download.failure()).toBeNull()
  // a headless browser shows no PDF: that a tab is opened is all that is seen
  const [tab] = await Promise.all([
    viewer.context().waitForEvent('page'),
    line.getByRole('button', { name: 'Open Notes.pdf' }).click(),
  ])
  await tab.close()
  // another one of the same name is another document
  await clickTarget(viewer, 'print')
  await expect(viewer.locator('[data-paper="waiting"]')).toHaveCount(1)
  if (process.env['KASM_SHOTS'] !== undefined)
    await viewer.screenshot({ path: `${process.env['KASM_SHOTS']}/paper.png` })
  await line.getByRole('button', { name: 'Dismiss Notes.pdf' }).click()
  await expect(line).toBeHidden()
})
