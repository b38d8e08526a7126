// Gathers from the stores what planPool may know of one template's desktops in the warm pool. Reads only.
import { conditionOf, epochOf, isEnding, type PodObject } from '../../shared/domain/cluster-objects.ts'
import { WARM_POOL_NAMESPACE } from '../../shared/domain/names.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'
import { parseVdiSession, type VdiSessionObject } from '../../shared/domain/vdi-objects.ts'
import type { VdiUserStatus } from '../../shared/domain/vdi-user.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import { claimOf, isOfPool } from '../pool.ts'
import { remembering } from '../remember.ts'
import { freeSlices, waitingSlices, type SliceStores } from '../slices.ts'
import type { Stores } from '../stores.ts'
import type { ObservedPool, PoolMember } from './warm-pool.ts'

export type PoolStores = Pick<Stores, 'sessions' | 'namespaces' | 'nodes'> & {
  readonly by: Pick<Stores['by'], 'poolTemplate' | 'podSession' | 'podNode' | 'userNamespace'>
}

/** @param name of the template @param spec undefined where it is gone or cannot be read */
export function observePool(stores: PoolStores, name: string, spec: TemplateSpec | undefined): ObservedPool {
  const members = stores.by.poolTemplate.get(name)
  if (members.length === 0 && (spec?.warmPool.replicas ?? 0) === 0) return NOTHING
  return {
    isThere: isThere(stores),
    members: members.toSorted((a, b) => (age(a) < age(b) ? -1 : 1)).map((session) => memberOf(stores, session)),
    wantedElsewhere: spec && spec.gpu.slices > 0 ? lacking(stores, spec.gpu.resourceName) : 0,
  }
}

const NOTHING: ObservedPool = { isThere: false, members: [], wantedElsewhere: 0 }
const readSession = remembering((object: KubeObject): VdiSessionObject | undefined => {
  const parsed = parseVdiSession(object)
  return parsed.ok ? parsed.object : undefined
})

/** Its VDIUser is ready, and nobody has locked it. */
function isThere({ by, namespaces }: PoolStores): boolean {
  const place = namespaces.get(WARM_POOL_NAMESPACE)
  if (place === undefined || isEnding(place)) return false
  return by.userNamespace.get(WARM_POOL_NAMESPACE).some((user) => {
    const { conditions } = (user['status'] ?? {}) as VdiUserStatus
    const ready = conditions?.find(({ type }) => type === 'Ready')
    return !isEnding(user) && ready?.status === 'True' && ready.reason === 'Ready'
  })
}

function memberOf(stores: PoolStores, session: KubeObject): PoolMember {
  const { name, namespace = '' } = session.metadata
  const read = readSession(session)
  const ready = read?.status.conditions?.find(({ type }) => type === 'Ready')
  const pods = stores.by.podSession.get(`${namespace}/${name}`) as readonly PodObject[]
  return {
    session,
    state: stateOf(stores, session, read),
    hash: read?.status.templateHash,
    pod: pods.length === 0 ? 'none' : pods.every(({ spec }) => spec?.nodeName) ? 'placed' : 'waiting',
    told: ready && { reason: ready.reason, message: ready.message },
  }
}

function stateOf(
  { sessions }: PoolStores,
  session: KubeObject,
  read: VdiSessionObject | undefined,
): PoolMember['state'] {
  if (isEnding(session)) return 'ending'
  const claim = claimOf(session)
  // one list holds both kinds of session: whoever is not in it is gone
  if (claim) return sessions.get(claim.name, claim.namespace)?.metadata.uid === claim.uid ? 'claimed' : 'orphaned'
  if (read === undefined || read.spec.desiredState === 'Stopped') return 'failed'
  const holds = (type: string): boolean =>
    read.status.conditions?.some((one) => one.type === type && one.status === 'True') === true
  if (holds('Stalled')) return 'failed'
  return holds('Ready') ? 'ready' : 'coming'
}

/** What people's pods wait for beyond what is free: the scheduler has said that there is no place for them. */
function lacking(stores: SliceStores, resource: string): number {
  const waits = (pod: PodObject): boolean =>
    pod.metadata.namespace !== WARM_POOL_NAMESPACE && conditionOf(pod, 'PodScheduled')?.status === 'False'
  return Math.max(0, waitingSlices(stores, resource, waits) - freeSlices(stores, resource))
}

function age({ metadata }: KubeObject): string {
  return `${epochOf(metadata.creationTimestamp) ?? 0} ${metadata.name}`
}

/** VDISessions of people, not of the pool. */
export function ofPeople(sessions: readonly KubeObject[]): readonly KubeObject[] {
  return sessions.filter((session) => !isOfPool(session))
}
