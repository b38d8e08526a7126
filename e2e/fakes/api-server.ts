// A scriptable Kubernetes API server on loopback, with HTTPS of its own: list, watch, CRUD, apply, reviews, logs, port-forward,
// and every fault that a client must survive. It counts what it is asked.
//
//   const api = await createFakeApiServer({ allows: ({ namespace }) => namespace === 'team' })
//   const client = ... api.kubeconfig() ...
//   api.store.put(PODS, pod); api.faults.add({ type: 'status', status: 429, retryAfterSeconds: 2 }, { kind: 'list' })
//   api.watches.reset(); api.forwards.cut(); await api.goDark(); await api.comeBack(); await api.close()
import { createServer as createHttps } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { answerRequest, sendFault } from './api-answers.ts'
import { FaultScript, type Fault, type RequestRecord } from './api-faults.ts'
import { FieldOwners } from './api-merge.ts'
import { FakePortForward, type ForwardTarget } from './api-port-forward.ts'
import { lost, sendStatus, type Reply } from './api-reply.ts'
import { routeOf, type Route } from './api-routes.ts'
import { ApiStore } from './api-store.ts'
import { FakeWatches } from './api-watches.ts'
import { createAuthority, type Authority } from './certificates.ts'
import { kubeconfigText, type KubeconfigOptions } from './fake-kubeconfig.ts'

export interface Attributes {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource: string | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly user: string
}
export interface FakeApiOptions {
  /** Who may do what; everyone everything when left out. Reviews answer from it too. May be changed later (`api.allows`). */
  readonly allows?: (attributes: Attributes) => boolean
  /** Offers HTTP/2 too, as real API servers do. */
  readonly http2?: boolean
  /** Between two bookmarks, ms; 0 for none. Default 1000. */
  readonly bookmarkMs?: number
  /** Where port-forwards lead. Default: echo. May be changed later (`api.forwardTo`). */
  readonly forwardTo?: (namespace: string, pod: string, port: number) => ForwardTarget
  /** API groups that are served beside the built-in ones, such as `vdi.kasm-operator.io/v1alpha1`. May be changed later (`api.groups`). */
  readonly groups?: readonly string[]
  /** Epoch ms, for the times of requests; the wall's clock when left out. */
  readonly now?: () => number
  /** Ask for a client certificate. Tokens work either way. Default true. */
  readonly clientCertificates?: boolean
}

export interface FakeApiServer {
  /** `https://127.0.0.1:<port>` */
  readonly url: string
  readonly ca: Authority
  readonly store: ApiStore
  readonly watches: FakeWatches
  readonly forwards: FakePortForward
  readonly faults: FaultScript
  /** Bearer token -> user name. `user-token` -> `jane` is there from the start; delete and set to rotate. */
  readonly tokens: Map<string, string>
  /** `<group>/<version>` of the custom kinds that are served now; their paths are not found otherwise. */
  readonly groups: Set<string>
  /** Makes a token of a service account. @returns the token; its user is `system:serviceaccount:<namespace>:<name>` */
  serviceAccount(namespace: string, name: string): string
  /** Text of `pods/log`, by `<namespace>/<pod>`. */
  readonly logs: Map<string, string>
  /** Every request so far, oldest first. Empty it with `requests.length = 0`. */
  readonly requests: RequestRecord[]
  allows: (attributes: Attributes) => boolean
  forwardTo: (namespace: string, pod: string, port: number) => ForwardTarget
  /** TCP connections that are open now. */
  readonly connections: number
  /** A kubeconfig for it (token `user-token`, namespace `team`, unless told otherwise). */
  kubeconfig(options?: KubeconfigOptions): string
  /** Stops listening and resets every connection. */
  goDark(): Promise<void>
  /** Listens again on the same port. */
  comeBack(): Promise<void>
  close(): Promise<void>
}

