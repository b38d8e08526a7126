// The one way from the UI to a desktop: `/d/<ticket>/...` over HTTP and WebSocket, and a loopback port for media.
// Policy: a ticket is all it takes and all that opens; an unknown one, a foreign origin and an unlisted route are refused before the desktop hears of it.
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { AppError } from '../../shared/errors.ts'
import { answerError, doorClosed, notFound, refuseUpgrade } from './answers.ts'
import { describeDoor, DOOR_TIMES, OpenDoor, type DoorTimes } from './door.ts'
import { answerHeaders, corsHeaders, preflightHeaders } from './headers.ts'
import { listenForMedia } from './media-listener.ts'
import { relayRequest } from './relay-request.ts'
import { relayUpgrade } from './relay-socket.ts'
import { matchRoute, type Target } from './routes.ts'
import { takePaper } from './take-paper.ts'
import type { DesktopProxy } from './types.ts'

export interface DesktopProxyOptions {
  /** `loopback`: a listener of our own on 127.0.0.1. `host`: a web host calls `handleRequest` and `handleUpgrade`, same origin. */
  readonly serve: 'loopback' | 'host'
  /** The one origin whose pages may use doors. */
  readonly uiOrigin: string
  /** Random bytes for tickets. */
  readonly random?: ((bytes: number) => Buffer) | undefined
  readonly times?: Partial<DoorTimes> | undefined
  /** Told of what went wrong; never of a ticket or a credential. */
  readonly log?: { warn(fields: object, message: string): void } | undefined
}

const PREFIX = '/d/'
const TICKET_BYTES = 32
const TICKET = /^[\w-]{43}$/

/**
 * Makes the proxy; in loopback mode it listens when this resolves, on `origin`.
 * @throws the listener's error
 */
