// The web host on real sockets: the way in, the ways that are shut, and the contract over its WebSocket.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createApp } from '../main/app.ts'
import { fakeClusters, fakeProxy, type FakeProxy } from '../main/testing/fakes.ts'
import { startLocalGateway, type LocalGateway } from './local.ts'
import { TOKEN_LIFE_MS } from './logins.ts'

let folder: string
let gateway: LocalGateway
let proxy: FakeProxy
let now = 0
let isOwnUser = true
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kasm-gateway-'))
  const staticDir = join(folder, 'ui')
  mkdirSync(staticDir)
  writeFileSync(join(staticDir, 'index.html'), 'the library')
  writeFileSync(join(staticDir, 'viewer.html'), 'the viewer')
  writeFileSync(join(folder, 'secret.html'), 'outside')
  proxy = fakeProxy()
  now = 1_000
  isOwnUser = true
  gateway = await startLocalGateway({
    host: { version: '1', platform: 'linux' },
    dataDir: join(folder, 'data'),
    env: {},
    staticDir,
    clock: { now: () => now },
    mayBeOwnUser: () => isOwnUser,
    createApp: (deps) =>
      createApp({ ...deps, openClusters: () => fakeClusters(), openProxy: () => Promise.resolve(proxy) }),
  })
})
afterEach(async () => {
  await gateway.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A request with exactly these headers and this target: `fetch` would tidy both. */
function ask(target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { port } = new URL(gateway.origin)
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path: target, method, headers, agent: false },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (body += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      },
    )
    request.on('error', reject)
    request.end()
  })
}
const pathOf = (url: string) => url.slice(gateway.origin.length)
async function signIn(): Promise<string> {
  const { headers } = await ask(pathOf(gateway.newLoginUrl()))
  return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}
const port = () => new URL(gateway.origin).port

describe('the way in', () => {
  it('is shut to another user of the machine who has seen the link, and stays open to its owner', async () => {
    isOwnUser = false
    const stolen = await ask(pathOf(gateway.url))
    expect(stolen.status).toBe(403)
    expect(stolen.headers['set-cookie']).toBeUndefined()
    isOwnUser = true
    expect((await ask(pathOf(gateway.url))).status).toBe(303)
  })
  it('is shut to another user of the machine who was sent the cookie', async () => {
    const cookie = await signIn()
    expect((await ask('/', { cookie })).status).toBe(200)
    isOwnUser = false
    expect((await ask('/', { cookie })).status).toBe(403)
    const socket = new WebSocket(`${gateway.origin.replace('http', 'ws')}/bridge`, {
      headers: { cookie, origin: gateway.origin },
    })
    const status = await new Promise<number | undefined>((resolve) =>
      socket.once('unexpected-response', (_request, answer) => resolve(answer.statusCode)),
    )
    expect(status).toBe(403)
    socket.on('error', () => undefined)
    socket.terminate()
  })
  it('keeps no connection for whoever is refused, even one that never closes its side', async () => {
    for (const upgrade of ['', 'Connection: Upgrade\r\nUpgrade: websocket\r\n']) {
      const socket = connect({ port: Number(port()), host: '127.0.0.1', allowHalfOpen: true })
      let answer = ''
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
      socket.write(`POST /bridge HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nContent-Length: 5\r\n${upgrade}\r\n`)
      // the host's side is gone once what is written is answered with a reset
      const cut = new Promise((resolve) => socket.once('error', resolve))
      socket.once('end', () => {
        const more = setInterval(() => socket.write('x'), 50)
        socket.once('close', () => clearInterval(more))
      })
      expect(await cut).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) as string })
      expect(answer).toMatch(/^HTTP\/1.1 40[13] /)
    }
  })
  it('is a link that works once, and leaves no token in the address', async () => {
    const first = await ask(pathOf(gateway.url))
    expect([first.status, first.headers.location]).toStrictEqual([303, '/'])
    const [setCookie = ''] = first.headers['set-cookie'] ?? []
    expect(setCookie).toMatch(/HttpOnly/)
    expect(setCookie).toMatch(/SameSite=Strict/)
    const second = await ask(pathOf(gateway.url))
    expect(second.status).toBe(401)
    expect(second.headers['set-cookie']).toBeUndefined()
    const cookie = setCookie.split(';')[0] ?? ''
    expect(await ask('/', { cookie })).toMatchObject({ status: 200, body: 'the library' })
  })
  it('lets a signed-in browser use an old link again: a reload at any moment works', async () => {
    const cookie = await signIn()
    await ask(pathOf(gateway.url))
    const again = await ask(pathOf(gateway.url), { cookie })
    expect([again.status, again.headers.location]).toStrictEqual([303, '/'])
    expect(await ask('/viewer?session=demo%2Fns%2Fa', { cookie })).toMatchObject({ status: 200, body: 'the viewer' })
  })
  it('keeps where a link leads to', async () => {
    const token = new URL(gateway.newLoginUrl()).searchParams.get('token') ?? ''
    expect((await ask(`/viewer?session=a%2Fb&token=${token}`)).headers.location).toBe('/viewer?session=a%2Fb')
  })
  it('is shut after ten minutes, and for HEAD, which would use a link up', async () => {
    const late = pathOf(gateway.newLoginUrl())
    now += TOKEN_LIFE_MS
    expect((await ask(late)).status).toBe(401)
    const head = pathOf(gateway.newLoginUrl())
    expect((await ask(head, {}, 'HEAD')).status).toBe(401)
    expect((await ask(head)).status).toBe(303)
  })
  it('leads from localhost to the one origin', async () => {
    const answer = await ask('/viewer?session=a', { host: `localhost:${port()}` })
    expect([answer.status, answer.headers.location]).toStrictEqual([308, `${gateway.origin}/viewer?session=a`])
  })
  it.each(['', 'kasm=1', 'garbage; ;;=', `kasm-${'0'.repeat(5)}=x`])('is shut for the cookie %j', async (cookie) => {
    expect((await ask('/', { cookie })).status).toBe(401)
    expect((await ask('/d/t/api/status', { cookie })).status).toBe(401)
    expect((await ask('/assets/x.js', { cookie })).status).toBe(401)
  })
})

