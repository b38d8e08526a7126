// How the fake API server takes writes: create, replace, merge patch, apply and delete, each with the refusals that a client must survive.
// Policy: a write that changes nothing is none: no new version, no event, as on a real server.
import { formOf } from './api-events.ts'
import { factsOf, filledIn, problemOf, type KindFacts, type Refusal } from './api-kinds.ts'
import { isRecord, isSame, merge, type FieldOwners } from './api-merge.ts'
import { sendJson, sendStatus, type Reply } from './api-reply.ts'
import type { Route } from './api-routes.ts'
import type { ApiStore, Metadata, StoredKind, StoredObject } from './api-store.ts'

export interface AskedWrite {
  readonly store: ApiStore
  readonly owners: FieldOwners
  readonly route: Route
  readonly url: URL
  readonly user: string
  readonly body: unknown
  readonly reply: Reply
  mayUser(
    attributes: {
      readonly verb: string
      readonly group: string
      readonly resource: string
      readonly subresource: string | undefined
      readonly namespace: string | undefined
      readonly name: string | undefined
    },
    user: string,
  ): boolean
}

const NAMESPACES: StoredKind = { group: '', version: 'v1', plural: 'namespaces' }

/** Answers POST, PUT and PATCH. */
export function answerWrite(asked: AskedWrite, resource: StoredKind): void {
  const { store, route, url, reply } = asked
  const body = asked.body
  if (!isRecord(body)) return sendStatus(reply, 400, 'BadRequest', 'a body is needed')
  const facts = factsOf(resource)
  const wrong = mismatch(body, facts, route)
  if (wrong !== undefined) return sendStatus(reply, 400, 'BadRequest', wrong)
  const name = nameFor(route, body)
  const form = formOf(resource)
  const kept = store.get(form.kind, name, route.namespace)
  const before = kept && form.outward(kept)
  const refusal = refuse(asked, resource, body, name, before)
  if (refusal) return sendStatus(reply, ...refusal)
  const isDryRun = url.searchParams.get('dryRun') === 'All'
  const manager = url.searchParams.get('fieldManager') ?? ''
  const combined = combine(asked, facts, body, before, manager, isDryRun)
  if ('conflicts' in combined) {
    const count = combined.conflicts.length
    const message = `Apply failed with ${count} conflict${count === 1 ? '' : 's'}: conflicts with ${combined.conflicts.join(', ')}`
    return sendStatus(reply, 409, 'Conflict', message)
  }
  const identity = { name, ...(route.namespace !== undefined && { namespace: route.namespace }) }
  const wanted = filledIn(allowed(combined.object, before, identity, facts, route), before, () => store.nextNumber())
  const problem = problemOf(wanted) ?? deletionProblem(wanted, before)
  if (problem) return sendStatus(reply, ...problem)
  if (before && isUnchanged(wanted, before)) return sendJson(reply, 200, before)
  const inward = form.inward(wanted)
  const stored = isDryRun ? store.preview(form.kind, inward) : store.put(form.kind, inward)
  if (!before && route.kind === 'apply' && !isDryRun) {
    asked.owners.begin(stored.metadata.uid ?? '', ownerName(manager, route), appliedFields(body, facts, route))
  }
  sendJson(reply, before ? 200 : 201, form.outward(stored))
}

/** Answers DELETE of one object. */
export function answerDelete({ store, route, body, reply }: AskedWrite, kind: StoredKind, object: StoredObject): void {
  const options = isRecord(body) ? body : {}
  const preconditions = isRecord(options['preconditions']) ? options['preconditions'] : {}
  for (const field of ['uid', 'resourceVersion'] as const) {
    if (preconditions[field] !== undefined && preconditions[field] !== object.metadata[field]) {
      return sendStatus(reply, 409, 'Conflict', `the ${field} in the precondition does not match`)
    }
  }
  const { name, namespace } = object.metadata
  const grace = options['gracePeriodSeconds']
  store.delete(kind, name, route.namespace, typeof grace === 'number' ? grace : undefined)
  const left = store.get(kind, name, namespace)
  sendJson(reply, 200, left ?? { kind: 'Status', apiVersion: 'v1', status: 'Success' })
}

