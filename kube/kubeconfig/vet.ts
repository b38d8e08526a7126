// Decides whether a context may be used at all, before anything is dialled or run, and gathers what it needs.
// Policy: TLS is always checked; files are read only for kubeconfigs that are files; a program is named, never run.
import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { AppError } from '../../shared/errors.ts'
import type { ClusterEntry, UserEntry } from './document.ts'
import { describePlugin, type ExecPlugin } from './plugin.ts'
import type { Environment, FoundContext, Placed } from './sources.ts'

/** A context that may be dialled. */
export interface VettedContext {
  readonly name: string
  readonly server: string
  /** `host[:port]` of the server, for people. */
  readonly host: string
  readonly namespace: string | undefined
  /** PEM; the system's authorities when absent. */
  readonly ca: string | undefined
  readonly tlsServerName: string | undefined
  readonly proxyUrl: string | undefined
  readonly credential: Credential
  /** Impersonation that the kubeconfig asks for. */
  readonly asUser: string | undefined
  readonly asGroups: readonly string[]
}

export type Credential =
  | { readonly type: 'none' }
  | { readonly type: 'token'; readonly token: string }
  | { readonly type: 'token-file'; readonly path: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'certificate'; readonly cert: string; readonly key: string; readonly expiresAt: number }
  | { readonly type: 'exec'; readonly plugin: ExecPlugin }

const MAX_REFERENCED_BYTES = 1024 * 1024

/**
 * Checks a context and reads the files that it points to.
 * @param env for finding an exec plugin's program
 * @param now epoch ms, for the client certificate's end
 * @throws AppError `kubeconfig-incomplete`, `-bad-data`, `-plain-http`, `-insecure`, `-auth-provider`, `-file-reference`, `client-certificate-expired`
 */
