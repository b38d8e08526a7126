// How one running desktop is reached: its HTTP and media ports through the API server with the person's own rights, the node's UDP
// port where there is one, and the relay. The credential goes to the proxy alone.
import { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { AppError } from '../../shared/errors.ts'
import type { KubeClient } from '../../kube/types.ts'
import { sessionId } from '../../shared/domain/names.ts'
import { MEDIA_RELAY } from '../../shared/render/media-relay.ts'
import { serverPath } from '../../shared/domain/server-path.ts'
import { DESKTOP_USER, MEDIA_PORT } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { DesktopAccess } from './provider.ts'
import { secretText } from './kube-read.ts'
import type { SessionRecord } from './session-record.ts'
import type { Relay } from './relay.ts'

export interface AccessInput {
  readonly client: KubeClient
  readonly clusterId: string
  readonly record: SessionRecord
  /** Where its pod is, where that is not beside it by its own name. */
  readonly pod?: { readonly namespace: string; readonly name: string } | undefined
  readonly secret: KubeObject
  /** The node's UDP port that leads to it, where there is one. */
  readonly node: DesktopAccess['node']
  readonly relay: Relay
}

const FORBIDDEN_RELAY: Relay = { iceServers: [], relayNote: 'This desktop’s template forbids the relay.' }

/** The access to a desktop that runs. @throws AppError `desktop-credential` when the record holds no password */
export function desktopAccess(input: AccessInput): DesktopAccess {
  const { client, record, secret, pod = record } = input
  const { generation, transport, port, forbiddenPaths: forbidden = [] } = record.spec.streaming
  const password = secretText(secret, 'password')
  if (!password) throw new AppError('desktop-credential', {}, { detail: 'the access Secret holds no password' })
  const token = generation === 'selkies2' ? tokenOf(secret) : undefined
  const dial = (to: number) => (abort: AbortSignal) => dialDesktop(client, pod, to, abort)
  // 1.6 has no media port: a relay beside it has, where the session was made with one
  const mediaRelay = generation === 'selkies1' ? mediaRelayOf(secret) : undefined
  const hasMedia = generation === 'selkies1' ? mediaRelay !== undefined : transport !== 'websocket'
  const node = hasMedia && !forbidden.includes('node') ? input.node : undefined
  const relay = forbidden.includes('relay') ? FORBIDDEN_RELAY : input.relay
  return {
    sessionId: sessionId({ clusterId: input.clusterId, namespace: record.namespace, name: record.name }),
    dialHttp: dial(port),
    ...(hasMedia && !forbidden.includes('tunnel') ? { dialMedia: dial(MEDIA_PORT) } : {}),
    basePath: serverPath(record.spec),
    // a server in secure mode takes its token first, and its login where there is none
    authorization:
      token === undefined
        ? `Basic ${Buffer.from(`${DESKTOP_USER}:${password}`).toString('base64')}`
        : `Bearer ${token}`,
    ...(token === undefined ? {} : { token }),
    ...(node ? { node } : {}),
    iceServers: relay.iceServers,
    ...(mediaRelay === undefined ? {} : { mediaRelay }),
    ...(relay.relayNote === undefined ? {} : { relayNote: relay.relayNote }),
    ...(relay.relayUntil === undefined ? {} : { relayUntil: relay.relayUntil }),
    ...(forbidden.length === 0 ? {} : { forbidden }),
    generation,
    transport,
  }
}

/** The token of a server in secure mode, where whoever runs it wrote one into the access Secret. */
function tokenOf(secret: KubeObject): string | undefined {
  const token = secretText(secret, 'token')?.trim()
  return token !== undefined && /^[\w.~+/=-]{1,512}$/.test(token) ? token : undefined
}

/** What the relay in the pod asks for; absent in records of sessions that were made without one. */
function mediaRelayOf(secret: KubeObject): DesktopAccess['mediaRelay'] {
  const credential = secretText(secret, MEDIA_RELAY.secretKey)
  return credential === undefined || credential === '' ? undefined : { username: MEDIA_RELAY.user, credential }
}

async function dialDesktop(
  client: KubeClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
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
