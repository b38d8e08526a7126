import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { openDoor, startDesktop, UI, until, type TestDesktop, type TestDoor } from './test-desktop.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

type Given = TestDoor & { desktop: TestDesktop }

async function given(
  serve: Parameters<typeof startDesktop>[0],
  over: Parameters<TestDesktop['access']>[0] = {},
): Promise<Given> {
  const desktop = await startDesktop(serve)
  const opened = await openDoor(desktop.access(over))
  cleanups.push(
    () => desktop.close(),
    () => opened.close(),
  )
  return { ...opened, desktop }
}

/** A desktop with a WebSocket server that repeats what it hears. */
function echoing(seen: { headers?: unknown; url?: string | undefined; server?: WebSocketServer } = {}) {
  return {
    http: (server: import('node:http').Server) => {
      const ws = new WebSocketServer({
        server,
        perMessageDeflate: true,
        handleProtocols: (offered) => [...offered].at(-1) ?? false,
      })
      seen.server = ws
      ws.on('connection', (socket, request) => {
        seen.headers = request.headers
        seen.url = request.url
        socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
      })
    },
  }
}

function connect(door: Given, path: string, protocols: string[] = [], origin: string = UI): WebSocket {
  const socket = new WebSocket(`${door.door.base.replace('http:', 'ws:')}${path}`, protocols, {
    origin,
    headers: { cookie: 'a=b', authorization: 'Basic theirs' },
  })
  return socket
}

/** The status with which an upgrade was refused. */
async function refused(socket: WebSocket): Promise<number> {
  socket.on('error', () => {})
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
  socket.terminate()
  return response.statusCode
}

