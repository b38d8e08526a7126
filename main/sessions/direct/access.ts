// How one running desktop is reached: its HTTP and media ports through the API server with the person's own rights, the node's UDP
// port where there is one, and the relay of the namespace. The credential goes to the proxy alone.
import { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { AppError } from '../../../shared/errors.ts'
import type { KubeClient } from '../../../kube/types.ts'
import { sessionId } from '../../../shared/domain/names.ts'
import { DESKTOP_USER, MEDIA_PORT } from '../../../shared/product.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import type { DesktopAccess } from '../provider.ts'
import { secretText, type Pod } from '../kube-read.ts'
import type { SessionRecord } from '../session-record.ts'
import { readRelay } from './relay.ts'

export interface AccessInput {
  readonly client: KubeClient
  readonly clusterId: string
  readonly record: SessionRecord
  readonly secret: KubeObject
  readonly pod: Pod
  readonly service: KubeObject | undefined
  /** Epoch ms. */
  readonly now: number
}

/** The access to a desktop that runs. @throws AppError `desktop-credential` when the record holds no password */
export async function desktopAccess(input: AccessInput, signal?: AbortSignal): Promise<DesktopAccess> {
  const { client, record, secret, pod } = input
  const { generation, transport, port } = record.spec.streaming
  const password = secretText(secret, 'password')
  if (!password) throw new AppError('desktop-credential', {}, { detail: 'the access Secret holds no password' })
  const dial = (to: number) => (abort: AbortSignal) => dialDesktop(client, record, to, abort)
  const hasMedia = generation === 'selkies2' && transport !== 'websocket'
  const node = hasMedia ? nodeAddress(pod, input.service) : undefined
  const { iceServers, relayNote } = await readRelay(client, record.namespace, input.now, signal)
  return {
    sessionId: sessionId({ clusterId: input.clusterId, namespace: record.namespace, name: record.name }),
    dialHttp: dial(port),
    ...(hasMedia ? { dialMedia: dial(MEDIA_PORT) } : {}),
    authorization: `Basic ${Buffer.from(`${DESKTOP_USER}:${password}`).toString('base64')}`,
    ...(node ? { node } : {}),
    iceServers,
    ...(relayNote === undefined ? {} : { relayNote }),
    generation,
    transport,
  }
}

async function dialDesktop(
  client: KubeClient,
  { namespace, name }: SessionRecord,
  port: number,
  signal: AbortSignal,
): Promise<Duplex> {
  try {
    return await client.dialPod(namespace, name, port, signal)
  } catch (thrown) {
    if (thrown instanceof AppError || signal.aborted) throw thrown
    throw new AppError(
      'desktop-unreachable',
      {},
      { detail: thrown instanceof Error ? thrown.message : String(thrown), cause: thrown },
    )
  }
}

function nodeAddress(pod: Pod, service: KubeObject | undefined): DesktopAccess['node'] {
  const spec = service?.['spec'] as
    { readonly ports?: readonly { readonly nodePort?: number; readonly protocol?: string }[] } | undefined
  const port = spec?.ports?.find(({ protocol }) => protocol === 'UDP')?.nodePort
  const host = pod.status?.hostIP
  return port !== undefined && host !== undefined ? { host, port } : undefined
}
