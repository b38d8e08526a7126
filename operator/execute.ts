// Carries a plan out, the only writer of the cluster: new finalizers, writes, deletes, finalizers that go, status, events, in this order.
// Policy: a refused write ends the round and is told; what may pass by itself is thrown, so that the queue tries again; a status that is
// as it should be is not written, so that a session in which nothing changes costs the API server nothing. The round that makes a desktop's
// pod writes no status: the pod itself brings the next round, whose status says more, and the next desktop need not wait for this one's.
import { isDeepStrictEqual } from 'node:util'
import {
  ApiError,
  NAMESPACE,
  POD,
  ROLE,
  VDI_SESSION,
  type KubeClient,
  type KubeObject,
  type Reflector,
  type Resource,
} from '../kube/types.ts'
import { FIELD_MANAGER_OPERATOR, LABEL } from '../shared/product.ts'
import type { EventRecorder } from './events.ts'
import type { Plan, PlannedDelete, PlannedWrite } from './plan.ts'
import { readRefusal, type NewRefusal } from './refused.ts'

export interface ExecuteDeps {
  readonly client: KubeClient
  readonly stores: { of(resource: Resource): Reflector | undefined }
  readonly events: EventRecorder
  /** Epoch ms. */
  readonly now: () => number
  /** Told of each write that the API server took. */
  readonly onWrite?: ((verb: string, resource: Resource, object?: KubeObject) => void) | undefined
}

/** Whom a plan is for: the object may be gone. */
export interface Subject {
  readonly resource: Resource
  readonly object: KubeObject | undefined
}

export interface ExecuteOptions {
  /** The plan knew of the last refusal: its status says it, and is written although the server refuses again. */
  readonly knewRefusal?: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * Carries a plan out.
 * @returns the refusal that ended it, if one did
 * @throws ApiError or AppError when a part did not get through and may the next time
 */
export async function execute(
  plan: Plan,
  subject: Subject,
  deps: ExecuteDeps,
  { knewRefusal = false, signal }: ExecuteOptions = {},
): Promise<NewRefusal | undefined> {
  const { object } = subject
  const holds = addsFinalizer(plan, object)
  // before anything is made: nothing of it is then left behind, whenever the object is deleted
  if (holds && (await writeFinalizers(plan, subject, deps)) === 'gone') return undefined
  let refusal: NewRefusal | undefined
  for (const stage of stagesOf(plan.writes)) refusal ??= await writeAll(stage, deps, signal)
  if (refusal === undefined) {
    await Promise.all(plan.deletes.map((one) => deleteOne(one, deps)))
    if (!holds) await writeFinalizers(plan, subject, deps)
  }
  const told = refusal === undefined ? !makesDesktop(plan, subject) : knewRefusal
  if (told) await writeStatus(plan, subject, deps, signal)
  if (object && (refusal === undefined || knewRefusal))
    for (const event of plan.events) deps.events.record(object, event)
  return refusal
}

/** Whether a plan makes the pod of a desktop: its status then comes with the next round. */
export function makesDesktop({ writes }: Plan, { resource }: Pick<Subject, 'resource'>): boolean {
  return resource === VDI_SESSION && writes.some((write) => write.resource === POD)
}

/**
 * What a write leans on comes before it: everything of a person stands in their namespace, and a pod that the scheduler sees before its home
 * waits a second longer [measured] and warns of it.
 */
function stagesOf(writes: readonly PlannedWrite[]): readonly (readonly PlannedWrite[])[] {
  const stageOf = ({ resource, verb }: PlannedWrite): number => {
    if (resource === NAMESPACE || verb === 'claim') return 0
    if (resource === ROLE) return 1
    return resource === POD ? 3 : 2
  }
  return [0, 1, 2, 3].map((stage) => writes.filter((write) => stageOf(write) === stage))
}

/** All at once. A failure that may pass counts before a refusal: the round is made again, and a refusal then comes again. */
async function writeAll(
  writes: readonly PlannedWrite[],
  deps: ExecuteDeps,
  signal: AbortSignal | undefined,
): Promise<NewRefusal | undefined> {
  const results = await Promise.allSettled(writes.map((write) => writeOne(write, deps, signal)))
  let refusal: NewRefusal | undefined
  for (const [index, result] of results.entries()) {
    const write = writes[index]
    if (result.status !== 'rejected' || write === undefined) continue
    const read = readRefusal(result.reason, write.resource, deps.now())
    if (read === undefined) throw result.reason
    refusal ??= read
  }
  return refusal
}

async function writeOne(
  { verb, resource, object }: PlannedWrite,
  { client, stores, onWrite }: ExecuteDeps,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (verb === 'apply') {
    const answer = await client.apply(resource, object, { fieldManager: FIELD_MANAGER_OPERATOR, force: true, signal })
    onWrite?.('apply', resource)
    stores.of(resource)?.wrote(answer)
    return
  }
  if (verb === 'claim') return claimOne(resource, object, { client, stores, onWrite })
  try {
    const answer = await client.create(resource, object, { fieldManager: FIELD_MANAGER_OPERATOR, signal })
    onWrite?.('create', resource)
    stores.of(resource)?.wrote(answer)
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409 && error.reason === 'AlreadyExists')) throw error
    await adopt(resource, object, client, stores, signal)
  }
}

