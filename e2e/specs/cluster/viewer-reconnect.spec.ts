// What a person should not notice, on a genuine desktop: a cut of the signalling, and a better way that appears.
import { NETWORK } from '../../cluster/settings.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { connectionsOf, resetConnections } from '../../drivers/connections.ts'
import { eventually, flicker } from '../../drivers/desktop.ts'
import { blockMedia, loseMedia } from '../../drivers/media-block.ts'
import { connected, framesDecoded, recordStates } from '../../drivers/viewer.ts'

test('a cut of the signalling is healed and never seen: the same connection shows the picture past the time that it is held', async ({
  sharedDesktop: desktop,
}) => {
  const page = await desktop.open('paths=node')
  await connected(page)
  const states = await recordStates(page)
  const peers = await page.evaluate(() => window.specPeers?.length)
  const before = await connectionsOf(desktop.host.pid, NETWORK.nodeIp)
  expect(before.length).toBeGreaterThan(0)
  const cutAt = await page.evaluate(() => performance.now())
  await resetConnections(before)
  // Selkies holds a cut session for 3 s: a picture after that is one whose session was resumed
  await page.waitForFunction((since) => performance.now() - since > 4000, cutAt)
  const frames = await framesDecoded(page)
  // only what changes is sent
  const rest = await flicker(desktop.inside)
  await eventually(
    () => framesDecoded(page),
    (now) => now > frames,
  )
  await rest()
  expect(await states()).toEqual(['connected'])
  expect(await page.evaluate(() => window.specPeers?.length)).toBe(peers)
})

test('a better way that appears is moved to, with no gap in the picture', async ({
  sharedDesktop: desktop,
  cluster,
}) => {
  const open = await blockMedia(cluster, desktop)
  try {
    const page = await desktop.open()
    await connected(page)
    const viewer = page.locator('[data-viewer]')
    await expect(viewer).toHaveAttribute('data-path', 'tunnel')
    const states = await recordStates(page)
    await open()
    // what a browser says when it has joined another network: ways are looked for in seconds then, not in half a minute
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect(viewer).toHaveAttribute('data-path', /node|direct/, { timeout: 30_000 })
    expect(await states()).toEqual(['connected'])
    // input goes to the desktop by the second connection
    await page.mouse.move(321, 234)
    await eventually(
      () => desktop.inside.pointer(),
      ({ x, y }) => x === 321 && y === 234,
    )
  } finally {
    await open()
  }
})

test('a way that loses packets is left for one of another road, with no gap in the picture', async ({
  sharedDesktop: desktop,
  cluster,
}) => {
  const page = await desktop.open()
  await connected(page)
  const viewer = page.locator('[data-viewer]')
  await expect(viewer).toHaveAttribute('data-path', /node|direct/)
  const states = await recordStates(page)
  const rest = await flicker(desktop.inside)
  // to the desktop's own address and to the node's port alike
  const heal = await loseMedia(cluster, desktop, 0.33)
  try {
    // whoever has just joined a network looks sooner than one that has been on it for long
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect(viewer).toHaveAttribute('data-path', 'tunnel', { timeout: 45_000 })
    expect(await states()).toEqual(['connected'])
  } finally {
    await heal()
    await rest()
  }
})

test('a duplicated tab comes beside the first one: neither throws the other out', async ({
  sharedDesktop: desktop,
}) => {
  const first = await desktop.open()
  await connected(first)
  const states = await recordStates(first)
  const tab = await first.evaluate(() => sessionStorage.getItem('viewer-tab') ?? '')
  expect(tab).not.toBe('')
  // browsers copy a tab's storage
  const second = await first.context().newPage()
  await second.addInitScript((id) => {
    if (sessionStorage.getItem('viewer-tab') === null) sessionStorage.setItem('viewer-tab', id)
  }, tab)
  await second.goto(first.url())
  await connected(second)
  expect(await second.evaluate(() => sessionStorage.getItem('viewer-tab'))).not.toBe(tab)
  // longer than it takes a desktop to have thrown out whoever came first
  const seen = await framesDecoded(first)
  const rest = await flicker(desktop.inside)
  await eventually(
    () => framesDecoded(first),
    (frames) => frames > seen + 60,
  )
  await rest()
  expect(await states()).toEqual(['connected'])
  await second.close()
})
