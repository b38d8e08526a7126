// What the fake API server answers: objects, lists in pages, watches, reviews, discovery, and faults.
import type { Fault } from './api-faults.ts'
import type { Route } from './api-routes.ts'
import { isRecord, merge, type ApiStore, type StoredKind, type StoredObject } from './api-store.ts'
import type { FakeWatches } from './api-watches.ts'

/** The writable side of one answer, whatever HTTP version carries it. */
export interface Reply {
  head(status: number, headers: Readonly<Record<string, string>>): void
  write(text: string): void
  end(text?: string): void
  /** Resets the connection. */
  reset(): void
  onClose(listener: () => void): void
}
interface Reviewed {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource: string | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
}
export interface Asked {
  readonly store: ApiStore
  readonly watches: FakeWatches
  readonly logs: ReadonlyMap<string, string>
  readonly groups: readonly string[]
  readonly route: Route
  readonly url: URL
  readonly user: string
  readonly body: unknown
  readonly reply: Reply
  mayUser(attributes: Reviewed, user: string): boolean
}

/** Commits a fault. @returns whether the request is answered (or never will be) */
export async function sendFault(fault: Fault, reply: Reply): Promise<boolean> {
  switch (fault.type) {
    case 'status': {
      const after = fault.retryAfterSeconds
      const headers = after === undefined ? undefined : { 'retry-after': String(after) }
      sendStatus(reply, fault.status, fault.reason ?? reasonOf(fault.status), fault.message ?? 'a fault', headers)
      return true
    }
    case 'html':
      reply.head(fault.status ?? 200, { 'content-type': 'text/html' })
      reply.end('<!doctype html><title>Welcome</title><h1>It works</h1>')
      return true
    case 'silence':
      return true
    case 'reset':
      reply.reset()
      return true
    case 'half':
      reply.head(200, { 'content-type': 'application/json' })
      reply.write('{"kind":"List","items":[{"metadata":{"na')
      // the bytes must be out before the reset, or the client sees a reset alone
      setTimeout(() => reply.reset(), 20)
      return true
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.ms))
      return false
  }
}

export function answerRequest(asked: Asked): void {
  const { route, reply } = asked
  if (!route.resource) return discovery(asked)
  switch (route.kind) {
    case 'review':
      return review(asked, route.resource.plural)
    case 'list':
      return list(asked, route.resource)
    case 'watch':
      return watch(asked, route.resource)
    case 'get':
    case 'log':
    case 'delete':
      return existing(asked, route.resource)
    case 'create':
    case 'apply':
    case 'patch':
      return write(asked, route.resource)
    default:
      return sendStatus(reply, 400, 'BadRequest', 'an upgrade is needed')
  }
}

function discovery({ url, groups, reply }: Asked): void {
  const path = url.pathname
  if (path === '/version') {
    return sendJson(reply, 200, { major: '1', minor: '36', gitVersion: 'v1.36.0', platform: 'linux/amd64' })
  }
  if (path === '/apis') {
    const named = groups.map((version) => ({ name: version.split('/')[0], versions: [{ groupVersion: version }] }))
    return sendJson(reply, 200, { kind: 'APIGroupList', apiVersion: 'v1', groups: named })
  }
  const group = /^\/apis\/([^/]+)$/.exec(path)?.[1]
  if (group !== undefined && groups.some((served) => served.startsWith(`${group}/`))) {
    return sendJson(reply, 200, { kind: 'APIGroup', apiVersion: 'v1', name: group })
  }
  const version = /^\/apis\/([^/]+\/[^/]+)$/.exec(path)?.[1]
  if (path === '/api/v1' || (version !== undefined && groups.includes(version))) {
    return sendJson(reply, 200, { kind: 'APIResourceList', groupVersion: version ?? 'v1', resources: [] })
  }
  if (path === '/readyz' || path === '/livez' || path === '/healthz') {
    reply.head(200, { 'content-type': 'text/plain' })
    return reply.end('ok')
  }
  sendStatus(reply, 404, 'NotFound', 'the server could not find the requested resource')
}

function review({ body, user, reply, mayUser }: Asked, plural: string): void {
  if (plural === 'selfsubjectreviews') {
    const userInfo = { username: user, groups: ['system:authenticated'] }
    return sendJson(reply, 201, {
      kind: 'SelfSubjectReview',
      apiVersion: 'authentication.k8s.io/v1',
      status: { userInfo },
    })
  }
  const spec = isRecord(body) && isRecord(body['spec']) ? body['spec'] : {}
  const wanted = isRecord(spec['resourceAttributes']) ? spec['resourceAttributes'] : {}
  const text = (name: string) => (typeof wanted[name] === 'string' && wanted[name] ? wanted[name] : undefined)
  const attributes = {
    verb: text('verb') ?? '',
    group: text('group') ?? '',
    resource: text('resource') ?? '',
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
  }
  const status = { allowed: mayUser(attributes, user) }
  sendJson(reply, 201, { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec, status })
}