/** A body that is another object than the path says. */
function mismatch(
  body: Readonly<Record<string, unknown>>,
  facts: KindFacts | undefined,
  route: Route,
): string | undefined {
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {}
  if (route.name !== undefined && metadata['name'] !== undefined && metadata['name'] !== route.name) {
    return 'the name of the object does not match the name on the URL'
  }
  if (metadata['namespace'] !== undefined && metadata['namespace'] !== (route.namespace ?? '')) {
    return 'the namespace of the provided object does not match the namespace sent on the request'
  }
  if (!facts || route.kind === 'patch') return undefined
  const apiVersion = facts.group === '' ? facts.version : `${facts.group}/${facts.version}`
  const isThat = body['kind'] === facts.kind && body['apiVersion'] === apiVersion
  return isThat
    ? undefined
    : `a ${apiVersion} ${facts.kind} is needed, not a ${String(body['apiVersion'])} ${String(body['kind'])}`
}

function nameFor(route: Route, body: Readonly<Record<string, unknown>>): string {
  if (route.name !== undefined) return route.name
  const { name, generateName } = (isRecord(body['metadata']) ? body['metadata'] : {}) as Partial<Metadata>
  if (name !== undefined && name !== '') return name
  return typeof generateName === 'string' ? `${generateName}${Math.random().toString(36).slice(2, 7)}` : ''
}

function refuse(
  { store, route, url, user, mayUser }: AskedWrite,
  resource: StoredKind,
  body: Readonly<Record<string, unknown>>,
  name: string,
  before: StoredObject | undefined,
): Refusal | undefined {
  const { namespace, kind, subresource } = route
  const given = (isRecord(body['metadata']) ? body['metadata'] : {}) as Partial<Metadata>
  const title = `${resource.plural} "${name}"`
  if (name === '') return [422, 'Invalid', 'metadata.name: Required value: name or generateName is required']
  if (kind === 'create' && before) return [409, 'AlreadyExists', `${title} already exists`]
  const creates = !before && (kind === 'create' || (kind === 'apply' && subresource === undefined))
  if (!before && !creates) return [404, 'NotFound', `${title} not found`]
  if (creates && kind === 'apply') {
    const attributes = {
      verb: 'create',
      group: resource.group,
      resource: resource.plural,
      subresource,
      namespace,
      name,
    }
    if (!mayUser(attributes, user))
      return [403, 'Forbidden', `User "${user}" cannot create resource "${resource.plural}"`]
  }
  if (
    creates &&
    namespace !== undefined &&
    store.get(NAMESPACES, namespace)?.metadata.deletionTimestamp !== undefined
  ) {
    const message = `unable to create new content in namespace ${namespace} because it is being terminated`
    return [403, 'Forbidden', `${title} is forbidden: ${message}`]
  }
  if (kind === 'apply' && !url.searchParams.get('fieldManager')) {
    return [400, 'BadRequest', 'PatchOptions.fieldManager is required for apply patch']
  }
  if (kind === 'create') return undefined
  if (given.uid !== undefined && given.uid !== before?.metadata.uid) {
    // the one that was meant is gone: another of its name is there, or none
    return before
      ? [422, 'Invalid', `${title} is invalid: metadata.uid: field is immutable`]
      : [409, 'Conflict', `Operation cannot be fulfilled on ${title}: uid mismatch: no such object was found`]
  }
  // applied to nothing, a version means nothing: the object is made anew (measured)
  if (before && given.resourceVersion !== undefined && given.resourceVersion !== before.metadata.resourceVersion) {
    return [409, 'Conflict', `Operation cannot be fulfilled on ${title}: the object has been modified`]
  }
  if (kind === 'replace' && given.resourceVersion === undefined && factsOf(resource)?.isCustom) {
    return [422, 'Invalid', `${title} is invalid: metadata.resourceVersion: must be specified for an update`]
  }
  return undefined
}

