// The cluster view's states as topics: a busy cluster of three kinds of nodes, and each way in which less is known.
import type {
  AdminSession,
  Gpu,
  GpuNode,
  InventorySnapshot,
  Slice,
  SliceHolder,
  Waiting,
} from '../../shared/domain/gpu.ts'

const MINUTE = 60_000

export function holderFixture(person: string, title = 'Ubuntu desktop', more: Partial<SliceHolder> = {}): SliceHolder {
  const pod = more.pod ?? `${title.slice(0, 2).toLowerCase()}-${person}-41c0`
  return {
    namespace: `vdi-${person}`,
    pod,
    person,
    title,
    sessionId: `lab/vdi-${person}/${pod}`,
    since: Date.now() - 190 * MINUTE,
    ...more,
  }
}

/** A GPU from a line such as "alice - ? ~farid x": a name holds, - is free, ? is held untold, ~name releases, x is unhealthy. */
export function gpuFixture(node: string, id: string, model: string, line: string, titles: readonly string[] = []): Gpu {
  const slices = line.split(' ').map((word, index): Slice => {
    const title = titles[index % Math.max(1, titles.length)] ?? 'Ubuntu desktop'
    if (word === '-') return { index, state: 'free' }
    if (word === '?') return { index, state: 'held' }
    if (word === 'x') return { index, state: 'unhealthy' }
    const releases = word.startsWith('~')
    const person = releases ? word.slice(1) : word
    const pod = `${title.slice(0, 2).toLowerCase()}-${person}-${node.slice(-1)}${id}c${index}`
    const since = Date.now() - (12 + ((index * 37) % 400)) * MINUTE
    return { index, state: releases ? 'releasing' : 'held', holder: holderFixture(person, title, { pod, since }) }
  })
  return { id, uuid: `GPU-4d3c2b1a-9f0e-4b6d-8a7c-${node.replaceAll('-', '')}${id}`, model, memoryMiB: 49_140, slices }
}

const TITLES = ['Ubuntu desktop', 'CAD workstation', 'Blender']
const shared = { ready: true, schedulable: true, resource: 'nvidia.com/gpu.shared', unplaced: [] }
const nodes: readonly GpuNode[] = [
  {
    ...shared,
    name: 'gpu-a',
    gpus: [
      gpuFixture(
        'gpu-a',
        '0',
        'NVIDIA-L40S',
        'alice carol dmitri jon kim ~farid lena mia noor omar quinn tara',
        TITLES,
      ),
      gpuFixture('gpu-a', '1', 'NVIDIA-L40S', 'emi grace ivan priya - rosa sam - - - - -', TITLES),
    ],
  },
  {
    ...shared,
    name: 'gpu-b',
    note: 'GPU 1 is unhealthy: nothing starts on it until its plugin reports it healthy.',
    gpus: [
      gpuFixture('gpu-b', '0', 'NVIDIA-L40S', 'hana victor alice - wen - - - - - - -', TITLES),
      gpuFixture('gpu-b', '1', 'NVIDIA-L40S', 'x x x x x x x x x x x x'),
    ],
  },
  {
    ...shared,
    name: 'gpu-c',
    gpus: [
      gpuFixture('gpu-c', '0', 'NVIDIA-RTX-6000-Ada', 'yara carol zoe bob dmitri farid kim wen', TITLES),
      gpuFixture('gpu-c', '1', 'NVIDIA-RTX-6000-Ada', 'grace omar priya tara jon mia victor ?', TITLES),
    ],
    unplaced: [holderFixture('noor', 'render-batch-7', { pod: 'render-batch-7', sessionId: undefined })],
  },
]
const cpuNode: GpuNode = { name: 'cpu-a', ready: true, schedulable: false, gpus: [], unplaced: [] }

/** GPUs whose encoders need a word: none, none as far as known, and few for many slices. */
const encoderNodes: readonly GpuNode[] = [
  { ...shared, name: 'gpu-h', gpus: [gpuFixture('gpu-h', '0', 'NVIDIA H100 80GB HBM3', 'alice bob - - - - - -')] },
  { ...shared, name: 'gpu-i', gpus: [gpuFixture('gpu-i', '0', 'NVIDIA A30', 'carol - - -')] },
  {
    ...shared,
    name: 'gpu-j',
    gpus: ['0', '1'].map((id) => gpuFixture('gpu-j', id, 'NVIDIA GeForce RTX 4090', 'dmitri emi - - - - - -')),
  },
  { ...shared, name: 'gpu-k', gpus: [gpuFixture('gpu-k', '0', 'NVIDIA GeForce RTX 4080', 'farid - - -')] },
  { ...shared, name: 'gpu-l', gpus: [gpuFixture('gpu-l', '0', 'NVIDIA L4', 'grace - - -')] },
]

