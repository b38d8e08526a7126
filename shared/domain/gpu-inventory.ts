// The whole cluster for the admin view: nodes with their slices, what waits and why, everybody's desktops. Pure.
// Every pod that takes a slice counts, ours or not; what the API does not tell is left out.
import { ANNOTATION, LABEL } from '../product.ts'
import {
  conditionOf,
  countOf,
  devicesOf,
  epochOf,
  hasEnded,
  isEnding,
  requestOf,
  resourcesOf,
  type NodeObject,
  type PodObject,
} from './cluster-objects.ts'
import type { AdminSession, InventorySnapshot, SliceHolder, Waiting } from './gpu.ts'
import { isGpuResource, mapNode, type NodeMap } from './gpu-map.ts'
import { sessionId, WARM_POOL_NAMESPACE } from './names.ts'
import { waitReason } from './placement.ts'

/** Who has claimed a desktop of the warm pool. */
export interface PoolClaimer {
  readonly person: string
  /** Of their VDISession. */
  readonly namespace: string
  readonly name: string
}

export interface InventoryOptions {
  readonly clusterId: string
  /** @param session name of a desktop of the warm pool. @returns undefined while it waits for somebody, or where nobody may tell */
  claimerOf?(session: string): PoolClaimer | undefined
  /** Whether this person may delete pods there. */
  canStop(namespace: string): boolean
}
/** What nodes and pods tell. */
export type Inventory = Pick<InventorySnapshot, 'totals' | 'nodes' | 'waiting' | 'sessions'>

/**
 * Reads the cluster.
 * @param now epoch ms; stands in where a pod does not say since when it is there
 */
export function gpuInventory(
  nodes: readonly NodeObject[],
  pods: readonly PodObject[],
  now: number,
  options: InventoryOptions,
): Inventory {
  const holderOf = (pod: PodObject): SliceHolder => whoIs(pod, options)
  const byNode = new Map<string, PodObject[]>()
  for (const pod of pods) {
    const name = pod.spec?.nodeName
    if (name === undefined || name === '' || hasEnded(pod)) continue
    const there = byNode.get(name)
    if (there) there.push(pod)
    else byNode.set(name, [pod])
  }
  const maps = nodes.map((node) => mapNode(node, byNode.get(node.metadata.name) ?? [], holderOf))
  const waiting = pods
    .filter((pod) => waits(pod))
    .map((pod): Waiting => waitingOf(pod, nodes, now, options))
    .toSorted((a, b) => a.since - b.since)
  const sessions = pods
    .filter((pod) => pod.metadata.labels?.[LABEL.session] !== undefined)
    .map((pod) => sessionOf(pod, options))
    .toSorted((a, b) => compare(a.person, b.person) || compare(a.title, b.title) || compare(a.pod, b.pod))
  const sum = (pick: (map: NodeMap) => number): number => maps.reduce((total, map) => total + pick(map), 0)
  return {
    totals: {
      total: sum(({ total }) => total),
      used: sum(({ used }) => used),
      // a free slice on a node that takes nothing new helps nobody
      free: sum(({ node, free }) => (node.schedulable ? free : 0)),
      unhealthy: sum(({ unhealthy }) => unhealthy),
      waiting: waiting.length,
    },
    nodes: maps
      .map(({ node }) => node)
      .toSorted(
        (a, b) => Number(b.resource !== undefined) - Number(a.resource !== undefined) || compare(a.name, b.name),
      ),
    waiting,
    sessions,
  }
}

/** Not placed, the scheduler has said why, and it is either a desktop of ours or after a GPU. */
function waits(pod: PodObject): boolean {
  if ((pod.spec?.nodeName ?? '') !== '' || hasEnded(pod) || isEnding(pod)) return false
  if (conditionOf(pod, 'PodScheduled')?.status !== 'False') return false
  return pod.metadata.labels?.[LABEL.session] !== undefined || gpuOf(pod) !== undefined
}

