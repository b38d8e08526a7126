import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { get, openDoor, startDesktop, UI, until, type TestDesktop, type TestDoor } from './test-desktop.ts'
import type { DoorTimes } from './door.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

type Given = TestDoor & { desktop: TestDesktop }

async function given(serve: Parameters<typeof startDesktop>[0], times?: Partial<DoorTimes>): Promise<Given> {
  const desktop = await startDesktop(serve)
  const opened = await openDoor(desktop.access(), times)
  cleanups.push(
    () => desktop.close(),
    () => opened.close(),
  )
  return { ...opened, desktop }
}

/** A desktop that answers every request with these very bytes. */
const saying = (text: string, more?: (socket: Socket) => void) => ({
  raw: (socket: Socket) => {
    socket.on('data', () => {
      socket.write(text)
      more?.(socket)
    })
  },
})

const html = '<script>alert(1)</script>'
const answer = (headers: string, body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`

describe('a hostile desktop', () => {
  it('gets no HTML through as an answer', async () => {
    const { door } = await given(saying(answer('Content-Type: text/html\r\n', html)))
    const got = await get(`${door.base}api/status`)
    expect(got.status).toBe(502)
    expect(got.headers['content-type']).toBe('application/json')
    expect(got.headers['x-door-error']).toBe('desktop-unreachable')
    expect(got.body).not.toContain('<script')
  })

  it.each([
    ['api/files/a.html', 'application/octet-stream', `attachment; filename="a.html"; filename*=UTF-8''a.html`],
    ['api/files/sub/', 'text/plain; charset=utf-8', `attachment; filename="listing.txt"; filename*=UTF-8''listing.txt`],
    ['api/screenshot', 'image/png', `attachment; filename="screenshot.png"; filename*=UTF-8''screenshot.png`],
    ['api/print/x', 'application/pdf', `attachment; filename="x"; filename*=UTF-8''x`],
    [
      'api/files/%C3%A4%22%27.txt',
      'application/octet-stream',
      `attachment; filename="___.txt"; filename*=UTF-8''%C3%A4%22%27.txt`,
    ],
  ])('has the type of %s chosen for it', async (path, type, disposition) => {
    const { door } = await given(
      saying(answer('Content-Type: text/html\r\nContent-Disposition: inline; filename=evil.exe\r\n', html)),
    )
    const got = await get(`${door.base}${path}`)
    expect(got.status).toBe(200)
    expect(got.headers['content-type']).toBe(type)
    expect(got.headers['content-disposition']).toBe(disposition)
    expect(got.headers['content-security-policy']).toBe("default-src 'none'; sandbox")
  })

  it('has its headers dropped', async () => {
    const bad = [
      'Set-Cookie: a=b',
      'Content-Security-Policy: default-src *',
      'Access-Control-Allow-Origin: *',
      'Clear-Site-Data: "*"',
      'Refresh: 0; url=http://evil.example',
      'Link: <x>; rel=preload',
      'Service-Worker-Allowed: /',
      'Cache-Control: public',
      'X-Door-Error: signed-out',
      'Content-Range: nonsense',
      'ETag: W/"not the very content"',
      'Retry-After: <x>',
    ]
    const { door } = await given(saying(answer(`${bad.join('\r\n')}\r\n`, '{}')))
    for (const path of ['api/status', 'api/files/a']) {
      const { headers } = await get(`${door.base}${path}`)
      expect(headers['access-control-allow-origin']).toBe(UI)
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox")
      for (const name of [
        'set-cookie',
        'clear-site-data',
        'refresh',
        'link',
        'service-worker-allowed',
        'x-door-error',
      ]) {
        expect(headers[name]).toBeUndefined()
      }
      expect(headers['content-range']).toBeUndefined()
      expect(headers['etag']).toBeUndefined()
      expect(headers['retry-after']).toBeUndefined()
    }
  })

  it.each(['301', '302', '307', '304', '100', '199', '299x', '999'])(
    'cannot redirect or confuse with status %s',
    async (status) => {
      const { door } = await given(
        saying(`HTTP/1.1 ${status} X\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n`, (socket) =>
          socket.end(),
        ),
      )
      for (const path of ['api/status', 'api/files/a']) {
        const got = await get(`${door.base}${path}`)
        expect(got.status).toBe(502)
        expect(got.headers.location).toBeUndefined()
      }
    },
  )

  it('cannot make the browser ask for a password', async () => {
    const { door } = await given(
      saying('HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="Selkies"\r\nContent-Length: 0\r\n\r\n'),
    )
    const got = await get(`${door.base}api/status`)
    expect(got.status).toBe(502)
    expect(got.headers['www-authenticate']).toBeUndefined()
    expect(JSON.parse(got.body)).toMatchObject({ error: { code: 'desktop-credential' } })
  })

  it('cannot smuggle a second answer or split headers', async () => {
    const two = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\n{}'
    const both =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'
    const split = 'HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b=c\r\nContent-Length: 2\r\n\r\n{}'
    for (const text of [two, both, split, 'nonsense\r\n\r\n', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`]) {
      const { door } = await given(saying(text, (socket) => socket.end()))
      const got = await get(`${door.base}api/status`)
      expect(got.status).toBe(502)
      expect(got.headers['set-cookie']).toBeUndefined()
    }
  })

  it.each([
    ['announced', `HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n`],
    ['sent', `HTTP/1.1 200 OK\r\n\r\n`],
  ])('cannot fill memory with a gigabyte (%s)', async (_, head) => {
    let written = 0
    const chunk = Buffer.alloc(64 * 1024, 0x20)
    const flood = (socket: Socket): void => {
      while (!socket.destroyed && socket.write(chunk)) written += chunk.length
    }
    const { door, desktop } = await given(
      saying(head, (socket) => {
        socket.on('drain', () => flood(socket))
        flood(socket)
      }),
    )
    const got = await get(`${door.base}api/turn`)
    expect(got.status).toBe(502)
    expect(got.body).toContain('too large')
    // the connection that flooded is cut; what is left are the two that were dialled ahead
    await until(() => desktop.openSockets.size <= 2)
    expect(written).toBeLessThan(32 * 1024 * 1024)
  })

  it('cannot hold a control answer open for ever', async () => {
    const { door } = await given(saying('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{'), { controlMs: 20 })
    const got = await get(`${door.base}api/status`)
    expect([got.status, got.body.includes('did not end')]).toEqual([502, true])
  })

  it('cannot keep us waiting for an answer’s head', async () => {
    const { door } = await given(saying('HTTP/1.1 200 OK\r\nX: '), { headMs: 20 })
    const got = await get(`${door.base}api/status`)
    expect([got.status, got.body.includes('no answer in time')]).toEqual([502, true])
  })

  it('cannot switch the protocol of a plain request', async () => {
    const { door } = await given(saying('HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'))
    expect((await get(`${door.base}api/status`)).status).toBe(502)
  })

  it('shows a download that broke off as broken', async () => {
    const { door } = await given(saying('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', (socket) => socket.end()))
    const response = await fetch(`${door.base}api/files/a`)
    await expect(response.text()).rejects.toThrow()
  })
})

