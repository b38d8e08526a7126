// Asks a cluster what it is and what this person may do there, and so how desktops are started in it.
// Policy: nothing is guessed from names; an access review decides, and the first right that is missing is told.
import { ApiError, NAMESPACE, type KubeClient } from '../../kube/types.ts'
import { userNamespace } from '../../shared/domain/names.ts'
import { AppError } from '../../shared/errors.ts'
import { API_GROUP, API_VERSION, LABEL } from '../../shared/product.ts'

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
  readonly group?: string
  /** Of a kind without a namespace. */
  readonly isClusterWide?: true
}
const CREATE_SESSIONS = { verb: 'create', resource: 'vdisessions', group: API_GROUP } satisfies Right
/** Without these a desktop cannot be started, seen or reached. The Role for direct mode grants them and a few that are optional. */
const NEEDED: Readonly<Record<ProbeResult['offer'], readonly Right[]>> = {
  direct: [
    { verb: 'create', resource: 'pods' },
    { verb: 'watch', resource: 'pods' },
    { verb: 'create', resource: 'secrets' },
    { verb: 'list', resource: 'secrets' },
    { verb: 'create', resource: 'persistentvolumeclaims' },
    { verb: 'create', resource: 'pods', subresource: 'portforward' },
  ],
  operator: [
    CREATE_SESSIONS,
    { verb: 'list', resource: 'vdisessions', group: API_GROUP },
    { verb: 'watch', resource: 'vdisessions', group: API_GROUP },
    { verb: 'list', resource: 'vditemplates', group: API_GROUP, isClusterWide: true },
    { verb: 'list', resource: 'pods' },
    { verb: 'watch', resource: 'pods' },
    { verb: 'get', resource: 'secrets' },
    { verb: 'create', resource: 'pods', subresource: 'portforward' },
  ],
}

interface Wanted {
  readonly chosen: string | undefined
  readonly context: string | undefined
}

/**
 * Probes a cluster. Where the operator's kinds are served, the person's own namespace is found by their name, without listing any.
 * @param wanted namespaces: `chosen` by the person in the app; the kubeconfig's `context`. Without both `default`, if that is allowed
 * @param fallbackUser who the person is where the API server is too old to say
 * @throws AppError `cluster-*`, `signed-out`, `no-namespace`, `not-admitted`, `plugin-*`
 */
export async function probeCluster(
  client: KubeClient,
  wanted: Wanted,
  fallbackUser: string,
  signal: AbortSignal,
): Promise<ProbeResult> {
  try {
    await checkVersion(client, signal)
    const user = await whoIs(client, fallbackUser)
    const isServed = await servesOurKinds(client, signal)
    const own = isServed ? await findUserNamespace(client, user, wanted, signal) : undefined
    if (own !== undefined) {
      const missing = await firstMissing(client, 'operator', own)
      if (missing) throw lacking(missing, own)
      return { user, namespace: own, offer: 'operator' }
    }
    const named = wanted.chosen ?? wanted.context
    const namespace = named ?? 'default'
    const missing = await firstMissing(client, 'direct', namespace)
    if (!missing) return { user, namespace, offer: 'direct' }
    if (isServed && wanted.chosen === undefined) throw new AppError('not-admitted', { username: user.username })
    throw named === undefined ? new AppError('no-namespace', { namespace }) : lacking(missing, namespace)
  } catch (error) {
    throw inWords(error, client)
  }
}

/** Where this person's VDISessions are, or undefined. */
async function findUserNamespace(
  client: KubeClient,
  user: ClusterUser,
  { chosen, context }: Wanted,
  signal: AbortSignal,
): Promise<string | undefined> {
  const candidates = chosen === undefined ? [userNamespace(user.username), context ?? 'default'] : [chosen]
  for (const namespace of candidates) {
    if (!(await client.canI({ ...CREATE_SESSIONS, namespace }))) continue
    if (await isUserNamespace(client, namespace, signal)) return namespace
  }
  return undefined
}

/** An admin may create VDISessions everywhere, but they come to life only in namespaces that were made from a VDIUser. */
async function isUserNamespace(client: KubeClient, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { metadata } = await client.get(NAMESPACE, name, undefined, signal)
    return metadata.labels?.[LABEL.user] !== undefined
  } catch (error) {
    // desktop users may not look at namespaces: for them their rights say enough
    if (error instanceof ApiError && error.status === 403) return true
    if (error instanceof ApiError && error.status === 404) return false
    throw error
  }
}

function lacking({ verb, resource, subresource }: Right, namespace: string): AppError {
  return new AppError('cluster-forbidden', {
    verb,
    resource: subresource ? `${resource}/${subresource}` : resource,
    namespace,
  })
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

async function firstMissing(
  client: KubeClient,
  offer: ProbeResult['offer'],
  namespace: string,
): Promise<Right | undefined> {
  const allowed = await Promise.all(
    NEEDED[offer].map(({ isClusterWide, ...right }) => client.canI(isClusterWide ? right : { ...right, namespace })),
  )
  return NEEDED[offer][allowed.indexOf(false)]
}

/** Whether the CRDs are there. Who may not even ask uses the cluster directly. */
async function servesOurKinds(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  try {
    await client.raw(`/apis/${API_GROUP}/${API_VERSION}`, signal)
    return true
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return false
    throw error
  }
}
