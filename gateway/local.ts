// The web host on loopback: the same UI and the same core as the app, in a browser of this machine's user.
// Every request passes Host, login and Origin checks before anything reads it; whatever is unclear is refused.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { App, AppDeps, HostServices } from '../main/app-host.ts'
import { createApp } from '../main/app.ts'
import { endSoon } from '../main/desktop-proxy/answers.ts'
import { createStaticFiles, pathInside } from '../main/static-files.ts'
import { MAX_MESSAGE_BYTES, serveBridge } from './bridge-socket.ts'
import { isForeignFetch, isOwnOrigin, judgeHost, pathOf } from './guards.ts'
import { createLogins, type Logins } from './logins.ts'
import { mayBeOwnUser } from './peer-user.ts'
import { answerNoLogin, answerNothing, answerRedirect, answerText } from './pages.ts'

export interface LocalGatewayOptions extends Omit<AppDeps, 'host' | 'doors'> {
  readonly host: Omit<HostServices, 'kind' | 'uiOrigin'>
  /** Absolute folder of the built UI. */
  readonly staticDir: string
  /** TCP port; 0 (the default) takes a free one. */
  readonly port?: number | undefined
  /** Whether a connection may be this person's (peer-user.ts). */
  readonly mayBeOwnUser?: ((socket: Socket) => boolean) | undefined
  /** Makes the core; tests give a small one. */
  readonly createApp?: ((deps: AppDeps) => Promise<App>) | undefined
}

export interface LocalGateway {
  /** Where to begin, with a one-time token. */
  readonly url: string
  readonly origin: string
  /** Another link with a token of its own, for another browser. */
  newLoginUrl(): string
  close(): Promise<void>
}

/**
 * Starts the web host on 127.0.0.1.
 * @throws when the port is taken, or when the core cannot start
 */
export async function startLocalGateway(options: LocalGatewayOptions): Promise<LocalGateway> {
  const { host, staticDir, port: wantedPort = 0, createApp: make = createApp, ...more } = options
  const { mayBeOwnUser: asks = mayBeOwnUser, ...deps } = more
  const isOwnUser = onceForEach(asks)
  // the origin is known once the port is: until the core runs, everyone waits
  const ready: {
    serve?: (request: IncomingMessage, response: ServerResponse) => void
    upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  } = {}
  // an upload takes as long as it takes; everything before its body does not
  const server = createServer({ requestTimeout: 0, headersTimeout: 10_000 }, (request, response) => {
    if (ready.serve) ready.serve(request, response)
    else answerText(response, 503, 'Starting')
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (ready.upgrade) ready.upgrade(request, socket, head)
    else socket.destroy()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(wantedPort, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const logins = createLogins({ now: () => deps.clock?.now() ?? Date.now(), cookieName: `kasm-${port}` })
  const app = await make({ ...deps, host: { ...host, kind: 'web', uiOrigin: origin }, doors: 'host' }).catch(
    (thrown: unknown) => {
      server.close()
      throw thrown
    },
  )
  const bridge = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false })
  ready.serve = requestHandler({ origin, port, app, logins, staticDir, isOwnUser })
  ready.upgrade = upgradeHandler({ origin, port, app, logins, bridge, isOwnUser })
  const newLoginUrl = () => `${origin}/?token=${logins.newToken()}`
  return {
    url: newLoginUrl(),
    origin,
    newLoginUrl,
    async close() {
      for (const client of bridge.clients) client.terminate()
      bridge.close()
      await app.dispose()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

interface Parts {
  readonly origin: string
  readonly port: number
  readonly app: App
  readonly logins: Logins
  /** Cookies know no ports: a server of another user on this machine may be sent ours, so each connection is looked at. */
  readonly isOwnUser: (socket: Socket) => boolean
}

function requestHandler(parts: Parts & { readonly staticDir: string }) {
  const { origin, port, app, logins, staticDir, isOwnUser } = parts
  const files = createStaticFiles({ root: staticDir, connectTo: () => [origin] })
  return (request: IncomingMessage, response: ServerResponse): void => {
    const host = judgeHost(request.headers.host, port)
    const target = pathOf(request.url)
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (host === 'foreign') return answerText(response, 421, 'Not this host')
    if (!isOwnUser(request.socket)) return answerText(response, 403, 'Another user’s app')
    if (target === null) return answerText(response, 400, 'Bad request')
    if (host === 'localhost')
      return reads
        ? answerRedirect(response, 308, `${origin}${request.url ?? '/'}`)
        : answerText(response, 421, 'Not this host')
    // browsers ask for it by themselves where a page names no icon; an error for it would look like one of ours
    if (target.path === '/favicon.ico' && reads) return answerNothing(response)
    const signedIn = logins.accepts(request.headers.cookie)
    const isPage = target.path === '/' || target.path === '/viewer'
    const token = target.query.get('token')
    if (isPage && reads && token !== null) {
      target.query.delete('token')
      const rest = target.query.size > 0 ? `${target.path}?${target.query.toString()}` : target.path
      const cookie = request.method === 'GET' ? logins.redeem(token) : null
      if (cookie !== null) return answerRedirect(response, 303, rest, cookie)
      // a link that was used before: whoever is signed in already only loses the token from the address
      if (signedIn) return answerRedirect(response, 303, rest)
    }
    if (!signedIn) return isPage && reads ? answerNoLogin(response) : answerText(response, 401, 'Not signed in')
    if (isForeignFetch(request.headers) || (!reads && !isOwnOrigin(request.headers, origin)))
      return answerText(response, 403, 'Forbidden')
    if (target.path.startsWith('/d/')) {
      if (!app.proxy.handleRequest(request, response)) answerText(response, 404, 'Not found')
      return
    }
    if (!reads) return answerText(response, 405, 'Method not allowed')
    // before `Request` tidies the path: a dot segment or a backslash is refused as it was sent
    if (pathInside(`${origin}${request.url ?? '/'}`) === null) return answerText(response, 403, 'Forbidden')
    void files(new Request(`${origin}${request.url ?? '/'}`, { method: request.method ?? 'GET' })).then((answer) =>
      sendAnswer(answer, response),
    )
  }
}

function onceForEach(asks: (socket: Socket) => boolean): (socket: Socket) => boolean {
  const known = new WeakMap<Socket, boolean>()
  return (socket) => {
    const verdict = known.get(socket) ?? asks(socket)
    known.set(socket, verdict)
    return verdict
  }
}

async function sendAnswer(answer: Response, response: ServerResponse): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer())
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.end(body)
}

function upgradeHandler(parts: Parts & { readonly bridge: WebSocketServer }) {
  const { origin, port, app, logins, bridge, isOwnUser } = parts
  let connections = 0
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refuse = (status: string): void =>
      endSoon(socket, `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
    const target = pathOf(request.url)
    if (judgeHost(request.headers.host, port) !== 'ours' || target === null) return refuse('421 Misdirected Request')
    if (!isOwnOrigin(request.headers, origin) || !isOwnUser(request.socket)) return refuse('403 Forbidden')
    if (!logins.accepts(request.headers.cookie)) return refuse('401 Unauthorized')
    if (target.path === '/bridge') {
      bridge.handleUpgrade(request, socket, head, (client) => {
        connections += 1
        // the origin that was checked a moment ago goes through the router's own check once more
        serveBridge(client, app, {
          windowId: `web-${connections}`,
          origin: request.headers.origin ?? null,
          isMainFrame: true,
        })
      })
      return
    }
    if (!target.path.startsWith('/d/') || !app.proxy.handleUpgrade(request, socket, head)) refuse('404 Not Found')
  }
}