describe('an honest desktop', () => {
  it('is heard when it refuses in words, in JSON and with a time to wait', async () => {
    const answers: Record<string, readonly [number, string]> = {
      '/api/ws': [409, 'WebRTC mode is inactive'],
      '/api/turn': [503, '{"error":"WebRTC service is still starting"}'],
      '/api/webrtc/signaling': [204, ''],
    }
    const { door } = await given({
      http: (server) =>
        void server.on('request', (request, response) => {
          const [status, body] = answers[request.url ?? ''] ?? [500, '']
          response.writeHead(status, { 'retry-after': '1' })
          response.end(body)
        }),
    })
    const inactive = await get(`${door.base}api/ws`)
    expect([inactive.status, inactive.body]).toEqual([409, '{"error":"WebRTC mode is inactive"}'])
    const starting = await get(`${door.base}api/turn`)
    expect([starting.status, starting.body]).toEqual([503, '{"error":"WebRTC service is still starting"}'])
    expect(starting.headers['retry-after']).toBe('1')
    const active = await get(`${door.base}api/webrtc/signaling`)
    expect([active.status, active.body]).toEqual([204, ''])
  })

  it('serves parts of a file and its head', async () => {
    const seen: unknown[] = []
    const { door } = await given({
      http: (server) =>
        void server.on('request', (request, response) => {
          seen.push([request.method, request.headers.range])
          response.writeHead(206, {
            'content-range': 'bytes 2-3/10',
            'accept-ranges': 'bytes',
            'content-length': 2,
            etag: '"18a-2"',
          })
          response.end('23')
        }),
    })
    const part = await get(`${door.base}api/files/a`, { headers: { range: 'bytes=2-3' } })
    expect([part.status, part.body, part.headers['content-range']]).toEqual([206, '23', 'bytes 2-3/10'])
    expect(part.headers['etag']).toBe('"18a-2"')
    const head = await get(`${door.base}api/files/a`, { method: 'HEAD', headers: { range: 'bytes=2-3' } })
    expect([head.status, head.body, head.headers['content-length']]).toEqual([206, '', '2'])
    expect(seen).toEqual([
      ['GET', 'bytes=2-3'],
      ['HEAD', 'bytes=2-3'],
    ])
  })

  it('gets an upload with its headers, and is heard before the end of one that it refuses', async () => {
    const { door } = await given({
      http: (server) =>
        void server.on('request', (request, response) => {
          if (request.headers['x-upload-path'] === 'no') {
            response.writeHead(409)
            response.end('{"status":"error"}')
            return
          }
          let bytes = 0
          request.on('data', (chunk: Buffer) => (bytes += chunk.length))
          request.on('end', () => response.end(JSON.stringify({ bytes, length: request.headers['content-length'] })))
        }),
    })
    const body = 'x'.repeat(300_000)
    const put = await get(`${door.base}api/upload`, {
      method: 'POST',
      headers: { 'x-upload-path': 'a', 'content-length': '300000' },
      body,
    })
    expect(JSON.parse(put.body)).toEqual({ bytes: 300_000, length: '300000' })
    const refused = await get(`${door.base}api/upload`, { method: 'POST', headers: { 'x-upload-path': 'no' }, body })
    expect(refused.status).toBe(409)
  })

  it('gets a switch of bounded size', async () => {
    const { door } = await given({
      http: (server) => void server.on('request', (request, response) => request.pipe(response)),
    })
    const small = await get(`${door.base}api/switch`, { method: 'POST', body: '{"mode":"webrtc"}' })
    expect(small.body).toBe('{"mode":"webrtc"}')
    const large = await get(`${door.base}api/switch`, { method: 'POST', body: ' '.repeat(70_000) })
    expect(large.status).toBe(413)
  })
})