export async function vetContext(found: FoundContext, env: Environment, now: number): Promise<VettedContext> {
  const { cluster, user } = found
  if (!cluster) throw incomplete(found, 'cluster', found.clusterName)
  if (!user && found.userName !== '') throw incomplete(found, 'user', found.userName)
  const url = serverUrl(cluster.entry, found)
  if (cluster.entry['insecure-skip-tls-verify']) throw new AppError('kubeconfig-insecure')
  const provider = user?.entry['auth-provider']
  if (provider) throw new AppError('kubeconfig-auth-provider', { name: provider.name ?? '?' })

  const ca = await material(cluster, 'certificate-authority', found)
  const proxyUrl = cluster.entry['proxy-url'] || undefined
  if (proxyUrl !== undefined && !/^(https?|socks5h?):\/\//.test(proxyUrl)) throw badData('proxy-url', found)
  const credential = user ? await credentialOf(user, cluster.entry, found, { env, now, ca }) : NONE
  checkTls(ca, credential, found)
  return {
    name: found.name,
    server: url.href.replace(/\/$/, ''),
    host: url.host,
    namespace: found.namespace,
    ca,
    tlsServerName: cluster.entry['tls-server-name'] || undefined,
    proxyUrl,
    credential,
    asUser: user?.entry.as || undefined,
    asGroups: user?.entry['as-groups'] ?? [],
  }
}

const NONE: Credential = { type: 'none' }

interface Setting {
  readonly env: Environment
  readonly now: number
  readonly ca: string | undefined
}

async function credentialOf(
  user: Placed<UserEntry>,
  cluster: ClusterEntry,
  found: FoundContext,
  setting: Setting,
): Promise<Credential> {
  const { entry, folder } = user
  const cert = await material(user, 'client-certificate', found)
  const key = await material(user, 'client-key', found)
  if (cert !== undefined && key !== undefined) {
    const expiresAt = certificateEnd(cert, found)
    if (expiresAt <= setting.now) {
      throw new AppError('client-certificate-expired', {}, { detail: new Date(expiresAt).toISOString() })
    }
    return { type: 'certificate', cert, key, expiresAt }
  }
  if (entry.token) return { type: 'token', token: entry.token }
  if (entry.tokenFile) {
    const path = referenced(entry.tokenFile, folder)
    await readReferenced(path)
    return { type: 'token-file', path }
  }
  if (entry.exec) {
    const plugin = await describePlugin(entry.exec, {
      env: setting.env,
      folder,
      cluster: {
        server: cluster.server ?? '',
        ca: setting.ca,
        tlsServerName: cluster['tls-server-name'] || undefined,
        proxyUrl: cluster['proxy-url'] || undefined,
        config: cluster.extensions?.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.extension,
      },
    })
    return { type: 'exec', plugin }
  }
  if (entry.username) return { type: 'basic', username: entry.username, password: entry.password ?? '' }
  return NONE
}

function serverUrl(cluster: ClusterEntry, found: FoundContext): URL {
  const url = URL.parse(cluster.server ?? '')
  if (url?.protocol === 'http:') throw new AppError('kubeconfig-plain-http')
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') throw badData('server', found)
  return url
}

/** PEM of `<field>-data` (base64) or of the file that `<field>` names; data wins, as in kubectl. */
async function material(
  placed: Placed<Readonly<Record<string, unknown>>>,
  field: string,
  found: FoundContext,
): Promise<string | undefined> {
  const data = placed.entry[`${field}-data`]
  if (typeof data === 'string' && data !== '') {
    const pem = Buffer.from(data, 'base64').toString('utf8')
    if (!pem.includes('-----BEGIN ')) throw badData(`${field}-data`, found)
    return pem
  }
  const file = placed.entry[field]
  if (typeof file !== 'string' || file === '') return undefined
  const path = referenced(file, placed.folder)
  const pem = await readReferenced(path)
  if (!pem.includes('-----BEGIN ')) throw badData(field, found)
  return pem
}

/**
 * The files that a context points to, absolute, there or not: when one comes or changes the context is vetted again, also one
 * that was refused for what a file held.
 */
export function filesOf({ cluster, user }: FoundContext): readonly string[] {
  const named = [
    [cluster, 'certificate-authority', 'certificate-authority-data'],
    [user, 'client-certificate', 'client-certificate-data'],
    [user, 'client-key', 'client-key-data'],
    [user, 'tokenFile', 'token'],
  ] as const
  return named.flatMap(([placed, field, instead]) => {
    const entry: Readonly<Record<string, unknown>> = placed?.entry ?? {}
    const path = entry[field]
    if (entry[instead] || typeof path !== 'string' || path === '' || placed?.folder === undefined) return []
    return [referenced(path, placed.folder)]
  })
}

/** A path of a kubeconfig, from the kubeconfig's folder. Text that has no folder may not read files: it could name any. */
function referenced(path: string, folder: string | undefined): string {
  if (folder === undefined) throw new AppError('kubeconfig-file-reference', { path })
  return isAbsolute(path) ? path : join(folder, path)
}

/** @throws AppError `kubeconfig-file-reference` */
async function readReferenced(path: string): Promise<string> {
  try {
    const about = await stat(path)
    if (!about.isFile() || about.size > MAX_REFERENCED_BYTES) throw new Error('not a small file')
    return await readFile(path, 'utf8')
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new AppError('kubeconfig-file-reference', { path }, { detail, cause: error })
  }
}

function certificateEnd(pem: string, found: FoundContext): number {
  try {
    return new X509Certificate(pem).validToDate.getTime()
  } catch (error) {
    throw badData('client-certificate', found, error)
  }
}

function checkTls(ca: string | undefined, credential: Credential, found: FoundContext): void {
  try {
    const own = credential.type === 'certificate' ? { cert: credential.cert, key: credential.key } : {}
    createSecureContext({ ...(ca !== undefined && { ca }), ...own })
  } catch (error) {
    // a key that does not belong to its certificate, or a PEM frame around something else
    throw badData(credential.type === 'certificate' ? 'client-key' : 'certificate-authority', found, error)
  }
}

function incomplete(found: FoundContext, part: string, name: string): AppError {
  return new AppError('kubeconfig-incomplete', { context: found.name, part, name, file: found.source })
}

function badData(field: string, found: FoundContext, cause?: unknown): AppError {
  return new AppError('kubeconfig-bad-data', { field, file: found.source }, { cause })
}