function selection({ route, url }: Asked) {
  return {
    namespace: route.namespace,
    labelSelector: url.searchParams.get('labelSelector') ?? undefined,
    fieldSelector: url.searchParams.get('fieldSelector') ?? undefined,
  }
}

function list(asked: Asked, resource: StoredKind): void {
  const { store, url, reply } = asked
  const all = store.list(resource, selection(asked))
  const limit = Number(url.searchParams.get('limit') ?? 0) || all.length
  const from = Number(url.searchParams.get('continue') ?? 0)
  const items = all.slice(from, from + limit)
  const next = from + limit
  const metadata = { resourceVersion: String(store.version), ...(next < all.length && { continue: String(next) }) }
  sendJson(reply, 200, { kind: 'List', apiVersion: 'v1', metadata, items })
}

function watch(asked: Asked, resource: StoredKind): void {
  const { watches, url, reply } = asked
  reply.head(200, { 'content-type': 'application/json' })
  // headers leave with the first byte: an empty line keeps a quiet watch from looking unanswered
  reply.write('\n')
  const from = Number(url.searchParams.get('resourceVersion') ?? 0)
  const seconds = Number(url.searchParams.get('timeoutSeconds') ?? 300)
  reply.onClose(watches.begin(reply, resource, selection(asked), from, seconds))
}

function existing({ store, route, logs, body, reply }: Asked, resource: StoredKind): void {
  const { name = '', namespace, kind } = route
  const object = store.get(resource, name, namespace)
  if (!object) return sendStatus(reply, 404, 'NotFound', `${resource.plural} "${name}" not found`)
  if (kind === 'log') {
    reply.head(200, { 'content-type': 'text/plain' })
    return reply.end(logs.get(`${namespace}/${name}`) ?? '')
  }
  if (kind === 'get') return sendJson(reply, 200, object)
  const preconditions = isRecord(body) && isRecord(body['preconditions']) ? body['preconditions'] : {}
  if (preconditions['uid'] !== undefined && preconditions['uid'] !== object.metadata.uid) {
    return sendStatus(reply, 409, 'Conflict', 'the UID in the precondition does not match')
  }
  store.remove(resource, name, namespace)
  sendJson(reply, 200, { kind: 'Status', apiVersion: 'v1', status: 'Success' })
}

function write({ store, route, url, body, reply }: Asked, resource: StoredKind): void {
  const { namespace, kind } = route
  if (!isRecord(body)) return sendStatus(reply, 400, 'BadRequest', 'a body is needed')
  const given = isRecord(body['metadata']) ? body['metadata'] : {}
  const name = route.name ?? (typeof given['name'] === 'string' ? given['name'] : '')
  const before = store.get(resource, name, namespace)
  if (kind === 'create' && before) {
    return sendStatus(reply, 409, 'AlreadyExists', `${resource.plural} "${name}" already exists`)
  }
  if (kind === 'patch' && !before) return sendStatus(reply, 404, 'NotFound', `${resource.plural} "${name}" not found`)
  if (kind === 'apply' && !url.searchParams.get('fieldManager')) {
    return sendStatus(reply, 400, 'BadRequest', 'PatchOptions.fieldManager is required for apply patch')
  }
  const merged = merge(before ?? {}, body)
  if (!isRecord(merged)) return sendStatus(reply, 400, 'BadRequest', 'an object is needed')
  const metadata = isRecord(merged['metadata']) ? merged['metadata'] : {}
  const wanted = {
    ...merged,
    metadata: { ...metadata, name, ...(namespace !== undefined && { namespace }) },
  } as StoredObject
  const stored =
    url.searchParams.get('dryRun') === 'All' ? store.preview(resource, wanted) : store.put(resource, wanted)
  sendJson(reply, before ? 200 : 201, stored)
}

function sendJson(reply: Reply, status: number, body: unknown): void {
  reply.head(status, { 'content-type': 'application/json' })
  reply.end(JSON.stringify(body))
}

/** Answers with a Kubernetes Status object. */
export function sendStatus(
  reply: Reply,
  code: number,
  reason: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  reply.head(code, { 'content-type': 'application/json', ...headers })
  reply.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code }))
}

function reasonOf(status: number): string {
  const known: Readonly<Record<number, string>> = {
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'NotFound',
    409: 'Conflict',
    410: 'Expired',
    429: 'TooManyRequests',
    503: 'ServiceUnavailable',
  }
  return known[status] ?? 'InternalError'
}
