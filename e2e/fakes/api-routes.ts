// How the fake API server reads a request: path to resource, namespace and verb, as Kubernetes' paths say.
import type { RequestKind } from './api-faults.ts'
import type { StoredKind } from './api-store.ts'

export interface Route {
  readonly kind: RequestKind
  /** The access-review verb. */
  readonly verb: string
  readonly resource: StoredKind | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
}

/** Reads a request's path. Anything that names no resource is discovery. */
export function routeOf(method: string, path: string, query: URLSearchParams, contentType: string): Route {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent)
  const core = parts[0] === 'api'
  const group = core ? '' : (parts[1] ?? '')
  const version = core ? parts[1] : parts[2]
  let rest = parts.slice(core ? 2 : 3)
  if ((!core && parts[0] !== 'apis') || !version || rest.length === 0) {
    const nothing = { resource: undefined, namespace: undefined, name: undefined, subresource: undefined }
    return { kind: 'discovery', verb: 'get', ...nothing }
  }
  let namespace: string | undefined
  // `namespaces/x/status` is of the namespace itself
  if (rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status') {
    namespace = rest[1]
    rest = rest.slice(2)
  }
  const [plural = '', name, subresource] = rest
  const place = { resource: { group, version, plural }, namespace, name, subresource }
  if (plural.startsWith('selfsubject')) return { kind: 'review', verb: 'create', ...place }
  if (subresource === 'portforward') return { kind: 'forward', verb: 'create', ...place }
  if (subresource === 'log') return { kind: 'log', verb: 'get', ...place }
  switch (method) {
    case 'POST':
      return { kind: 'create', verb: 'create', ...place }
    case 'PATCH':
      return { kind: contentType.includes('apply-patch') ? 'apply' : 'patch', verb: 'patch', ...place }
    case 'PUT':
      return { kind: 'replace', verb: 'update', ...place }
    case 'DELETE':
      return { kind: 'delete', verb: 'delete', ...place }
    default:
      if (name !== undefined) return { kind: 'get', verb: 'get', ...place }
      return query.get('watch') ? { kind: 'watch', verb: 'watch', ...place } : { kind: 'list', verb: 'list', ...place }
  }
}
