// Desktops through a genuine Traefik, with the operator's auth endpoint in front: in with a session's cookie, sockets too, and out without it.
// A person makes their link as docs/ingress.md says, with no more than their own kubeconfig.
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { dirname, join } from 'node:path'
import type { Browser } from '@playwright/test'
import type { TestCluster } from '../../cluster/index.ts'
import { makeUser } from '../../cluster/pki.ts'
import { run, tryRun } from '../../cluster/process.ts'
import { buildTraefik } from '../../cluster/tools.ts'
import { startTraefik } from '../../cluster/traefik.ts'
import {
  clearPerson,
  expect,
  OPERATOR_VALUES,
  readSession,
  test,
  type Person,
  type SeenSession,
} from '../../drivers/operator-app.ts'
import { installOperator, KINDS, merged } from '../../drivers/operator-cluster.ts'
import { PYTHON, REACH } from '../../drivers/guarded-desktop.ts'
import {
  COOKIE_SECONDS,
  mintTicket,
  TICKET_COOKIE,
  TICKET_PARAMETER,
  type AuthSession,
} from '../../../operator/auth.ts'
import { NETWORK } from '../../cluster/settings.ts'
import { sessionWorld } from '../../../operator/session/testing/session-world.ts'
import { accessName, userNamespace } from '../../../shared/domain/names.ts'
import { API_GROUP, API_VERSION, DEFAULT_DESKTOP_IMAGE, HTTP_PORT } from '../../../shared/product.ts'

test.describe.configure({ mode: 'default', timeout: 240_000 })

/** No name server knows a name of ours. */
const HOST = NETWORK.nodeIp
const NAME = 'routed'
const OTHER = 'traefik-other'
const ROUTE_KINDS = 'ingressroutes.traefik.io,middlewares.traefik.io'
const SIGNALLING = 'api/webrtc/signaling/'

const other: Person = { username: OTHER, namespace: userNamespace(OTHER), kubeconfig: '' }
let stopTraefik: (() => Promise<void>) | undefined
let notRun: string | undefined