export async function createDesktopProxy(
  options: DesktopProxyOptions,
): Promise<DesktopProxy & { readonly origin?: string }> {
  const doors = new Map<string, OpenDoor>()
  const random = options.random ?? randomBytes
  const times = { ...DOOR_TIMES, ...options.times }
  let disposed = false
  const listener = options.serve === 'loopback' ? await listen(() => proxy) : undefined
  const origin = listener?.origin ?? ''

  const closeWhere = async (matches: (door: OpenDoor) => boolean): Promise<void> => {
    const closing = [...doors.values()].filter(matches)
    for (const door of closing) doors.delete(door.ticket)
    await Promise.all(closing.map((door) => door.close()))
  }

  /** Everything that is checked before a desktop is asked. */
  const admit = (request: IncomingMessage): Admission => {
    const url = request.url ?? ''
    const slash = url.indexOf('/', PREFIX.length)
    const ticket = url.slice(PREFIX.length, slash < 0 ? undefined : slash)
    const from = request.headers.origin
    const method = request.method ?? ''
    // a download is a navigation and names no origin; whatever changes something must
    const mayOmit = method === 'GET' || method === 'HEAD'
    if (from === undefined ? !mayOmit : from !== options.uiOrigin) return { refused: 403, error: notFound() }
    const door = TICKET.test(ticket) ? doors.get(ticket) : undefined
    if (door === undefined) return { refused: 404, error: doorClosed() }
    const { demo, forbidden = [] } = door.access
    const kind = { demo: demo === true, noSocketMedia: forbidden.includes('websocket') }
    const target = slash < 0 ? undefined : matchRoute(kind, url.slice(slash + 1))
    if (target === undefined) return { refused: 404, error: notFound() }
    return { door, target: { ...target, path: `${door.access.basePath ?? ''}${target.path}` } }
  }

  const corsOf = (request: IncomingMessage): OutgoingHttpHeaders =>
    options.serve === 'loopback' ? corsHeaders(request.headers.origin, options.uiOrigin) : {}

  const proxy: DesktopProxy = {
    async open(access, windowId) {
      if (disposed) throw doorClosed()
      const ticket = random(TICKET_BYTES).toString('base64url')
      const { dialMedia } = access
      const media =
        dialMedia === undefined
          ? undefined
          : await listenForMedia(
              (signal) => dialMedia.call(access, signal),
              access.mediaRelay === undefined ? 'port' : 'relay',
            )
      const door = new OpenDoor(ticket, windowId, access, media, times)
      if (disposed) {
        await door.close()
        throw doorClosed()
      }
      doors.set(ticket, door)
      return describeDoor(door, `${origin}${PREFIX}${ticket}/`)
    },
    closeDoor: (ticket, windowId) => closeWhere((door) => door.ticket === ticket && door.windowId === windowId),
    async takePaper(ticket, windowId, name) {
      const door = doors.get(ticket)
      if (door?.windowId !== windowId) throw doorClosed()
      return takePaper(door, name)
    },
    closeWindow: (windowId) => closeWhere((door) => door.windowId === windowId),
    closeSession: (sessionId) => closeWhere((door) => door.access.sessionId === sessionId),

    handleRequest(request, response) {
      if (!isDoorPath(request)) return false
      const cors = corsOf(request)
      const admission = admit(request)
      if ('refused' in admission) {
        answerError(response, admission.refused, admission.error, cors)
        return true
      }
      const { door, target } = admission
      const { methods } = target.route
      if (request.method === 'OPTIONS' && options.serve === 'loopback') {
        response.writeHead(204, answerHeaders({ ...cors, ...preflightHeaders(methods) }))
        response.end()
      } else if (!(methods as readonly string[]).includes(request.method ?? '')) {
        answerError(response, 405, notFound(), { ...cors, allow: methods.join(', ') })
      } else {
        relayRequest(door, target, request, response, cors).catch((error: unknown) => fault(error, response))
      }
      return true
    },

    handleUpgrade(request, socket, head) {
      if (!isDoorPath(request)) return false
      socket.on('error', ignore)
      const admission = admit(request)
      if ('refused' in admission) {
        refuseUpgrade(socket, admission.refused, admission.error)
      } else if (request.headers.origin !== options.uiOrigin) {
        refuseUpgrade(socket, 403, notFound())
      } else if (!admission.target.route.socket || request.method !== 'GET') {
        refuseUpgrade(socket, 404, notFound())
      } else {
        relayUpgrade(admission.door, admission.target, request, socket, head).catch((error: unknown) =>
          fault(error, socket),
        )
      }
      return true
    },

    async dispose() {
      disposed = true
      await closeWhere(() => true)
      await listener?.stop()
    },
  }

  /** A mistake of ours: the connection ends, the log says why. */
  const fault = (error: unknown, connection: { destroy(): unknown }): void => {
    options.log?.warn({ err: error }, 'a door failed')
    connection.destroy()
  }

  return listener === undefined ? proxy : Object.assign(proxy, { origin })
}

type Admission =
  { readonly door: OpenDoor; readonly target: Target } | { readonly refused: 403 | 404; readonly error: AppError }

function isDoorPath(request: IncomingMessage): boolean {
  return request.url?.startsWith(PREFIX) === true
}

/** The listener of loopback mode. `Host` must be its own address: a rebound DNS name is refused. */
async function listen(proxy: () => DesktopProxy): Promise<{ readonly origin: string; stop(): Promise<void> }> {
  let host = ''
  const server = createServer({ noDelay: true, requestTimeout: 0, headersTimeout: 10_000, keepAliveTimeout: 30_000 })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.host !== host) answerError(response, 421, notFound(), {})
    else if (!proxy().handleRequest(request, response)) answerError(response, 404, notFound(), {})
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', ignore)
    if (request.headers.host !== host) refuseUpgrade(socket, 421, notFound())
    else if (!proxy().handleUpgrade(request, socket, head)) refuseUpgrade(socket, 404, notFound())
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', resolve)
  await promise
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin: `http://${host}`,
    async stop() {
      const closed = new Promise<void>((done) => server.close(() => done()))
      server.closeAllConnections()
      await closed
    },
  }
}

function ignore(): void {}