describe('a WebSocket through a door', () => {
  it('adds the token of a server in secure mode where its media socket takes it, and nowhere else', async () => {
    const seen: { url?: string } = {}
    const door = await given(echoing(seen), { token: 'a/b=', authorization: 'Bearer a/b=' })
    for (const [path, asked] of [
      ['api/websockets?role=viewer&token=x', '/api/websockets?role=viewer&token=a%2Fb%3D'],
      ['api/websockets', '/api/websockets?token=a%2Fb%3D'],
      ['api/webrtc/signaling/', '/api/webrtc/signaling/'],
    ] as const) {
      const socket = connect(door, path)
      await once(socket, 'open')
      expect(seen.url).toBe(asked)
      socket.terminate()
    }
  })

  it('carries both ways, with our credential and none of the page’s headers', async () => {
    const seen: { headers?: Record<string, string>; url?: string } = {}
    const door = await given(echoing(seen))
    const socket = connect(door, 'api/websockets?role=viewer&token=x', ['selkies', 'selkies.token.abc'])
    await once(socket, 'open')
    expect(socket.protocol).toBe('selkies.token.abc')
    expect(socket.extensions).toBe('')
    socket.send('HELLO')
    const [text] = (await once(socket, 'message')) as [Buffer]
    expect(text.toString()).toBe('HELLO')
    const large = Buffer.alloc(3_000_000, 7)
    socket.send(large)
    const [binary] = (await once(socket, 'message')) as [Buffer]
    expect(binary.equals(large)).toBe(true)
    expect(seen.url).toBe('/api/websockets?role=viewer')
    expect(seen.headers).toMatchObject({ host: '127.0.0.1', authorization: 'Basic c2VjcmV0' })
    for (const name of ['origin', 'cookie', 'sec-websocket-extensions']) expect(seen.headers?.[name]).toBeUndefined()
    socket.terminate()
  })

  it('loses nothing that came together with the upgrade, either way', async () => {
    const door = await given({
      raw: (socket) =>
        socket.once('data', (request: Buffer) => {
          // the answer and a first frame ("hi") in one write
          socket.write(Buffer.concat([Buffer.from(accepting(request)), Buffer.from([0x81, 2, 0x68, 0x69])]))
        }),
    })
    const socket = connect(door, 'api/ws')
    const [text] = (await once(socket, 'message')) as [Buffer]
    expect(text.toString()).toBe('hi')
    socket.terminate()
  })

  it('ends with words where a desktop begins a message of a gigabyte', async () => {
    const door = await given({
      raw: (socket) =>
        socket.once('data', (request: Buffer) => {
          socket.write(Buffer.concat([Buffer.from(accepting(request)), Buffer.from([0x81, 2, 0x68, 0x69])]))
          socket.write(Buffer.from([0x82, 127, 0, 0, 0, 0, 0x40, 0, 0, 0]))
          const more = (): void => {
            while (socket.writable && socket.write(Buffer.alloc(64 * 1024)));
          }
          socket.on('drain', more)
          more()
        }),
    })
    const socket = connect(door, 'api/websockets')
    const texts: string[] = []
    socket.on('message', (text: Buffer) => texts.push(text.toString()))
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer]
    expect(texts).toEqual(['hi'])
    expect([code, reason.toString()]).toEqual([1008, 'The desktop sent a message that is too large.'])
    await until(() => [...door.desktop.openSockets].every((open) => open.bytesRead === 0))
  })

  it('is refused for foreign origins, without one, and off the list', async () => {
    const door = await given(echoing())
    expect(await refused(connect(door, 'api/ws', [], 'http://evil.example'))).toBe(403)
    const none = new WebSocket(`${door.door.base.replace('http:', 'ws:')}api/ws`)
    expect(await refused(none)).toBe(403)
    expect(await refused(connect(door, 'api/status'))).toBe(404)
    expect(await refused(connect(door, 'demo/attach'))).toBe(404)
    await door.proxy.closeDoor(door.door.ticket, 'w1')
    expect(await refused(connect(door, 'api/ws'))).toBe(404)
  })

  it('leads to a demo desktop’s attachment', async () => {
    const door = await given(echoing(), { demo: true })
    const socket = new WebSocket(door.door.demo?.attach ?? '', { origin: UI })
    await once(socket, 'open')
    socket.terminate()
  })

  it('shows a refusal of the desktop as a bare status', async () => {
    const door = await given({
      raw: (socket) =>
        socket.on('data', () =>
          socket.write('HTTP/1.1 409 Conflict\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\nno'),
        ),
    })
    const socket = connect(door, 'api/ws')
    socket.on('error', () => {})
    const [, response] = (await once(socket, 'unexpected-response')) as [
      unknown,
      { statusCode: number; headers: Record<string, string> },
    ]
    expect(response.statusCode).toBe(409)
    expect(response.headers['set-cookie']).toBeUndefined()
    expect(response.headers['content-security-policy']).toBe("default-src 'none'; sandbox")
    socket.terminate()
  })

  it.each([
    ['a wrong accept value', (request: Buffer) => accepting(request).replace(/Accept: .*/, 'Accept: AAAA')],
    ['another protocol', (request: Buffer) => accepting(request).replace('Upgrade: websocket', 'Upgrade: h2c')],
    ['a subprotocol nobody offered', (request: Buffer) => accepting(request, 'Sec-WebSocket-Protocol: evil\r\n')],
    ['a redirect', () => 'HTTP/1.1 302 X\r\nLocation: http://evil.example\r\nContent-Length: 0\r\n\r\n'],
    ['a password prompt', () => 'HTTP/1.1 401 X\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n'],
  ])('is not opened by %s', async (_, reply) => {
    const door = await given({
      raw: (socket) => socket.once('data', (request: Buffer) => socket.write(reply(request))),
    })
    expect(await refused(connect(door, 'api/ws'))).toBe(502)
  })

  it('drops headers that come with an honest upgrade', async () => {
    const door = await given({
      raw: (socket) =>
        socket.once('data', (request: Buffer) => socket.write(accepting(request, 'Set-Cookie: a=b\r\n'))),
    })
    const socket = connect(door, 'api/ws')
    const [response] = (await once(socket, 'upgrade')) as [{ headers: Record<string, string> }]
    expect(response.headers['set-cookie']).toBeUndefined()
    socket.terminate()
  })

  it('is cut at once when the tunnel is, and the other way round', async () => {
    const door = await given(echoing())
    const first = connect(door, 'api/ws')
    await once(first, 'open')
    for (const socket of door.desktop.openSockets) socket.resetAndDestroy()
    const [code] = (await once(first, 'close')) as [number]
    expect(code).toBe(1006)
    const second = connect(door, 'api/ws')
    await once(second, 'open')
    const used = door.desktop.sockets.filter((socket) => socket.bytesRead > 0 && !socket.destroyed)
    expect(used.length).toBe(1)
    second.terminate()
    await until(() => used[0]?.destroyed === true)
  })

  it('ends with its door', async () => {
    const seen: { server?: WebSocketServer } = {}
    const door = await given(echoing(seen))
    const socket = connect(door, 'api/ws')
    await once(socket, 'open')
    await door.proxy.closeWindow('w1')
    await once(socket, 'close')
    await until(() => seen.server?.clients.size === 0)
  })

  it('keeps a fast desktop waiting for a slow page', async () => {
    let sent = 0
    const chunk = Buffer.alloc(64 * 1024)
    const flood = (socket: Socket): void => {
      while (socket.writable && socket.write(chunk)) sent += chunk.length
    }
    const door = await given({
      raw: (socket) =>
        socket.once('data', (request: Buffer) => {
          socket.write(accepting(request))
          socket.on('drain', () => flood(socket))
          flood(socket)
        }),
    })
    const { hostname, port, pathname } = new URL(`${door.door.base}api/ws`)
    const { connect: connectTcp } = await import('node:net')
    const page = connectTcp({ host: hostname, port: Number(port) })
    page.write(
      `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nOrigin: ${UI}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    )
    await once(page, 'readable')
    let last = -1
    await until(() => {
      const still = sent === last
      last = sent
      return still && sent > 0
    })
    expect(sent).toBeLessThan(32 * 1024 * 1024)
    page.destroy()
  })
})

/** An honest 101 to a raw request. */
function accepting(request: Buffer, more = ''): string {
  const key = /sec-websocket-key: (.*)\r\n/i.exec(request.toString())?.[1] ?? ''
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n${more}\r\n`
}
