// The slice map of one node: its GPUs, which slices are held by whom, and what is wrong with it. Pure; from a node and its pods alone.
// Counts come from the scheduler's numbers (capacity, allocatable, requests); which GPU holds what is told only where the API tells.
import type { Gpu, GpuNode, Slice, SliceHolder } from './gpu.ts'
import {
  conditionOf,
  countOf,
  devicesOf,
  isEnding,
  requestOf,
  type NodeObject,
  type PodObject,
} from './cluster-objects.ts'

/** Labels of NVIDIA's GPU feature discovery. `replicas` is how many slices one GPU is cut into. */
const GFD = {
  count: 'nvidia.com/gpu.count',
  replicas: 'nvidia.com/gpu.replicas',
  product: 'nvidia.com/gpu.product',
  memory: 'nvidia.com/gpu.memory',
} as const

export interface NodeMap {
  readonly node: GpuNode
  /** Slices that the node has by its capacity. */
  readonly total: number
  /** Slices that pods hold, by what they ask for: more than `total` when a GPU is gone. */
  readonly used: number
  /** Slices that the scheduler would give away here. */
  readonly free: number
  /** Slices that nobody holds and nobody gets. */
  readonly unhealthy: number
}

interface Held {
  readonly holder: SliceHolder
  readonly state: 'held' | 'releasing' | 'unhealthy'
}
interface GpuSlots {
  readonly uuid: string | undefined
  readonly slots: (Held | undefined)[]
}

/** Extended resources that are GPUs or slices of them: `nvidia.com/gpu.shared`, `nvidia.com/gpu`, `amd.com/gpu`. */
export function isGpuResource(name: string): boolean {
  return /^[^/]+\/gpu(\.shared)?$/.test(name)
}

/** The GPU resource of a node: slices before whole GPUs, what it has before what it once had. */
export function gpuResourceOf(node: NodeObject): string | undefined {
  const capacity = node.status?.capacity ?? {}
  const rank = (name: string): number =>
    (countOf(capacity, name) > 0 ? 0 : 4) +
    (name.endsWith('.shared') ? 0 : 2) +
    (name.startsWith('nvidia.com/') ? 0 : 1)
  return Object.keys(capacity)
    .filter(isGpuResource)
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0]
}

/**
 * The map of one node.
 * @param pods those on the node that have not ended
 * @param holderOf who a pod is
 */
export function mapNode(
  node: NodeObject,
  pods: readonly PodObject[],
  holderOf: (pod: PodObject) => SliceHolder,
): NodeMap {
  const resource = gpuResourceOf(node)
  const holders = resource === undefined ? [] : pods.filter((pod) => requestOf(pod, resource) > 0)
  const ready = conditionOf(node, 'Ready')?.status === 'True'
  const cordoned = node.spec?.unschedulable === true
  const shell = { name: node.metadata.name, ready, schedulable: ready && !cordoned }
  const labelled = numberLabel(node, GFD.count) ?? 0
  if (resource === undefined || (countOf(node.status?.capacity, resource) === 0 && holders.length === 0)) {
    const idle = labelled > 0 ? `Its labels name ${gpusOf(labelled)}, but no GPU plugin offers slices here.` : ''
    const note = notes([stateNote(ready, cordoned), idle])
    return { node: { ...shell, gpus: [], unplaced: [], ...note }, total: 0, used: 0, free: 0, unhealthy: 0 }
  }
  const total = countOf(node.status?.capacity, resource)
  const offered = countOf(node.status?.allocatable, resource)
  const used = holders.reduce((sum, pod) => sum + requestOf(pod, resource), 0)
  const free = Math.max(0, Math.min(offered, total) - used)
  const gone = used > total && total > 0
  const fewer = fewerGpus(node, total)
  const pluginGone = offered === 0 && (total > 0 || used > 0)

  const { gpus, unplaced, open } = place(node, resource, total, holders, holderOf)
  const drawn = draw(node, gpus, open, free)
  const unhealthy = Math.max(0, total - used - free)
  const note = notes([
    stateNote(ready, cordoned),
    pluginGone ? 'The GPU plugin is gone: running desktops go on, nothing new starts here.' : '',
    !pluginGone && (gone || fewer)
      ? `A GPU is gone: ${used} ${used === 1 ? 'slice is' : 'slices are'} held, the node still offers ${total}.`
      : '',
    !pluginGone && offered < total
      ? `${total - offered} of ${total} slices are unhealthy: the node does not offer them.`
      : '',
    taintNote(node, resource),
  ])
  return { node: { ...shell, resource, gpus: drawn, unplaced, ...note }, total, used, free, unhealthy }
}

/** Puts each holder on its GPU. `open`: slices held on this node of which the GPU is not told. */
function place(
  node: NodeObject,
  resource: string,
  total: number,
  holders: readonly PodObject[],
  holderOf: (pod: PodObject) => SliceHolder,
): { readonly gpus: readonly GpuSlots[]; readonly unplaced: SliceHolder[]; readonly open: number } {
  const told = holders.map((pod) => ({ pod, devices: devicesOf(pod, resource) }))
  const gpus = emptyGpus(
    node,
    resource,
    total,
    told.flatMap(({ devices }) => devices),
  )
  const unplaced: SliceHolder[] = []
  let open = 0
  const [only] = gpus
  for (const { pod, devices } of told) {
    const holder = holderOf(pod)
    const state = isEnding(pod) ? 'releasing' : 'held'
    for (const { uuid, replica, healthy } of devices) {
      const gpu = gpus.find((candidate) => candidate.uuid === uuid)
      if (gpu) put(gpu.slots, replica, { holder, state: healthy ? state : 'unhealthy' })
    }
    const left = requestOf(pod, resource) - devices.length
    if (left <= 0) continue
    if (gpus.length === 1 && only) continue
    unplaced.push(holder)
    open += left
  }
  // a node with one GPU leaves no doubt; after those whose slice is told, so that none is pushed from its own
  if (gpus.length === 1 && only)
    for (const { pod, devices } of told)
      for (let left = requestOf(pod, resource) - devices.length; left > 0; left--)
        put(only.slots, 0, { holder: holderOf(pod), state: isEnding(pod) ? 'releasing' : 'held' })
  return { gpus, unplaced, open }
}

