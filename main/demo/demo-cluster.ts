// The demo's cluster in memory: machines, GPUs cut into slices, who holds each, which images are where, who waits.
// No time in it: others call `place` and `release`. First come, first served among those who wait for the same machines.
import { parseQuantity } from '../../shared/domain/quantity.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'

export interface DemoSlice {
  readonly index: number
  readonly holder?: DemoHolder | undefined
}
export interface DemoGpu {
  /** As the driver would name it. */
  readonly uuid: string
  readonly model: string
  readonly memoryGB: number
  readonly slices: readonly DemoSlice[]
}
export interface DemoNode {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly cores: number
  readonly memoryGB: number
  readonly gpus: readonly DemoGpu[]
  readonly images: readonly string[]
}
/** A session as the cluster sees it, ours or somebody else's. */
export interface DemoHolder {
  readonly session: string
  readonly owner: string
  readonly template: string
  /** Epoch ms. */
  readonly since: number
}
export interface DemoWaiter extends DemoHolder {
  /** That it wants. */
  readonly slices: number
  readonly reason: string
}
export interface DemoInventory {
  readonly nodes: readonly DemoNode[]
  /** Every session that is on a machine, with or without a slice. */
  readonly sessions: readonly (DemoHolder & { readonly node: string; readonly slices: number })[]
  readonly waiting: readonly DemoWaiter[]
}

export interface PlaceRequest {
  readonly holder: DemoHolder
  readonly spec: Pick<TemplateSpec, 'nodeSelector' | 'resources'>
  readonly slices: number
  /** Told when it is placed: at once where there is room, else when there is. */
  placed(node: string): void
}

export interface DemoCluster {
  inventory(): DemoInventory
  /** Places it, or lets it wait. @returns whether it was placed at once */
  place(request: PlaceRequest): boolean
  /** Gives everything back that a session holds or waits for. */
  release(session: string): void
  /** Whether a start with these wishes would have to wait; counts only the machines that fit. */
  shortage(spec: PlaceRequest['spec'], slices: number): { readonly slices: number; readonly waiting: number } | null
  hasImage(node: string, image: string): boolean
  addImage(node: string, image: string): void
  onChange(listener: () => void): () => void
}

interface Machine {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly cores: number
  readonly memoryGB: number
  readonly gpus: { readonly uuid: string; readonly holders: (DemoHolder | undefined)[] }[]
  readonly images: Set<string>
  readonly guests: Map<string, { readonly holder: DemoHolder; readonly slices: number; readonly cores: number }>
}

const SLICES_PER_GPU = 4

