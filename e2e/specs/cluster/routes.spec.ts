// A desktop through the cluster's Traefik, with the operator's auth endpoint in front: in with a session's cookie, out without it,
// the WebSocket upgrade too. Genuine parts: Traefik 3, the operator as a pod, a Selkies desktop.
import { connect } from 'node:tls'
import type { TestCluster } from '../../cluster/index.ts'
import { startTraefik } from '../../cluster/traefik.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { installOperator, KINDS, uninstallOperator } from '../../drivers/operator-cluster.ts'
import { buildDesktopImage, imageCache } from '../../../images/desktop/build.ts'
import { LINK_SECONDS, mintTicket, TICKET_PARAMETER } from '../../../operator/auth.ts'
import { userNamespace } from '../../../shared/domain/names.ts'
import { API_GROUP, API_VERSION } from '../../../shared/product.ts'

const USER = 'routes-dora'
const NAMESPACE = userNamespace(USER)
const HOST = 'desktops.example'
const SESSION = 'routed'
const PATH = `/s/${NAMESPACE}/${SESSION}/`

test.describe.configure({ mode: 'serial', timeout: 240_000 })

let stopTraefik: () => Promise<void> = async () => undefined
test.afterAll(async ({ cluster }) => {
  await uninstallOperator(cluster)
  await stopTraefik()
})

interface Answer {
  readonly status: number
  readonly headers: string
  readonly body: string
}

/** One request through Traefik's TLS port, written by hand: the host is not in any DNS, and the certificate is Traefik's own. */
function ask(cluster: TestCluster, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: cluster.nodeIp, port: 443, servername: HOST, rejectUnauthorized: false }, () => {
      const lines = Object.entries({ Host: HOST, Connection: 'close', ...headers }).map(
        ([name, value]) => `${name}: ${value}`,
      )
      socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    })
    let text = ''
    const done = (): void => {
      const [head = '', ...rest] = text.split('\r\n\r\n')
      socket.destroy()
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), headers: head, body: rest.join('\r\n\r\n') })
    }
    socket.setTimeout(5000, () => {
      socket.destroy()
      reject(new Error(`no answer for ${path}`))
    })
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      // a connection that is to be upgraded stays open, whatever the answer
      if ('Upgrade' in headers && text.includes('\r\n\r\n')) done()
    })
    socket.on('end', done)
    socket.on('error', reject)
  })
}

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

test('a running desktop has a route, and says its address', async ({ cluster }) => {
  await cluster.importImage(process.env['KASM_DESKTOP_ARCHIVE'] ?? (await buildDesktopImage(imageCache(), console.log)))
  stopTraefik = await startTraefik(cluster, console.log)
  await installOperator(cluster, {
    users: [{ name: USER, spec: { username: USER } }],
    config: { ingress: { kind: 'traefik', host: HOST } },
  })
  await cluster.kubectl(['wait', `${KINDS.users}/${USER}`, '--for=condition=Ready', '--timeout=30s'])
  await cluster.apply(
    JSON.stringify({
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: 'VDISession',
      metadata: { name: SESSION, namespace: NAMESPACE },
      spec: { owner: USER, templateRef: { name: 'browser-kiosk' } },
    }),
  )
  const session = ['-n', NAMESPACE, `${KINDS.sessions}/${SESSION}`]
  await cluster.kubectl(['wait', ...session, '--for=condition=Ready', '--timeout=120s'])
  const endpoints = await cluster.kubectl(['get', ...session, '-o', 'jsonpath={.status.endpoints}'])
  expect(endpoints).toContain(`https://${HOST}${PATH}`)
})

test('nobody gets in without the cookie of that very session', async ({ cluster }) => {
  // Traefik has just heard of the route
  await expect.poll(async () => (await ask(cluster, PATH)).status, { timeout: 20_000 }).toBe(401)
  expect((await ask(cluster, PATH, UPGRADE)).status).toBe(401)
  expect(
    (await ask(cluster, `${PATH}api/status`, { Cookie: 'kasm-operator-session=cookie.9999999999.AAAA' })).status,
  ).toBe(401)
  expect((await ask(cluster, `/s/${NAMESPACE}/other/`)).status).toBe(404)
})

test('a link gives the cookie, which opens the desktop and its WebSocket', async ({ cluster }) => {
  const read = async (what: readonly string[], path: string): Promise<string> =>
    cluster.kubectl(['get', '-n', NAMESPACE, ...what, '-o', `jsonpath=${path}`])
  const password = Buffer.from(await read(['secret', `${SESSION}-access`], '{.data.password}'), 'base64').toString()
  const uid = await read([`${KINDS.sessions}/${SESSION}`], '{.metadata.uid}')
  const ticket = mintTicket(
    { namespace: NAMESPACE, name: SESSION, uid, password },
    'link',
    Math.floor(Date.now() / 1000) + LINK_SECONDS,
  )
  const exchanged = await ask(cluster, `${PATH}?${TICKET_PARAMETER}=${ticket}`)
  expect(exchanged.status).toBe(302)
  expect(exchanged.headers).toMatch(/secure/i)
  const cookie = /^set-cookie: ([^;]+)/im.exec(exchanged.headers)?.[1] ?? ''
  // the desktop's own login was answered on the way: the browser never has it
  const page = await ask(cluster, `${PATH}api/status`, { Cookie: cookie })
  expect(page.status).toBe(200)
  expect(page.headers + page.body).not.toContain(password)
  expect((await ask(cluster, `${PATH}api/webrtc/signaling/`, { ...UPGRADE, Cookie: cookie })).status).toBe(101)
})
