import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createDesktopProxy } from './desktop-proxy.ts'
import { get, openDoor, startDesktop, UI, until, type TestDesktop, type TestDoor } from './test-desktop.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function given(
  handler: Parameters<typeof createServer>[1] = (_request, response) => response.end('{}'),
  over: Parameters<TestDesktop['access']>[0] = {},
): Promise<TestDoor & { desktop: TestDesktop }> {
  const desktop = await startDesktop({ http: (server) => void server.on('request', handler!) })
  const opened = await openDoor(desktop.access(over))
  cleanups.push(
    () => desktop.close(),
    () => opened.close(),
  )
  return { ...opened, desktop }
}

describe('a door', () => {
  it('carries a control request with our credential and without the page’s headers', async () => {
    const seen: unknown[] = []
    const { door } = await given((request, response) => {
      seen.push(request.method, request.url, request.headers)
      response.end('{"current_mode":"webrtc"}')
    })
    const got = await get(`${door.base}api/status`, {
      headers: { cookie: 'a=b', referer: 'http://x/', authorization: 'Basic theirs', 'x-forwarded-for': '1.2.3.4' },
    })
    expect(got.status).toBe(200)
    expect(JSON.parse(got.body)).toEqual({ current_mode: 'webrtc' })
    expect(seen).toEqual([
      'GET',
      '/api/status',
      { host: '127.0.0.1', 'accept-encoding': 'identity', authorization: 'Basic c2VjcmV0', connection: 'keep-alive' },
    ])
  })

  it('asks below the path that the desktop serves under', async () => {
    const seen: unknown[] = []
    const { door } = await given(
      (request, response) => {
        seen.push(request.url)
        response.end('{}')
      },
      { basePath: '/desk' },
    )
    await get(`${door.base}api/status`)
    expect(seen).toEqual(['/desk/api/status'])
  })

  it('answers with inert headers and lets the UI’s page alone read', async () => {
    const { door } = await given()
    const { headers } = await get(`${door.base}api/status`)
    expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['access-control-allow-origin']).toBe(UI)
  })

  it('has a ticket of 256 bits, different each time', async () => {
    const { proxy, door, desktop } = await given()
    const other = await proxy.open(desktop.access(), 'w1')
    expect(door.ticket).toMatch(/^[\w-]{43}$/)
    expect(other.ticket).not.toBe(door.ticket)
  })

  it.each(['http://evil.example', 'null', 'app://other'])('refuses the origin %s', async (origin) => {
    let asked = 0
    const { door } = await given((_request, response) => {
      asked += 1
      response.end('{}')
    })
    const got = await get(`${door.base}api/status`, { headers: { origin } })
    expect(got.status).toBe(403)
    expect(got.headers['access-control-allow-origin']).toBeUndefined()
    expect(asked).toBe(0)
  })

  it('refuses a change that names no origin, and lets a download pass', async () => {
    const { door } = await given((_request, response) => response.end('bytes'))
    const url = new URL(`${door.base}api/switch`)
    const noOrigin = await fetch(url, { method: 'POST', body: '{}' })
    expect(noOrigin.status).toBe(403)
    const download = await fetch(`${door.base}api/files/a.bin`)
    expect(download.status).toBe(200)
    expect(await download.text()).toBe('bytes')
  })

  it('refuses a rebound name', async () => {
    const { door } = await given()
    const got = await get(`${door.base}api/status`, { headers: { host: 'evil.example' } })
    expect(got.status).toBe(421)
  })

  it('answers preflights for what a route takes', async () => {
    const { door } = await given()
    const got = await get(`${door.base}api/switch`, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'POST' },
    })
    expect(got.status).toBe(204)
    expect(got.headers['access-control-allow-methods']).toBe('POST')
    expect(got.headers['access-control-allow-origin']).toBe(UI)
  })

  it('refuses unlisted routes and methods with an answer of its own', async () => {
    let asked = 0
    const { door } = await given((_request, response) => {
      asked += 1
      response.end('{}')
    })
    const unlisted = await get(`${door.base}api/tokens`)
    expect(unlisted.status).toBe(404)
    expect(unlisted.headers['x-door-error']).toBe('bad-request')
    const method = await get(`${door.base}api/status`, { method: 'POST', body: '{}' })
    expect(method.status).toBe(405)
    expect(asked).toBe(0)
  })

  it('says why when the desktop cannot be dialled', async () => {
    const { AppError } = await import('../../shared/errors.ts')
    const { door } = await given(undefined, {
      dialHttp: () => Promise.reject(new AppError('signed-out')),
    })
    const got = await get(`${door.base}api/status`)
    expect(got.status).toBe(502)
    expect(JSON.parse(got.body)).toMatchObject({ error: { code: 'signed-out' } })
  })

  it('names its ways for media', async () => {
    const { door } = await given(undefined, {
      node: { host: '10.0.0.7', port: 31000 },
      dialMedia: () => Promise.reject(new Error('not dialled in this test')),
    })
    expect(door.candidates).toEqual([
      { path: 'node', protocol: 'udp', host: '10.0.0.7', port: 31000 },
      { path: 'tunnel', protocol: 'tcp', host: '127.0.0.1', port: expect.any(Number) as number },
    ])
  })

  it('tells where a demo desktop attaches', async () => {
    const { door } = await given(undefined, { demo: true })
    expect(door.demo?.attach).toBe(`${door.base.replace('http:', 'ws:')}demo/attach`)
  })
})

