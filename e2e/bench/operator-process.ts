// The built operator as a process of its own beside the test cluster, for benches: its memory, its CPU time and its own figures.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'

/** A running replica. */
export interface OperatorProcess {
  readonly name: string
  readonly pid: number
  readonly ended: boolean
  /** Resident memory now, MB. */
  rssMB(): number
  /** CPU time so far, s. */
  cpuSeconds(): number
  /** Sum over all labels of one of its figures; 0 when it has none of that name. */
  figure(name: string): Promise<number>
  isLeader(): Promise<boolean>
  /** Ends it, with no time to say goodbye. */
  kill(): Promise<void>
  /** Ends it in order. */
  stop(): Promise<void>
}

/** Clock ticks a second, as Linux counts CPU time for user space on every machine that we build for. */
const TICKS = 100
const READY_WITHIN_MS = 60_000
/** What Node takes for its heap in the chart's pod: half of the 512 MiB that it may have. Outside a pod it would sweep far later. */
const HEAP_MB = 256

/**
 * Starts a replica and waits until it is ready.
 * @param program path of the bundle
 * @param folder for its settings and log
 * @param settings its configuration document
 */
export async function startOperator(
  program: string,
  folder: string,
  name: string,
  port: number,
  kubeconfig: string,
  settings: unknown,
): Promise<OperatorProcess> {
  const config = join(folder, `${name}.json`)
  const log = join(folder, `${name}.log`)
  writeFileSync(config, JSON.stringify(settings))
  writeFileSync(log, '')
  const child = spawn(process.execPath, [`--max-heap-size=${HEAP_MB}`, program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      KUBECONFIG: kubeconfig,
      KASM_OPERATOR_CONFIG: config,
      KASM_OPERATOR_PORT: String(port),
      POD_NAME: name,
      POD_IP: '127.0.0.1',
    },
  })
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => writeFileSync(log, chunk, { flag: 'a' }))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const pid = child.pid
  if (pid === undefined) throw new Error(`${name} could not be started`)
  const text = async (path: string): Promise<{ readonly status: number; readonly text: string }> => {
    const answer = await request(`http://127.0.0.1:${port}${path}`)
    return { status: answer.statusCode, text: await answer.body.text() }
  }
  const until = Date.now() + READY_WITHIN_MS
  for (;;) {
    const answer = await text('/readyz').catch(() => undefined) // it does not listen yet
    if (answer?.status === 200) break
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL')
      throw new Error(`${name} is not ready: ${readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n')}`)
    }
    await delay(50)
  }
  const figure = async (wanted: string): Promise<number> => {
    const lines = (await text('/metrics')).text.split('\n')
    const values = lines.filter((line) => line.startsWith(`${wanted} `) || line.startsWith(`${wanted}{`))
    return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }
  return {
    name,
    pid,
    get ended() {
      return child.exitCode !== null || child.signalCode !== null
    },
    rssMB: () => (Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024) / 1e6,
    cpuSeconds: () => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11]) + Number(fields[12])) / TICKS
    },
    figure,
    isLeader: async () => (await figure('kasm_operator_leader').catch(() => 0)) === 1,
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}
