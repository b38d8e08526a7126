// A desktop's media between the node and everything outside it, blocked or made lossy in the node's own firewall. What goes on inside the
// node, a tunnel's last hop too, is untouched.
// Policy: rules go by the ports of this one desktop, never by who sends: a browser sends from each address that its machine has.
import type { TestCluster } from '../cluster/index.ts'
import { INSIDE } from '../cluster/network.ts'
import { run, tryRun } from '../cluster/process.ts'
import { MEDIA_PORT } from '../../shared/product.ts'
import { eventually } from './desktop.ts'

/** A desktop's pod. */
export interface MediaOf {
  readonly namespace: string
  readonly pod: string
}

/** What a rule of iptables matches, and does. */
type Rule = readonly string[]
// before connections are tracked, where nothing of kube-proxy's or of a network policy's goes before it
const CHAIN = ['PREROUTING', '-t', 'raw']

const firewall = (...args: readonly string[]): [command: string, args: string[]] => {
  const [enter = '', ...inside] = INSIDE
  return [enter, [...inside, ...args]]
}

/** The node's port that leads to a desktop's media, once the node's rules have it: kube-proxy works in the background. */
export async function mediaNodePort(cluster: TestCluster, { namespace, pod }: MediaOf): Promise<string> {
  const where = ['get', 'service', '-n', namespace, `${pod}-media`]
  const port = await cluster.kubectl([...where, '-o', 'jsonpath={.spec.ports[0].nodePort}'])
  await eventually(
    async () => (await run(...firewall('iptables-save', '-t', 'nat'))).includes(`--dport ${port} `),
    (there) => there,
  )
  return port
}

const podIpOf = (cluster: TestCluster, { namespace, pod }: MediaOf): Promise<string> =>
  cluster.kubectl(['get', 'pod', '-n', namespace, pod, '-o', 'jsonpath={.status.podIP}'])

async function add(rules: readonly Rule[]): Promise<() => Promise<void>> {
  for (const rule of rules) await run(...firewall('iptables', '-I', ...CHAIN, ...rule))
  return async () => {
    // one that is gone already is what is wanted
    for (const rule of rules) await tryRun(...firewall('iptables', '-D', ...CHAIN, ...rule))
  }
}

/** Blocks all media that comes to the desktop from outside the node. What it sends goes on: half a cut. @returns opens it again; may be called twice */
export async function blockMediaThere(cluster: TestCluster, desktop: MediaOf): Promise<() => Promise<void>> {
  const nodePort = await mediaNodePort(cluster, desktop)
  const to = ['-d', await podIpOf(cluster, desktop), '--dport', String(MEDIA_PORT)]
  return await add([
    ['-p', 'udp', '--dport', nodePort, '-j', 'DROP'],
    ['-p', 'udp', ...to, '-j', 'DROP'],
    ['-p', 'tcp', ...to, '-j', 'DROP'],
  ])
}

/** Blocks all media between the desktop and whatever is outside the node, as a firewall on the way does. @returns as `blockMediaThere` */
export async function blockMedia(cluster: TestCluster, desktop: MediaOf): Promise<() => Promise<void>> {
  const from = ['-s', await podIpOf(cluster, desktop), '--sport', String(MEDIA_PORT)]
  const open = [await blockMediaThere(cluster, desktop), await add([['-p', 'udp', ...from, '-j', 'DROP']])]
  return async () => {
    await Promise.all(open.map((end) => end()))
  }
}

/** Loses a part of what the desktop sends by UDP, by its own address and by the node's port alike. @returns as `blockMedia` */
export async function loseMedia(cluster: TestCluster, desktop: MediaOf, share: number): Promise<() => Promise<void>> {
  const from = ['-s', await podIpOf(cluster, desktop), '--sport', String(MEDIA_PORT)]
  const part = ['-m', 'statistic', '--mode', 'random', '--probability', String(share)]
  return await add([['-p', 'udp', ...from, ...part, '-j', 'DROP']])
}
