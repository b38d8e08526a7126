// One vetted context as something to dial: credentials, TLS, and a pool of connections for each set of them.
// Policy: client-node turns the context into TLS options and headers; connections are ours, since it would open one a request.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node'
import { Agent, ProxyAgent, type Dispatcher } from 'undici'
import { AppError } from '../shared/errors.ts'
import { createPluginRunner, type PluginRunner } from './kubeconfig/plugin-runner.ts'
import type { Environment } from './kubeconfig/sources.ts'
import type { VettedContext } from './kubeconfig/vet.ts'
import { createKnock } from './knock.ts'
import type { PodDialSource } from './port-forward.ts'
import { proxyFromEnvironment } from './proxy-environment.ts'

export interface ConnectionOptions {
  readonly context: VettedContext
  /** For exec plugins, and for the proxy that it names. */
  readonly env: Environment
  /** Whether a person allowed the exec plugin with this fingerprint. */
  isTrusted(fingerprint: string): boolean
  /** Epoch ms. */
  now(): number
  /** For a TCP and TLS handshake, ms; default 10,000, or 4,000 for a controller, which is near its server. */
  readonly connectTimeoutMs?: number | undefined
  /** For one run of an exec plugin, ms; default 30,000. */
  readonly pluginTimeoutMs?: number | undefined
  /** For a controller: many requests at once beside many watches, all day. Default false. */
  readonly isBusy?: boolean | undefined
}

/** What one request needs. */
export interface Authorized {
  /** Which credential this is, for `renew`. */
  readonly credential: object
  readonly dispatcher: Dispatcher
  readonly headers: Readonly<Record<string, string | string[]>>
}

export interface Connection {
  readonly context: VettedContext
  /** May run the exec plugin. @throws AppError `plugin-*`, `kubeconfig-file-reference` */
  authorize(): Promise<Authorized>
  /** Drops a credential that the server refused (the present one when left out). @returns whether a new one may be had */
  renew(refused?: object): boolean
  /** Leaves the present connections to what runs on them; the next request dials anew (the machine slept, the network changed). */
  redial(): void
  /** Nothing was heard over these connections: the next request dials anew, unless that happens already. */
  suspect(dispatcher: Dispatcher): void
  /**
   * Whether anything listens at the server now; undefined behind a proxy, which listens itself. When it listens again, the next request
   * dials anew: the connections from before belong to a server that is gone, and would hold requests until a ping finds that out.
   */
  readonly knock: (() => Promise<boolean>) | undefined
  /** For `dialPodPort`. */
  dialSource(): Promise<PodDialSource>
  close(): Promise<void>
}

interface Secrets {
  readonly token?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
}

/** Makes the way to one cluster; nothing is dialled and no program runs before `authorize` or `dialSource`. */
export function createConnection(options: ConnectionOptions): Connection {
  const { context } = options
  const { credential } = context
  const runner: PluginRunner | undefined =
    credential.type === 'exec'
      ? createPluginRunner(credential.plugin, { ...options, timeoutMs: options.pluginTimeoutMs })
      : undefined
  const proxyUrl = context.proxyUrl ?? proxyFromEnvironment(context.server, options.env)
  const pools = new Map<string, Dispatcher>()
  const retired = new Set<Dispatcher>()
  let config: { readonly id: string; readonly value: KubeConfig } | undefined
  let closed = false

  return {
    context,
    authorize: async () => {
      const { value: kubeConfig, tlsId, secrets } = await currentConfig()
      const security: RequestOptions = {}
      await kubeConfig.applyToHTTPSOptions(security)
      const headers = headersOf(security)
      if (context.asGroups.length > 0) headers['Impersonate-Group'] = [...context.asGroups]
      return { dispatcher: pool(kubeConfig, tlsId, security), headers, credential: secrets }
    },
    renew: (refused) => {
      runner?.invalidate(refused)
      // a token file is read again for each request, so what it holds now was not refused yet
      return runner !== undefined || credential.type === 'token-file'
    },
    redial: retirePools,
    suspect: (dispatcher) => {
      if ([...pools.values()].includes(dispatcher)) retirePools()
    },
    knock: proxyUrl === undefined ? renewing(createKnock(context.server)) : undefined,
    dialSource: async () => {
      const { value: kubeConfig } = await currentConfig()
      return {
        getCurrentCluster: () => ({ server: context.server }),
        applyToHTTPSOptions: async (security) => {
          await kubeConfig.applyToHTTPSOptions(security)
          if (context.asGroups.length > 0) {
            // Node sends one header for each; the WebSocket library's type does not know that
            const groups = [...context.asGroups] as unknown as string
            security.headers = { ...security.headers, 'Impersonate-Group': groups }
          }
        },
      }
    },
    close: async () => {
      closed = true
      runner?.dispose()
      retirePools()
      const open = [...retired]
      retired.clear()
      // requests that are under way end with it: nobody waits for their answers any more
      await Promise.all(open.map((dispatcher) => dispatcher.destroy()))
    },
  }

  function renewing(knock: () => Promise<boolean>): () => Promise<boolean> {
    let wasShut = false
    return async () => {
      const opened = await knock()
      if (opened && wasShut) retirePools()
      wasShut = !opened
      return opened
    }
  }

  /** Their requests may finish; then they close. */
  function retirePools(): void {
    for (const old of pools.values()) {
      retired.add(old)
      old.close().then(
        () => retired.delete(old),
        () => retired.delete(old),
      )
    }
    pools.clear()
  }

  async function currentConfig(): Promise<{ value: KubeConfig; tlsId: string; secrets: Secrets }> {
    if (closed) throw new AppError('cancelled')
    const secrets = await currentSecrets()
    const tlsId = hash([secrets.cert, secrets.key])
    const id = hash([tlsId, secrets.token, secrets.username, secrets.password])
    if (config?.id !== id) config = { id, value: await kubeConfigFor({ ...context, proxyUrl }, secrets) }
    return { value: config.value, tlsId, secrets }
  }

  async function currentSecrets(): Promise<Secrets> {
    switch (credential.type) {
      case 'none':
        return {}
      case 'token':
        return { token: credential.token }
      case 'basic':
        return { username: credential.username, password: credential.password }
      case 'certificate':
        return { cert: credential.cert, key: credential.key }
      case 'token-file':
        return { token: await tokenOf(credential.path) }
      case 'exec':
        return (await runner?.credential()) ?? {}
    }
  }

  function pool(kubeConfig: KubeConfig, tlsId: string, security: RequestOptions): Dispatcher {
    if (closed) throw new AppError('cancelled')
    const existing = pools.get(tlsId)
    if (existing) return existing
    // a rotated client certificate gets connections of its own; what still runs on the old ones may finish
    retirePools()
    const isBusy = options.isBusy ?? false
    const timeout = options.connectTimeoutMs ?? (isBusy ? BUSY.connectTimeout : 10_000)
    const made = dispatcherFor(kubeConfig, security, timeout, isBusy)
    pools.set(tlsId, made)
    return made
  }
}