/** The GPUs with their slices, all empty: those whose uuid is told first, then as many as there must be beside. */
function emptyGpus(
  node: NodeObject,
  resource: string,
  total: number,
  devices: readonly { readonly uuid: string; readonly healthy: boolean }[],
): readonly GpuSlots[] {
  const healthy = new Set(devices.filter((device) => device.healthy).map(({ uuid }) => uuid))
  // a GPU that is gone reads as unhealthy at best: what is left belongs to the others
  const uuids = [...new Set(devices.map(({ uuid }) => uuid))].toSorted(
    (a, b) => Number(healthy.has(b)) - Number(healthy.has(a)) || (a < b ? -1 : 1),
  )
  const count = gpuCount(node, resource, total, uuids.length)
  const each = Math.floor(total / count)
  return Array.from({ length: Math.max(count, uuids.length) }, (_, at) => ({
    uuid: uuids[at],
    slots: Array.from<undefined>({ length: at < count ? each + (at < total % count ? 1 : 0) : 0 }),
  }))
}

/** How many GPUs the node's slices are of; at least 1. */
function gpuCount(node: NodeObject, resource: string, total: number, known: number): number {
  const replicas = numberLabel(node, GFD.replicas)
  const labelled = numberLabel(node, GFD.count)
  if (replicas !== undefined && replicas > 0 && total % replicas === 0 && total > 0) return total / replicas
  if (labelled !== undefined && labelled > 0) return labelled
  // a resource that is not shared counts whole GPUs
  if (!resource.endsWith('.shared') && known <= total && total > 0) return total
  return Math.max(1, known)
}

/** The slices are of fewer GPUs than the node's labels name. */
function fewerGpus(node: NodeObject, total: number): boolean {
  const replicas = numberLabel(node, GFD.replicas) ?? 0
  const labelled = numberLabel(node, GFD.count) ?? 0
  return replicas > 0 && total > 0 && total % replicas === 0 && total / replicas < labelled
}

function put(slots: (Held | undefined)[], wanted: number, held: Held): void {
  // a slice that changes hands may be named by two pods for a moment
  const at = slots[wanted] === undefined ? wanted : slots.findIndex((slot) => slot === undefined)
  const index = at < 0 ? slots.length : at
  while (slots.length < index) slots.push(undefined)
  slots[index] = held
}

/** @param open marks without a name @param free how many are left for others: what remains beyond it is not offered */
function draw(node: NodeObject, gpus: readonly GpuSlots[], open: number, free: number): Gpu[] {
  const product = node.metadata.labels?.[GFD.product]
  const memory = numberLabel(node, GFD.memory)
  let marks = open
  let left = free
  const stateOfEmpty = (): Slice['state'] => {
    if (marks > 0) {
      marks -= 1
      return 'held'
    }
    left -= 1
    return left >= 0 ? 'free' : 'unhealthy'
  }
  return gpus.map(({ uuid, slots }, at) => ({
    id: uuid ?? String(at),
    ...(uuid !== undefined && { uuid }),
    // with sharing the discovery adds a suffix to the name, which says nothing about the model
    ...(product !== undefined && { model: product.replace(/-SHARED$/, '').replaceAll('-', ' ') }),
    ...(memory !== undefined && { memoryMiB: memory }),
    slices: slots.map((held, index) =>
      held ? { index, state: held.state, holder: held.holder } : { index, state: stateOfEmpty() },
    ),
  }))
}

function stateNote(ready: boolean, cordoned: boolean): string {
  if (!ready) return 'The node does not answer (not ready): nothing new starts here.'
  return cordoned ? 'Cordoned: what runs goes on, nothing new starts here.' : ''
}

/** Taints of the node's own troubles are told by its state; the GPU's own is tolerated by whoever asks for a GPU. */
function taintNote(node: NodeObject, resource: string): string {
  const keys = (node.spec?.taints ?? [])
    .filter(({ key, effect }) => effect !== 'PreferNoSchedule' && !key.startsWith('node.kubernetes.io/'))
    .filter(({ key }) => key !== resource && !isGpuResource(key))
    .map(({ key }) => key)
  return keys.length === 0 ? '' : `Only what tolerates ${keys.join(' and ')} starts here.`
}

function notes(sentences: readonly string[]): { readonly note?: string } {
  const note = sentences.filter((sentence) => sentence !== '').join(' ')
  return note === '' ? {} : { note }
}

function numberLabel(node: NodeObject, name: string): number | undefined {
  const text = node.metadata.labels?.[name]
  const number = Number(text)
  return text !== undefined && text !== '' && Number.isFinite(number) ? number : undefined
}

function gpusOf(count: number): string {
  return count === 1 ? 'one GPU' : `${count} GPUs`
}