/** With the version: of two who want the same one, the API server lets one through. */
async function claimOne(
  resource: Resource,
  { metadata }: KubeObject,
  { client, stores, onWrite }: Pick<ExecuteDeps, 'client' | 'stores' | 'onWrite'>,
): Promise<void> {
  const { name, namespace, resourceVersion, annotations } = metadata
  try {
    const answer = await client.patch(resource, name, namespace, { metadata: { resourceVersion, annotations } })
    onWrite?.('claim', resource, answer)
    stores.of(resource)?.wrote(answer)
  } catch (error) {
    if (!isGone(error)) throw error
    throw new ApiError(409, 'Conflict', `${resource.kind} ${name} is gone`)
  }
}

/** Somebody was faster: ourselves, before a restart or with a cache that lagged, or a stranger who has the name. */
async function adopt(
  resource: Resource,
  wanted: KubeObject,
  client: KubeClient,
  stores: ExecuteDeps['stores'],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { name, namespace, labels } = wanted.metadata
  const found = await client.get(resource, name, namespace, signal)
  const ours = [LABEL.session, LABEL.ownerHash, LABEL.template, LABEL.user].every(
    (label) => found.metadata.labels?.[label] === labels?.[label],
  )
  if (!ours || found.metadata.labels?.[LABEL.managed] === undefined)
    throw new ApiError(422, 'AlreadyExists', `There is another ${resource.kind} of the name ${name} that is not ours.`)
  stores.of(resource)?.wrote(found)
}

async function deleteOne(
  { resource, name, namespace, uid, resourceVersion, gracePeriodSeconds }: PlannedDelete,
  { client, onWrite }: ExecuteDeps,
): Promise<void> {
  try {
    await client.delete(resource, name, namespace, {
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    })
    onWrite?.('delete', resource)
  } catch (error) {
    // another object has the name by now: the one that was meant is gone
    if (!(error instanceof ApiError && error.status === 409 && uid !== undefined)) throw error
  }
}

function addsFinalizer({ finalizers = [] }: Plan, object: KubeObject | undefined): boolean {
  const present = object?.metadata.finalizers ?? []
  return finalizers.some((name) => !present.includes(name))
}

async function writeFinalizers(
  { finalizers }: Plan,
  { resource, object }: Subject,
  { client, stores, onWrite }: ExecuteDeps,
): Promise<'gone' | void> {
  if (object === undefined || finalizers === undefined) return
  const { name, namespace, resourceVersion, finalizers: present = [] } = object.metadata
  if (isDeepStrictEqual([...finalizers].toSorted(), [...present].toSorted())) return
  // with the version: a list replaces another, and somebody else's finalizer must not get lost
  const patch = { metadata: { finalizers, ...(resourceVersion !== undefined && { resourceVersion }) } }
  try {
    const answer = await client.patch(resource, name, namespace, patch)
    onWrite?.('patch', resource)
    // the last finalizer of what is being deleted: the answer is the object as it went
    if (object.metadata.deletionTimestamp === undefined) stores.of(resource)?.wrote(answer)
  } catch (error) {
    if (!isGone(error)) throw error
    return 'gone'
  }
}

async function writeStatus(
  { status }: Plan,
  { resource, object }: Subject,
  { client, stores, onWrite }: ExecuteDeps,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (object === undefined || status === undefined) return
  // as JSON: what is undefined is not there
  const wanted: unknown = JSON.parse(JSON.stringify(status))
  if (isDeepStrictEqual(wanted, object['status'] ?? {})) return
  const { apiVersion, kind, metadata } = object
  const { name, namespace, uid } = metadata
  const body: KubeObject = {
    apiVersion,
    kind,
    // with the uid: another object of the same name is not meant
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(uid !== undefined && { uid }) },
    status: wanted,
  }
  try {
    const options = { fieldManager: FIELD_MANAGER_OPERATOR, force: true, subresource: 'status', signal } as const
    const answer = await client.apply(resource, body, options)
    onWrite?.('status', resource)
    stores.of(resource)?.wrote(answer)
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404
}
