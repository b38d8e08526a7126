// The server of one running demo desktop: it speaks Selkies 2.1's HTTP and signalling grammar over connections inside this process.
// Policy: no listener on any port; Basic auth as the genuine server has it; the picture comes from a page that attaches.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { duplexPair, type Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Fault } from '../../shared/demo/attach.ts'
import { DESKTOP_USER } from '../../shared/product.ts'
import type { Clock } from '../app-host.ts'
import type { Timers } from '../sessions/timers.ts'
import { createDesktopFiles } from './desktop-files.ts'
import { createDesktopSpool } from './desktop-spool.ts'
import { createSignallingHub } from './signalling-hub.ts'

export interface DesktopServerOptions {
  readonly clock: Clock
  readonly timers: Timers
  /** Told when a client comes or goes. */
  onClients?(count: number): void
}

export interface DesktopServer {
  /** Value of the `Authorization` header that it asks for. */
  readonly authorization: string
  /** A new connection to it. */
  dial(): Duplex
  /** Clients with a place in it now. */
  readonly clients: number
  fault(fault: Fault): void
  dispose(): void
}

const SIGNALLING = new Set(['/api/webrtc/signaling', '/api/webrtc/signaling/', '/api/ws'])
const SOCKETS = new Set(['/api/websockets', '/api/websockets/'])
const ATTACH = '/demo/attach'
const OPEN = new Set(['/api/status', '/api/health'])
const STATUS = { current_mode: 'webrtc', available_modes: ['webrtc', 'websockets'], enable_dual_mode: false }
const RTC = { lifetimeDuration: '86400s', blockStatus: 'NOT_BLOCKED', iceTransportPolicy: 'all', iceServers: [] }
/** Every answer of the genuine server carries it. */
const FRAMING = { 'content-security-policy': "frame-ancestors 'self'" }

/** Makes the server; it lives until `dispose`. */
export function createDesktopServer(options: DesktopServerOptions): DesktopServer {
  const authorization = `Basic ${Buffer.from(`${DESKTOP_USER}:${randomBytes(32).toString('base64url')}`).toString('base64')}`
  const files = createDesktopFiles(() => options.clock.now())
  const spool = createDesktopSpool()
  const hub = createSignallingHub({
    ...options,
    onClients: (count) => options.onClients?.(count),
    onPrinted: (name, bytes) => ({ name: spool.put(name, bytes), bytes: bytes.length }),
  })
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 8 * 1024 * 1024 })
  const connections = new Set<Duplex>()

  const allowed = (request: IncomingMessage): boolean => {
    const given = Buffer.from(request.headers.authorization ?? '')
    const wanted = Buffer.from(authorization)
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(FRAMING)) response.setHeader(name, value)
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    if (!OPEN.has(path) && !allowed(request)) {
      response.setHeader('www-authenticate', 'Basic realm="Selkies Restricted", charset="UTF-8"')
      return text(response, 401, '401: Unauthorized')
    }
    const { method = 'GET' } = request
    if (path === '/api/switch' && method === 'POST') return switchMode(request, response)
    if (path === '/api/upload' && method === 'POST') return files.upload(request, response)
    if (path.startsWith('/api/sessions/') && method === 'DELETE')
      return hub.end(path.slice('/api/sessions/'.length))
        ? void response.writeHead(204).end()
        : text(response, 404, 'No such session')
    if (method !== 'GET' && method !== 'HEAD') return text(response, 405, '405: Method Not Allowed')
    if (path.startsWith('/api/files/')) return files.serve(request, response, path.slice('/api/files/'.length))
    if (path.startsWith('/api/print/') && method === 'GET')
      return spool.serve(response, path.slice('/api/print/'.length))
    if (SIGNALLING.has(path)) return void response.writeHead(204).end()
    if (SOCKETS.has(path)) return text(response, 409, 'WebSocket mode is inactive')
    switch (path) {
      case '/api/status':
        return json(response, 200, STATUS)
      case '/api/health':
        return text(response, 200, 'OK')
      case '/api/turn':
        return json(response, 200, RTC)
      case '/api/sessions':
        return json(response, 200, { sessions: hub.clients() })
      default:
        return text(response, 404, '404: Not Found')
    }
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      // the client went away in the middle of its own request
      response.destroy()
    })
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    if (!allowed(request)) return refuse(socket, '401 Unauthorized', 'Unauthorized')
    if (SOCKETS.has(path)) return refuse(socket, '409 Conflict', 'WebSocket mode is inactive')
    if (!SIGNALLING.has(path) && path !== ATTACH) return refuse(socket, '404 Not Found', 'Not Found')
    sockets.handleUpgrade(request, socket, head, (upgraded) => {
      if (path === ATTACH) hub.attach(upgraded)
      else hub.accept(upgraded)
    })
  })

  return {
    authorization,
    dial() {
      const [near, far] = duplexPair()
      connections.add(near)
      near.once('close', () => {
        connections.delete(near)
        // a pair does not tell its other end of a cut by itself
        far.destroy()
      })
      far.once('close', () => near.destroy())
      far.on('error', () => far.destroy())
      server.emit('connection', far)
      return near
    },
    get clients() {
      return hub.clients().length
    },
    fault(fault) {
      if (fault.kind === 'uploads') files.setFault(fault.how)
      else hub.fault(fault)
    },
    dispose() {
      hub.dispose()
      sockets.close()
      // what was said last goes out before the connections end
      setImmediate(() => {
        for (const connection of connections) connection.destroy()
      })
    },
  }
}

async function switchMode(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const piece of request) {
    body += String(piece)
    if (body.length > 4096) break
  }
  const mode = readMode(body)
  if (mode === 'webrtc') return json(response, 200, { status: 'success', mode })
  if (mode === 'websockets') return json(response, 403, { status: 'error', message: 'Dual mode is disabled.' })
  json(response, 400, { status: 'error', message: 'Unknown mode.' })
}

function readMode(body: string): unknown {
  try {
    return (JSON.parse(body) as { mode?: unknown } | null)?.mode
  } catch {
    // not JSON: an unknown mode
    return undefined
  }
}

function refuse(socket: Duplex, status: string, words: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: ${words.length}\r\n\r\n${words}`)
}
function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body)
}
function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}
