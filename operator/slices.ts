// How many GPU slices of the cluster are free, and how many pods wait for. Pure, from nodes and pods as the stores hold them.
import {
  conditionOf,
  countOf,
  hasEnded,
  requestOf,
  type NodeObject,
  type PodObject,
} from '../shared/domain/cluster-objects.ts'
import type { Stores } from './stores.ts'

export type SliceStores = Pick<Stores, 'nodes'> & { readonly by: Pick<Stores['by'], 'podNode'> }

/** Slices of a node that nobody holds; a pod that ends holds its slice until it is gone. */
export function freeOn(stores: SliceStores, node: NodeObject, resource: string): number {
  return Math.max(
    0,
    countOf(node.status?.allocatable, resource) - sumOf(stores.by.podNode.get(node.metadata.name), resource),
  )
}

/** Slices that nobody holds, of nodes that take pods. */
export function freeSlices(stores: SliceStores, resource: string): number {
  return (stores.nodes.items as readonly NodeObject[])
    .filter((node) => node.spec?.unschedulable !== true && conditionOf(node, 'Ready')?.status === 'True')
    .reduce((sum, node) => sum + freeOn(stores, node, resource), 0)
}

/** Slices that pods without a place ask for. @param counts which pods; all when left out */
export function waitingSlices(
  stores: SliceStores,
  resource: string,
  counts: (pod: PodObject) => boolean = () => true,
): number {
  return sumOf((stores.by.podNode.get('') as readonly PodObject[]).filter(counts), resource)
}

function sumOf(pods: readonly PodObject[], resource: string): number {
  return pods.reduce((sum, pod) => sum + (hasEnded(pod) ? 0 : requestOf(pod, resource)), 0)
}