function waitingOf(pod: PodObject, nodes: readonly NodeObject[], now: number, options: InventoryOptions): Waiting {
  const { namespace, pod: name, person, title, sessionId: session } = whoIs(pod, options)
  const scheduled = conditionOf(pod, 'PodScheduled')
  const resource = gpuOf(pod) ?? ''
  const gated = scheduled?.reason === 'SchedulingGated'
  return {
    namespace,
    pod: name,
    person,
    title,
    ...(session !== undefined && { sessionId: session }),
    since: epochOf(pod.metadata.creationTimestamp) ?? now,
    reason: gated
      ? 'Something holds it back on purpose (a scheduling gate). It starts when whoever set the gate opens it.'
      : waitReason(scheduled?.message ?? '', {
          resource,
          slices: resource === '' ? 0 : requestOf(pod, resource),
          largestNode: Math.max(0, ...nodes.map((node) => countOf(node.status?.capacity, resource))),
        }),
    ...(scheduled?.message && { raw: scheduled.message }),
  }
}

function sessionOf(pod: PodObject, options: InventoryOptions): AdminSession {
  const { namespace, pod: name, person, title, since } = whoIs(pod, options)
  const template = pod.metadata.labels?.[LABEL.template]
  const resource = gpuOf(pod)
  const node = pod.spec?.nodeName
  const gpu = resource === undefined ? undefined : devicesOf(pod, resource)[0]?.uuid
  return {
    namespace,
    pod: name,
    person,
    title,
    ...(template !== undefined && { template }),
    state: stateOf(pod),
    ...(node && { node }),
    ...(gpu !== undefined && { gpu }),
    slices: resource === undefined ? 0 : requestOf(pod, resource),
    ...(since !== undefined && { since }),
    canStop: options.canStop(namespace),
  }
}

function stateOf(pod: PodObject): AdminSession['state'] {
  if (isEnding(pod)) return 'ending'
  if (hasEnded(pod)) return 'failed'
  if ((pod.spec?.nodeName ?? '') === '')
    return conditionOf(pod, 'PodScheduled')?.status === 'False' ? 'waiting' : 'starting'
  return conditionOf(pod, 'Ready')?.status === 'True' ? 'running' : 'starting'
}

/** Who a pod belongs to and what it is called, for people. */
function whoIs(pod: PodObject, { clusterId, claimerOf }: InventoryOptions): SliceHolder {
  const { name, namespace = '', labels = {}, annotations = {} } = pod.metadata
  const session = labels[LABEL.session]
  const since =
    epochOf(annotations[ANNOTATION.lastStarted]) ??
    epochOf(pod.status?.startTime) ??
    epochOf(pod.metadata.creationTimestamp)
  const title = (session !== undefined && annotations[ANNOTATION.displayName]) || name
  const isOfPool = session !== undefined && namespace === WARM_POOL_NAMESPACE
  const claimer = isOfPool ? claimerOf?.(session) : undefined
  const own = session === undefined ? undefined : { namespace, name: session }
  // of the pool: whose it is by now, or nobody's
  const place = isOfPool ? claimer : own
  return {
    namespace,
    pod: name,
    // labels and annotations of a stranger's pod say nothing about who it is
    person: isOfPool
      ? (claimer?.person ?? 'Warm pool')
      : (session !== undefined && annotations[ANNOTATION.owner]) || namespace,
    title: isOfPool && claimer === undefined ? `${title}, waiting for somebody` : title,
    ...(place !== undefined && {
      sessionId: sessionId({ clusterId, namespace: place.namespace, name: place.name }),
    }),
    ...(since !== undefined && { since }),
  }
}

/** The GPU resource that a pod asks for. */
function gpuOf(pod: PodObject): string | undefined {
  return [...resourcesOf(pod)].find((name) => isGpuResource(name) && requestOf(pod, name) > 0)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
