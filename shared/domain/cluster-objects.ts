// The parts of nodes and pods that the cluster view is read from, and how much of a resource a pod takes. Pure.
// The API server has validated both kinds, so their shape is taken as given; everything may still be absent.
import type { KubeObject } from '../render/types.ts'
import { API_GROUP } from '../product.ts'
import { parseQuantity } from './quantity.ts'

export interface ObjectCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
}
export interface NodeObject extends KubeObject {
  readonly spec?: {
    readonly unschedulable?: boolean
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[]
  }
  readonly status?: {
    readonly capacity?: Readonly<Record<string, string>>
    readonly allocatable?: Readonly<Record<string, string>>
    readonly conditions?: readonly ObjectCondition[]
  }
}
export interface PodContainer {
  readonly name: string
  /** `Always` makes an init container a sidecar that stays. */
  readonly restartPolicy?: string
  readonly resources?: {
    readonly limits?: Readonly<Record<string, string>>
    readonly requests?: Readonly<Record<string, string>>
  }
}
/** Source: Kubernetes, `allocatedResourcesStatus` of a container's status (beta since 1.36; absent where it is off). */
export interface AllocatedStatus {
  readonly name: string
  readonly allocatedResourcesStatus?: readonly {
    readonly name: string
    readonly resources?: readonly { readonly resourceID: string; readonly health?: string }[]
  }[]
}
export interface PodObject extends KubeObject {
  readonly spec?: {
    readonly nodeName?: string
    readonly containers?: readonly PodContainer[]
    readonly initContainers?: readonly PodContainer[]
  }
  readonly status?: {
    readonly phase?: string
    readonly startTime?: string
    readonly conditions?: readonly ObjectCondition[]
    readonly containerStatuses?: readonly AllocatedStatus[]
    readonly initContainerStatuses?: readonly AllocatedStatus[]
  }
}

/** The condition of that type, if the object has it. */
export function conditionOf(object: NodeObject | PodObject, type: string): ObjectCondition | undefined {
  return object.status?.conditions?.find((entry) => entry.type === type)
}

/** A whole number of a resource; 0 where it is absent or unreadable. */
export function countOf(quantities: Readonly<Record<string, string>> | undefined, resource: string): number {
  return Math.trunc(parseQuantity(quantities?.[resource] ?? '') ?? 0)
}

/** It holds nothing any more: ended, with its object still there. */
export function hasEnded({ status }: PodObject): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

/** Somebody has asked for its end; until it is gone it holds what it holds. */
export function isEnding({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined
}

/**
 * How much of an extended resource the scheduler counts for a pod: what its containers and sidecars ask for together, or what one
 * init container asks for beside the sidecars before it, whichever is more. An extended resource's request is its limit.
 */
export function requestOf({ spec }: PodObject, resource: string): number {
  const asks = ({ resources }: PodContainer): number =>
    Math.max(countOf(resources?.requests, resource), countOf(resources?.limits, resource))
  let sidecars = 0
  let most = 0
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') sidecars += asks(container)
    most = Math.max(most, sidecars + (container.restartPolicy === 'Always' ? 0 : asks(container)))
  }
  const together = (spec?.containers ?? []).reduce((sum, container) => sum + asks(container), 0)
  return Math.max(together + sidecars, most)
}

/** Every resource that a pod asks for. */
export function resourcesOf({ spec }: PodObject): ReadonlySet<string> {
  const all = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
  return new Set(all.flatMap(({ resources }) => Object.keys({ ...resources?.requests, ...resources?.limits })))
}

/** A device that the kubelet gave to a pod, as the API tells it. */
export interface AllocatedDevice {
  readonly uuid: string
  /** Which slice of it; 0 for a whole GPU. */
  readonly replica: number
  readonly healthy: boolean
}

/**
 * The devices of a pod. Ids of slices read `<uuid>::<replica>` (NVIDIA's device plugin), those of whole GPUs are the uuid alone.
 * @returns nothing where the cluster does not tell
 */
export function devicesOf({ status }: PodObject, resource: string): readonly AllocatedDevice[] {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  const seen = new Map<string, AllocatedDevice>()
  for (const { allocatedResourcesStatus = [] } of statuses)
    for (const { name, resources = [] } of allocatedResourcesStatus) {
      if (name !== resource) continue
      for (const { resourceID, health } of resources) {
        const [uuid = '', replica = '0'] = resourceID.split('::')
        const index = Number(replica)
        // an init container's device is often the container's own
        seen.set(resourceID, {
          uuid,
          replica: Number.isInteger(index) && index >= 0 ? index : 0,
          healthy: health !== 'Unhealthy',
        })
      }
    }
  return [...seen.values()]
}

/** A Kubernetes time as epoch ms; undefined when absent or unreadable. */
export function epochOf(text: string | undefined): number | undefined {
  // oxlint-disable-next-line no-restricted-globals -- reading a time asks no clock
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

/** As much of a node as is read here: image lists and the like are most of a node, and a cluster may have thousands. */
export function keepNode(node: NodeObject): NodeObject {
  const { apiVersion, kind, metadata, spec, status } = node
  return {
    apiVersion,
    kind,
    metadata: keepMetadata(metadata),
    spec: pick(spec, ['unschedulable', 'taints']),
    status: pick(status, ['capacity', 'allocatable', 'conditions']),
  }
}

/** As much of a pod as is read here. */
export function keepPod(pod: PodObject): PodObject {
  const { apiVersion, kind, metadata, spec, status } = pod
  const container = (one: PodContainer): PodContainer => ({
    ...pick(one, ['restartPolicy', 'resources']),
    name: one.name,
  })
  const allocated = (one: AllocatedStatus): AllocatedStatus => ({
    ...pick(one, ['allocatedResourcesStatus']),
    name: one.name,
  })
  return {
    apiVersion,
    kind,
    metadata: keepMetadata(metadata),
    spec: {
      ...pick(spec, ['nodeName']),
      ...(spec?.containers && { containers: spec.containers.map(container) }),
      ...(spec?.initContainers && { initContainers: spec.initContainers.map(container) }),
    },
    status: {
      ...pick(status, ['phase', 'startTime', 'conditions']),
      ...(status?.containerStatuses && { containerStatuses: status.containerStatuses.map(allocated) }),
      ...(status?.initContainerStatuses && { initContainerStatuses: status.initContainerStatuses.map(allocated) }),
    },
  }
}

function keepMetadata(metadata: KubeObject['metadata']): KubeObject['metadata'] {
  const { annotations, ...rest } = pick(metadata, [
    'namespace',
    'labels',
    'annotations',
    'uid',
    'resourceVersion',
    'creationTimestamp',
    'deletionTimestamp',
  ])
  // others' annotations may hold whole configurations
  const ours = Object.entries(annotations ?? {}).filter(([name]) => name.startsWith(`${API_GROUP}/`))
  return { ...rest, name: metadata.name, ...(ours.length > 0 && { annotations: Object.fromEntries(ours) }) }
}

function pick<T extends object, K extends keyof T>(from: T | undefined, names: readonly K[]): Partial<Pick<T, K>> {
  const kept: Partial<Pick<T, K>> = {}
  for (const name of names) if (from?.[name] !== undefined) kept[name] = from[name]
  return kept
}
