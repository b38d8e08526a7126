// Bench: the operator under many sessions, on a real API server with fake GPU nodes (kwok). Two replicas; the leader is killed in the middle
// of the creations. Then sessions at rest: what they cost when nothing changes. Flags: --n N sessions (1000), --rate N a second (50),
// --rest N sessions at rest (10000; 0 leaves it out), --rest-seconds N (60), --floor (no operator: what the machine takes), --no-build.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createReflector } from '../../kube/reflector.ts'
import { POD, VDI_SESSION, VDI_TEMPLATE, VDI_USER, type KubeClient, type KubeObject } from '../../kube/types.ts'
import { userNamespace } from '../../shared/domain/names.ts'
import { FIELD_MANAGER_DESKTOP, LABEL, PLATFORM_NAMESPACE } from '../../shared/product.ts'
import { startCluster } from '../cluster/index.ts'
import { addGpuNodes } from '../cluster/kwok.ts'
import { run } from '../cluster/process.ts'
import { connectAsAdmin } from './admin-client.ts'
import { loadAverage, quantile, report, watchCores } from './machine.ts'
import { PER_USER, session, template, user, userOf } from './operator-objects.ts'
import { startByHand } from './operator-floor.ts'
import { startOperator, type OperatorProcess } from './operator-process.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '50' },
    rest: { type: 'string', default: '10000' },
    'rest-seconds': { type: 'string', default: '60' },
    floor: { type: 'boolean' },
    'no-build': { type: 'boolean' },
  },
})
const root = join(import.meta.dirname, '../..')
const total = Number(values.n)
const rate = Number(values.rate)
const rest = Number(values.rest)
const restSeconds = Number(values['rest-seconds'])
const PORTS = { a: 28_180, b: 28_181 } as const
const PATIENCE_MS = 300_000
/** Leader election as the chart sets it, and no routes, relay or node ports: sessions and pods are what is measured. */
const SETTINGS = { media: { nodePort: false }, activitySeconds: 600, logLevel: 'warn' }

