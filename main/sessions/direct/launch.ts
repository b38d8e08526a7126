// One start as a transaction: validate, Secret, home, pod (and node port); undone by the mark that every object of a start carries.
// The mark (`lastStarted`, and `created` on what this start made) needs no memory, so an undo is exact even after a crash
// or a lost answer: it deletes what bears this start's mark and nothing else.
import { ApiError, CLAIM, POD, SECRET, SERVICE, type KubeClient, type Resource } from '../../../kube/types.ts'
import { accessName, homeName, mediaName } from '../../../shared/domain/names.ts'
import { ANNOTATION, FIELD_MANAGER_DESKTOP } from '../../../shared/product.ts'
import { renderSession, type RenderInput } from '../../../shared/render/render-session.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import type { Logger } from '../../logging/logger.ts'
import { annotation } from '../kube-read.ts'
import type { ClusterState } from './cluster-state.ts'
import { isConflict, isNotFound } from '../refusals.ts'
import { sleep, type Timers } from '../timers.ts'

export interface LaunchWorld {
  readonly client: KubeClient
  readonly namespace: string
  readonly state: ClusterState
  readonly timers: Timers
  readonly now: () => number
  readonly log: Logger
}

/** Grace of a pod whose start is undone, s: nothing in it is worth saving. */
const UNDO_GRACE_S = 1
/** How long an undo waits for its objects to be gone, ms. */
const GONE_PATIENCE_MS = 20_000

/**
 * Makes the objects of a start. The home is made only where there is none.
 * @param touches called before the first write: from then on there may be something to undo
 * @throws whatever the API server refused with, or the signal's reason; what was made by then stays for `undoLaunch`
 */
export async function launch(
  world: LaunchWorld,
  input: RenderInput,
  signal: AbortSignal,
  touches: () => void,
): Promise<void> {
  const { client, state } = world
  const draft = renderSession(input)
  // a refusal (quota, Pod Security, RuntimeClass) comes before anything is made
  await client.create(POD, draft.pod, { dryRun: true, fieldManager: FIELD_MANAGER_DESKTOP, signal })
  signal.throwIfAborted()
  touches()
  // writes are not broken off: an answer that nobody waits for may still be carried out, behind an undo's back
  const record = await client.apply(SECRET, draft.secret, { fieldManager: FIELD_MANAGER_DESKTOP, force: true })
  state.secrets.wrote(record, world.now())
  signal.throwIfAborted()
  if (draft.claim && !(await findHome(world, draft.claim.metadata.name, signal))) await makeHome(world, draft.claim)
  signal.throwIfAborted()
  const objects = renderSession({ ...input, recordUid: record.metadata.uid })
  const port = objects.service ? makeNodePort(world, objects.service) : Promise.resolve()
  try {
    const pod = await client.create(POD, objects.pod, { fieldManager: FIELD_MANAGER_DESKTOP })
    state.pods.wrote(pod, world.now())
  } finally {
    // settled before anybody undoes, so that nothing is made behind an undo's back
    await port
  }
  signal.throwIfAborted()
}

/** Makes the pod of a start again, after a machine refused it. */
export async function relaunchPod(world: LaunchWorld, input: RenderInput): Promise<void> {
  const pod = await world.client.create(POD, renderSession(input).pod, { fieldManager: FIELD_MANAGER_DESKTOP })
  world.state.pods.wrote(pod, world.now())
}

async function findHome(world: LaunchWorld, name: string, signal: AbortSignal): Promise<KubeObject | undefined> {
  try {
    return await world.client.get(CLAIM, name, world.namespace, signal)
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined
    throw thrown
  }
}

async function makeHome(world: LaunchWorld, claim: KubeObject): Promise<void> {
  try {
    world.state.claims.wrote(
      await world.client.create(CLAIM, claim, { fieldManager: FIELD_MANAGER_DESKTOP }),
      world.now(),
    )
  } catch (thrown) {
    // somebody made it in the meantime: it is theirs, and it will do
    if (!isConflict(thrown)) throw thrown
  }
}

/** Without it the desktop is reached through the API server or a relay: worth a line in the log, never a failed start. */
async function makeNodePort(world: LaunchWorld, service: KubeObject): Promise<void> {
  try {
    const made = await world.client.apply(SERVICE, service, {
      fieldManager: FIELD_MANAGER_DESKTOP,
      force: true,
    })
    world.state.services.wrote(made, world.now())
  } catch (thrown) {
    world.log.warn('no node port for this desktop', {
      reason: thrown instanceof Error ? thrown.message : String(thrown),
    })
  }
}

export interface LaunchMark {
  readonly name: string
  readonly templateId: string
  readonly ownerHash: string
  /** `lastStarted` of the start to undo. */
  readonly stamp: string
  /** The record as it was before, when there was one. */
  readonly before?: KubeObject | undefined
}

