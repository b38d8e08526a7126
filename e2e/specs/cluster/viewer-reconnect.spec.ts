// What a person should not notice, on a genuine desktop: a cut of the signalling, and a better way that appears.
import { NETWORK } from '../../cluster/settings.ts'
import { INSIDE } from '../../cluster/network.ts'
import { run, tryRun } from '../../cluster/process.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { connectionsOf, resetConnections } from '../../drivers/connections.ts'
import { eventually, flicker } from '../../drivers/desktop.ts'
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
  const [enter = '', ...inside] = INSIDE
  const media = ['get', 'service', '-n', desktop.namespace, `${desktop.pod}-media`]
  const nodePort = await cluster.kubectl([...media, '-o', 'jsonpath={.spec.ports[0].nodePort}'])
  const where = ['get', 'pod', '-n', desktop.namespace, desktop.pod, '-o', 'jsonpath={.status.podIP}']
  const podIp = await cluster.kubectl(where)
  // all media between this machine and this desktop is blocked, as by a firewall on the way; the tunnel comes from within the node
  const rules = [
    ['PREROUTING', '-t', 'raw', '-s', cluster.hostIp, '-p', 'udp', '--dport', nodePort, '-j', 'DROP'],
    ['PREROUTING', '-t', 'raw', '-s', cluster.hostIp, '-d', podIp, '-j', 'DROP'],
    ['FORWARD', '-s', podIp, '-d', cluster.hostIp, '-p', 'udp', '-j', 'DROP'],
  ]
  for (const rule of rules) await run(enter, [...inside, 'iptables', '-I', ...rule])
  try {
    const page = await desktop.open()
    await connected(page)
    const viewer = page.locator('[data-viewer]')
    await expect(viewer).toHaveAttribute('data-path', 'tunnel')
    const states = await recordStates(page)
    for (const rule of rules) await run(enter, [...inside, 'iptables', '-D', ...rule])
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
    for (const rule of rules) await tryRun(enter, [...inside, 'iptables', '-D', ...rule])
  }
})

test('a way that loses packets is left for one of another road, with no gap in the picture', async ({
  sharedDesktop: desktop,
  cluster,
}) => {
  const [enter = '', ...inside] = INSIDE
  const where = ['get', 'pod', '-n', desktop.namespace, desktop.pod, '-o', 'jsonpath={.status.podIP}']
  const podIp = await cluster.kubectl(where)
  // a third of what this desktop sends by UDP, to its own address's way and to the node's port alike
  const third = ['-m', 'statistic', '--mode', 'random', '--probability', '0.33']
  const rule = ['FORWARD', '-s', podIp, '-d', cluster.hostIp, '-p', 'udp', ...third, '-j', 'DROP']
  const page = await desktop.open()
  await connected(page)
  const viewer = page.locator('[data-viewer]')
  await expect(viewer).toHaveAttribute('data-path', /node|direct/)
  const states = await recordStates(page)
  const rest = await flicker(desktop.inside)
  await run(enter, [...inside, 'iptables', '-I', ...rule])
  try {
    // whoever has just joined a network looks sooner than one that has been on it for long
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect(viewer).toHaveAttribute('data-path', 'tunnel', { timeout: 45_000 })
    expect(await states()).toEqual(['connected'])
  } finally {
    await tryRun(enter, [...inside, 'iptables', '-D', ...rule])
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