describe('back-pressure', () => {
  it('keeps the desktop waiting while the reader does, and delivers every byte', async () => {
    const total = 200 * 1024 * 1024
    let sent = 0
    const { door } = await given({
      http: (server) =>
        void server.on('request', (_request, response) => {
          response.writeHead(200, { 'content-length': total })
          const chunk = Buffer.alloc(256 * 1024)
          const more = (): void => {
            while (sent < total) {
              sent += chunk.length
              if (!response.write(chunk)) {
                response.once('drain', more)
                return
              }
            }
            response.end()
          }
          more()
        }),
    })
    const { hostname, port, pathname } = new URL(`${door.base}api/files/big`)
    const reader = connect({ host: hostname, port: Number(port) })
    reader.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`)
    await once(reader, 'readable')
    // nobody reads: what is on the way fits kernel and stream buffers, and stops growing
    let last = -1
    await until(() => {
      const still = sent === last
      last = sent
      return still && sent > 0
    })
    const held = sent
    expect(held).toBeLessThan(32 * 1024 * 1024)
    let received = 0
    reader.on('data', (chunk: Buffer) => {
      received += chunk.length
      // what was sent but not yet received waits somewhere: never more than the buffers
      if (sent - received > held + 8 * 1024 * 1024) throw new Error('buffers grow')
    })
    await once(reader, 'end')
    expect(received).toBeGreaterThan(total)
    expect(received).toBeLessThan(total + 2000)
  })
})