/** Starts a fake API server on a free loopback port. */
export async function createFakeApiServer(options: FakeApiOptions = {}): Promise<FakeApiServer> {
  const ca = createAuthority('fake-cluster-ca')
  const identity = ca.issue({ commonName: 'kube-apiserver' }, { server: true })
  const store = new ApiStore()
  const watches = new FakeWatches(store, options.bookmarkMs ?? 1000)
  const forwards = new FakePortForward()
  const faults = new FaultScript()
  const groups = new Set(options.groups)
  const owners = new FieldOwners()
  store.onEvent(({ type, object }) => {
    if (type === 'DELETED') owners.forget(object.metadata.uid ?? '')
  })
  const sockets = new Set<Duplex>()
  const requests: RequestRecord[] = []
  const now = options.now ?? Date.now
  let port = 0

  const tls = {
    key: identity.keyPem,
    cert: identity.certPem,
    ca: ca.certPem,
    requestCert: options.clientCertificates ?? true,
    rejectUnauthorized: false,
  }
  const listener = options.http2
    ? createSecureServer({ ...tls, allowHTTP1: true }, onRequest)
    : createHttps(tls, onRequest)
  listener.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', () => undefined)
  })
  listener.on('connection', (socket: Duplex) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  listener.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrade(request, socket, head).catch(() => socket.destroy())
  })

  const api: FakeApiServer = {
    get url() {
      return `https://127.0.0.1:${port}`
    },
    ca,
    store,
    watches,
    forwards,
    faults,
    tokens: new Map([['user-token', 'jane']]),
    groups,
    serviceAccount: (namespace, name) => {
      const token = `token-of-${namespace}-${name}-${api.tokens.size}`
      api.tokens.set(token, `system:serviceaccount:${namespace}:${name}`)
      return token
    },
    logs: new Map(),
    requests,
    allows: options.allows ?? (() => true),
    forwardTo: options.forwardTo ?? (() => 'echo'),
    get connections() {
      return sockets.size
    },
    kubeconfig: (wanted = {}) => kubeconfigText(api.url, ca.certPem, wanted),
    goDark,
    comeBack: () => listen(port),
    close: async () => {
      forwards.close()
      await goDark()
    },
  }
  await listen(0)
  return api

  async function listen(wanted: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(wanted, '127.0.0.1', () => {
        listener.off('error', reject)
        resolve()
      })
    })
    port = (listener.address() as AddressInfo).port
  }

  async function goDark(): Promise<void> {
    const closed = new Promise<void>((resolve) => listener.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  function onRequest(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void {
    // a request that breaks off, or a body that is not JSON, ends its connection
    serve(request, response).catch(() => request.socket.destroy())
  }

  async function serve(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): Promise<void> {
    const url = new URL(request.url ?? '/', api.url)
    const route = note(request, url)
    const direct = replyTo(response)
    const fault = faultFor(route)
    if (fault && (await sendFault(fault, direct))) return
    const reply = fault?.type === 'lost' ? lost(direct) : direct
    const user = userOf(request)
    if (user === undefined) return sendStatus(reply, 401, 'Unauthorized', 'Unauthorized')
    if (!permitted(route, user)) return refuse(reply, route, user)
    const body = await readBody(request)
    answerRequest({
      store,
      watches,
      logs: api.logs,
      groups,
      owners,
      route,
      url,
      user,
      body,
      reply,
      mayUser,
    })
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = new URL(request.url ?? '/', api.url)
    const route = note(request, url)
    const reply = replyTo(rawResponse(socket))
    const fault = faultFor(route)
    if (fault && (await sendFault(fault, reply))) return
    const user = userOf(request)
    const wanted = Number(url.searchParams.get('ports'))
    const { namespace, name: pod } = route
    if (user === undefined) return sendStatus(reply, 401, 'Unauthorized', 'Unauthorized')
    if (route.kind !== 'forward' || namespace === undefined || pod === undefined) {
      return sendStatus(reply, 400, 'BadRequest', 'only port-forward upgrades')
    }
    if (!permitted(route, user)) return refuse(reply, route, user)
    if (!store.get({ group: '', version: 'v1', plural: 'pods' }, pod, namespace)) {
      return sendStatus(reply, 404, 'NotFound', `pods "${pod}" not found`)
    }
    forwards.accept(request, socket, head, wanted, api.forwardTo(namespace, pod, wanted))
  }

  function note(request: IncomingMessage | Http2ServerRequest, url: URL): Route {
    const method = request.method ?? 'GET'
    const contentType = String(request.headers['content-type'] ?? '')
    const route = routeOf(method, url.pathname, url.searchParams, contentType)
    requests.push({
      kind: route.kind,
      method,
      path: url.pathname,
      query: url.search,
      plural: route.resource?.plural ?? '',
      namespace: route.namespace,
      name: route.name,
      subresource: route.subresource,
      user: userOf(request),
      contentType,
      at: now(),
    })
    return route
  }

  function faultFor({ kind, resource, name, subresource }: Route): Fault | undefined {
    return faults.take({ kind, plural: resource?.plural ?? '', name, subresource })
  }

  function userOf(request: IncomingMessage | Http2ServerRequest): string | undefined {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (bearer !== undefined) return api.tokens.get(bearer)
    const socket = request.socket as TLSSocket
    if (!socket.authorized) return undefined
    const name = socket.getPeerCertificate().subject?.CN
    return Array.isArray(name) ? name[0] : name
  }

  function mayUser(attributes: Omit<Attributes, 'user'>, user: string): boolean {
    return api.allows({ ...attributes, user })
  }

  function permitted({ kind, verb, resource, subresource, namespace, name }: Route, user: string): boolean {
    if (kind === 'discovery' || kind === 'review' || !resource) return true
    return mayUser({ verb, group: resource.group, resource: resource.plural, subresource, namespace, name }, user)
  }
}

function refuse(reply: Reply, { verb, resource, namespace }: Route, user: string): void {
  const place = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  sendStatus(reply, 403, 'Forbidden', `User "${user}" cannot ${verb} resource "${resource?.plural}" ${place}`)
}

async function readBody(request: IncomingMessage | Http2ServerRequest): Promise<unknown> {
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : JSON.parse(text)
}

function replyTo(response: ServerResponse | Http2ServerResponse | RawResponse): Reply {
  const answer: RawResponse = response
  // a client that has gone is no failure of the server
  answer.on('error', () => undefined)
  return {
    head: (status, headers) => answer.writeHead(status, { ...headers }),
    write: (text) => answer.write(text),
    end: (text) => answer.end(text ?? ''),
    reset: () => {
      const stream = 'stream' in response ? response.stream : undefined
      const socket = stream?.session?.socket ?? response.socket
      socket?.destroy()
    },
    onClose: (listener) => answer.on('close', listener),
  }
}

/** What every kind of answer can do; for an upgrade that is not accepted it is written by hand. */
interface RawResponse {
  readonly socket: Duplex | null
  writeHead(status: number, headers: Record<string, string>): void
  write(text: string): void
  end(text: string): void
  on(event: 'close' | 'error', listener: () => void): void
}
function rawResponse(socket: Duplex): RawResponse {
  return {
    socket,
    writeHead: (status, headers) => {
      const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.write(`HTTP/1.1 ${status} Refused\r\n${lines.join('')}\r\n`)
    },
    write: (text) => void socket.write(text),
    end: (text) => void socket.end(text),
    on: (event, listener) => void socket.on(event, listener),
  }
}
