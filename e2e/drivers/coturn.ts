// coturn beside the test cluster, for the relay's ways: any of its three listeners, relaying to the pods and the node alone.
// It is a child of whoever starts it and is ended by its pid.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { TestCluster } from '../cluster/index.ts'
import { tryRun, until } from '../cluster/process.ts'
import { NETWORK } from '../cluster/settings.ts'
import { RELAY_SECRET } from '../../shared/product.ts'
import { turnCredential } from './turn.ts'

export interface CoturnOptions {
  /** Of the listeners for UDP and TCP. */
  readonly port: number
  /** Without one the relay has no TLS. */
  readonly tls?: { readonly port: number; readonly certFile: string; readonly keyFile: string }
  /** false: UDP to the relay is not listened for, as where a network blocks it. */
  readonly udp?: boolean
  /** Two of them beside each other need ranges of their own. */
  readonly relayPorts: readonly [least: number, most: number]
  /** The secret of a relay that comes back. */
  readonly secret?: string
}

export interface Coturn {
  readonly secret: string
  /** Every address, also those that nobody listens on. */
  readonly urls: readonly string[]
  /** Ends it at once, as a crash does. */
  stop(): Promise<void>
}

/** Starts a relay. @throws with what it said when it does not come up */
export async function startCoturn(options: CoturnOptions): Promise<Coturn> {
  const { port, tls, relayPorts, secret = randomBytes(24).toString('base64url') } = options
  const { hostIp, nodeIp, podCidr } = NETWORK
  const pods = podCidr.replace(/\.0\/24$/, '')
  const child = spawn(
    'turnserver',
    [
      ...['-n', `--listening-ip=${hostIp}`, `--listening-port=${port}`, `--relay-ip=${hostIp}`],
      ...[`--min-port=${relayPorts[0]}`, `--max-port=${relayPorts[1]}`, '--realm=test', '--use-auth-secret'],
      ...[`--static-auth-secret=${secret}`, '--no-cli', '--no-dtls', '--no-multicast-peers'],
      ...(tls === undefined
        ? ['--no-tls']
        : [`--tls-listening-port=${tls.port}`, `--cert=${tls.certFile}`, `--pkey=${tls.keyFile}`]),
      ...(options.udp === false ? ['--no-udp'] : []),
      ...[`--allowed-peer-ip=${pods}.0-${pods}.255`, `--allowed-peer-ip=${nodeIp}`],
      ...['--denied-peer-ip=0.0.0.0-255.255.255.255', '--log-file=stdout', '--pidfile=/dev/null'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)))
  child.on('error', (error) => (said += error.message))
  const exit = once(child, 'exit')
  await until('coturn listens', 10_000, async () => {
    if (child.exitCode !== null || child.pid === undefined) throw new Error(`coturn ended: ${said}`)
    return (await tryRun('ss', ['-Hltn', `sport = :${port}`])).stdout.trim() !== ''
  })
  return {
    secret,
    urls: [
      `turn:${hostIp}:${port}?transport=udp`,
      `turn:${hostIp}:${port}?transport=tcp`,
      ...(tls === undefined ? [] : [`turns:${hostIp}:${tls.port}?transport=tcp`]),
    ],
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await exit
    },
  }
}

/** Writes a relay's credential, good for an hour, into a namespace, as whoever runs coturn would. */
export async function offerRelay(
  cluster: TestCluster,
  namespace: string,
  secret: string,
  urls: readonly string[],
): Promise<void> {
  const { username, credential } = turnCredential(secret, 'spec', 3600)
  const expires = new Date(Number(username.split(':')[0]) * 1000).toISOString()
  const stringData = { urls: JSON.stringify(urls), username, credential, expires }
  const metadata = { name: RELAY_SECRET, namespace }
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData }))
}
