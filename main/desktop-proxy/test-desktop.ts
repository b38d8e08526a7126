// For the tests beside: a desktop on a loopback port, a proxy in front of it, and the bare client that a test speaks with.
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import {
  connect,
  createServer as createNetServer,
  type AddressInfo,
  type Server as NetServer,
  type Socket,
} from 'node:net'
import type { Duplex } from 'node:stream'
import { once } from 'node:events'
import type { Door } from '../../shared/domain/session.ts'
import type { DesktopAccess } from '../sessions/provider.ts'
import { createDesktopProxy } from './desktop-proxy.ts'
import type { DoorTimes } from './door.ts'
import type { DesktopProxy } from './types.ts'

export const UI = 'app://bundle'

export interface TestDesktop {
  readonly port: number
  /** Connections that were made to it, in order, and those that are open. */
  readonly sockets: readonly Socket[]
  readonly openSockets: ReadonlySet<Socket>
  access(over?: Partial<DesktopAccess>): DesktopAccess
  close(): Promise<void>
}

/** A desktop that answers by a request listener; `raw` gets the bare sockets instead. */
export async function startDesktop(serve: {
  readonly http?: (server: Server) => void
  readonly raw?: (socket: Socket) => void
}): Promise<TestDesktop> {
  let server: Server | NetServer
  if (serve.raw === undefined) {
    const http = createServer()
    serve.http?.(http)
    server = http
  } else {
    server = createNetServer(serve.raw)
  }
  const sockets: Socket[] = []
  const openSockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.push(socket)
    openSockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => openSockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    sockets,
    openSockets,
    access: (over = {}) => ({
      sessionId: 'c/ns/desk',
      dialHttp: () => dial(port),
      authorization: 'Basic c2VjcmV0',
      iceServers: [],
      generation: 'selkies2',
      transport: 'dual',
      ...over,
    }),
    async close() {
      for (const socket of openSockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

/** A TCP connection, once it stands. */
export async function dial(port: number): Promise<Duplex> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

export interface TestDoor {
  readonly proxy: DesktopProxy & { readonly origin?: string }
  readonly door: Door
  close(): Promise<void>
}

/** A loopback proxy with one open door for window `w1`. */
export async function openDoor(access: DesktopAccess, times?: Partial<DoorTimes>): Promise<TestDoor> {
  const proxy = await createDesktopProxy({ serve: 'loopback', uiOrigin: UI, times })
  const door = await proxy.open(access, 'w1')
  return { proxy, door, close: () => proxy.dispose() }
}

export interface Got {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** One request without any help of a browser, so that every header is the test's own. */
export async function get(
  url: string,
  options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<Got> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const request = httpRequest(url, { method: options.method ?? 'GET', headers: { origin: UI, ...options.headers } })
  request.once('response', resolve)
  request.on('error', reject)
  request.end(options.body)
  const response = await promise
  let body = ''
  for await (const chunk of response) body += String(chunk)
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}

/** Waits until something holds, looking again whenever the event loop turns. @throws after 5 s */
export async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 5_000
  while (!holds()) {
    if (Date.now() > end) throw new Error('it did not come to hold')
    await new Promise((turn) => setImmediate(turn))
  }
}
