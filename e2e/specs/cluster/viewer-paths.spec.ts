// Each way for media alone, proven by the pair that getStats names; the best of all; and losses that a person should hardly notice.
import { NETWORK } from '../../cluster/settings.ts'
import { INSIDE } from '../../cluster/network.ts'
import { run } from '../../cluster/process.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { connectionsOf, resetConnections } from '../../drivers/connections.ts'
import { offerRelay, startCoturn } from '../../drivers/coturn.ts'
import { eventually, flicker } from '../../drivers/desktop.ts'
import { blockMedia, blockMediaThere, mediaNodePort } from '../../drivers/media-block.ts'
import { connected, framesDecoded, keptPicture, recordStates, selectedPair } from '../../drivers/viewer.ts'

test('the node port alone', async ({ sharedDesktop: desktop, cluster }) => {
  const page = await desktop.open('paths=node')
  await connected(page)
  const service = await mediaNodePort(cluster, desktop)
  const pair = await selectedPair(page)
  expect(pair?.remote).toMatchObject({ protocol: 'udp', address: cluster.nodeIp, port: Number(service) })
  await expect(page.locator('[data-viewer]')).toHaveAttribute('data-path', 'node')
})

test('the tunnel alone: nothing is exposed, nothing installed', async ({ sharedDesktop: desktop }) => {
  const page = await desktop.open('paths=tunnel')
  await connected(page)
  const pair = await selectedPair(page)
  expect(pair?.remote).toMatchObject({ protocol: 'tcp', address: '127.0.0.1' })
  await expect(page.locator('[data-viewer]')).toHaveAttribute('data-path', 'tunnel')
})

test('the relay alone', async ({ sharedDesktop: desktop, cluster }) => {
  const relay = await startCoturn({ port: 13_478, relayPorts: [50_000, 50_100] })
  try {
    await offerRelay(cluster, desktop.namespace, relay.secret, relay.urls.slice(0, 1))
    const page = await desktop.open('paths=relay')
    await connected(page)
    expect((await selectedPair(page))?.local.type).toBe('relay')
    await expect(page.locator('[data-viewer]')).toHaveAttribute('data-path', 'relay')
  } finally {
    await relay.stop()
  }
})

test('with every way open, UDP without a relay is taken, and when it is cut the picture moves on within 5 s', async ({
  sharedDesktop: desktop,
  cluster,
}) => {
  // the way is open once the node's rules have the port
  await mediaNodePort(cluster, desktop)
  const page = await desktop.open('paths=node,tunnel')
  await connected(page)
  expect((await selectedPair(page))?.remote).toMatchObject({ protocol: 'udp' })
  // the desktop has something to show all the time, so that packets that stop are seen to stop
  const rest = await flicker(desktop.inside)
  await eventually(
    () => framesDecoded(page),
    (frames) => frames > 10,
  )
  const cutAt = Date.now()
  const open = await blockMedia(cluster, desktop)
  try {
    await eventually(
      () => selectedPair(page),
      (pair) => pair?.remote.protocol === 'tcp',
      8000,
    )
    await connected(page)
    const frames = await framesDecoded(page)
    await eventually(
      () => framesDecoded(page),
      (now) => now > frames,
    )
    expect(Date.now() - cutAt).toBeLessThan(5000)
  } finally {
    await open()
    await rest()
  }
})

test('a way whose other half is cut, so that no key arrives though the picture comes, is left within 10 s', async ({
  sharedDesktop: desktop,
  cluster,
}) => {
  const page = await desktop.open('paths=node,tunnel')
  await connected(page)
  expect((await selectedPair(page))?.remote).toMatchObject({ protocol: 'udp' })
  const rest = await flicker(desktop.inside)
  const cutAt = Date.now()
  const open = await blockMediaThere(cluster, desktop)
  try {
    await eventually(
      () => selectedPair(page),
      (pair) => pair?.remote.protocol === 'tcp',
      15_000,
    )
    await connected(page)
    expect(Date.now() - cutAt).toBeLessThan(10_000)
    await page.mouse.move(345, 234)
    await eventually(
      () => desktop.inside.pointer(),
      ({ x, y }) => x === 345 && y === 234,
    )
  } finally {
    await open()
    await rest()
  }
})

