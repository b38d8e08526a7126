// The cluster view's numbers and maps, as tables: real shapes of nodes and pods in, what people see out.
import { describe, expect, it } from 'vitest'
import { ANNOTATION, LABEL, WARM_POOL_USER } from '../product.ts'
import { WARM_POOL_NAMESPACE } from './names.ts'
import { keepNode, keepPod, requestOf, type NodeObject, type PodObject } from './cluster-objects.ts'
import { inventorySnapshotSchema, type GpuNode } from './gpu.ts'
import { gpuInventory } from './gpu-inventory.ts'

const SLICE = 'nvidia.com/gpu.shared'
/** 2026-11-24T12:00:00Z */
const NOW = 1_795_521_600_000
const A = 'GPU-aaaa'
const B = 'GPU-bbbb'

interface NodeWish {
  readonly resource?: string
  readonly capacity?: number
  readonly allocatable?: number
  readonly labels?: Record<string, string>
  readonly ready?: string
  readonly spec?: NodeObject['spec']
}
const TWO_BY_EIGHT = { 'nvidia.com/gpu.count': '2', 'nvidia.com/gpu.replicas': '8' }

function node(name: string, wish: NodeWish = {}): NodeObject {
  const { resource = SLICE, capacity = 16, allocatable = capacity, labels = TWO_BY_EIGHT, ready = 'True' } = wish
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: wish.spec ?? {},
    status: {
      capacity: { cpu: '64', [resource]: String(capacity) },
      allocatable: { cpu: '64', [resource]: String(allocatable) },
      conditions: [{ type: 'Ready', status: ready }],
    },
  }
}

interface PodWish {
  readonly node?: string
  readonly resource?: string
  readonly slices?: number
  /** Ids as the kubelet writes them. */
  readonly ids?: readonly string[]
  readonly health?: string
  readonly phase?: string
  readonly ending?: boolean
  readonly owner?: string
  readonly message?: string
  readonly ready?: boolean
}
function pod(name: string, wish: PodWish = {}): PodObject {
  const { resource = SLICE, slices = 1, ids, health = 'Healthy', owner } = wish
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'team',
      creationTimestamp: '2026-11-24T11:00:00Z',
      ...(wish.ending && { deletionTimestamp: '2026-11-24T11:59:00Z' }),
      ...(owner !== undefined && {
        labels: { [LABEL.session]: name, [LABEL.template]: 'cad' },
        annotations: { [ANNOTATION.owner]: owner, [ANNOTATION.displayName]: `${owner}'s CAD` },
      }),
    },
    spec: {
      ...(wish.node !== undefined && { nodeName: wish.node }),
      containers: [{ name: 'desktop', resources: slices > 0 ? { limits: { [resource]: String(slices) } } : {} }],
    },
    status: {
      phase: wish.phase ?? (wish.node === undefined ? 'Pending' : 'Running'),
      conditions: [
        ...(wish.ready === false ? [] : [{ type: 'Ready', status: wish.node === undefined ? 'False' : 'True' }]),
        ...(wish.message === undefined
          ? []
          : [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: wish.message }]),
      ],
      ...(ids && {
        containerStatuses: [
          {
            name: 'desktop',
            allocatedResourcesStatus: [
              { name: resource, resources: ids.map((resourceID) => ({ resourceID, health })) },
            ],
          },
        ],
      }),
    },
  }
}

const see = (
  nodes: readonly NodeObject[],
  pods: readonly PodObject[] = [],
  canStop: (namespace: string) => boolean = () => true,
) => gpuInventory(nodes, pods, NOW, { clusterId: 'c1', canStop })
/** A node's map, one word a GPU: `.` free, `#` held, `~` releasing, `!` unhealthy. */
const map = (found: GpuNode | undefined): string[] =>
  (found?.gpus ?? []).map(({ slices }) =>
    slices.map(({ state }) => ({ free: '.', held: '#', releasing: '~', unhealthy: '!' })[state]).join(''),
  )
const many = (count: number, make: (at: number) => PodObject): PodObject[] =>
  Array.from({ length: count }, (_, at) => make(at))

