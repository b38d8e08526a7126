// What goes wrong under the operator, each row of its failure table made on purpose on the real cluster: every one ends in the state
// that the table says, the running desktop stays the one that it was, and nothing is made twice or lost.
import type { TestCluster } from '../../cluster/index.ts'
import { freezeDaemon, restartApiServer } from '../../cluster/faults.ts'
import { NODE_SLICES } from '../../cluster/parts.ts'
import {
  applyTemplate,
  expect,
  podsOf,
  readSession,
  test,
  type Person,
  type SeenSession,
} from '../../drivers/operator-app.ts'
import { podOf } from '../../drivers/desktop.ts'
import { KINDS } from '../../drivers/operator-cluster.ts'
import { SLICE, takeSlices } from '../../drivers/slices.ts'
import type { CoreClient } from '../../drivers/core-client.ts'
import type { TemplateSpecInput } from '../../../shared/domain/template.ts'
import type { TopicValue } from '../../../shared/ipc/contract.ts'
import { API_GROUP, API_VERSION, DEFAULT_DESKTOP_IMAGE, PLATFORM_NAMESPACE } from '../../../shared/product.ts'

test.describe.configure({ mode: 'default', timeout: 240_000 })

/** For tests of half a minute and more each: the whole run has to stay short enough to be made for every change. */
function takesLong(): void {
  test.skip(process.env['KASM_LONG'] !== '1', 'NOT RUN: a long test, KASM_LONG=1 runs it')
}

/** From the API server's being ready until the operator makes a pod, and until the app shows the cluster as live. */
const RECOVERY_MS = 10_000
/** Small enough for a machine that is busy with other things. */
const PLAIN: TemplateSpecInput = {
  displayName: 'Chaos',
  image: DEFAULT_DESKTOP_IMAGE,
  resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { cpu: '2', memory: '1Gi' } },
  storage: { home: { size: '1Gi' } },
}
const TEMPLATES = {
  plain: PLAIN,
  // with a home of its own, beside one that runs
  other: PLAIN,
  sliced: { ...PLAIN, gpu: { slices: 1 } },
  imageless: { ...PLAIN, image: 'localhost:5998/no/such:1' },
} satisfies Record<string, TemplateSpecInput>
const nameOf = (template: keyof typeof TEMPLATES): string => `chaos-${template}`

test.beforeAll(async ({ cluster, operator: _installed }) => {
  for (const [name, spec] of Object.entries(TEMPLATES)) await applyTemplate(cluster, `chaos-${name}`, spec)
})
test.afterAll(async ({ cluster }) => {
  const names = Object.keys(TEMPLATES).map((name) => `chaos-${name}`)
  await cluster.tryKubectl(['delete', KINDS.templates, ...names, '--ignore-not-found'])
})

/** One session of a test, as the person's app started it. */
interface Started {
  readonly name: string
  read(): Promise<SeenSession>
  /** Waits for a phase and the reason of its Ready condition. */
  becomes(phase: string, reason: string, timeout?: number): Promise<SeenSession>
}

interface Ground {
  readonly core: CoreClient
  readonly clusterId: string
  readonly cluster: TestCluster
  readonly person: Person
}

async function start({ core, clusterId, cluster, person }: Ground, template: keyof typeof TEMPLATES): Promise<Started> {
  const templateId = nameOf(template)
  await core.wait('library', ({ templates }) => templates.find(({ id }) => id === templateId))
  const { sessionId } = await core.call('sessions.start', { clusterId, templateId })
  const name = podOf(sessionId)
  const read = (): Promise<SeenSession> => readSession(cluster, person.namespace, name)
  return {
    name,
    read,
    async becomes(phase, reason, timeout = 90_000) {
      const now = async (): Promise<string> => {
        const seen = await read()
        return `${seen.status.phase} ${seen.reason}`
      }
      await expect.poll(now, { timeout, intervals: [500] }).toBe(`${phase} ${reason}`)
      return read()
    },
  }
}

/** The pod of a session that runs, by its uid. */
async function running(ground: Ground, template: keyof typeof TEMPLATES = 'plain'): Promise<Started & { uid: string }> {
  const started = await start(ground, template)
  await started.becomes('Ready', 'Ready')
  return { ...started, uid: await onlyPod(ground) }
}

async function onlyPod({ cluster, person }: Ground): Promise<string> {
  const pods = await podsOf(cluster, person)
  expect(pods).toHaveLength(1)
  return pods[0] ?? ''
}

/** The same pod, and its session says that it can be used. */
async function untouched(ground: Ground, session: Started & { readonly uid: string }): Promise<void> {
  await session.becomes('Ready', 'Ready')
  expect(await onlyPod(ground)).toBe(session.uid)
}

const OPERATOR = ['-n', PLATFORM_NAMESPACE, '-l', 'app.kubernetes.io/component=operator']

async function operatorIsUp(cluster: TestCluster): Promise<void> {
  await cluster.kubectl(['wait', 'pods', ...OPERATOR, '--for=condition=Ready', '--timeout=90s'])
}