test.beforeAll(async ({ cluster, operator: _installed }) => {
  test.setTimeout(900_000)
  try {
    await buildTraefik(console.log)
  } catch (error) {
    notRun = `Traefik routes NOT RUN: ${error instanceof Error ? error.message : String(error)}`
    return
  }
  stopTraefik = await startTraefik(cluster, console.log)
  const config = { ingress: { kind: 'traefik', host: HOST } }
  const users = [{ name: OTHER, spec: { username: OTHER } }]
  await installOperator(cluster, merged(OPERATOR_VALUES, { config, users }))
  await cluster.kubectl(['wait', `${KINDS.users}/${OTHER}`, '--for=condition=Ready', '--timeout=60s'])
})
test.beforeEach(() => {
  test.skip(notRun !== undefined, notRun)
})
test.afterAll(async ({ cluster }) => {
  if (notRun !== undefined) return
  await clearPerson(cluster, other)
  await cluster.tryKubectl(['delete', KINDS.users, OTHER, '--ignore-not-found', '--timeout=30s'])
  await cluster.tryKubectl(['delete', 'namespace', other.namespace, '--ignore-not-found', '--wait=false'])
  // it watches Traefik's kinds, which go now
  await installOperator(cluster, OPERATOR_VALUES)
  await stopTraefik?.()
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** One request through Traefik's TLS port, whose certificate is its own. @param path sent as it is, steps up included */
function ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: HOST, port: 443, path, headers, rejectUnauthorized: false, timeout: 10_000, agent: false }
    const asked = request(options, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' })
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer for ${path}`)))
    asked.on('error', reject)
    asked.end()
  })
}

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

/** A desktop by its way in. */
interface Routed {
  readonly person: Person
  readonly path: string
  readonly url: string
}

function routedOf(person: Person): Routed {
  const path = `/s/${person.namespace}/${NAME}/`
  return { person, path, url: `https://${HOST}${path}` }
}

/** Starts a person's desktop as they themself may; returns when it can be used. */
async function start(cluster: TestCluster, person: Person): Promise<Routed> {
  const session = {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: 'VDISession',
    metadata: { name: NAME, namespace: person.namespace },
    spec: { owner: person.username, templateRef: { name: 'light-desktop' } },
  }
  const as = ['--kubeconfig', person.kubeconfig]
  await run(cluster.kubectlPath, [...as, 'create', '-f', '-'], { input: JSON.stringify(session) })
  await cluster.kubectl([
    ...['wait', '-n', person.namespace, `${KINDS.sessions}/${NAME}`, '--for=condition=Ready', '--timeout=120s'],
  ])
  const routed = routedOf(person)
  // Traefik hears of a route a moment after it was made
  await expect.poll(async () => (await ask(routed.path)).status, { timeout: 20_000 }).toBe(401)
  return routed
}

/** The command of docs/ingress.md, word for word. */
async function linkOf(cluster: TestCluster, { namespace, kubeconfig }: Person): Promise<string> {
  const document = readFileSync(join(import.meta.dirname, '../../../docs/ingress.md'), 'utf8')
  const command = /^```sh\n(.*?)^```$/ms.exec(document)?.[1] ?? ''
  const env = {
    PATH: `${dirname(cluster.kubectlPath)}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: kubeconfig,
    namespace,
    session: NAME,
  }
  return (await run('bash', ['-euo', 'pipefail', '-c', command], { env })).trim()
}

/** Follows a link as a browser does. @returns the cookie for further requests */
async function enter(cluster: TestCluster, { person, url }: Routed): Promise<string> {
  const link = new URL(await linkOf(cluster, person))
  expect(link.href.split('?')[0]).toBe(url)
  const { status, headers } = await ask(link.pathname + link.search)
  expect({ status, location: headers.location }).toEqual({ status: 302, location: url })
  const [cookie = ''] = headers['set-cookie'] ?? []
  expect(cookie).toMatch(
    new RegExp(`^${TICKET_COOKIE}=.*; Path=${new URL(url).pathname}; .*HttpOnly; SameSite=Lax; Secure$`),
  )
  return cookie.split(';')[0] ?? ''
}

/** What tickets of a session are made from, read as an admin. */
async function keysOf(cluster: TestCluster, { namespace }: Person): Promise<AuthSession> {
  const { uid } = await readSession(cluster, namespace, NAME)
  const format = 'jsonpath={.data.password}'
  const encoded = await cluster.kubectl(['get', 'secret', accessName(NAME), '-n', namespace, '-o', format])
  return { namespace, name: NAME, uid, password: atob(encoded.trim()) }
}

const webUrl = ({ status }: SeenSession): string | undefined =>
  status.endpoints?.find(({ type }) => type === 'Ingress')?.url

test('a person’s link lets their browser in and nobody else’s, until the desktop stops', async ({
  browser,
  cluster,
  person,
}) => {
  const somebody: Person = { ...other, kubeconfig: await makeUser(OTHER, other.namespace) }
  const [own, theirs] = await Promise.all([start(cluster, person), start(cluster, somebody)])
  expect(webUrl(await readSession(cluster, person.namespace, NAME))).toBe(own.url)
  const cookie = await enter(cluster, own)
  const foreign = await enter(cluster, theirs)
  const { path } = own

  await test.step('with the cookie: page, API and socket, with the desktop’s own login added', async () => {
    const page = await ask(path, { cookie })
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toContain('text/html')
    expect((await ask(`${path}api/status`, { cookie })).status).toBe(200)
    const socket = await ask(path + SIGNALLING, { ...UPGRADE, cookie, origin: `https://${HOST}` })
    expect(socket.status).toBe(101)
    // what a browser says of a login is not what the desktop hears
    expect((await ask(`${path}api/status`, { cookie, authorization: 'Basic bm86bm8=' })).status).toBe(200)
    const { password } = await keysOf(cluster, person)
    expect(JSON.stringify(page)).not.toContain(password)
    expect(page.headers['set-cookie']).toBeUndefined()
  })

  await test.step('without it, or with another: nothing', async () => {
    const keys = await keysOf(cluster, person)
    const now = Math.floor(Date.now() / 1000)
    const minted = (expires: number, from = keys): string => `${TICKET_COOKIE}=${mintTicket(from, 'cookie', expires)}`
    // so that the refusals below are of what differs
    expect((await ask(path, { cookie: minted(now + COOKIE_SECONDS) })).status).toBe(200)
    const refused: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'no cookie': {},
      'another user’s cookie': { cookie: foreign },
      'an expired cookie': { cookie: minted(now - 1) },
      'a cookie of another start': { cookie: minted(now + 600, { ...keys, password: 'earlier' }) },
      'a damaged cookie': { cookie: cookie.slice(0, -2) },
      'a page of another origin': { cookie, origin: 'https://evil.example' },
      'another path told beside': { cookie: foreign, 'x-forwarded-uri': theirs.path, 'x-original-url': theirs.url },
    }
    for (const [what, headers] of Object.entries(refused))
      for (const [where, more] of [
        ['', {}],
        ['api/status', {}],
        [SIGNALLING, UPGRADE],
      ] as const) {
        const { status, headers: answer } = await ask(path + where, { ...headers, ...more })
        expect(status, `${what}: ${where}`).toBe(401)
        expect(answer['www-authenticate'], what).toBeUndefined()
      }
    const ended = mintTicket(keys, 'link', now - 1)
    expect((await ask(`${path}?${TICKET_PARAMETER}=${ended}`)).status).toBe(401)
  })

  await test.step('a path that is not the session’s leads nowhere', async () => {
    for (const wrong of [
      `/s/${person.namespace}/other/`,
      `/s/${person.namespace}/${NAME}`,
      '/',
      `${theirs.path}api/status`,
      `${path}../../${other.namespace}/${NAME}/api/status`,
      `${path}%2e%2e/%2e%2e/${other.namespace}/${NAME}/api/status`,
    ]) {
      const { status } = await ask(wrong, { cookie })
      expect([400, 401, 404], `${wrong}: ${status}`).toContain(status)
    }
    // the other user is in at their own, so it is not that nobody is
    expect((await ask(`${theirs.path}api/status`, { cookie: foreign })).status).toBe(200)
    const secret = ['get', 'secret', accessName(NAME), '-n', person.namespace]
    const read = await tryRun(cluster.kubectlPath, ['--kubeconfig', somebody.kubeconfig, ...secret])
    expect(read.stderr).toContain('forbidden')
  })

  await test.step('a browser shows the desktop', () => showsDesktop(browser, cluster, own))

  await test.step('stopped, its routes are gone; started again, the cookie is worth nothing', async () => {
    const desired = (state: string): Promise<string> =>
      cluster.kubectl([
        ...['patch', '-n', person.namespace, `${KINDS.sessions}/${NAME}`, '--type=merge'],
        ...['-p', JSON.stringify({ spec: { desiredState: state } })],
      ])
    const phase = async (): Promise<string | undefined> =>
      (await readSession(cluster, person.namespace, NAME)).status.phase
    const routes = (): Promise<string> => cluster.kubectl(['get', ROUTE_KINDS, '-n', person.namespace, '-o', 'name'])
    expect((await routes()).trim().split('\n')).toHaveLength(4)
    await desired('Stopped')
    await expect.poll(phase, { timeout: 60_000 }).toBe('Stopped')
    await expect.poll(routes, { timeout: 20_000 }).toBe('')
    const service = await cluster.tryKubectl(['get', 'service', NAME, '-n', person.namespace])
    expect(service.stderr).toContain('not found')
    expect(webUrl(await readSession(cluster, person.namespace, NAME))).toBeUndefined()
    await expect.poll(async () => (await ask(path, { cookie })).status, { timeout: 20_000 }).toBe(404)
    await desired('Running')
    await expect.poll(phase, { timeout: 90_000 }).toBe('Ready')
    await expect.poll(async () => (await ask(path, { cookie })).status, { timeout: 20_000 }).toBe(401)
    expect((await ask(path, { cookie: await enter(cluster, own) })).status).toBe(200)
  })
})