for (const [name, query, mode] of [
  ['the tunnel of the media', 'paths=tunnel', 'webrtc'],
  ['the tunnel of WebSocket mode', 'mode=websocket', 'websocket'],
] as const)
  test(`${name} is cut and survived: picture again within 10 s`, async ({ sharedDesktop: desktop }) => {
    const page = await desktop.open(query)
    await connected(page)
    const viewer = page.locator('[data-viewer]')
    await expect(viewer).toHaveAttribute('data-mode', mode)
    // every connection to the API server is reset under the web host, as when a network changes or a proxy restarts
    const ports = await connectionsOf(desktop.host.pid, NETWORK.nodeIp)
    expect(ports.length).toBeGreaterThan(0)
    const states = await recordStates(page)
    const cutAt = Date.now()
    await resetConnections(ports)
    await eventually(states, (seen) => seen.includes('reconnecting') && seen.at(-1) === 'connected', 10_000)
    expect(Date.now() - cutAt).toBeLessThan(10_000)
    await expect(viewer).toHaveAttribute('data-mode', mode)
    await page.mouse.move(300 + Math.floor(desktop.host.pid % 100), 300)
    await eventually(
      () => desktop.inside.pointer(),
      ({ x, y }) => x === 300 + (desktop.host.pid % 100) && y === 300,
    )
  })

for (const [mode, query] of [
  ['webrtc', ''],
  ['websocket', 'mode=websocket'],
] as const)
  test(`a killed server is survived in ${mode} mode: picture again within 10 s of its return`, async ({
    sharedDesktop: desktop,
    cluster,
  }) => {
    const page = await desktop.open(query)
    await connected(page)
    const status = (path: string): Promise<string> =>
      cluster.kubectl([
        ...['get', 'pod', '-n', desktop.namespace, desktop.pod],
        '-o',
        `jsonpath={.status.containerStatuses[0].${path}}`,
      ])
    const before = Number(await status('restartCount'))
    const servers = await desktop.inside.processes('lib/desktop/serve.py')
    const states = await recordStates(page)
    await desktop.inside.sh(`kill -9 ${servers.join(' ')}`)
    await eventually(states, (seen) => seen.includes('reconnecting'), 10_000)
    // the last picture stays; a desktop is nowhere black
    await eventually(
      () => keptPicture(page),
      (colour) => colour !== null && Math.max(...colour) > 20,
    )
    await eventually(
      () => status('restartCount'),
      (count) => Number(count) === before + 1,
      40_000,
    )
    await eventually(
      () => status('ready'),
      (ready) => ready === 'true',
      30_000,
    )
    const backAt = Date.now()
    await connected(page, 10_000)
    expect(Date.now() - backAt).toBeLessThan(10_000)
    await expect(page.locator('[data-viewer]')).toHaveAttribute('data-mode', mode)
  })

test('when no candidate works, the picture comes through WebSocket mode', async ({ desktop, cluster, namespace }) => {
  // without a rule for it the desktop's media port is shut, and the tunnel is not wanted
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], egress: [] },
  }
  test.skip(cluster.notRun.length > 0, cluster.notRun.join('; '))
  await cluster.apply(JSON.stringify(policy))
  const page = await desktop.open('paths=node')
  await connected(page, 60_000)
  await expect(page.locator('[data-viewer]')).toHaveAttribute('data-mode', 'websocket')
})

for (const [name, ingress, path] of [
  ['with the media rule the node port works', [{ ports: [{ port: 28_081, protocol: 'UDP' }] }], 'node'],
  ['without the media rule the tunnel works', [], 'tunnel'],
] as const)
  test(`under default-deny, ${name}`, async ({ desktop, cluster, namespace }) => {
    test.skip(cluster.notRun.length > 0, cluster.notRun.join('; '))
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'default-deny', namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress },
    }
    await cluster.apply(JSON.stringify(policy))
    // the controller works in the background: the policy counts once the node's rules have it
    const [enter = '', ...inside] = INSIDE
    await eventually(
      async () => (await run(enter, [...inside, 'iptables-save'])).includes('KUBE-NWPLCY'),
      (there) => there,
    )
    const page = await desktop.open('paths=node,tunnel')
    await connected(page)
    await expect(page.locator('[data-viewer]')).toHaveAttribute('data-path', path)
  })