test('the operator is killed in the middle of a start: another takes over, and one desktop runs', async ({
  core,
  clusterId,
  cluster,
  person,
}) => {
  const ground = { core, clusterId, cluster, person }
  const before = await running(ground)
  const second = await start(ground, 'sliced')
  // both replicas, without a moment to say goodbye
  await cluster.kubectl(['delete', 'pods', ...OPERATOR, '--force', '--grace-period=0', '--wait=false'])
  await second.becomes('Ready', 'Ready', 120_000)
  const pods = await podsOf(cluster, person)
  expect(pods).toHaveLength(2)
  expect(pods).toContain(before.uid)
  expect(pods.some((line) => line.startsWith(`${second.name} `))).toBe(true)
  await operatorIsUp(cluster)
})

test('the API server is started anew: the desktop is the same, and the next start goes well', async ({
  core,
  clusterId,
  cluster,
  person,
}) => {
  takesLong()
  const ground = { core, clusterId, cluster, person }
  const session = await running(ground)
  await restartApiServer()
  const readyAt = Date.now()
  const sinceReady = (): number => Date.now() - readyAt
  // an admin's: it waits for nobody's app
  const asked = 'after-restart'
  const spec = { owner: person.username, templateRef: { name: nameOf('other') }, desiredState: 'Running' }
  const object = { apiVersion: `${API_GROUP}/${API_VERSION}`, kind: 'VDISession', spec }
  await cluster.apply(JSON.stringify({ ...object, metadata: { name: asked, namespace: person.namespace } }))
  const isLive = ({ clusters }: TopicValue<'clusters'>): true | undefined =>
    clusters.some(({ id, state }) => id === clusterId && state === 'live') || undefined
  const [operatorMs, appMs] = await Promise.all([
    cluster.kubectl(['wait', 'pod', asked, '-n', person.namespace, '--for=create', '--timeout=90s']).then(sinceReady),
    core.wait('clusters', isLive, 90_000).then(sinceReady),
  ])
  console.log(JSON.stringify({ spec: 'operator-chaos', operatorActsAfterMs: operatorMs, appIsLiveAfterMs: appMs }))
  expect(operatorMs).toBeLessThan(RECOVERY_MS)
  expect(appMs).toBeLessThan(RECOVERY_MS)
  await session.becomes('Ready', 'Ready')
  const next = await start(ground, 'sliced')
  await next.becomes('Ready', 'Ready')
  expect(await podsOf(cluster, person)).toContain(session.uid)
})

test('a pod that somebody deletes comes again, with the same home', async ({ core, clusterId, cluster, person }) => {
  const ground = { core, clusterId, cluster, person }
  const session = await running(ground)
  const home = (): Promise<string> =>
    cluster.kubectl(['get', 'pvc', '-n', person.namespace, '-o', 'jsonpath={.items[*].metadata.uid}'])
  const claim = await home()
  expect(claim).not.toBe('')
  await cluster.kubectl(['delete', 'pod', session.name, '-n', person.namespace])
  await expect.poll(async () => (await podsOf(cluster, person)).at(0), { timeout: 40_000 }).not.toBe(session.uid)
  await session.becomes('Ready', 'Ready')
  expect(await onlyPod(ground)).not.toBe(session.uid)
  expect(await home()).toBe(claim)
})

test('a quota that is full holds a start up, and it starts by itself when there is room', async ({
  core,
  clusterId,
  cluster,
  person,
}) => {
  takesLong()
  const metadata = { name: 'chaos', namespace: person.namespace }
  await cluster.apply(
    JSON.stringify({ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: '0' } } }),
  )
  const held = ['get', 'quota', 'chaos', '-n', person.namespace, '-o', 'jsonpath={.status.hard.pods}']
  await expect.poll(() => cluster.kubectl(held)).toBe('0')
  try {
    const session = await start({ core, clusterId, cluster, person }, 'plain')
    const { status } = await session.becomes('Pending', 'QuotaExceeded')
    expect(status.conditions?.find(({ type }) => type === 'Reconciling')?.status).toBe('True')
    expect(await podsOf(cluster, person)).toEqual([])
    await cluster.kubectl(['delete', 'quota', 'chaos', '-n', person.namespace])
    await session.becomes('Ready', 'Ready')
  } finally {
    await cluster.tryKubectl(['delete', 'quota', 'chaos', '-n', person.namespace, '--ignore-not-found'])
  }
})

test('an image that nobody has is waited for with its name, by one pod, and removed it leaves nothing', async ({
  core,
  clusterId,
  cluster,
  person,
}) => {
  const ground = { core, clusterId, cluster, person }
  const session = await start(ground, 'imageless')
  const { status } = await session.becomes('Starting', 'ImagePullBackOff')
  const ready = status.conditions?.find(({ type }) => type === 'Ready')
  expect(ready?.message).toContain('localhost:5998/no/such:1')
  const pod = await onlyPod(ground)
  await cluster.kubectl(['delete', KINDS.sessions, session.name, '-n', person.namespace, '--timeout=60s'])
  await expect.poll(() => podsOf(cluster, person), { timeout: 30_000 }).not.toContain(pod)
})