describe('the slice map', () => {
  it('shows two GPUs by eight, each holder on its own slice', () => {
    const { nodes, totals } = see(
      [node('n1')],
      [pod('one', { node: 'n1', ids: [`${A}::3`], owner: 'alice' }), pod('two', { node: 'n1', ids: [`${B}::0`] })],
    )
    expect(map(nodes[0])).toStrictEqual(['...#....', '#.......'])
    expect(totals).toStrictEqual({ total: 16, used: 2, free: 14, unhealthy: 0, waiting: 0 })
    expect(nodes[0]).toMatchObject({ name: 'n1', ready: true, schedulable: true, resource: SLICE, unplaced: [] })
    expect(nodes[0]).not.toHaveProperty('note')
    expect(nodes[0]?.gpus[0]).toMatchObject({ id: A, uuid: A })
    expect(nodes[0]?.gpus[0]?.slices[3]?.holder).toStrictEqual({
      namespace: 'team',
      pod: 'one',
      person: 'alice',
      title: "alice's CAD",
      sessionId: 'c1/team/one',
      since: NOW - 3_600_000,
    })
  })
  it('names who has claimed a desktop of the warm pool, or says that it waits for somebody', () => {
    const ofPool = (name: string): PodObject => {
      const made = pod(name, { node: 'n1', owner: WARM_POOL_USER })
      return { ...made, metadata: { ...made.metadata, namespace: WARM_POOL_NAMESPACE } }
    }
    const claimer = { person: 'ann', namespace: 'vdi-u-ann', name: 'kiosk-1' }
    const { sessions, nodes } = gpuInventory([node('n1')], [ofPool('warm-a'), ofPool('warm-b')], NOW, {
      clusterId: 'c1',
      canStop: () => true,
      claimerOf: (session) => (session === 'warm-a' ? claimer : undefined),
    })
    expect(sessions.map(({ person, title, pod: name }) => [person, title, name])).toStrictEqual([
      ['Warm pool', `${WARM_POOL_USER}'s CAD, waiting for somebody`, 'warm-b'],
      ['ann', `${WARM_POOL_USER}'s CAD`, 'warm-a'],
    ])
    const holders = [
      ...(nodes[0]?.unplaced ?? []),
      ...(nodes[0]?.gpus ?? []).flatMap(({ slices }) => slices.map(({ holder }) => holder)),
    ]
    expect(
      holders.filter((one) => one !== undefined).map(({ person, sessionId }) => [person, sessionId]),
    ).toStrictEqual([
      ['ann', 'c1/vdi-u-ann/kiosk-1'],
      ['Warm pool', undefined],
    ])
    // without the right to read who it is nobody is named
    expect(see([node('n1')], [ofPool('warm-a')]).sessions[0]?.person).toBe('Warm pool')
  })
  it('names the model and memory where labels do', () => {
    const labels = { ...TWO_BY_EIGHT, 'nvidia.com/gpu.product': 'NVIDIA-L40S-SHARED', 'nvidia.com/gpu.memory': '46068' }
    const [found] = see([node('n1', { labels })]).nodes
    expect(found?.gpus[1]).toMatchObject({ id: '1', model: 'NVIDIA L40S', memoryMiB: 46_068 })
  })
  it('lets the 17th wait, and says why', () => {
    const message = '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.shared.'
    const pods = many(16, (at) => pod(`p${at}`, { node: 'n1', ids: [`${at < 8 ? A : B}::${at % 8}`], owner: `u${at}` }))
    const { totals, waiting, sessions } = see([node('n1')], [...pods, pod('late', { owner: 'zoe', message })])
    expect(totals).toStrictEqual({ total: 16, used: 16, free: 0, unhealthy: 0, waiting: 1 })
    expect(waiting).toStrictEqual([
      {
        namespace: 'team',
        pod: 'late',
        person: 'zoe',
        title: "zoe's CAD",
        sessionId: 'c1/team/late',
        since: NOW - 3_600_000,
        reason: 'No free GPU slice. It starts by itself when one comes free.',
        raw: message,
      },
    ])
    expect(sessions).toHaveLength(17)
    expect(sessions.find(({ pod: name }) => name === 'late')).toMatchObject({ state: 'waiting', slices: 1 })
    expect(sessions.find(({ pod: name }) => name === 'p9')).toMatchObject({ state: 'running', node: 'n1', gpu: B })
  })
  it('says that a GPU is gone when more is held than the node has, and offers nothing that the scheduler would not', () => {
    const pods = [
      ...many(4, (at) => pod(`a${at}`, { node: 'n1', ids: [`${A}::${at}`] })),
      ...many(6, (at) => pod(`b${at}`, { node: 'n1', ids: [`${B}::${at}`], health: 'Unhealthy' })),
    ]
    const labels = { 'nvidia.com/gpu.count': '1', 'nvidia.com/gpu.replicas': '8' }
    const { nodes, totals } = see([node('n1', { capacity: 8, labels })], pods)
    expect(totals).toStrictEqual({ total: 8, used: 10, free: 0, unhealthy: 0, waiting: 0 })
    expect(map(nodes[0])).toStrictEqual(['####!!!!', '!!!!!!'])
    expect(nodes[0]?.note).toBe('A GPU is gone: 10 slices are held, the node still offers 8.')
  })
  it('says so too when the labels still name the GPU that is gone', () => {
    const [found] = see([node('n1', { capacity: 8 })], [pod('p', { node: 'n1', ids: [`${B}::1`] })]).nodes
    expect(found?.note).toBe('A GPU is gone: 1 slice is held, the node still offers 8.')
    expect(map(found)).toStrictEqual(['.#......'])
  })
  it('keeps what runs when the plugin is gone, and offers nothing', () => {
    const { nodes, totals } = see(
      [node('n1', { allocatable: 0 })],
      [pod('p', { node: 'n1', ids: [`${A}::0`], owner: 'alice' })],
    )
    expect(totals).toStrictEqual({ total: 16, used: 1, free: 0, unhealthy: 15, waiting: 0 })
    expect(map(nodes[0])).toStrictEqual(['#!!!!!!!', '!!!!!!!!'])
    expect(nodes[0]?.note).toBe('The GPU plugin is gone: running desktops go on, nothing new starts here.')
  })
  it('tells a node whose plugin never came from one without GPUs', () => {
    const { nodes } = see([
      node('plain', { capacity: 0, labels: {} }),
      node('mute', { capacity: 0, labels: { 'nvidia.com/gpu.count': '2' } }),
    ])
    expect(nodes.map(({ name, note, gpus }) => [name, note, gpus.length])).toStrictEqual([
      ['mute', 'Its labels name 2 GPUs, but no GPU plugin offers slices here.', 0],
      ['plain', undefined, 0],
    ])
  })
  it('shows slices that the node no longer offers', () => {
    const { nodes, totals } = see([node('n1', { allocatable: 13 })], [pod('p', { node: 'n1', ids: [`${A}::0`] })])
    expect(totals).toMatchObject({ total: 16, used: 1, free: 12, unhealthy: 3 })
    expect(map(nodes[0])).toStrictEqual(['#.......', '.....!!!'])
    expect(nodes[0]?.note).toBe('3 of 16 slices are unhealthy: the node does not offer them.')
  })
  it('counts no free slice on nodes that take nothing new, and says why', () => {
    const { nodes, totals } = see([
      node('closed', { spec: { unschedulable: true } }),
      node('dark', { ready: 'Unknown' }),
    ])
    expect(totals).toMatchObject({ total: 32, free: 0 })
    expect(nodes.map(({ ready, schedulable, note }) => ({ ready, schedulable, note }))).toStrictEqual([
      { ready: true, schedulable: false, note: 'Cordoned: what runs goes on, nothing new starts here.' },
      { ready: false, schedulable: false, note: 'The node does not answer (not ready): nothing new starts here.' },
    ])
  })
  it('takes whole GPUs as one slice each', () => {
    const resource = 'nvidia.com/gpu'
    const { nodes } = see(
      [node('n1', { resource, capacity: 4, labels: {} })],
      [pod('p', { node: 'n1', resource, slices: 2, ids: [A, B] })],
    )
    expect(map(nodes[0])).toStrictEqual(['#', '#', '.', '.'])
    expect(nodes[0]?.gpus.map(({ id }) => id)).toStrictEqual([A, B, '2', '3'])
  })
  it('prefers what a node has over what it once had', () => {
    const both = node('n1', { capacity: 8, labels: { 'nvidia.com/gpu.count': '1' } })
    const status = { ...both.status, capacity: { ...both.status?.capacity, 'nvidia.com/gpu': '0' } }
    expect(see([{ ...both, status }]).nodes[0]?.resource).toBe(SLICE)
  })
  it('keeps count where the API tells no GPU, without naming one', () => {
    const { nodes, totals } = see(
      [node('n1')],
      many(3, (at) => pod(`p${at}`, { node: 'n1' })),
    )
    expect(map(nodes[0])).toStrictEqual(['###.....', '........'])
    expect(nodes[0]?.gpus.flatMap(({ slices }) => slices).filter(({ holder }) => holder)).toStrictEqual([])
    expect(nodes[0]?.unplaced.map(({ pod: name }) => name)).toStrictEqual(['p0', 'p1', 'p2'])
    expect(totals).toMatchObject({ used: 3, free: 13 })
  })
  it('needs no word from the API where a node has one GPU', () => {
    const labels = { 'nvidia.com/gpu.count': '1' }
    const [found] = see(
      [node('n1', { capacity: 4, labels })],
      [pod('silent', { node: 'n1' }), pod('told', { node: 'n1', ids: [`${A}::0`] })],
    ).nodes
    expect(found?.unplaced).toStrictEqual([])
    expect(found?.gpus[0]?.slices.map(({ holder }) => holder?.pod)).toStrictEqual([
      'told',
      'silent',
      undefined,
      undefined,
    ])
  })
  it('counts strangers, what is ending, and nothing that has ended', () => {
    const { nodes, totals, sessions } = see(
      [node('n1')],
      [
        pod('training', { node: 'n1', ids: [`${A}::0`, `${A}::1`], slices: 2 }),
        pod('leaving', { node: 'n1', ids: [`${B}::5`], ending: true, owner: 'bob' }),
        pod('over', { node: 'n1', ids: [`${B}::6`], phase: 'Failed', owner: 'carol' }),
        pod('done', { node: 'n1', phase: 'Succeeded' }),
        pod('no-gpu', { node: 'n1', slices: 0, owner: 'dave', ready: false }),
      ],
    )
    expect(map(nodes[0])).toStrictEqual(['##......', '.....~..'])
    expect(totals).toMatchObject({ used: 3, free: 13 })
    expect(nodes[0]?.gpus[0]?.slices[1]?.holder).toMatchObject({ person: 'team', title: 'training' })
    expect(nodes[0]?.gpus[0]?.slices[1]?.holder).not.toHaveProperty('sessionId')
    expect(sessions.map(({ person, state }) => [person, state])).toStrictEqual([
      ['bob', 'ending'],
      ['carol', 'failed'],
      ['dave', 'starting'],
    ])
  })
  it('says what keeps others away, and not what the GPU itself asks for', () => {
    const taints = [
      { key: 'nvidia.com/gpu', effect: 'NoSchedule' },
      { key: 'example.com/lab', effect: 'NoSchedule' },
    ]
    expect(see([node('n1', { spec: { taints } })]).nodes[0]?.note).toBe(
      'Only what tolerates example.com/lab starts here.',
    )
  })
  it('leaves a pod of others that waits for no GPU out of the wait', () => {
    const message = '0/1 nodes are available: 1 Insufficient cpu.'
    const { waiting } = see(
      [node('n1')],
      [pod('job', { slices: 0, message }), pod('ours', { slices: 0, owner: 'al', message })],
    )
    expect(waiting.map(({ pod: name }) => name)).toStrictEqual(['ours'])
  })
  it('lets stop only where it is allowed', () => {
    const { sessions } = see([node('n1')], [pod('p', { node: 'n1', owner: 'al' })], (namespace) => namespace !== 'team')
    expect(sessions[0]?.canStop).toBe(false)
  })
  it('reads the same from what is kept of the objects, which leaves out what it does not read', () => {
    const heavy = { images: [{ names: ['a'] }], managedFields: [], annotations: { 'example.com/notes': 'canary' } }
    const one = node('n1', { spec: { taints: [{ key: 'example.com/lab', effect: 'NoSchedule' }] } })
    const full = { ...one, metadata: { ...one.metadata, ...heavy }, status: { ...one.status, ...heavy } }
    const guest = pod('p', { node: 'n1', ids: [`${A}::0`], owner: 'al' })
    const annotations = { ...guest.metadata.annotations, ...heavy.annotations }
    const pods = [
      { ...guest, metadata: { ...guest.metadata, managedFields: [], annotations } },
      pod('late', { owner: 'zoe', message: '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.shared.' }),
    ]
    const kept = [keepNode(full), ...pods.map((entry) => keepPod(entry))]
    expect(
      see(
        [keepNode(full)],
        pods.map((entry) => keepPod(entry)),
      ),
    ).toStrictEqual(see([full], pods))
    expect(JSON.stringify(kept)).not.toMatch(/canary|managedFields|images/)
  })
  it('fits the contract', () => {
    const found = see(
      [node('n1')],
      [pod('p', { node: 'n1', ids: [`${A}::0`], owner: 'al' }), pod('q', { message: 'x' })],
    )
    const snapshot = { clusterId: 'c1', access: 'full', state: 'live', since: NOW, ...found }
    expect(inventorySnapshotSchema.parse(snapshot)).toStrictEqual(snapshot)
  })
})

describe('what a pod takes', () => {
  const asks = (slices: number) => ({ resources: { limits: { [SLICE]: String(slices) } } })
  it.each([
    ['containers together', { containers: [asks(1), asks(2)] }, 3],
    ['the largest init container', { containers: [asks(1)], initContainers: [asks(4), asks(2)] }, 4],
    ['sidecars for good', { containers: [asks(1)], initContainers: [{ ...asks(2), restartPolicy: 'Always' }] }, 3],
    [
      'an init container beside a sidecar',
      { containers: [], initContainers: [{ ...asks(1), restartPolicy: 'Always' }, asks(2)] },
      3,
    ],
    ['nothing', { containers: [] }, 0],
  ])('%s', (_, { containers, initContainers = [] }: { containers: object[]; initContainers?: object[] }, count) => {
    const named = (all: object[]) => all.map((container, at) => ({ name: `c${at}`, ...container }))
    const spec = { containers: named(containers), initContainers: named(initContainers) }
    expect(requestOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec }, SLICE)).toBe(count)
  })
})