describe('what is refused', () => {
  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', '127.0.0.1.evil.example', '[::1]:80'])(
    'is a foreign Host, whatever DNS says: %s',
    async (host) => {
      const cookie = await signIn()
      expect((await ask('/', { host, cookie })).status).toBe(421)
      expect((await ask(pathOf(gateway.newLoginUrl()), { host })).status).toBe(421)
    },
  )
  it.each([undefined, 'null', 'http://127.0.0.1:1', 'https://evil.example'])(
    'is a change with the Origin %s',
    async (origin) => {
      const headers = { cookie: await signIn(), ...(origin === undefined ? {} : { origin }) }
      expect((await ask('/d/t/api/switch', headers, 'POST')).status).toBe(403)
    },
  )
  it('is what another port of this machine fetches, though its cookies come along', async () => {
    const cookie = await signIn()
    const foreign = { cookie, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
    expect((await ask('/d/t/api/screenshot', foreign)).status).toBe(403)
  })
  it.each(['/..%2fsecret.html', '/../secret.html', '/%2e%2e/secret.html', '/..\\secret.html', '/%00', '//secret.html'])(
    'is the path %s',
    async (path) => {
      const answer = await ask(path, { cookie: await signIn() })
      expect([400, 403, 404]).toContain(answer.status)
      expect(answer.body).not.toContain('outside')
    },
  )
  it('is no error for the icon that browsers ask for by themselves', async () => {
    expect(await ask('/favicon.ico')).toMatchObject({ status: 204, body: '' })
  })
  it('is a request for another server', async () => {
    expect((await ask('http://evil.example/', { cookie: await signIn() })).status).toBe(400)
  })
  it('protects every answer, its own pages included', async () => {
    const cookie = await signIn()
    for (const answer of [await ask('/'), await ask('/', { cookie }), await ask('/nothing.js', { cookie })]) {
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
    }
  })
})

describe('doors', () => {
  it('are the proxy’s, at the same origin', async () => {
    const cookie = await signIn()
    expect((await ask('/d/t/api/status?x=1', { cookie })).body).toBe('door GET /d/t/api/status?x=1')
    expect((await ask('/d/t/api/switch', { cookie, origin: gateway.origin }, 'POST')).body).toContain('door POST')
  })
})

interface Page {
  readonly socket: WebSocket
  readonly messages: { type: string; id?: number; topic?: string; result?: { ok: boolean }; value?: unknown }[]
  readonly closed: Promise<number>
}
function openPage(headers: Record<string, string>): Page {
  const socket = new WebSocket(`${gateway.origin.replace('http', 'ws')}/bridge`, { headers })
  const messages: Page['messages'] = []
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString()) as Page['messages'][number]))
  socket.on('error', () => undefined)
  const closed = new Promise<number>((resolve) => {
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0)
      socket.terminate()
    })
    socket.on('close', resolve)
  })
  return { socket, messages, closed }
}
async function openOwnPage(): Promise<Page> {
  const page = openPage({ cookie: await signIn(), origin: gateway.origin })
  await new Promise((resolve) => page.socket.once('open', resolve))
  return page
}