const waiting: readonly Waiting[] = [
  {
    ...holderFixture('alice', 'CAD workstation', { pod: 'cad-alice-7f2c' }),
    since: Date.now() - 6 * MINUTE,
    reason: 'All 16 RTX 6000 Ada slices are in use. It starts by itself when one is free.',
    raw: "0/4 nodes are available: 1 Insufficient nvidia.com/gpu.shared, 3 node(s) didn't match Pod's node affinity/selector.",
  },
  {
    ...holderFixture('hugo', 'Ubuntu desktop', { pod: 'ub-hugo-1c9e' }),
    since: Date.now() - 2 * MINUTE,
    reason: 'The home is still attached to gpu-b. Kubernetes lets go of it by itself within 6 min.',
  },
]

function sessionsOf(all: readonly GpuNode[], waits: readonly Waiting[]): readonly AdminSession[] {
  const held = all.flatMap((node) => [
    ...node.gpus.flatMap((gpu) =>
      gpu.slices.flatMap(({ holder, state }): readonly AdminSession[] =>
        holder ? [adminSession(holder, state === 'releasing' ? 'ending' : 'running', node.name, gpu.uuid)] : [],
      ),
    ),
  ])
  const seen = new Map(held.map((session) => [`${session.namespace}/${session.pod}`, session]))
  return [...waits.map((one) => adminSession(one, 'waiting')), ...seen.values()]
}

function adminSession(
  holder: SliceHolder | Waiting,
  state: AdminSession['state'],
  node?: string,
  gpu?: string,
): AdminSession {
  const { namespace, pod, person, title, since } = holder
  return {
    namespace,
    pod,
    person,
    title,
    template: title,
    state,
    ...(node === undefined ? {} : { node }),
    ...(gpu === undefined ? {} : { gpu }),
    slices: 1,
    ...(since === undefined ? {} : { since }),
    canStop: person !== 'quinn',
  }
}

export function inventoryFixture(more: Partial<InventorySnapshot> = {}): InventorySnapshot {
  const all = more.nodes ?? [...nodes, cpuNode]
  const slices = all.flatMap(({ gpus }) => gpus.flatMap((gpu) => gpu.slices))
  const count = (state: Slice['state']): number => slices.filter((slice) => slice.state === state).length
  const waits = more.waiting ?? waiting
  const used = count('held') + count('releasing')
  return {
    clusterId: 'lab',
    access: 'full',
    state: 'live',
    since: Date.now() - 60 * MINUTE,
    totals: {
      total: slices.length,
      used,
      free: count('free'),
      unhealthy: count('unhealthy'),
      waiting: waits.length,
    },
    nodes: [...all],
    waiting: [...waits],
    sessions: [...sessionsOf(all, waits)],
    ...more,
  }
}

const nothing = { nodes: [], waiting: [], sessions: [] }
/** Inventory by the state's name in the gallery. */
export const INVENTORY_STATES: Readonly<Record<string, InventorySnapshot>> = {
  cluster: inventoryFixture(),
  'cluster-syncing': inventoryFixture({ ...nothing, state: 'syncing' }),
  'cluster-stale': inventoryFixture({ state: 'stale', since: Date.now() - 42_000 }),
  'cluster-forbidden': inventoryFixture({
    ...nothing,
    state: 'forbidden',
    error: {
      code: 'forbidden',
      sentence: 'You may not list the nodes of this cluster.',
      nextStep: 'Ask your admin for the right to list nodes; your own desktops work without it.',
      detail: 'nodes is forbidden: User "alice" cannot list resource "nodes"',
    },
  }),
  'cluster-no-gpus': inventoryFixture({ nodes: [cpuNode], waiting: [], sessions: [] }),
  'cluster-encoders': inventoryFixture({ nodes: [...encoderNodes], waiting: [] }),
  'cluster-none': inventoryFixture({ ...nothing, access: 'none' }),
}
