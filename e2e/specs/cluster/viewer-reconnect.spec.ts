// What a person should not notice, on a genuine desktop: a cut of the signalling.
import { NETWORK } from '../../cluster/settings.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { connectionsOf, resetConnections } from '../../drivers/connections.ts'
import { eventually } from '../../drivers/desktop.ts'
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
  await page.mouse.move(400, 300)
  await eventually(
    () => framesDecoded(page),
    (now) => now > frames,
  )
  expect(await states()).toEqual(['connected'])
  expect(await page.evaluate(() => window.specPeers?.length)).toBe(peers)
})
