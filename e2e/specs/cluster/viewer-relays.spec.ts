// A relay by TCP and by TLS, proven against genuine coturn by the pair that getStats names, where UDP to it is blocked; and the
// connection check, which says so.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NETWORK } from '../../cluster/settings.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { offerRelay, startCoturn } from '../../drivers/coturn.ts'
import { connected, selectedPair } from '../../drivers/viewer.ts'

// this file's browser alone takes a certificate that nobody signed; everywhere else one is refused
test.use({
  launchOptions: async ({ launchOptions }, use) =>
    use({ ...launchOptions, args: [...(launchOptions.args ?? []), '--ignore-certificate-errors'] }),
})

test('where UDP to the relay is blocked, TCP is taken, TLS alone works too, and the check names what is blocked', async ({
  sharedDesktop: desktop,
  cluster,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'kasm-relay-'))
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const subject = ['-subj', '/CN=relay.test', '-addext', `subjectAltName=IP:${NETWORK.hostIp}`]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const args = ['req', '-x509', ...key, '-days', '2', ...subject, '-keyout', keyFile, '-out', certFile]
  execFileSync('openssl', args, { stdio: 'ignore' })
  const relay = await startCoturn({
    port: 13_480,
    tls: { port: 13_481, certFile, keyFile },
    udp: false,
    relayPorts: [50_400, 50_500],
  })
  try {
    await offerRelay(cluster, desktop.namespace, relay.secret, relay.urls)
    const page = await desktop.open('paths=relay-udp,relay-tcp')
    await connected(page)
    expect((await selectedPair(page))?.local).toMatchObject({ type: 'relay', protocol: 'tcp' })
    const viewer = page.locator('[data-viewer]')
    await expect(viewer).toHaveAttribute('data-path', 'relay')
    await expect(viewer).toHaveAttribute('data-relay', 'tcp')

    await page.keyboard.press('Control+Alt+Shift+KeyX')
    await page.getByRole('button', { name: 'Connection', exact: true }).click()
    await expect(page.locator('[data-path-in-use]')).toContainText('Relay, TCP')
    await expect(page.locator('[data-path-in-use]')).toContainText(`${NETWORK.hostIp}:13480`)
    await page.getByRole('button', { name: 'Check the connection' }).click()
    const check = page.getByRole('dialog', { name: 'Connection check' })
    await expect(check).toHaveAttribute('data-done', 'true', { timeout: 40_000 })
    const hop = (name: string) => check.getByRole('listitem').filter({ hasText: name })
    for (const [name, found] of [
      ['Door to the cluster', 'ok'],
      ['The desktop’s server', 'ok'],
      ['Relay, UDP', 'failed'],
      ['Relay, TCP', 'ok'],
      ['Relay, TLS', 'ok'],
      ['The node’s UDP port', 'ok'],
      ['Through the cluster (TCP)', 'ok'],
      ['From the relay to the desktop', 'ok'],
    ] as const)
      await expect(hop(name), name).toHaveAttribute('data-state', found)
    await expect(hop('Relay, UDP')).toContainText('Ask your network team')
    // the picture went on behind it, on the same connection
    await expect(viewer).toHaveAttribute('data-state', 'connected')
    await page.close()

    const secure = await desktop.open('paths=relay-tls')
    await connected(secure)
    expect((await selectedPair(secure))?.local).toMatchObject({ type: 'relay', protocol: 'tls' })
    await expect(secure.locator('[data-viewer]')).toHaveAttribute('data-relay', 'tls')
  } finally {
    await relay.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
