// What the fake API server answers: objects, lists in pages, watches, reviews, discovery, and faults.
import type { Fault } from './api-faults.ts'
import type { Route } from './api-routes.ts'
import { formOf } from './api-events.ts'
import { factsOf, isBuiltIn, KINDS, type Refusal } from './api-kinds.ts'
import { isRecord, type FieldOwners } from './api-merge.ts'
import { sendJson, sendStatus, type Reply } from './api-reply.ts'
import { fieldsOf } from './api-selectors.ts'
import type { ApiStore, StoredKind } from './api-store.ts'
import type { FakeWatches } from './api-watches.ts'
import { answerDelete, answerWrite } from './api-writes.ts'

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
  /** `<group>/<version>` that are served beside the built-in ones. */
  readonly groups: ReadonlySet<string>
  readonly owners: FieldOwners
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
    case 'lost':
      return false
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, fault.ms))
      return false
  }
}

export function answerRequest(asked: Asked): void {
  const { route, reply } = asked
  if (!route.resource) return discovery(asked)
  const problem = pathProblem(asked, route.resource)
  if (problem) return sendStatus(reply, ...problem)
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
    case 'replace':
    case 'apply':
    case 'patch':
      return answerWrite(asked, route.resource)
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
    const named = [...groups].map((version) => ({ name: version.split('/')[0], versions: [{ groupVersion: version }] }))
    return sendJson(reply, 200, { kind: 'APIGroupList', apiVersion: 'v1', groups: named })
  }
  const group = /^\/apis\/([^/]+)$/.exec(path)?.[1]
  if (group !== undefined && [...groups].some((served) => served.startsWith(`${group}/`))) {
    return sendJson(reply, 200, { kind: 'APIGroup', apiVersion: 'v1', name: group })
  }
  const version = /^\/apis\/([^/]+\/[^/]+)$/.exec(path)?.[1]
  const isServed = version !== undefined && (groups.has(version) || isBuiltIn(version.split('/')[0] ?? ''))
  if (path === '/api/v1' || isServed) {
    const groupVersion = version ?? 'v1'
    return sendJson(reply, 200, { kind: 'APIResourceList', groupVersion, resources: resourcesOf(groupVersion) })
  }
  if (path === '/readyz' || path === '/livez' || path === '/healthz') {
    reply.head(200, { 'content-type': 'text/plain' })
    return reply.end('ok')
  }
  sendStatus(reply, 404, 'NotFound', 'the server could not find the requested resource')
}

/** The resources of a version, each with its status where that has a path of its own. */
function resourcesOf(groupVersion: string): readonly object[] {
  const kinds = KINDS.filter(({ group, version }) => (group === '' ? version : `${group}/${version}`) === groupVersion)
  return kinds.flatMap(({ plural, kind, scope, hasStatus }) => {
    const entry = { name: plural, singularName: kind.toLowerCase(), namespaced: scope === 'namespaced', kind }
    const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']
    const status = { ...entry, name: `${plural}/status`, singularName: '', verbs: ['get', 'patch', 'update'] }
    return [{ ...entry, verbs }, ...(hasStatus ? [status] : [])]
  })
}

/** A path that a real server would not serve, or a selector that it would not understand. */
function pathProblem({ groups, route, url }: Asked, resource: StoredKind): Refusal | undefined {
  const notFound = [404, 'NotFound', 'the server could not find the requested resource'] as const
  const { group, version, plural } = resource
  if (route.kind === 'review') return undefined
  if (!isBuiltIn(group) && !groups.has(`${group}/${version}`)) return notFound
  const facts = factsOf(resource)
  const { namespace, subresource, kind } = route
  if (subresource === 'status' && facts && !facts.hasStatus) return notFound
  if (subresource !== undefined && !['status', 'log', 'portforward'].includes(subresource)) return notFound
  if (facts?.scope === 'cluster' && namespace !== undefined) return notFound
  if (facts?.scope === 'namespaced' && namespace === undefined && kind !== 'list' && kind !== 'watch') return notFound
  if (!facts?.selectable) return undefined
  const known = ['metadata.name', 'metadata.namespace', ...facts.selectable]
  const unknown = fieldsOf(url.searchParams.get('fieldSelector') ?? undefined).find((field) => !known.includes(field))
  if (unknown === undefined) return undefined
  return [400, 'BadRequest', `field label not supported for ${plural}: ${unknown}`]
}

function review({ body, user, reply, mayUser }: Asked, plural: string): void {
  if (plural === 'selfsubjectreviews') {
    const userInfo = { username: user, groups: groupsOf(user) }
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

function groupsOf(user: string): readonly string[] {
  const namespace = /^system:serviceaccount:([^:]+):/.exec(user)?.[1]
  const own = namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  return [...own, 'system:authenticated']
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
  const form = formOf(resource)
  const all = store.list(form.kind, selection(asked)).map((object) => form.outward(object))
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
  reply.onClose(watches.begin(reply, formOf(resource), selection(asked), from, seconds))
}

function existing(asked: Asked, resource: StoredKind): void {
  const { store, route, logs, reply } = asked
  const { name = '', namespace, kind } = route
  const form = formOf(resource)
  const object = store.get(form.kind, name, namespace)
  if (!object) return sendStatus(reply, 404, 'NotFound', `${resource.plural} "${name}" not found`)
  if (kind === 'delete') return answerDelete(asked, form.kind, object)
  if (kind === 'get') return sendJson(reply, 200, form.outward(object))
  reply.head(200, { 'content-type': 'text/plain' })
  reply.end(logs.get(`${namespace}/${name}`) ?? '')
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
