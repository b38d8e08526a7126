// Bench: the desktop proxy through port-forward beside `kubectl port-forward`, turn by turn in one run on a real cluster.
// Flags: --seconds N (default 60) for the steady stream; --kubeconfig FILE [--namespace NS] [--image IMAGE] for a cluster of one's own
// instead of the test cluster.
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { buildDesktopImage, imageCache } from '../../images/desktop/build.ts'
import { requireNode24 } from '../../scripts/node-version.ts'
import { DEFAULT_DESKTOP_IMAGE } from '../../shared/product.ts'
import { startCluster } from '../cluster/index.ts'
import { quantile, report } from './machine.ts'
import { askOnce, download, readSteadily, type Way } from './tunnel-load.ts'
import { POD_NAME, POD_PORT, startPod, type BenchCluster } from './tunnel-pod.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    kubeconfig: { type: 'string' },
    namespace: { type: 'string', default: 'bench-tunnel' },
    image: { type: 'string', default: DEFAULT_DESKTOP_IMAGE },
  },
})

const REQUESTS = 200
const ROUNDS = 6
const ROUND_BYTES = 200_000_000
const STEADY_MBIT = 200

/** `kubectl port-forward` on a port of its choice. */
async function startKubectl(cluster: BenchCluster): Promise<{ readonly way: Way; stop(): Promise<void> }> {
  const flags = ['--kubeconfig', cluster.kubeconfig, '--namespace', cluster.namespace]
  const child = spawn(cluster.kubectlPath, [...flags, 'port-forward', `pod/${POD_NAME}`, `:${POD_PORT}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1]
    if (port === undefined) continue
    child.stdout.resume()
    return { way: { name: 'kubectl', base: `http://127.0.0.1:${port}/` }, stop: () => end(child) }
  }
  throw new Error('kubectl port-forward ended without a port')
}

interface Ours {
  readonly way: Way
  rssMB(): Promise<number>
  stop(): Promise<void>
}

/** Our proxy, in a process of its own. */
async function startOurs(cluster: BenchCluster): Promise<Ours> {
  const child = fork(new URL('tunnel-core.ts', import.meta.url), [
    cluster.kubeconfig,
    cluster.namespace,
    POD_NAME,
    String(POD_PORT),
  ])
  const [{ base }] = (await once(child, 'message')) as [{ base: string }]
  return {
    way: { name: 'ours', base },
    async rssMB() {
      child.send('rss')
      const [{ rssMB }] = (await once(child, 'message')) as [{ rssMB: number }]
      return rssMB
    },
    stop: () => end(child),
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exit = once(child, 'exit')
  child.kill()
  await exit
}

async function measure(cluster: BenchCluster, seconds: number): Promise<Record<string, unknown>> {
  const kubectl = await startKubectl(cluster)
  const ours = await startOurs(cluster)
  try {
    const ways = [ours.way, kubectl.way]
    // both are warm before anything counts
    for (const way of ways) for (let nth = 0; nth < 20; nth += 1) await askOnce(way)

    const latency = new Map<Way, number[]>(ways.map((way) => [way, []]))
    for (let nth = 0; nth < REQUESTS; nth += 1) {
      for (const way of nth % 2 === 0 ? ways : ways.toReversed()) latency.get(way)?.push(await askOnce(way))
    }
    const rates = new Map<Way, number[]>(ways.map((way) => [way, []]))
    for (let nth = 0; nth < ROUNDS; nth += 1) {
      for (const way of nth % 2 === 0 ? ways : ways.toReversed()) rates.get(way)?.push(await download(way, ROUND_BYTES))
    }
    const memory: number[] = []
    const steady = await readSteadily(ours.way, STEADY_MBIT, seconds, async () => {
      memory.push(await ours.rssMB())
    })
    const figures = (way: Way) => ({
      requestMs: { p50: quantile(latency.get(way) ?? [], 0.5), p95: quantile(latency.get(way) ?? [], 0.95) },
      throughputMBs: median(rates.get(way) ?? []),
    })
    const [mine, theirs] = [figures(ours.way), figures(kubectl.way)]
    // the first tenth is the stream's own start; then a middle value against a middle value, so that one collection more or less does not count
    const settled = memory.slice(Math.ceil(memory.length / 10))
    const part = Math.max(1, Math.floor(settled.length / 5))
    return {
      latencyRatio: ratio(median(latency.get(ours.way) ?? []), median(latency.get(kubectl.way) ?? [])),
      throughputRatio: ratio(mine.throughputMBs, theirs.throughputMBs),
      steadyMbit: round(steady),
      seconds,
      rssGrowthMB: round(median(settled.slice(-part)) - median(settled.slice(0, part))),
      rssMB: { first: round(memory[0] ?? 0), highest: round(Math.max(...memory)), last: round(memory.at(-1) ?? 0) },
      ours: mine,
      kubectl: theirs,
      n: { requests: REQUESTS, downloads: ROUNDS },
    }
  } finally {
    await ours.stop()
    await kubectl.stop()
  }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function ratio(a: number, b: number): number {
  return Math.round((a / b) * 100) / 100
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** The cluster to measure on, and what takes away again what was made for it. */
async function findCluster(): Promise<{ readonly cluster: BenchCluster; leave(): Promise<void> }> {
  const { kubeconfig, namespace, image } = values
  if (kubeconfig !== undefined) {
    return { cluster: { kubectlPath: 'kubectl', kubeconfig, namespace, image }, leave: () => Promise.resolve() }
  }
  const archive = process.env['KASM_DESKTOP_ARCHIVE'] ?? (await buildDesktopImage(imageCache(), console.error))
  const test = await startCluster(console.error)
  await test.importImage(archive)
  // a user with the rights of direct mode and no more: what they may is enough for the tunnel
  const user = await test.user(namespace, namespace)
  return {
    cluster: { kubectlPath: test.kubectlPath, kubeconfig: user, namespace, image },
    async leave() {
      await test.tryKubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false'])
      await test.stop()
    },
  }
}

requireNode24()
const { cluster, leave } = await findCluster()
try {
  const remove = await startPod(cluster)
  try {
    report('tunnel', await measure(cluster, Number(values.seconds)))
  } finally {
    await remove()
  }
} finally {
  await leave()
}