test.describe('slices', () => {
  test.beforeEach(({ cluster }) => {
    test.skip(cluster.notRun.length > 0, cluster.notRun.join('; '))
  })

  const allocatable = (cluster: TestCluster): Promise<string> =>
    cluster.kubectl([
      ...['get', 'node', cluster.node],
      ...['-o', `jsonpath={.status.allocatable.${SLICE.replaceAll('.', String.raw`\.`)}}`],
    ])
  const slicesAre = (cluster: TestCluster, count: number): Promise<void> =>
    expect.poll(() => allocatable(cluster), { timeout: 60_000, intervals: [500] }).toBe(String(count))
  const PLUGIN = ['daemonset/nvidia-device-plugin', '-n', 'kube-system'] as const

  test('the one who comes when all are held waits, and starts by itself when one is freed', async ({
    core,
    clusterId,
    cluster,
    person,
  }) => {
    const ground = { core, clusterId, cluster, person }
    const slices = await takeSlices(cluster)
    try {
      const session = await start(ground, 'sliced')
      await session.becomes('Scheduling', 'InsufficientGPU')
      const waiting = await onlyPod(ground)
      await slices.freeOne()
      await session.becomes('Ready', 'Ready')
      expect(await onlyPod(ground)).toBe(waiting)
      await expect.poll(async () => (await session.read()).status.gpu?.uuid, { timeout: 30_000 }).toMatch(/^GPU-/)
    } finally {
      await slices.stop()
    }
  })

  test('the plugin vanishes: who runs goes on, who comes waits; it returns: who waited starts', async ({
    core,
    clusterId,
    cluster,
    person,
  }) => {
    takesLong()
    const ground = { core, clusterId, cluster, person }
    const session = await running(ground)
    const where = (selector: string): readonly string[] => [
      ...['patch', ...PLUGIN, '--type=merge', '-p'],
      `{"spec":{"template":{"spec":{"nodeSelector":{"spec.test/away":${selector}}}}}}`,
    ]
    await cluster.kubectl(where('"true"'))
    try {
      await slicesAre(cluster, 0)
      const late = await start(ground, 'sliced')
      await late.becomes('Scheduling', 'InsufficientGPU')
      expect(await podsOf(cluster, person)).toContain(session.uid)
      expect((await session.read()).reason).toBe('Ready')
      await cluster.kubectl(where('null'))
      await slicesAre(cluster, NODE_SLICES)
      await late.becomes('Ready', 'Ready')
      expect(await podsOf(cluster, person)).toContain(session.uid)
    } finally {
      await cluster.kubectl(where('null'))
      await slicesAre(cluster, NODE_SLICES)
    }
  })

  test('a GPU vanishes under a desktop: it goes on, and is there when the GPU is back', async ({
    core,
    clusterId,
    cluster,
    person,
  }) => {
    takesLong()
    const ground = { core, clusterId, cluster, person }
    const session = await running(ground, 'sliced')
    await expect.poll(async () => (await session.read()).status.gpu?.uuid, { timeout: 30_000 }).toMatch(/^GPU-/)
    const gpu = (await session.read()).status.gpu?.uuid ?? ''
    const gpus = ['configmap', 'mock-gpus', '-n', 'kube-system'] as const
    const { data } = JSON.parse(await cluster.kubectl(['get', ...gpus, '-o', 'json'])) as {
      data: { 'gpus.yaml': string }
    }
    const use = async (text: string, count: number): Promise<void> => {
      await cluster.kubectl(['patch', ...gpus, '--type=merge', '-p', JSON.stringify({ data: { 'gpus.yaml': text } })])
      await cluster.kubectl(['rollout', 'restart', ...PLUGIN])
      await cluster.kubectl(['rollout', 'status', ...PLUGIN, '--timeout=60s'])
      await slicesAre(cluster, count)
    }
    const lines = data['gpus.yaml'].split('\n')
    const rest = lines.filter((line) => !line.includes(gpu))
    expect(rest).toHaveLength(lines.length - 1)
    // NVML numbers what is there from 0
    const without = rest.join('\n').replace(/index: \d+(?=, uuid)/, 'index: 0')
    try {
      await use(without, NODE_SLICES / 2)
      await untouched(ground, session)
    } finally {
      await use(data['gpus.yaml'], NODE_SLICES)
    }
    await untouched(ground, session)
    expect((await session.read()).status.gpu?.uuid).toBe(gpu)
  })
})

test('a node that falls silent: the desktop is not given up, and is the same when the node is back', async ({
  core,
  clusterId,
  cluster,
  person,
}) => {
  takesLong()
  const ground = { core, clusterId, cluster, person }
  const session = await running(ground)
  const goOn = freezeDaemon('kubelet')
  try {
    // the node controller gives a node 50 s to speak
    await session.becomes('Starting', 'NodeLost', 120_000)
    expect(await onlyPod(ground)).toBe(session.uid)
  } finally {
    goOn()
  }
  await untouched(ground, session)
  await operatorIsUp(cluster)
})