/**
 * Undoes a start and waits until its objects are gone: the namespace is then as it was before.
 * @throws when the API server would not let it
 */
export async function undoLaunch(world: LaunchWorld, mark: LaunchMark): Promise<void> {
  const { name, templateId, ownerHash, stamp } = mark
  const startedBy = (object: KubeObject): boolean => annotation(object, ANNOTATION.lastStarted) === stamp
  const madeBy = (object: KubeObject): boolean => annotation(object, ANNOTATION.created) === stamp
  const service = await removeWhere(world, SERVICE, mediaName(name), startedBy)
  const pod = await removeWhere(world, POD, name, startedBy, UNDO_GRACE_S)
  const home = await removeWhere(world, CLAIM, homeName(templateId, ownerHash), madeBy)
  const record = mark.before ? undefined : await removeWhere(world, SECRET, accessName(name), madeBy)
  if (!record) await restoreRecord(world, mark)
  await untilGone(world, [
    [SERVICE, service],
    [POD, pod],
    [CLAIM, home],
    [SECRET, record],
  ])
}

/** Deletes one object if it is the one meant. @returns what was deleted */
async function removeWhere(
  world: LaunchWorld,
  resource: Resource,
  name: string,
  isMeant: (object: KubeObject) => boolean,
  gracePeriodSeconds?: number,
): Promise<KubeObject | undefined> {
  let object: KubeObject
  try {
    object = await world.client.get(resource, name, world.namespace)
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined
    // a kind that this person may not even read was not made by this start
    if (resource === SERVICE && thrown instanceof ApiError && thrown.status === 403) return undefined
    throw thrown
  }
  if (!isMeant(object)) return undefined
  await deleteExactly(world, resource, object, gracePeriodSeconds)
  return object
}

/** Deletes this very object; one that was replaced in the meantime is left alone. */
export async function deleteExactly(
  world: LaunchWorld,
  resource: Resource,
  object: KubeObject,
  gracePeriodSeconds?: number,
): Promise<void> {
  const { name, namespace, uid } = object.metadata
  try {
    await world.client.delete(resource, name, namespace, {
      ...(uid === undefined ? {} : { uid }),
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    })
  } catch (thrown) {
    if (!isConflict(thrown) && !isNotFound(thrown)) throw thrown
  }
}

/** Puts a resumed record back: what the start changed in it, and nothing that others wrote since. */
async function restoreRecord(world: LaunchWorld, { name, stamp, before }: LaunchMark): Promise<void> {
  let present: KubeObject
  try {
    present = await world.client.get(SECRET, accessName(name), world.namespace)
  } catch (thrown) {
    if (isNotFound(thrown)) return
    throw thrown
  }
  if (annotation(present, ANNOTATION.lastStarted) !== stamp) return
  const changed = [
    ANNOTATION.lastStarted,
    ANNOTATION.lastStopped,
    ANNOTATION.template,
    ANNOTATION.templateHash,
    ANNOTATION.home,
  ]
  const patch =
    before === undefined
      ? { metadata: { annotations: { [ANNOTATION.lastStopped]: laterThan(world.now(), stamp) } } }
      : {
          metadata: { annotations: Object.fromEntries(changed.map((key) => [key, annotation(before, key) ?? null])) },
          data: before['data'],
        }
  world.state.secrets.wrote(await world.client.patch(SECRET, accessName(name), world.namespace, patch), world.now())
}

/** A time for `lastStopped` that is after a start, even when the start's machine has another clock. RFC 3339. */
export function laterThan(now: number, lastStarted: string | undefined): string {
  const started = Date.parse(lastStarted ?? '')
  return new Date(Number.isNaN(started) ? now : Math.max(now, started + 1)).toISOString()
}

/** Waits until objects are gone, asking less and less often; gives up quietly, since they are on their way out. */
export async function untilGone(
  world: LaunchWorld,
  objects: readonly (readonly [Resource, KubeObject | undefined])[],
  signal?: AbortSignal,
): Promise<void> {
  const { client, timers, state } = world
  const views = new Map<Resource, ClusterState['pods']>([
    [POD, state.pods],
    [CLAIM, state.claims],
    [SECRET, state.secrets],
    [SERVICE, state.services],
  ])
  const deadline = world.now() + GONE_PATIENCE_MS
  for (const [resource, object] of objects) {
    if (!object) continue
    for (let pause = 100; ; pause = Math.min(pause * 1.5, 1_000)) {
      if (await isGone(client, resource, object)) {
        views.get(resource)?.gone(object)
        break
      }
      if (world.now() > deadline) return
      await sleep(timers, pause, signal)
    }
  }
}

async function isGone(client: KubeClient, resource: Resource, { metadata }: KubeObject): Promise<boolean> {
  try {
    const present = await client.get(resource, metadata.name, metadata.namespace)
    return present.metadata.uid !== metadata.uid
  } catch (thrown) {
    if (isNotFound(thrown)) return true
    throw thrown
  }
}