/** Selkies' own page in a browser that followed a link: a picture comes. */
async function showsDesktop(browser: Browser, cluster: TestCluster, { person, url }: Routed): Promise<void> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  try {
    const page = await context.newPage()
    await page.goto(await linkOf(cluster, person))
    expect(page.url().split('#')[0]).toBe(url)
    const pictured = async (): Promise<boolean> =>
      page.evaluate(() => [...document.querySelectorAll('video')].some((video) => video.videoWidth > 0))
    await expect.poll(pictured, { timeout: 60_000 }).toBe(true)
  } finally {
    await context.close()
  }
}

test('the network lets the proxy’s pods in to a desktop, and no others', async ({ cluster, person }) => {
  const probes = [
    { name: 'traefik-probe', namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'traefik' }, reach: 'open' },
    { name: 'traefik-bare', namespace: 'kube-system', labels: {}, reach: 'shut' },
    { name: 'traefik-posing', namespace: 'default', labels: { 'app.kubernetes.io/name': 'traefik' }, reach: 'shut' },
  ] as const
  await start(cluster, person)
  const address = await cluster.kubectl(['get', 'pod', NAME, '-n', person.namespace, '-o', 'jsonpath={.status.podIP}'])
  const pods = probes.map(({ name, namespace, labels }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    // not one that Traefik's Deployment would take for its own
    metadata: { name, namespace, labels },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'probe', image: DEFAULT_DESKTOP_IMAGE, command: ['sleep', '600'] }],
    },
  }))
  try {
    await cluster.apply(pods.map((pod) => JSON.stringify(pod)).join('\n---\n'))
    for (const { name, namespace, reach } of probes) {
      await cluster.kubectl(['wait', '-n', namespace, `pod/${name}`, '--for=condition=Ready', '--timeout=60s'])
      const tried = (): Promise<string> =>
        cluster.exec(namespace, name, [PYTHON, '-c', REACH, address.trim(), String(HTTP_PORT), 'tcp'])
      // who is new is let in once the rules have been written anew
      await expect.poll(async () => (await tried()).trim(), { message: name, timeout: 20_000 }).toBe(reach)
    }
  } finally {
    for (const { name, namespace } of probes)
      await cluster.tryKubectl(['delete', 'pod', name, '-n', namespace, '--ignore-not-found', '--wait=false'])
  }
})

test('a portable Ingress is taken by the API server as it is rendered', async ({ cluster }) => {
  const ingress = { kind: 'ingress', host: 'desktops.example', className: 'nginx', tlsSecretName: 'desktops-tls' }
  const authUrl = 'http://kasm-operator.kasm-operator-system.svc:8080/auth'
  const world = sessionWorld({ config: { ingress: { ...ingress, authUrl } } })
  world.runs()
  const objects = world.observed.routes.map(({ metadata: { name, labels, annotations }, ...rest }) => ({
    ...rest,
    metadata: { name, namespace: 'default', labels, annotations },
  }))
  const input = objects.map((object) => JSON.stringify(object)).join('\n---\n')
  const taken = await cluster.tryKubectl(
    ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-', '-o', 'name'],
    { input },
  )
  expect(taken).toMatchObject({ code: 0, stderr: '' })
  expect(
    taken.stdout
      .trim()
      .split('\n')
      .toSorted()
      .map((line) => line.split('/')[0]),
  ).toEqual(['ingress.networking.k8s.io', 'service'])
})
