// A hostile server in the place of a desktop's own: what comes through a port-forward reaches it, while the kubelet's probes still reach
// the genuine one, so that the pod stays Ready. It lives in the pod's network and goes with it.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TestCluster } from '../cluster/index.ts'
import { CTR } from '../cluster/node.ts'
import { run, tryRun } from '../cluster/process.ts'

/** How it answers: pages with scripts, redirects, as many bytes as are taken, or honestly until it is trusted with a WebSocket. */
export type Hostility = 'html' | 'redirect' | 'flood' | 'lure'

export interface HostileDesktop {
  behave(how: Hostility): void
  /** Requests it has had, so that a spec knows that it was asked at all. */
  asked(): number
  /** WebSockets that were opened to it. */
  sockets(): number
  /** Ends it: the genuine server answers again. */
  stop(): Promise<void>
}

/** A server that nobody should ever ask. */
export interface Canary {
  readonly url: string
  readonly requests: readonly string[]
  stop(): void
}

const PORT = 18_080

/** @param canary address that its pages, redirects and headers lead to */
export async function startHostileDesktop(
  cluster: TestCluster,
  target: { readonly namespace: string; readonly pod: string; readonly port: number },
  canary: string,
): Promise<HostileDesktop> {
  const id = await cluster.kubectl([
    ...['get', 'pod', '-n', target.namespace, target.pod],
    ...['-o', 'jsonpath={.status.containerStatuses[0].containerID}'],
  ])
  const tasks = await run('ctr', [...CTR, 'tasks', 'list'])
  const pid = new RegExp(`^${id.replace('containerd://', '')}\\s+(\\d+)`, 'm').exec(tasks)?.[1]
  if (pid === undefined) throw new Error(`no task of ${id}`)
  const enter = [`--net=/proc/${pid}/ns/net`]
  const script = join(import.meta.dirname, 'hostile-desktop-main.ts')
  const child = spawn('nsenter', [...enter, process.execPath, script, String(PORT), canary], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let asked = 0
  let sockets = 0
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      resolve()
      const lines = chunk.toString().split('\n')
      asked += lines.filter((line) => line.startsWith('asked')).length
      sockets += lines.filter((line) => line.startsWith('socket')).length
    })
    child.once('exit', (code) => reject(new Error(`the hostile desktop ended with ${code}`)))
    child.once('error', reject)
  })
  const rule = ['OUTPUT', '-t', 'nat', '-o', 'lo', '-p', 'tcp', '--dport', String(target.port)]
  const redirect = [...rule, '-j', 'REDIRECT', '--to-ports', String(PORT)]
  await run('nsenter', [...enter, 'iptables', '-I', ...redirect])
  return {
    behave: (how) => void child.stdin.write(`${how}\n`),
    asked: () => asked,
    sockets: () => sockets,
    async stop() {
      await tryRun('nsenter', [...enter, 'iptables', '-D', ...redirect])
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** A server on this machine's loopback that writes down who asks it. */
export async function startCanary(): Promise<Canary> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, requests, stop: () => void server.close() }
}
