// The reference desktop as our renderer makes its pod: locked, quiet towards the outside, all its devices there. No app involved.
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { startRawDesktop, type RawDesktop } from '../../drivers/raw-desktop.ts'
import { cardColor, desktopOf, eventually, type Desktop } from '../../drivers/desktop.ts'
import { expect, test } from '../../drivers/cluster-app.ts'

/** An HTTP answer's status and body. */
function get(
  host: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host, port: 8080, path, headers }, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (body += chunk))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    request.on('error', reject)
    request.end()
  })
}

/** Whether a TCP connection opens within a second. */
function opens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 })
    const end = (answer: boolean) => (): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('connect', end(true)).on('timeout', end(false)).on('error', end(false))
  })
}

for (const template of ['light-desktop', 'full-desktop', 'browser-kiosk'] as const) {
  test(`${template} runs under the restricted profile and names no public server`, async ({
    cluster,
    namespace,
    kubeconfig,
  }) => {
    expect(kubeconfig).not.toBe('')
    test.skip(template === 'full-desktop' && cluster.notRun.length > 0, cluster.notRun.join('; '))
    const raw = await startRawDesktop(cluster, namespace, template)
    const desktop = desktopOf(cluster, namespace, raw.name)
    await isLocked(raw)
    const turn = await get(raw.podIp, '/api/turn', { Authorization: raw.authorization })
    expect(turn.status).toBe(200)
    const { iceServers } = JSON.parse(turn.body) as { iceServers: readonly { urls: readonly string[] }[] }
    expect(iceServers.flatMap(({ urls }) => urls)).toEqual([])
    expect((await desktop.sh('id -u')).trim()).toBe('1000')
    // what Selkies takes the screen to have: a first window of this size changes nothing
    expect(await desktop.sh('xdpyinfo')).toMatch(/dimensions:\s+1920x1080 pixels/)
    expect(await desktop.sh('touch /usr/x 2>&1 || true')).toContain('Read-only file system')
    // no rights to gain, and no token of the cluster to steal
    const status = await desktop.sh('cat /proc/self/status')
    expect(status).toMatch(/NoNewPrivs:\s+1/)
    expect(status).toMatch(/CapEff:\s+0+$/m)
    expect(status).toMatch(/Seccomp:\s+2/)
    expect(await desktop.sh('ls /var/run/secrets 2>&1 || true')).toContain('No such file')
    if (template === 'browser-kiosk') {
      const firefox = await eventually(
        () => desktop.sh('xdotool search --onlyvisible --class firefox 2>/dev/null || true'),
        (text) => text.trim() !== '',
        40_000,
      )
      expect(firefox).not.toBe('')
      // its content processes are sandboxed: seccomp filters on, and never the switch that turns them off
      const commands = await desktop.sh("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '")
      expect(commands).toContain('-contentproc')
      expect(commands).not.toContain('--no-sandbox')
    } else await devicesWork(desktop, raw)
  })
}

async function isLocked(raw: RawDesktop): Promise<void> {
  expect((await get(raw.podIp, '/api/health')).status).toBe(200)
  expect((await get(raw.podIp, '/')).status).toBe(401)
  expect((await get(raw.podIp, '/api/turn')).status).toBe(401)
  const wrong = `Basic ${Buffer.from('desktop:wrong').toString('base64')}`
  expect((await get(raw.podIp, '/', { Authorization: wrong })).status).toBe(401)
  expect((await get(raw.podIp, '/', { Authorization: raw.authorization })).status).toBe(200)
}

async function devicesWork(desktop: Desktop, raw: RawDesktop): Promise<void> {
  // the media port is on the pod's address and, for port-forwards, on loopback
  expect(await opens(raw.podIp, 28081)).toBe(true)
  await desktop.sh('exec 3<>/dev/tcp/127.0.0.1/28081')
  expect(await desktop.sh('ls /tmp/xdg')).toContain('selkies_js0.sock')
  expect(await desktop.sh('pactl list short sinks')).toContain('output')
  await desktop.writeClipboard('größe 中文')
  await expect.poll(() => desktop.readClipboard()).toBe('größe 中文')
  await desktop.showCard()
  const { width, height } = await desktop.screenSize()
  expect(width).toBeGreaterThan(600)
  expect(height).toBeGreaterThan(400)
  // the card is what the screen shows where no window is
  const at = { x: 1200, y: 700 }
  const text = await desktop.sh(`/opt/selkies/bin/python3 -c '
from selkies.Xlib import X, display
i = display.Display().screen().root.get_image(${at.x}, ${at.y}, 1, 1, X.ZPixmap, 0xffffffff)
print(*i.data[:3])'`)
  expect(text.trim().split(' ').map(Number).toReversed()).toEqual([...cardColor(at)])
  // programs of the session do not hold the server's password
  const [manager = 0] = await desktop.processes('openbox --config-file')
  const variables = await desktop.sh(`tr '\\0' '\\n' </proc/${manager}/environ`)
  expect(variables).toContain('DISPLAY=:20')
  expect(variables).not.toContain(raw.password)
}

test('a server that dies is started again in the same pod', async ({ cluster, namespace, kubeconfig }) => {
  expect(kubeconfig).not.toBe('')
  const raw = await startRawDesktop(cluster, namespace, 'light-desktop')
  const desktop = desktopOf(cluster, namespace, raw.name)
  const servers = await desktop.processes('lib/desktop/serve.py')
  expect(servers).toHaveLength(1)
  await desktop.sh(`kill -9 ${servers.join(' ')}`)
  const restarts = (): Promise<string> =>
    cluster.kubectl([
      ...['get', 'pod', '-n', namespace, raw.name],
      ...['-o', 'jsonpath={.status.containerStatuses[0].restartCount}/{.status.containerStatuses[0].ready}'],
    ])
  await expect.poll(restarts, { timeout: 30_000 }).toBe('1/true')
  expect((await get(raw.podIp, '/', { Authorization: raw.authorization })).status).toBe(200)
})
