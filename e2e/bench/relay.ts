// coturn beside the test cluster, for the relay path of the latency bench: it relays to the pods and the node, to nothing else.
// It is a child of the bench and is ended by its pid.
import { spawn } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { TestCluster } from '../cluster/index.ts'
import { tryRun, until } from '../cluster/process.ts'
import { NETWORK } from '../cluster/settings.ts'
import { RELAY_SECRET } from '../../shared/product.ts'

const PORT = 13_479

/**
 * Starts the relay and writes its credential into a namespace, as whoever runs coturn would.
 * @returns ends it
 * @throws when coturn is not installed or does not come up
 */
export async function startRelay(cluster: TestCluster, namespace: string): Promise<() => Promise<void>> {
  const secret = randomBytes(24).toString('base64url')
  const { hostIp, nodeIp, podCidr } = NETWORK
  const pods = podCidr.replace(/\.0\/24$/, '')
  const child = spawn(
    'turnserver',
    [
      ...['-n', `--listening-ip=${hostIp}`, `--listening-port=${PORT}`, `--relay-ip=${hostIp}`],
      ...['--min-port=50200', '--max-port=50300', '--realm=bench', '--use-auth-secret'],
      ...[`--static-auth-secret=${secret}`, '--no-cli', '--no-tls', '--no-dtls', '--no-multicast-peers'],
      ...[`--allowed-peer-ip=${pods}.0-${pods}.255`, `--allowed-peer-ip=${nodeIp}`],
      ...['--denied-peer-ip=0.0.0.0-255.255.255.255', '--log-file=/dev/null', '--pidfile=/dev/null'],
    ],
    { stdio: 'ignore' },
  )
  let failure: string | undefined
  child.on('error', (error) => (failure = error.message))
  child.on('exit', (code) => (failure ??= `it ended with ${code}`))
  const stop = async (): Promise<void> => {
    if (failure !== undefined || child.exitCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }
  await until('coturn listens', 10_000, async () => {
    if (failure !== undefined) return true
    return (await tryRun('ss', ['-Hlun', `sport = :${PORT}`])).stdout.trim() !== ''
  })
  if (failure !== undefined) throw new Error(`coturn could not be started: ${failure}.`)
  const until1h = Math.floor(Date.now() / 1000) + 3600
  const username = `${until1h}:bench`
  const stringData = {
    urls: JSON.stringify([`turn:${hostIp}:${PORT}?transport=udp`]),
    username,
    credential: createHmac('sha1', secret).update(username).digest('base64'),
    expires: new Date(until1h * 1000).toISOString(),
  }
  const metadata = { name: RELAY_SECRET, namespace }
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData }))
  return stop
}
