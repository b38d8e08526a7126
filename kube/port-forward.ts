// Dials a pod's port through the API server: one WebSocket per TCP connection, with the user's own credentials.
// Policy: a dial resolves to a working Duplex or rejects with an AppError; nothing stays open behind a rejection.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, type ClientOptions } from 'ws'
import { AppError } from '../shared/errors.ts'
import { noAnswer } from './failures.ts'
import { DATA_CHANNEL, ERROR_CHANNEL, PortForwardStream } from './port-forward-stream.ts'

/** What a dial needs of a kubeconfig; `KubeConfig` of client-node is one. */
export interface PodDialSource {
  getCurrentCluster(): { readonly server: string } | null
  /** Adds TLS material, agent and `Authorization`. May run an exec plugin. */
  applyToHTTPSOptions(options: ClientOptions): Promise<void>
}

export interface PodDialOptions {
  /** Between two pings, ms. */
  readonly pingEveryMs?: number | undefined
  /** For the whole dial, ms. */
  readonly timeoutMs?: number | undefined
}

const SUBPROTOCOL = 'v4.channel.k8s.io'
const MAX_ANSWER = 4096
/**
 * Opens one TCP connection to a port on a pod's loopback (Kubernetes port-forward, WebSocket form: a GET that needs the rights
 * `get` and, since 1.35, `create` on `pods/portforward`). Whether the port listens is known only later: a refused port ends
 * the stream with `desktop-unreachable` and the server's text.
 * @param port 1-65535, inside the pod
 * @param signal ends the dial; it has no effect on a stream that was handed out
 * @throws AppError `cluster-unreachable`, `cluster-slow`, `cluster-certificate-untrusted`, `client-certificate-expired`, `signed-out`, `cluster-forbidden`,
 * `desktop-unreachable` (no such pod, or the API server cannot reach its node), `cancelled`
 */
export async function dialPodPort(
  source: PodDialSource,
  namespace: string,
  pod: string,
  port: number,
  signal: AbortSignal,
  options: PodDialOptions = {},
): Promise<Duplex> {
  throwIfCancelled(signal)
  const server = source.getCurrentCluster()?.server
  if (server === undefined) throw new AppError('cluster-unknown')
  const url = new URL(server)
  const secure = url.protocol === 'https:'
  url.protocol = secure ? 'wss:' : 'ws:'
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward`
  url.pathname = url.pathname.replace(/\/$/, '') + path
  url.search = `?ports=${port}`

  const security: ClientOptions = {}
  await source.applyToHTTPSOptions(security)
  throwIfCancelled(signal)

  const ws = new WebSocket(url, SUBPROTOCOL, {
    ...security,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    followRedirects: false,
    handshakeTimeout: options.timeoutMs ?? 10_000,
    // masking guards plain-text proxies against confusion; inside TLS it only costs a pass over every byte
    ...(secure ? { generateMask: zeroMask } : {}),
  })
  return await opened(ws, { namespace, host: url.host, port, signal, ...options })
}

interface Dial extends PodDialOptions {
  readonly namespace: string
  readonly host: string
  readonly port: number
  readonly signal: AbortSignal
}

/** Waits for the handshake and for the port number on both channels. */
function opened(ws: WebSocket, dial: Dial): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const seen = new Set<number>()
    const timer = setTimeout(() => fail(new AppError('cluster-slow', { host: dial.host })), dial.timeoutMs ?? 10_000)

    const onAbort = (): void => fail(new AppError('cancelled'))
    const onMessage = (data: Buffer): void => {
      const channel = data[0]
      if (channel !== DATA_CHANNEL && channel !== ERROR_CHANNEL) return
      if (!seen.has(channel) && data.length === 3 && data.readUInt16LE(1) === dial.port) {
        seen.add(channel)
        if (seen.size === 2) succeed()
      } else {
        // before its port number a channel says nothing else, save why there will be none
        fail(new AppError('desktop-unreachable', {}, { detail: data.toString('utf8', 1, 2048) }))
      }
    }
    const onAnswer = (_request: unknown, answer: IncomingMessage): void => {
      readText(answer).then((text) => fail(refusal(answer.statusCode ?? 0, text, dial.namespace)), fail)
    }
    const onError = (error: Error): void => {
      const slow = error.message.includes('handshake has timed out')
      fail(slow ? new AppError('cluster-slow', { host: dial.host }) : noAnswer(error, dial.host))
    }
    const onClose = (_code: number, reason: Buffer): void =>
      fail(new AppError('desktop-unreachable', {}, { detail: reason.toString() || 'the API server closed the tunnel' }))

    const detach = (): void => {
      clearTimeout(timer)
      dial.signal.removeEventListener('abort', onAbort)
      ws.off('message', onMessage)
      ws.off('unexpected-response', onAnswer)
      ws.off('close', onClose)
      ws.off('error', onError)
    }
    const succeed = (): void => {
      detach()
      resolve(new PortForwardStream(ws, { pingEveryMs: dial.pingEveryMs ?? 20_000 }))
    }
    const fail = (error: unknown): void => {
      detach()
      // terminating an unfinished handshake reports an error of its own
      ws.on('error', ignore)
      ws.terminate()
      reject(error)
    }
    dial.signal.addEventListener('abort', onAbort)
    ws.on('message', onMessage)
    ws.on('unexpected-response', onAnswer)
    ws.on('close', onClose)
    ws.on('error', onError)
  })
}

function refusal(status: number, text: string, namespace: string): AppError {
  const detail = `${status} ${statusMessage(text)}`.trim()
  if (status === 401) return new AppError('signed-out', {}, { detail })
  if (status === 403) {
    return new AppError('cluster-forbidden', { verb: 'create', resource: 'pods/portforward', namespace }, { detail })
  }
  return new AppError('desktop-unreachable', {}, { detail })
}

/** The message of a Status object, else the text itself. */
function statusMessage(text: string): string {
  try {
    const status: unknown = JSON.parse(text)
    if (typeof status === 'object' && status !== null && 'message' in status) return String(status.message)
  } catch {
    // not JSON: an intermediary answered
  }
  return text.slice(0, 300)
}

async function readText(answer: IncomingMessage): Promise<string> {
  let text = ''
  answer.setEncoding('utf8')
  for await (const chunk of answer) {
    text += String(chunk)
    if (text.length > MAX_ANSWER) break
  }
  return text
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('cancelled')
}

function zeroMask(mask: Buffer): void {
  mask.fill(0)
}

function ignore(): void {}
