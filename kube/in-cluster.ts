// The client of a pod for the cluster it runs in: the service account that the kubelet mounts, no kubeconfig and no proxy.
// Policy: the token is read for each request, since the kubelet renews it; the CA once, since a new one comes with a new pod.
import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { createKubeClient, type PooledClient } from './client.ts'
import type { Environment } from './kubeconfig/sources.ts'

export interface InClusterOptions {
  /** KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT_HTTPS or KUBERNETES_SERVICE_PORT, which the kubelet sets. */
  readonly env: Environment
  /** Epoch ms. */
  now(): number
  /** With `token`, `ca.crt` and `namespace`. Default: where the kubelet mounts it. */
  readonly folder?: string | undefined
  /** For an answer to begin and for each pause within it, ms. Default 30,000. */
  readonly answerTimeoutMs?: number | undefined
}

export interface InClusterClient {
  readonly client: PooledClient
  /** The pod's own namespace. */
  readonly namespace: string
}

/** Source: kubernetes.io/docs/tasks/run-application/access-api-from-pod */
const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Makes the client; nothing is dialled before its first request.
 * @throws Error that names the variable or file which is missing: then this is no pod, or one without a service account
 */
export async function createInClusterClient(options: InClusterOptions): Promise<InClusterClient> {
  const { env, folder = FOLDER } = options
  const host = env['KUBERNETES_SERVICE_HOST']
  if (!host) throw new Error('KUBERNETES_SERVICE_HOST is not set: this does not run in a cluster')
  const port = env['KUBERNETES_SERVICE_PORT_HTTPS'] || env['KUBERNETES_SERVICE_PORT'] || '443'
  const url = URL.parse(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`)
  if (!url) throw new Error(`KUBERNETES_SERVICE_HOST and its port make no address: ${host}, ${port}`)
  const ca = await fileOf(join(folder, 'ca.crt'))
  const namespace = (await fileOf(join(folder, 'namespace'))).trim()
  const path = join(folder, 'token')
  await fileOf(path)
  const client = createKubeClient({
    context: {
      name: 'in-cluster',
      server: url.href.replace(/\/$/, ''),
      host: url.host,
      namespace,
      ca,
      tlsServerName: undefined,
      proxyUrl: undefined,
      credential: { type: 'token-file', path },
      asUser: undefined,
      asGroups: [],
    },
    // the API server is inside; a proxy that the pod's environment names is for outside
    env: {},
    isTrusted: () => false,
    now: options.now,
    answerTimeoutMs: options.answerTimeoutMs,
    isBusy: true,
  })
  return { client, namespace }
}

async function fileOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8')
  if (text.trim() === '') throw new Error(`${path} is empty`)
  return text
}