async function until(what: string, check: () => boolean | Promise<boolean>, patienceMs = PATIENCE_MS): Promise<void> {
  const end = Date.now() + patienceMs
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${patienceMs / 1000} s`)
    await delay(50)
  }
}

/**
 * Creates sessions at an even pace, each at its own time whatever the others take.
 * @param create left out: the session alone
 * @returns how long each creation took, ms
 */
async function createAtPace(
  client: KubeClient,
  from: number,
  to: number,
  state: 'Running' | 'Stopped',
  onCreate: (name: string, at: number) => void,
  create = (wish: KubeObject): Promise<KubeObject> =>
    client.create(VDI_SESSION, wish, { fieldManager: FIELD_MANAGER_DESKTOP }),
): Promise<readonly number[]> {
  const began = performance.now()
  const pending: Promise<number>[] = []
  for (let index = from; index < to; index++) {
    const due = began + ((index - from) * 1000) / rate
    const early = due - performance.now()
    if (early > 0) await delay(early)
    const name = `bench-${index}`
    const asked = performance.now()
    onCreate(name, asked)
    const wish = session(name, userOf(index), state)
    pending.push(create(wish).then(() => performance.now() - asked))
  }
  return await Promise.all(pending)
}

/** Takes the finalizers off: no operator is left that would. */
async function release(client: KubeClient): Promise<void> {
  const { items } = await client.list(VDI_SESSION)
  const rest = items.filter(({ metadata: { finalizers = [] } }) => finalizers.length > 0)
  const next = async (): Promise<void> => {
    for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
      const { name, namespace } = one.metadata
      await client.patch(VDI_SESSION, name, namespace, { metadata: { finalizers: null } })
    }
  }
  await Promise.all(Array.from({ length: 16 }, next))
}

/** What the leader costs while nothing changes. */
async function atRest(leader: OperatorProcess): Promise<{
  readonly rssMB: number
  readonly cpuPct: number
  readonly requestsPerMinute: number
  readonly writes: number
}> {
  const [cpu, requests, writes] = [
    leader.cpuSeconds(),
    await leader.figure('kasm_operator_api_requests_total'),
    await leader.figure('kasm_operator_writes_total'),
  ]
  const began = performance.now()
  await delay(restSeconds * 1000)
  const seconds = (performance.now() - began) / 1000
  return {
    rssMB: Math.round(leader.rssMB()),
    cpuPct: Math.round(((leader.cpuSeconds() - cpu) / seconds) * 1000) / 10,
    requestsPerMinute:
      Math.round((((await leader.figure('kasm_operator_api_requests_total')) - requests) / seconds) * 600) / 10,
    writes: (await leader.figure('kasm_operator_writes_total')) - writes,
  }
}

if (values['no-build'] !== true) await run(process.execPath, [join(root, 'scripts/build.ts'), 'operator'])
const load1 = loadAverage()
await using cleanup = new AsyncDisposableStack()
const cluster = await startCluster((line) => console.error(line))
cleanup.defer(() => cluster.stop())
const folder = mkdtempSync(join(tmpdir(), 'kasm-bench-'))
cleanup.defer(() => rmSync(folder, { recursive: true, force: true }))
const crds = join(root, 'charts/kasm-operator/files/crds')
for (const name of readdirSync(crds)) await cluster.apply(readFileSync(join(crds, name), 'utf8'))
await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: PLATFORM_NAMESPACE } }))
const role = 'kasm-operator-user'
await cluster.apply(
  JSON.stringify({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: role },
    rules: [],
  }),
)
const users = Array.from({ length: Math.ceil(Math.max(total, rest) / PER_USER) }, (_, index) => `bench-user-${index}`)
cleanup.defer(async () => {
  await cluster.tryKubectl(['delete', 'crd', '-l', 'app.kubernetes.io/part-of=kasm-operator', '--wait=false'])
  await cluster.tryKubectl([
    'delete',
    'namespace',
    PLATFORM_NAMESPACE,
    ...users.map(userNamespace),
    '--wait=false',
    '--ignore-not-found',
  ])
  await cluster.tryKubectl(['delete', 'clusterrole', role, '--ignore-not-found'])
})
const nodes = await addGpuNodes(cluster, Math.ceil(total / 32) + 2, {
  gpus: 4,
  replicas: 8,
  product: 'NVIDIA-L40S',
  prefix: 'bench-gpu',
})
cleanup.defer(() => nodes.remove())
const client = await connectAsAdmin(cluster)
cleanup.defer(() => client.close())
cleanup.defer(() => release(client))

const program = join(root, 'out/operator/index.js')
const replicas = [await startOperator(program, folder, 'bench-a', PORTS.a, cluster.kubeconfigPath, SETTINGS)]
replicas.push(await startOperator(program, folder, 'bench-b', PORTS.b, cluster.kubeconfigPath, SETTINGS))
cleanup.defer(async () => {
  for (const replica of replicas) if (!replica.ended) await replica.stop()
})
const leaderNow = async (): Promise<OperatorProcess | undefined> => {
  for (const replica of replicas) if (!replica.ended && (await replica.isLeader())) return replica
  return undefined
}
await client.create(VDI_TEMPLATE, template)
for (const name of users) await client.create(VDI_USER, user(name))
const vdiUsers = createReflector(client, VDI_USER)
cleanup.defer(() => vdiUsers.stop())
const isReady = ({ status }: KubeObject): boolean =>
  (
    (status as { readonly conditions?: readonly { readonly type: string; readonly status: string }[] } | undefined)
      ?.conditions ?? []
  ).some((condition) => condition.type === 'Ready' && condition.status === 'True')
await until('users are ready', () => vdiUsers.items.filter(isReady).length === users.length)

// creations: from the request to the pod's event, on this process's one clock
const createdAt = new Map<string, number>()
const podAfter = new Map<string, number>()
let duplicated = 0
const pods = createReflector(client, POD, { labelSelector: LABEL.session })
cleanup.defer(() => pods.stop())
await pods.synced
pods.onObject((before, after) => {
  const name = after?.metadata.labels?.[LABEL.session]
  if (before !== undefined || name === undefined) return
  const at = createdAt.get(name)
  if (podAfter.has(name)) duplicated++
  else if (at !== undefined) podAfter.set(name, performance.now() - at)
})
const half = Math.floor(total / 2)
if (values.floor === true) {
  for (const replica of replicas) await replica.stop()
  const coresBusy = watchCores()
  const note = (name: string, at: number): void => void createdAt.set(name, at)
  await createAtPace(client, 0, half, 'Running', note, (wish) => startByHand(client, wish, template))
  await until('pods', () => podAfter.size >= half)
  const machineBusyPct = coresBusy()
  await cleanup.disposeAsync()
  const made = [...podAfter.values()]
  const floor = { createdToPodP50Ms: quantile(made, 0.5), createdToPodP95Ms: quantile(made, 0.95), machineBusyPct }
  report('operator', { load1, floor })
  process.exit(0)
}
console.error(`creating ${half} sessions at ${rate}/s`)
const coresBusy = watchCores()
const cpuBefore = replicas.map((replica) => replica.cpuSeconds())
const began = performance.now()
const taken = await createAtPace(client, 0, half, 'Running', (name, at) => createdAt.set(name, at))
await until('pods of the first half', () => podAfter.size >= half)
const measured = [...podAfter.values()]
const seconds = (performance.now() - began) / 1000
const machineBusyPct = coresBusy()
const operatorCpuPct = replicas.map((replica, index) =>
  Math.round(((replica.cpuSeconds() - (cpuBefore[index] ?? 0)) / seconds) * 100),
)
const rssMB = Math.round(Math.max(...replicas.map((replica) => replica.rssMB())))

console.error('creating the other half, and killing the leader in the middle')
const leader = await leaderNow()
if (leader === undefined) throw new Error('nobody leads')
let killedAt = 0
let takenOverAt = 0
const killing = (async () => {
  await until('a quarter', () => createdAt.size >= half + Math.floor((total - half) / 2))
  const before = podAfter.size
  await leader.kill()
  killedAt = performance.now()
  // whatever was under way then has arrived meanwhile: the next pod comes from the other replica
  await until('the other replica leads', async () => (await leaderNow()) !== undefined, 60_000)
  await until('it works', () => podAfter.size > before, 60_000)
  takenOverAt = performance.now()
})()
await Promise.all([createAtPace(client, half, total, 'Running', (name, at) => createdAt.set(name, at)), killing])
const sessions = createReflector(client, VDI_SESSION)
cleanup.defer(() => sessions.stop())
await sessions.synced
const running = (): number =>
  sessions.items.filter(({ status }) => (status as { readonly phase?: string } | undefined)?.phase === 'Ready').length
await until('all sessions run', () => running() === total).catch((error: unknown) => console.error(String(error)))
const lost = [...createdAt.keys()].filter((name) => !podAfter.has(name)).length
console.error(`${running()} of ${total} run`)
const heir = await leaderNow()
if (heir === undefined) throw new Error('nobody leads')
const highestRssMB = Math.round(heir.rssMB())

// at rest: one session in which nothing changes, many times
const running1000 = await atRest(heir)
let figures: Record<string, unknown> = { restRunning: running1000 }
if (rest > 0) {
  console.error(`adding ${rest - total} stopped sessions`)
  await createAtPace(client, total, rest, 'Stopped', () => undefined)
  const settled = (): number =>
    sessions.items.filter(
      ({ status }) =>
        (status as { readonly observedGeneration?: number } | undefined)?.observedGeneration !== undefined,
    ).length
  await until('all sessions are seen', () => settled() === rest, 900_000)
  await delay(5000)
  const many = await atRest(heir)
  const perSession = (figure: number, of: number): number => figure / of
  const costRatio =
    Math.round((perSession(many.cpuPct, rest) / Math.max(perSession(running1000.cpuPct, total), 1e-6)) * 100) / 100
  figures = {
    ...figures,
    restRssMB: many.rssMB,
    restCpuPct: many.cpuPct,
    apiRequestsPerMinute: many.requestsPerMinute,
    writesPerIdleSessionHour: Math.round((many.writes / rest) * (3600 / restSeconds) * 100) / 100,
    costRatio,
    restSessions: rest,
  }
}
report('operator', {
  load1,
  createdToPodP50Ms: quantile(measured, 0.5),
  createdToPodP95Ms: quantile(measured, 0.95),
  createP50Ms: quantile(taken, 0.5),
  createP95Ms: quantile(taken, 0.95),
  machineBusyPct,
  operatorCpuPct,
  running: running(),
  lost,
  duplicated,
  rssMB: Math.max(rssMB, highestRssMB),
  takeoverS: Math.round((takenOverAt - killedAt) / 100) / 10,
  ...figures,
})