describe('the bridge', () => {
  it('carries calls and topics', async () => {
    const { socket, messages } = await openOwnPage()
    socket.send(JSON.stringify({ type: 'subscribe', topic: 'settings' }))
    socket.send(JSON.stringify({ type: 'call', id: 1, name: 'app.info', input: {} }))
    socket.send(JSON.stringify({ type: 'call', id: 2, name: 'no.such', input: {} }))
    socket.send(JSON.stringify({ type: 'call', id: 3, name: 'settings.set', input: { theme: 'dark' } }))
    await vi.waitFor(() => {
      expect(messages.find(({ id }) => id === 1)?.result).toMatchObject({ ok: true, value: { host: 'web' } })
      expect(messages.find(({ id }) => id === 2)?.result).toMatchObject({ ok: false, error: { code: 'bad-request' } })
      expect(messages.filter(({ topic }) => topic === 'settings').at(-1)?.value).toMatchObject({ theme: 'dark' })
    })
    socket.send(JSON.stringify({ type: 'unsubscribe', topic: 'settings' }))
    socket.send(JSON.stringify({ type: 'call', id: 4, name: 'settings.set', input: { theme: 'light' } }))
    await vi.waitFor(() => expect(messages.find(({ id }) => id === 4)).toBeDefined())
    expect(messages.filter(({ topic }) => topic === 'settings')).toHaveLength(2)
  })
  it('ends the doors of a page that went away', async () => {
    const one = await openOwnPage()
    const two = await openOwnPage()
    one.socket.close()
    await vi.waitFor(() => expect(proxy.calls).toContainEqual(['closeWindow', 'web-1']))
    expect(proxy.calls).not.toContainEqual(['closeWindow', 'web-2'])
    expect(two.socket.readyState).toBe(WebSocket.OPEN)
  })
  it.each([
    'no',
    '{"type":"shout"}',
    '[]',
    '{"type":"call","id":"1","name":"app.info"}',
    '{"type":"call","id":-1,"name":"a","input":1}',
  ])('ends with whoever does not speak its language: %s', async (text) => {
    const { socket, closed } = await openOwnPage()
    socket.send(text)
    expect(await closed).toBe(1008)
  })
  it('ends with whoever sends too much at once', async () => {
    const { socket, closed } = await openOwnPage()
    socket.send('x'.repeat(25 * 1024 * 1024))
    expect(await closed).toBe(1009)
  })
  it('takes a pasted kubeconfig of 10 MB, so that its own limit can speak', async () => {
    const { socket, messages } = await openOwnPage()
    const input = { name: 'big', text: 'x'.repeat(10_000_000) }
    socket.send(JSON.stringify({ type: 'call', id: 1, name: 'clusters.addText', input }))
    await vi.waitFor(() => expect(messages.find(({ id }) => id === 1)?.result).toMatchObject({ ok: true }))
  })
  it.each([
    ['no cookie', (): Record<string, string> => ({ origin: gateway.origin }), 401],
    ['no Origin', (): Record<string, string> => ({}), 403],
    ['a foreign Origin', (): Record<string, string> => ({ origin: 'https://evil.example' }), 403],
    ['localhost as its Origin', (): Record<string, string> => ({ origin: `http://localhost:${port()}` }), 403],
    ['a foreign Host', (): Record<string, string> => ({ origin: gateway.origin, host: 'evil.example' }), 421],
  ])('does not open with %s', async (name, headers, status) => {
    const cookie = name === 'no cookie' ? '' : await signIn()
    expect(await openPage({ ...headers(), cookie }).closed).toBe(status)
  })
  it('opens at its own path alone', async () => {
    const cookie = await signIn()
    const socket = new WebSocket(`${gateway.origin.replace('http', 'ws')}/other`, {
      headers: { cookie, origin: gateway.origin },
    })
    socket.on('error', () => undefined)
    const status = await new Promise((resolve) =>
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)),
    )
    expect(status).toBe(404)
  })
})

describe('the end', () => {
  it('frees the port though pages are open, and the next start may have it', async () => {
    await openOwnPage()
    await gateway.close()
    const taken = Number(port())
    gateway = await startLocalGateway({
      host: { version: '1', platform: 'linux' },
      dataDir: join(folder, 'data'),
      env: {},
      staticDir: join(folder, 'ui'),
      port: taken,
      createApp: (deps) =>
        createApp({ ...deps, openClusters: () => fakeClusters(), openProxy: () => Promise.resolve(proxy) }),
    })
    expect(port()).toBe(String(taken))
  })
  it('says when the port is taken', async () => {
    const again = startLocalGateway({
      host: { version: '1', platform: 'linux' },
      dataDir: join(folder, 'data2'),
      env: {},
      staticDir: folder,
      port: Number(port()),
    })
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