/** Imported at the first use: the library is most of the core's weight and start time. */
async function kubeConfigFor(context: VettedContext, secrets: Secrets): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const base64 = (pem: string | undefined) => (pem === undefined ? undefined : Buffer.from(pem).toString('base64'))
  const kubeConfig = new KubeConfig()
  kubeConfig.loadFromOptions({
    clusters: [
      {
        name: 'cluster',
        server: context.server,
        skipTLSVerify: false,
        caData: base64(context.ca),
        tlsServerName: context.tlsServerName,
        proxyUrl: context.proxyUrl,
      },
    ],
    users: [
      {
        name: 'user',
        token: secrets.token,
        certData: base64(secrets.cert),
        keyData: base64(secrets.key),
        username: secrets.username,
        password: secrets.password,
        impersonateUser: context.asUser,
      },
    ],
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    currentContext: 'context',
  })
  return kubeConfig
}

/** A busy client's. How many streams a connection carries is the server's to say; what does not fit takes another connection. */
const BUSY = {
  /** A list of thousands must not hold up the watches on the same connection until it is read, bytes. */
  connectionWindowSize: 8 * 1024 * 1024,
  /** Without a request, ms: the next burst finds its connections open. */
  keepAliveTimeout: 60_000,
  /** ms */
  connectTimeout: 4000,
  /** Between two pings, ms. A connection on which one stays without its answer until the next is given up. */
  pingInterval: 5000,
}

function dispatcherFor(kubeConfig: KubeConfig, security: RequestOptions, timeout: number, isBusy: boolean): Dispatcher {
  const { ca, cert, key, servername } = security
  const cluster = kubeConfig.getCurrentCluster()
  const tls = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
  }
  const { connectionWindowSize, keepAliveTimeout, pingInterval } = BUSY
  const kept = isBusy ? { keepAliveTimeout } : {}
  const proxyUrl = cluster?.proxyUrl
  if (proxyUrl !== undefined) {
    // undici speaks HTTP and SOCKS5 proxies; the end-to-end TLS is ours in both
    const uri = proxyUrl.replace(/^socks5h:/, 'socks5:')
    return new ProxyAgent({ ...kept, uri, requestTls: { ...tls, timeout }, connectTimeout: timeout })
  }
  // over HTTP/2 a connection that died silently is found by its pings
  return new Agent({
    ...kept,
    h2Options: isBusy ? { pingInterval, connectionWindowSize } : { pingInterval: 10_000 },
    connect: { ...tls, timeout, keepAlive: true, keepAliveInitialDelay: 30_000 },
  })
}

function headersOf(security: RequestOptions): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(security.headers ?? {})) headers[name] = String(value)
  if (security.auth) headers['Authorization'] = `Basic ${Buffer.from(security.auth).toString('base64')}`
  return headers
}

async function tokenOf(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new AppError('kubeconfig-file-reference', { path }, { detail, cause: error })
  }
}

function hash(parts: readonly (string | undefined)[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest('hex')
}
