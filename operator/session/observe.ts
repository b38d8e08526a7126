// Gathers from the stores all that planSession may know of one VDISession. Reads only, and is called only when every needed kind was listed:
// what is not in the stores is then truly not there.
import { conditionOf, epochOf, isEnding, type NodeObject, type PodObject } from '../../shared/domain/cluster-objects.ts'
import { ownerHash } from '../../shared/domain/hash.ts'
import { accessName, homeName, mediaName, WARM_POOL_NAMESPACE } from '../../shared/domain/names.ts'
import type { Template, TemplateSpec } from '../../shared/domain/template.ts'
import { parseVdiSession, parseVdiTemplate, parseVdiUser, templateOf } from '../../shared/domain/vdi-objects.ts'
import type { VdiUserSpec } from '../../shared/domain/vdi-user.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { Refusal } from '../plan.ts'
import { claimOf, isOfPool } from '../pool.ts'
import { remembering } from '../remember.ts'
import { freeOn, freeSlices, waitingSlices } from '../slices.ts'
import type { Stores } from '../stores.ts'
import type { ObservedSession, PoolDesktop } from './observed.ts'
import { pinnedOf } from './pinned.ts'

/** What is known of a session beside the stores. */
export interface SessionMemory {
  /** What the desktop's own server said last. */
  activityOf(namespace: string, name: string): ObservedSession['activity']
  /** A pod of it is being made at this moment: its event has not come yet. */
  isStarting(namespace: string, name: string): boolean
  /** When the rights of a claim on a desktop of the pool were last written or first seen, epoch ms. */
  rightsSeenAt(desktop: string): number
  readonly refusal: Refusal | undefined
}

/** @returns undefined when there is no such session; `problem` when its spec cannot be read */
export function observeSession(
  stores: Stores,
  namespace: string,
  name: string,
  memory: SessionMemory,
): ObservedSession | { readonly problem: string } | undefined {
  const object = stores.sessions.get(name, namespace)
  if (object === undefined) return undefined
  const parsed = readSession(object)
  if (!parsed.ok) return { problem: parsed.problem }
  const { spec, status } = parsed.object
  const secret = stores.secrets.get(accessName(name), namespace)
  const pinned = secret && pinnedOf(secret)
  const template = templateNamed(stores, spec.templateRef.name)
  const claim = stores.claims.get(homeName(spec.templateRef.name, ownerHash(spec.owner)), namespace)
  const { volumeName } = fields(claim?.['spec']) as { readonly volumeName?: string }
  const volume = volumeName === undefined ? undefined : stores.volumes.get(volumeName)
  const pods = stores.by.podSession.get(`${namespace}/${name}`)
  const ofOwner = stores.by.sessionOwner.get(spec.owner).filter((other) => other.metadata.uid !== object.metadata.uid)
  const media = mediaName(name)
  return {
    session: object,
    spec,
    status,
    template,
    pinned,
    user: userOf(stores, namespace),
    secret,
    claim,
    volume,
    service: stores.services.get(media, namespace),
    routes: [
      ...stores.by.routeSession.flatMap((index) => index.get(`${namespace}/${name}`)),
      // the Service that routes lead to
      ...stores.by.serviceSession.get(`${namespace}/${name}`).filter(({ metadata }) => metadata.name !== media),
    ],
    pods,
    node: nodeOf(stores, pods, name),
    homeNode: homeNodeOf(stores, volume, pinned?.spec ?? template?.spec),
    freeSlices:
      (spec.startAhead || isOfPool(object)) && !spec.withoutGpu && template && template.spec.gpu.slices > 0
        ? freeAnywhere(stores, template.spec.gpu.resourceName)
        : undefined,
    ...poolOf(stores, object, template, memory),
    siblings: ofOwner.flatMap((other) => siblingOf(stores, other, spec.templateRef.name, namespace, memory)),
    runningOfOwner: ofOwner.filter((other) => isRunning(stores, other, memory)).length,
    activity: memory.activityOf(namespace, name),
    claimWarning: claim && isUnbound(claim) ? warningAbout(stores, claim) : undefined,
    refusal: memory.refusal,
  }
}

