// The operator's HTTP listener: whether it is alive, whether it is ready, its figures, and the auth endpoint that an ingress proxy asks.
// Policy: GET only, small answers, nothing of a request is logged; an answer that fails is a 500 without a reason.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AuthAnswer, AuthRequest } from './auth.ts'

export interface Health {
  readonly ok: boolean
  /** What is wrong, one line each. */
  readonly problems: readonly string[]
}

export interface HttpHandlers {
  /** The process works: not a word about the cluster, since a restart would not mend that. */
  readonly alive: () => Health
  readonly ready: () => Health
  readonly metrics: () => string
  readonly auth: (request: AuthRequest) => AuthAnswer
}

export interface HttpListener {
  readonly port: number
  close(): Promise<void>
}

/**
 * Listens.
 * @param port 0 for any free one
 * @param host all addresses when left out
 */
export async function listenHttp(handlers: HttpHandlers, port: number, host?: string): Promise<HttpListener> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 32 * 1024 },
    (request, response) => {
      try {
        answer(request, response, handlers)
      } catch {
        // the handlers do not throw by their contracts; whoever asked learns nothing of it
        if (response.headersSent) response.destroy()
        else text(response, 500, 'Internal error\n')
      }
    },
  )
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answer(request: IncomingMessage, response: ServerResponse, handlers: HttpHandlers): void {
  const url = new URL(request.url ?? '/', 'http://operator')
  // a proxy asks with the method that the browser used
  if (url.pathname === '/auth') return authorise(request, url, response, handlers)
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(response, 405, 'Method not allowed\n')
  switch (url.pathname) {
    case '/healthz':
      return health(response, handlers.alive())
    case '/readyz':
      return health(response, handlers.ready())
    case '/metrics':
      return text(response, 200, handlers.metrics(), 'text/plain; version=0.0.4; charset=utf-8')
    default:
      return text(response, 404, 'Not found\n')
  }
}

function authorise(request: IncomingMessage, url: URL, response: ServerResponse, handlers: HttpHandlers): void {
  const { headers } = request
  const one = (name: string): string | undefined => {
    const value = headers[name]
    return Array.isArray(value) ? value[0] : value
  }
  const original = URL.parse(one('x-original-url') ?? '')
  const { status, headers: more } = handlers.auth({
    uri: agreed(
      one('x-forwarded-uri'),
      one('x-original-uri'),
      original ? original.pathname + original.search : undefined,
    ),
    secure: (one('x-forwarded-proto') ?? original?.protocol.slice(0, -1)) !== 'http',
    host: hostIn(one('x-forwarded-host') ?? original?.host),
    origin: one('origin'),
    cookie: one('cookie'),
    session: url.searchParams.get('session') ?? undefined,
  })
  request.resume()
  response.writeHead(status, { ...more, 'cache-control': 'no-store', 'content-length': '0' }).end()
}

/** Each kind of proxy writes one of these, and hands on what a browser made up under the other names: two that differ are no answer. */
function agreed(...values: readonly (string | undefined)[]): string | undefined {
  const given = new Set(values.filter((value) => value !== undefined))
  return given.size === 1 ? [...given][0] : undefined
}

/** What is no host and port alone would make another address of what it is put in front of. */
function hostIn(value: string | undefined): string | undefined {
  return value !== undefined && /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(value) ? value : undefined
}

function health(response: ServerResponse, { ok, problems }: Health): void {
  text(response, ok ? 200 : 503, ok ? 'ok\n' : `${problems.join('\n')}\n`)
}

function text(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(body)
}
