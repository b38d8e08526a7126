// The way into the web host: one-time link, cookie, Host, Origin, doors; and a desktop that answers with everything hostile.
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket } from 'ws'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, startAndOpen } from '../../drivers/demo.ts'
import type { AppDriver } from '../../drivers/driver.ts'

test.use({ appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '10' } } })
// what is proven here is a web host's; the app's own window has none
test.beforeEach(({ app }) => test.skip(app.kind === 'electron', 'NOT RUN in Electron'))

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
function hostOf(app: AppDriver): NonNullable<AppDriver['host']> {
  if (app.host === undefined) throw new Error('these specs need the web host')
  return app.host
}
/** A request outside of any browser, with exactly these headers. */
function ask(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin)
    const sent = httpRequest({ hostname, port, path, method, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (body += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    sent.on('error', reject)
    sent.end()
  })
}
/** Tries a WebSocket. @returns 101 when it opened, else the status that refused it */
function knock(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { headers })
    socket.once('open', () => {
      socket.close()
      resolve(101)
    })
    socket.once('unexpected-response', (_request, response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    socket.once('error', () => undefined)
  })
}
async function cookieOf(app: AppDriver): Promise<string> {
  const cookies = await app.page.context().cookies(hostOf(app).origin)
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
}

test('a link works once, becomes a cookie that scripts cannot read, and leaves the address', async ({
  app,
  browser,
}) => {
  const { url, origin } = hostOf(app)
  expect(app.page.url()).not.toContain('token')
  const cookies = await app.page.context().cookies(origin)
  expect(cookies).toHaveLength(1)
  expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', expires: -1 })
  expect(await app.page.evaluate(() => document.cookie)).toBe('')

  const second = await browser.newContext()
  try {
    const page = await second.newPage()
    const answer = await page.goto(url)
    expect(answer?.status()).toBe(401)
    await expect(page.getByText('This browser is not signed in to the app.')).toBeVisible()
    expect(await second.cookies()).toEqual([])
  } finally {
    await second.close()
  }
})

test('every page and file leaves with its security headers', async ({ app }) => {
  const { origin } = hostOf(app)
  const cookie = await cookieOf(app)
  for (const path of ['/', '/viewer.html', '/nothing-here', '/favicon.ico']) {
    const { headers } = await ask(origin, path, { cookie })
    const policy = String(headers['content-security-policy'])
    expect(policy, path).toContain("default-src 'none'")
    expect(policy, path).not.toContain('unsafe-eval')
    expect(policy, path).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options'], path).toBe('nosniff')
    expect(headers['referrer-policy'], path).toBe('no-referrer')
  }
  const { headers } = await ask(origin, '/', { cookie })
  expect(headers['content-security-policy']).toContain("require-trusted-types-for 'script'")
  expect(headers['cross-origin-opener-policy']).toBe('same-origin')
})

test('other hosts and origins, and whoever has no cookie, get nothing', async ({ app }) => {
  const { origin } = hostOf(app)
  const cookie = await cookieOf(app)
  const { host } = new URL(origin)
  const socket = `ws://${host}/bridge`
  expect((await ask(origin, '/', { cookie, host: `evil.example:${new URL(origin).port}` })).status).toBe(421)
  expect((await ask(origin, '/')).status).toBe(401)
  expect((await ask(origin, '/d/any/api/status')).status).toBe(401)
  expect((await ask(origin, '/d/any/api/status', { cookie })).status).toBe(404)
  expect((await ask(origin, '/d/any/api/switch', { cookie, origin: 'http://127.0.0.1:1' }, 'POST')).status).toBe(403)
  expect((await ask(origin, '/', { cookie, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' })).status).toBe(403)
  expect((await ask(origin, '/../package.json', { cookie })).body).not.toContain('dependencies')
  expect(await knock(socket, { origin, cookie })).toBe(101)
  expect(await knock(socket, { origin })).toBe(401)
  expect(await knock(socket, { origin: 'http://127.0.0.1:1', cookie })).toBe(403)
  expect(await knock(socket, { cookie })).toBe(403)
  expect(await knock(socket, { origin, cookie, host: 'evil.example' })).toBe(421)
  const { status, headers } = await ask(origin, '/?a=b', { host: `localhost:${new URL(origin).port}` })
  expect(status).toBe(308)
  expect(headers.location).toBe(`${origin}/?a=b`)
})

test('a page of another port can neither call in nor frame the app', async ({ app }) => {
  const { origin } = hostOf(app)
  const stranger = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<iframe src="${origin}/"></iframe>`)
  })
  const at = await listen(stranger)
  try {
    const page = await app.newWindow('/')
    await page.goto(at)
    const reached = await page.evaluate(async (target) => {
      const fetched = await fetch(`${target}/`, { credentials: 'include' }).then(
        () => 'reached',
        () => 'refused',
      )
      const socket = await new Promise<string>((resolve) => {
        const tried = new WebSocket(`${target.replace('http', 'ws')}/bridge`)
        tried.onopen = () => resolve('reached')
        tried.onclose = () => resolve('refused')
      })
      return { fetched, socket }
    }, origin)
    expect(reached).toEqual({ fetched: 'refused', socket: 'refused' })
    for (const frame of page.frames().slice(1)) expect(frame.url()).not.toContain(origin)
  } finally {
    stranger.closeAllConnections()
    stranger.close()
    // the refusals are told on the console: they are what is wanted here
    app.problems.length = 0
  }
})

test('a door belongs to who is signed in, and dies with its window', async ({ app }) => {
  const { origin } = hostOf(app)
  await chooseDemo(app.page)
  const doors: string[] = []
  app.page.context().on('request', (request) => {
    const found = /\/d\/[^/]+\//.exec(new URL(request.url()).pathname)
    if (found) doors.push(found[0])
  })
  const viewer = await startAndOpen(app)
  const [door] = doors
  if (door === undefined) throw new Error('the viewer asked nothing through its door')
  const cookie = await cookieOf(app)
  const { status, headers } = await ask(origin, `${door}api/status`, { cookie })
  expect(status).toBe(200)
  expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox")
  expect(headers['set-cookie']).toBeUndefined()
  expect((await ask(origin, `${door}api/status`)).status).toBe(401)
  expect((await ask(origin, `${door}index.html`, { cookie })).status).toBe(404)
  await viewer.close()
  await expect.poll(async () => (await ask(origin, `${door}api/status`, { cookie })).status).toBe(404)
})

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