/** What the request makes of the object, by its own rules. */
function combine(
  { owners, route, url }: AskedWrite,
  facts: KindFacts | undefined,
  body: Readonly<Record<string, unknown>>,
  before: StoredObject | undefined,
  manager: string,
  isDryRun: boolean,
): { readonly object: Readonly<Record<string, unknown>> } | { readonly conflicts: readonly string[] } {
  if (route.kind === 'patch') return { object: merge(before ?? {}, body) as Readonly<Record<string, unknown>> }
  if (route.kind !== 'apply' || !before) return { object: body }
  const force = url.searchParams.get('force') === 'true'
  const fields = appliedFields(body, facts, route)
  // a dry run must not change who owns what
  if (isDryRun) return { object: merge(before, fields) as Readonly<Record<string, unknown>> }
  return owners.apply(before.metadata.uid ?? '', before, fields, ownerName(manager, route), force)
}

function ownerName(manager: string, { subresource }: Route): string {
  return subresource === undefined ? manager : `${manager} (${subresource})`
}

/** The fields that an apply claims: not those that say which object it is, and not those that are not its path's. */
function appliedFields(
  body: Readonly<Record<string, unknown>>,
  facts: KindFacts | undefined,
  { subresource }: Route,
): Readonly<Record<string, unknown>> {
  if (subresource === 'status') return { status: body['status'] }
  const { apiVersion: _apiVersion, kind: _kind, metadata, status, ...rest } = body
  const {
    name: _name,
    namespace: _namespace,
    uid: _uid,
    resourceVersion: _version,
    ...marks
  } = isRecord(metadata) ? metadata : {}
  return { ...rest, metadata: marks, ...(status !== undefined && !facts?.hasStatus && { status }) }
}

/** The object with only those changes that the request's path can make. */
function allowed(
  wanted: Readonly<Record<string, unknown>>,
  before: StoredObject | undefined,
  identity: { readonly name: string; readonly namespace?: string },
  facts: KindFacts | undefined,
  { subresource }: Route,
): StoredObject {
  if (before && subresource === 'status') return withStatus(before, wanted['status'])
  const metadata = isRecord(wanted['metadata']) ? wanted['metadata'] : {}
  // whoever writes cannot say these
  const { deletionTimestamp: _timestamp, generation: _generation, ...said } = metadata
  const { deletionTimestamp, generation } = before?.metadata ?? {}
  const object = {
    ...wanted,
    metadata: {
      ...said,
      ...identity,
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      ...(generation !== undefined && { generation }),
    },
  } as unknown as StoredObject
  return facts?.hasStatus ? withStatus(object, before?.['status']) : object
}

function withStatus(object: StoredObject, status: unknown): StoredObject {
  const { status: _status, ...rest } = object
  return { ...(rest as StoredObject), ...(status !== undefined && { status }) }
}

function deletionProblem(wanted: StoredObject, before: StoredObject | undefined): Refusal | undefined {
  if (before?.metadata.deletionTimestamp === undefined) return undefined
  const known = before.metadata.finalizers ?? []
  const isNew = wanted.metadata.finalizers?.some((finalizer) => !known.includes(finalizer)) ?? false
  if (!isNew) return undefined
  const rule = 'metadata.finalizers: no new finalizers can be added if the object is being deleted'
  return [422, 'Invalid', `${wanted.kind} "${wanted.metadata.name}" is invalid: ${rule}`]
}

function isUnchanged(wanted: StoredObject, before: StoredObject): boolean {
  const { uid, resourceVersion, creationTimestamp } = before.metadata
  return isSame({ ...wanted, metadata: { ...wanted.metadata, uid, resourceVersion, creationTimestamp } }, before)
}
