// Desktops through a genuine Traefik, with the operator's auth endpoint in front: in with a session's cookie, sockets too, and out without it.
// A person makes their link as docs/ingress.md says, with no more than their own kubeconfig.
import { makeUser } from '../../cluster/pki.ts'
import { tryRun } from '../../cluster/process.ts'
import { buildTraefik } from '../../cluster/tools.ts'
import { startTraefik } from '../../cluster/traefik.ts'
import {
  applyTemplate,
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
import { ask, enter, keysOf, linkOf, ROUTE_HOST, start, UPGRADE } from '../../drivers/routed-desktop.ts'
import { COOKIE_SECONDS, mintTicket, TICKET_COOKIE, TICKET_PARAMETER } from '../../../operator/auth.ts'
import { sessionWorld } from '../../../operator/session/testing/session-world.ts'
import { accessName, userNamespace } from '../../../shared/domain/names.ts'
import { DEFAULT_DESKTOP_IMAGE, HTTP_PORT } from '../../../shared/product.ts'

test.describe.configure({ mode: 'default', timeout: 240_000 })

const HOST = ROUTE_HOST
const NAME = 'routed'
const WALLED = 'walled'
const SOCKETED = 'traefik-socketed'
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

const webUrl = ({ status }: SeenSession): string | undefined =>
  status.endpoints?.find(({ type }) => type === 'Ingress')?.url

test('a person’s link lets their browser in and nobody else’s, until the desktop stops', async ({
  cluster,
  person,
}) => {
  const somebody: Person = { ...other, kubeconfig: await makeUser(OTHER, other.namespace) }
  const [own, theirs] = await Promise.all([start(cluster, person, NAME), start(cluster, somebody, NAME)])
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
    const { password } = await keysOf(cluster, own)
    expect(JSON.stringify(page)).not.toContain(password)
    expect(page.headers['set-cookie']).toBeUndefined()
  })

  await test.step('without it, or with another: nothing', async () => {
    const keys = await keysOf(cluster, own)
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

test('a browser that followed the link shows the desktop, its picture through the same door', async ({
  browser,
  cluster,
  person,
}) => {
  await applyTemplate(cluster, SOCKETED, {
    displayName: 'Socketed',
    image: DEFAULT_DESKTOP_IMAGE,
    streaming: { transport: 'websocket' },
  })
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  try {
    const { path, url } = await start(cluster, person, SOCKETED, SOCKETED)
    const page = await context.newPage()
    const seen = { bytes: 0, elsewhere: [] as string[] }
    page.on('request', (asked) => {
      if (new URL(asked.url()).host === HOST && !new URL(asked.url()).pathname.startsWith(path))
        seen.elsewhere.push(asked.url())
    })
    page.on('websocket', (socket) => {
      if (!socket.url().startsWith(`wss://${HOST}${path}`)) seen.elsewhere.push(socket.url())
      socket.on('framereceived', ({ payload }) => (seen.bytes += typeof payload === 'string' ? 0 : payload.length))
    })
    await page.goto(await linkOf(cluster, person, SOCKETED))
    expect(page.url().split('#')[0]).toBe(url)
    // a picture of a desktop at rest; words alone are no binary frames
    await expect.poll(() => seen.bytes, { timeout: 60_000 }).toBeGreaterThan(20_000)
    // a browser looks for this one by itself
    expect(seen.elsewhere.filter((asked) => !asked.endsWith('/favicon.ico'))).toEqual([])
  } finally {
    await context.close()
    await cluster.tryKubectl(['delete', KINDS.templates, SOCKETED, '--ignore-not-found'])
  }
})

test('the network lets the proxy’s pods in to a desktop, and no others', async ({ cluster, person }) => {
  const probes = [
    { name: 'traefik-probe', namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'traefik' }, reach: 'open' },
    { name: 'traefik-bare', namespace: 'kube-system', labels: {}, reach: 'shut' },
    { name: 'traefik-posing', namespace: 'default', labels: { 'app.kubernetes.io/name': 'traefik' }, reach: 'shut' },
  ] as const
  await start(cluster, person, WALLED)
  const address = await cluster.kubectl([
    'get',
    'pod',
    WALLED,
    '-n',
    person.namespace,
    '-o',
    'jsonpath={.status.podIP}',
  ])
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