/** Makes the cluster: two machines with two L40S each in four slices a GPU, and one without. */
export function createDemoCluster(nodes: readonly DemoNodeSpec[] = DEMO_NODES): DemoCluster {
  const machines: readonly Machine[] = nodes.map((node, at) => ({
    ...node,
    gpus: Array.from({ length: node.gpus }, (_, gpu) => ({
      uuid: `GPU-5d3a0${at}c${gpu}-71e4-4c0b-9a52-8f6d2b10e7${at}${gpu}`,
      holders: Array.from<DemoHolder | undefined>({ length: SLICES_PER_GPU }),
    })),
    images: new Set(node.images),
    guests: new Map(),
  }))
  const waiting: PlaceRequest[] = []
  const listeners = new Set<() => void>()
  const changed = (): void => {
    for (const listener of listeners) listener()
  }
  const freeOf = (machine: Machine): number =>
    machine.gpus.reduce((sum, { holders }) => sum + holders.filter((holder) => holder === undefined).length, 0)
  const fits = (machine: Machine, spec: PlaceRequest['spec'], slices: number): boolean => {
    const labels = Object.entries(spec.nodeSelector).every(([key, value]) => machine.labels[key] === value)
    return labels && (slices === 0 || machine.gpus.length > 0)
  }
  const roomOn = (machine: Machine, { spec, slices }: PlaceRequest): boolean => {
    const used = [...machine.guests.values()].reduce((sum, { cores }) => sum + cores, 0)
    return fits(machine, spec, slices) && freeOf(machine) >= slices && used + coresOf(spec) <= machine.cores
  }
  const choose = (request: PlaceRequest): Machine | undefined =>
    machines
      .filter((machine) => roomOn(machine, request))
      // the emptiest first, as the scheduler spreads; what needs no GPU keeps away from those that have some
      .toSorted((a, b) =>
        request.slices > 0 ? freeOf(b) - freeOf(a) : a.gpus.length - b.gpus.length || a.guests.size - b.guests.size,
      )[0]
  const settle = (request: PlaceRequest): boolean => {
    const machine = choose(request)
    if (machine === undefined) return false
    machine.guests.set(request.holder.session, {
      holder: request.holder,
      slices: request.slices,
      cores: coresOf(request.spec),
    })
    for (let left = request.slices; left > 0; left--) {
      const gpu = machine.gpus.toSorted((a, b) => count(a.holders) - count(b.holders))[0]
      const at = gpu?.holders.indexOf(undefined) ?? -1
      if (gpu !== undefined && at >= 0) gpu.holders[at] = request.holder
    }
    request.placed(machine.name)
    return true
  }
  const machineOf = (name: string): Machine | undefined => machines.find((machine) => machine.name === name)

  return {
    inventory: () => ({
      nodes: machines.map(({ name, labels, cores, memoryGB, gpus, images }) => ({
        name,
        labels,
        cores,
        memoryGB,
        images: [...images],
        gpus: gpus.map(({ uuid, holders }) => ({
          uuid,
          model: 'NVIDIA L40S',
          memoryGB: 48,
          slices: holders.map((holder, index) => ({ index, holder })),
        })),
      })),
      sessions: machines.flatMap(({ name, guests }) =>
        [...guests.values()].map(({ holder, slices }) => ({ ...holder, node: name, slices })),
      ),
      waiting: waiting.map(({ holder, slices }) => ({
        ...holder,
        slices,
        reason: slices > 0 ? 'No free GPU slice.' : 'No machine has room.',
      })),
    }),
    place(request) {
      const rivals = waiting.some(({ spec }) => sameMachines(spec, request.spec))
      const placed = !(rivals && request.slices > 0) && settle(request)
      if (!placed) waiting.push(request)
      changed()
      return placed
    },
    release(session) {
      const index = waiting.findIndex(({ holder }) => holder.session === session)
      if (index >= 0) waiting.splice(index, 1)
      for (const machine of machines) {
        machine.guests.delete(session)
        for (const { holders } of machine.gpus)
          for (const [at, holder] of holders.entries()) if (holder?.session === session) holders[at] = undefined
      }
      for (const request of [...waiting]) if (settle(request)) waiting.splice(waiting.indexOf(request), 1)
      changed()
    },
    shortage(spec, slices) {
      if (slices === 0) return null
      const able = machines.filter((machine) => fits(machine, spec, slices))
      if (able.some((machine) => freeOf(machine) >= slices)) return null
      const held = able.reduce((sum, { gpus }) => sum + gpus.length * SLICES_PER_GPU, 0)
      return { slices: held, waiting: waiting.filter((request) => sameMachines(request.spec, spec)).length }
    },
    hasImage: (node, image) => machineOf(node)?.images.has(image) === true,
    addImage(node, image) {
      machineOf(node)?.images.add(image)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

export interface DemoNodeSpec {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly cores: number
  readonly memoryGB: number
  readonly gpus: number
  readonly images: readonly string[]
}

/** The demo's machines. Images that are listed need no fetching there. */
export const DEMO_NODES: readonly DemoNodeSpec[] = [
  {
    name: 'gpu-a',
    labels: { 'example.com/pool': 'general' },
    cores: 96,
    memoryGB: 384,
    gpus: 2,
    images: ['images.example.com/desktops/ubuntu:26.04'],
  },
  {
    name: 'gpu-b',
    labels: { 'example.com/pool': 'cad' },
    cores: 96,
    memoryGB: 384,
    gpus: 2,
    images: ['images.example.com/desktops/cad:1.9'],
  },
  {
    name: 'cpu-a',
    labels: { 'example.com/pool': 'general' },
    cores: 64,
    memoryGB: 256,
    gpus: 0,
    images: ['images.example.com/desktops/firefox:153'],
  },
]

function coresOf(spec: PlaceRequest['spec']): number {
  return parseQuantity(spec.resources.requests['cpu'] ?? '') ?? 0
}

function count(holders: readonly (DemoHolder | undefined)[]): number {
  return holders.filter((holder) => holder !== undefined).length
}

function sameMachines(a: PlaceRequest['spec'], b: PlaceRequest['spec']): boolean {
  return JSON.stringify(a.nodeSelector) === JSON.stringify(b.nodeSelector)
}