describe('the end of a door', () => {
  it('opens nothing any more, and cuts what runs', async () => {
    const { proxy, door, desktop } = await given((_request, response) => void response.write('begun'))
    const running = fetch(`${door.base}api/files/big.bin`)
    const response = await running
    await proxy.closeDoor(door.ticket, 'w1')
    await expect(response.text()).rejects.toThrow()
    await until(() => desktop.openSockets.size === 0)
    const after = await get(`${door.base}api/status`)
    expect(after.status).toBe(404)
    expect(after.headers['x-door-error']).toBe('door-closed')
  })

  it('is not for another window to decide', async () => {
    const { proxy, door } = await given()
    await proxy.closeDoor(door.ticket, 'w2')
    await proxy.closeWindow('w2')
    expect((await get(`${door.base}api/status`)).status).toBe(200)
  })

  it('comes with its window, with its session and with the proxy', async () => {
    const { proxy, desktop, door: byWindow } = await given()
    const bySession = await proxy.open(desktop.access({ sessionId: 'c/ns/other' }), 'w2')
    const staying = await proxy.open(desktop.access(), 'w2')
    await proxy.closeWindow('w1')
    await proxy.closeSession('c/ns/other')
    expect((await get(`${byWindow.base}api/status`)).status).toBe(404)
    expect((await get(`${bySession.base}api/status`)).status).toBe(404)
    expect((await get(`${staying.base}api/status`)).status).toBe(200)
    await proxy.dispose()
    await until(() => desktop.openSockets.size === 0)
    await expect(get(`${staying.base}api/status`)).rejects.toThrow()
    await expect(proxy.open(desktop.access(), 'w2')).rejects.toMatchObject({ code: 'door-closed' })
  })
})

describe('behind a web host', () => {
  it('serves on the host’s own origin and leaves other paths to it', async () => {
    const desktop = await startDesktop({ http: (server) => void server.on('request', (_q, a) => a.end('{"a":1}')) })
    const host = createServer()
    host.listen(0, '127.0.0.1')
    await once(host, 'listening')
    const origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`
    const proxy = await createDesktopProxy({ serve: 'host', uiOrigin: origin })
    host.on('request', (request, response) => {
      if (!proxy.handleRequest(request, response)) response.end('the host')
    })
    cleanups.push(
      () => desktop.close(),
      async () => void host.close(),
      () => proxy.dispose(),
    )
    const door = await proxy.open(desktop.access(), 'w1')
    expect(door.base).toBe(`/d/${door.ticket}/`)
    const got = await get(`${origin}${door.base}api/status`, { headers: { origin } })
    expect([got.status, got.body]).toEqual([200, '{"a":1}'])
    expect(got.headers['access-control-allow-origin']).toBeUndefined()
    expect((await get(`${origin}/index.html`)).body).toBe('the host')
  })
})
