// Carries one WebSocket through a door: the upgrade is made and checked here, the frames then pass as bytes.
// Policy: no extension is negotiated, one offered subprotocol at most; the end or cut of either side is shown to the other at once.
// A desktop's message that is larger than any is where it ends.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError } from '../../shared/errors.ts'
import { rawHead, refuseUpgrade } from './answers.ts'
import type { OpenDoor } from './door.ts'
import { exchange } from './exchange.ts'
import { answerHeaders, requestHeaders } from './headers.ts'
import { limitMessages } from './message-limit.ts'
import type { Target } from './routes.ts'

/** The constant of RFC 6455 with which an accept value is made. */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]{1,1024}$/

/**
 * Makes the upgrade with the desktop, then with the client, and joins the two. A refusal of the desktop becomes a plain status.
 * @param head bytes that came with the client's request
 */
export async function relayUpgrade(
  door: OpenDoor,
  target: Target,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const gone = new AbortController()
  const release = door.hold(socket)
  socket.on('error', ignore)
  socket.once('close', () => {
    release()
    gone.abort()
  })
  try {
    const offer = readOffer(request)
    const answer = await exchange(
      door.pool,
      {
        method: 'GET',
        path: withToken(target, door.access.token),
        headers: {
          ...requestHeaders({}, door.access.authorization),
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': offer.key,
          ...(offer.protocols.length === 0 ? {} : { 'sec-websocket-protocol': offer.protocols.join(', ') }),
        },
      },
      {
        signal: AbortSignal.any([gone.signal, door.signal]),
        hedgeMs: door.times.hedgeMs,
        headMs: door.times.headMs,
      },
    )
    if (answer.kind === 'response') {
      answer.response.destroy()
      const status = answer.response.statusCode ?? 0
      if (status === 401) throw new AppError('desktop-credential')
      refuseUpgrade(socket, status >= 400 && status < 600 ? status : 502, unexpected(`status ${status}`))
      return
    }
    join(door, offer, answer.response, answer.socket, answer.head, socket, head)
  } catch (error) {
    // a refused upgrade: the client sees the status, and nothing when it has gone
    if (!socket.destroyed) refuseUpgrade(socket, error instanceof BadOffer ? 400 : 502, error)
  }
}

/** The media socket takes its token in the address alone; the page never says it there. Source: Selkies 2.1, secure mode. */
function withToken({ path, route }: Target, token: string | undefined): string {
  if (token === undefined || route.takesToken !== true) return path
  return `${path}${path.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`
}

interface Offer {
  readonly key: string
  readonly protocols: readonly string[]
}

function readOffer(request: IncomingMessage): Offer {
  const key = request.headers['sec-websocket-key']
  const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket'
  if (!isWebSocket || request.headers['sec-websocket-version'] !== '13') throw new BadOffer()
  if (key === undefined || !/^[A-Za-z0-9+/]{22}==$/.test(key)) throw new BadOffer()
  const protocols = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (protocols.length > 8 || !protocols.every((name) => TOKEN.test(name))) throw new BadOffer()
  return { key, protocols }
}

function join(
  door: OpenDoor,
  offer: Offer,
  answer: IncomingMessage,
  remote: Duplex,
  remoteHead: Buffer,
  local: Duplex,
  localHead: Buffer,
): void {
  const protocol = answer.headers['sec-websocket-protocol']
  const accept = acceptFor(offer.key)
  const isRight =
    answer.headers['sec-websocket-accept'] === accept &&
    answer.headers.upgrade?.toLowerCase() === 'websocket' &&
    (protocol === undefined || offer.protocols.includes(protocol))
  if (!isRight) {
    remote.destroy()
    throw unexpected('a WebSocket answer that does not fit')
  }
  const release = door.hold(remote)
  remote.on('error', ignore)
  if (isNetSocket(local)) {
    local.setNoDelay(true)
    local.setTimeout(0)
  }
  local.write(
    rawHead(101, {
      ...answerHeaders({}),
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-accept': accept,
      ...(protocol === undefined ? {} : { 'sec-websocket-protocol': protocol }),
    }),
  )
  const limited = limitMessages()
  if (remoteHead.length > 0) limited.write(remoteHead)
  if (localHead.length > 0) remote.write(localHead)
  local.once('close', () => remote.destroy())
  remote.once('close', () => {
    release()
    // a cut must not look like a wait; what the desktop said last is sent before
    if (isNetSocket(local)) local.destroySoon()
    else local.end()
  })
  local.pipe(remote)
  limited.once('end', () => {
    // a desktop that ended by itself is left to its own goodbye
    if (!remote.readableEnded) remote.destroy()
  })
  remote.pipe(limited).pipe(local)
}

function acceptFor(key: string): string {
  return createHash('sha1')
    .update(key + ACCEPT_GUID)
    .digest('base64')
}

function isNetSocket(stream: Duplex): stream is Socket {
  return 'setNoDelay' in stream && 'destroySoon' in stream
}

function unexpected(detail: string): AppError {
  return new AppError('desktop-unreachable', {}, { detail: `The desktop's server: ${detail}` })
}

class BadOffer extends AppError {
  constructor() {
    super('bad-request', {}, { detail: 'not a WebSocket request' })
  }
}

function ignore(): void {}