const readSession = remembering(parseVdiSession)
const readTemplate = remembering((object: KubeObject): Template | undefined => {
  const parsed = parseVdiTemplate(object)
  return parsed.ok ? templateOf(parsed.object) : undefined
})
const readUser = remembering((object: KubeObject): VdiUserSpec | undefined => {
  const parsed = parseVdiUser(object)
  return parsed.ok ? parsed.object.spec : undefined
})

/** @returns undefined also for one that cannot be read: nothing can be started from it */
function templateNamed(stores: Stores, name: string): Template | undefined {
  const object = stores.templates.get(name)
  return object && readTemplate(object)
}

/** Of several VDIUsers for one person the first counts. */
function userOf(stores: Stores, namespace: string): ObservedSession['user'] {
  const [first] = stores.by.userNamespace.get(namespace).toSorted((a, b) => (age(a) < age(b) ? -1 : 1))
  const spec = first && readUser(first)
  return first && spec ? { name: first.metadata.name, spec } : undefined
}

function age({ metadata }: KubeObject): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.name}`
}

function nodeOf(stores: Stores, pods: readonly KubeObject[], name: string): KubeObject | undefined {
  const pod = pods.find(({ metadata }) => metadata.name === name) ?? pods[0]
  const { nodeName } = fields(pod?.['spec']) as { readonly nodeName?: string }
  return nodeName === undefined ? undefined : stores.nodes.get(nodeName)
}

/** A volume that lies on one node says so in its node affinity; others can be reached from several, or anywhere. */
function homeNodeOf(
  stores: Stores,
  volume: KubeObject | undefined,
  template: TemplateSpec | undefined,
): ObservedSession['homeNode'] {
  const hosts = volume && hostsOf(volume)
  const [name] = hosts ?? []
  if (hosts?.length !== 1 || name === undefined) return undefined
  const node = (stores.nodes.get(name) ??
    stores.nodes.items.find(({ metadata }) => metadata.labels?.[HOSTNAME] === name)) as NodeObject | undefined
  const resource = template && template.gpu.slices > 0 ? template.gpu.resourceName : undefined
  return {
    name: node?.metadata.name ?? name,
    present: node !== undefined,
    ready: node !== undefined && conditionOf(node, 'Ready')?.status === 'True',
    freeSlices: node && resource !== undefined ? freeOn(stores, node, resource) : undefined,
  }
}

const HOSTNAME = 'kubernetes.io/hostname'

interface NodeTerm {
  readonly matchExpressions?: readonly {
    readonly key: string
    readonly operator: string
    readonly values?: readonly string[]
  }[]
}

function hostsOf(volume: KubeObject): readonly string[] {
  const { nodeAffinity } = fields(volume['spec']) as {
    readonly nodeAffinity?: { readonly required?: { readonly nodeSelectorTerms?: readonly NodeTerm[] } }
  }
  const terms = nodeAffinity?.required?.nodeSelectorTerms ?? []
  return terms.flatMap(({ matchExpressions = [] }) =>
    matchExpressions.flatMap(({ key, operator, values = [] }) => (key === HOSTNAME && operator === 'In' ? values : [])),
  )
}

/** Slices that a start now would find: of nodes that take pods, less what waits for a place already. */
function freeAnywhere(stores: Stores, resource: string): number {
  return freeSlices(stores, resource) - waitingSlices(stores, resource)
}

function siblingOf(
  stores: Stores,
  other: KubeObject,
  template: string,
  namespace: string,
  memory: SessionMemory,
): ObservedSession['siblings'] {
  const parsed = readSession(other)
  if (!parsed.ok || parsed.object.spec.templateRef.name !== template || other.metadata.namespace !== namespace)
    return []
  const { name } = other.metadata
  const place = `${namespace}/${name}`
  // a desktop of the pool that was claimed lets go of nothing that is anybody's but a place among the allowed ones
  const held = [...stores.by.podSession.get(place), ...stores.by.poolClaimer.get(place)]
  return [
    {
      name,
      running: isRunning(stores, other, memory),
      startedAt: epochOf(parsed.object.status.startedAt),
      ending: !memory.isStarting(namespace, name) && held.length > 0 && held.every(isEnding),
      removing: isEnding(other),
    },
  ]
}

/** It has a pod, an ending one too, or is getting one; or a desktop of the pool is its own. */
function isRunning(stores: Stores, { metadata }: KubeObject, memory: SessionMemory): boolean {
  const { namespace = '', name } = metadata
  const place = `${namespace}/${name}`
  return (
    stores.by.podSession.get(place).length > 0 ||
    stores.by.poolClaimer.get(place).length > 0 ||
    memory.isStarting(namespace, name)
  )
}

/** What of the warm pool concerns a session: what it has claimed, what it may claim, and what its person has there. */
function poolOf(
  stores: Stores,
  session: KubeObject,
  template: Template | undefined,
  memory: SessionMemory,
): Pick<ObservedSession, 'claimed' | 'warm' | 'share'> {
  const { namespace = '', name, uid } = session.metadata
  if (isOfPool(session)) return NO_POOL
  const desktop = (object: KubeObject): PoolDesktop => poolDesktop(stores, object, memory)
  const claimed = stores.by.poolClaimer
    .get(`${namespace}/${name}`)
    .filter((object) => claimOf(object)?.uid === uid)
    .map(desktop)
    .toSorted((a, b) => (a.claim?.ms ?? 0) - (b.claim?.ms ?? 0))
  const idle = template?.spec.storage.home ? [] : stores.by.poolTemplate.get(template?.id ?? '')
  const warm = idle.filter((object) => claimOf(object) === undefined && !isEnding(object))
  const elsewhere = stores.by.poolClaimPlace.get(namespace).filter((object) => {
    const claim = claimOf(object)
    return claim && stores.sessions.get(claim.name, namespace) !== undefined
  })
  const own = stores.by.sessionNamespace.get(namespace)
  // a claim that is being written is in none of the stores yet
  const unsettled =
    stores.by.sessionNamespace.get(WARM_POOL_NAMESPACE).length > 0 &&
    own.some((other) => other.metadata.name !== name && memory.isStarting(namespace, other.metadata.name))
  if (warm.length === 0 && elsewhere.length === 0 && !unsettled) return { ...NO_POOL, claimed }
  const podsOf = ({ metadata }: KubeObject): readonly PodObject[] =>
    stores.by.podSession.get(`${metadata.namespace ?? ''}/${metadata.name}`) as readonly PodObject[]
  return {
    claimed,
    warm: warm.toSorted((a, b) => (age(a) < age(b) ? -1 : 1)).map(desktop),
    share: {
      here: own.flatMap(podsOf),
      inPool: elsewhere.flatMap(podsOf),
      unsettled,
    },
  }
}

const NO_POOL = { claimed: [], warm: [], share: undefined } as const

function poolDesktop(stores: Stores, session: KubeObject, memory: SessionMemory): PoolDesktop {
  const { namespace = '', name } = session.metadata
  const parsed = readSession(session)
  const pods = stores.by.podSession.get(`${namespace}/${name}`)
  const secret = stores.secrets.get(accessName(name), namespace)
  return {
    session,
    claim: claimOf(session),
    wanted: parsed.ok && parsed.object.spec.desiredState === 'Running',
    status: parsed.ok ? parsed.object.status : parsed.status,
    pods,
    node: nodeOf(stores, pods, name),
    secret,
    pinned: secret && pinnedOf(secret),
    service: stores.services.get(mediaName(name), namespace),
    rights: stores.roleBindings.get(name, namespace),
    rightsSeenAt: claimOf(session) ? memory.rightsSeenAt(name) : undefined,
    activity: memory.activityOf(namespace, name),
  }
}

function isUnbound(claim: KubeObject): boolean {
  return (fields(claim['status']) as { readonly phase?: string }).phase !== 'Bound'
}

/** The latest warning about a claim, in the cluster's words. */
function warningAbout(stores: Stores, { metadata }: KubeObject): string | undefined {
  const events = stores.by.eventClaim.get(`${metadata.namespace ?? ''}/${metadata.name}`) as readonly (KubeObject & {
    readonly message?: string
    readonly lastTimestamp?: string | null
    readonly eventTime?: string | null
  })[]
  const when = ({ lastTimestamp, eventTime, metadata: { creationTimestamp } }: (typeof events)[number]): string =>
    lastTimestamp ?? eventTime ?? creationTimestamp ?? ''
  return events.toSorted((a, b) => (when(a) < when(b) ? 1 : -1))[0]?.message
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
