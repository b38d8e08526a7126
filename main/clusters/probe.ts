// Asks a cluster what it is and what this person may do there, and so how desktops are started in it.
// Policy: nothing is guessed from names; an access review decides, and the first right that is missing is told.
import type { KubeClient } from '../../kube/types.ts'
import { ApiError } from '../../kube/types.ts'
import { AppError } from '../../shared/errors.ts'
import { API_GROUP } from '../../shared/product.ts'

export interface ClusterUser {
  readonly username: string
  readonly groups: readonly string[]
}
export interface ProbeResult {
  readonly user: ClusterUser
  /** In which desktops are started. */
  readonly namespace: string
  /** What the cluster offers. */
  readonly offer: 'operator' | 'direct'
}

interface Right {
  readonly verb: string
  readonly resource: string
  readonly subresource?: string
}
/** Without these a desktop cannot be started, seen or reached. The Role for direct mode grants them and a few that are optional. */
const NEEDED: readonly Right[] = [
  { verb: 'create', resource: 'pods' },
  { verb: 'watch', resource: 'pods' },
  { verb: 'create', resource: 'secrets' },
  { verb: 'list', resource: 'secrets' },
  { verb: 'create', resource: 'persistentvolumeclaims' },
  { verb: 'create', resource: 'pods', subresource: 'portforward' },
]

/**
 * Probes a cluster.
 * @param wanted `chosen` by the person in the app, else the kubeconfig's `context` namespace, else `default` if that is allowed
 * @param fallbackUser who the person is where the API server is too old to say
 * @throws AppError `cluster-*`, `signed-out`, `no-namespace`, `plugin-*`
 */
export async function probeCluster(
  client: KubeClient,
  wanted: { readonly chosen: string | undefined; readonly context: string | undefined },
  fallbackUser: string,
  signal: AbortSignal,
): Promise<ProbeResult> {
  try {
    await checkVersion(client, signal)
    const user = await whoIs(client, fallbackUser)
    const named = wanted.chosen ?? wanted.context
    const namespace = named ?? 'default'
    const missing = await firstMissing(client, namespace)
    if (missing) {
      const resource = missing.subresource ? `${missing.resource}/${missing.subresource}` : missing.resource
      throw named === undefined
        ? new AppError('no-namespace', { namespace })
        : new AppError('cluster-forbidden', { verb: missing.verb, resource, namespace })
    }
    return { user, namespace, offer: await offerOf(client, signal) }
  } catch (error) {
    throw inWords(error, client)
  }
}

/** An API server's own refusal or trouble, for people. */
function inWords(error: unknown, client: Pick<KubeClient, 'server'>): unknown {
  if (!(error instanceof ApiError)) return error
  const host = URL.parse(client.server)?.host ?? client.server
  const detail = `${error.status} ${error.message}`
  if (error.status === 429 || error.status >= 500)
    return new AppError('cluster-slow', { host }, { detail, cause: error })
  if (error.status === 403) {
    const words = { verb: 'ask for your own rights', resource: '', namespace: '' }
    return new AppError('cluster-forbidden', words, { detail, cause: error })
  }
  return new AppError('cluster-not-kubernetes', { host }, { detail, cause: error })
}

async function checkVersion(client: KubeClient, signal: AbortSignal): Promise<void> {
  let version: unknown
  try {
    version = await client.raw('/version', signal)
  } catch (error) {
    // some clusters hide their version from ordinary users; the review that follows tells the rest
    if (error instanceof ApiError && error.status === 403) return
    throw error
  }
  if (typeof version === 'object' && version !== null && 'gitVersion' in version) return
  throw new AppError('cluster-not-kubernetes', { host: URL.parse(client.server)?.host ?? client.server })
}

async function whoIs(client: KubeClient, fallbackUser: string): Promise<ClusterUser> {
  try {
    return await client.whoAmI()
  } catch (error) {
    // the review is there since 1.28
    if (error instanceof ApiError && error.status === 404) return { username: fallbackUser, groups: [] }
    throw error
  }
}

async function firstMissing(client: KubeClient, namespace: string): Promise<Right | undefined> {
  const allowed = await Promise.all(NEEDED.map((right) => client.canI({ ...right, namespace })))
  return NEEDED[allowed.indexOf(false)]
}

/** Whether the CRDs are served. The app's provider for them comes with the operator; until then such a cluster is used directly. */
async function offerOf(client: KubeClient, signal: AbortSignal): Promise<'operator' | 'direct'> {
  try {
    await client.raw(`/apis/${API_GROUP}`, signal)
    return 'operator'
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return 'direct'
    throw error
  }
}
