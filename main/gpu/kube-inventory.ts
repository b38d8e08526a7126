// The whole of a real cluster, for those who may see it: access reviews first, then watches of all nodes and pods while somebody looks.
// Policy: who may not is asked about once in five minutes and nothing else; a refusal ends the watches instead of repeating them.
import {
  ApiError,
  NODE,
  POD,
  VDI_SESSION,
  type KubeClient,
  type KubeObject,
  type Reflector,
  type Resource,
} from '../../kube/types.ts'
import { keepIdentity } from '../../kube/keep-object.ts'
import { keepNode, keepPod, resourcesOf, type NodeObject, type PodObject } from '../../shared/domain/cluster-objects.ts'
import { gpuInventory, type PoolClaimer } from '../../shared/domain/gpu-inventory.ts'
import { isGpuResource } from '../../shared/domain/gpu-map.ts'
import type { InventorySnapshot } from '../../shared/domain/gpu.ts'
import { WARM_POOL_NAMESPACE } from '../../shared/domain/names.ts'
import { AppError, toErrorView, type AppErrorView } from '../../shared/errors.ts'
import { ANNOTATION, LABEL } from '../../shared/product.ts'
import type { Clock } from '../app-host.ts'
import type { Logger } from '../logging/logger.ts'
import { HOST_TIMERS, type Timers } from '../sessions/timers.ts'
import { noInventory, type InventorySource } from './inventory-source.ts'

export interface KubeInventoryDeps {
  readonly cluster: {
    readonly id: string
    readonly client: KubeClient
    /** In which the person's own desktops are. */
    readonly namespace: string
    /** Without a namespace: of the whole cluster. */
    createReflector(
      resource: Resource,
      options: { readonly namespace?: string; readonly keep: (object: KubeObject) => KubeObject },
    ): Reflector
  }
  readonly clock: Clock
  readonly log: Logger
  readonly timers?: Timers | undefined
}

/** Between two rounds of access reviews, ms; sooner after one that got no answer. */
const REVIEW_MS = 300_000
const REVIEW_AGAIN_MS = 60_000
/** Between two snapshots, ms. */
const PACE_MS = 500
/** The watches outlast the last look by this much, ms: a page that is loaded again costs no second list. */
const LINGER_MS = 30_000

const SEES: readonly { readonly verb: string; readonly resource: string }[] = [
  { verb: 'list', resource: 'nodes' },
  { verb: 'watch', resource: 'nodes' },
  { verb: 'list', resource: 'pods' },
  { verb: 'watch', resource: 'pods' },
]

interface Rights {
  readonly see: boolean
  readonly stopAnywhere: boolean
  readonly stopHere: boolean
}
interface Watches {
  readonly nodes: Reflector
  readonly pods: Reflector
  /** Sessions of the warm pool, once some of its pods are there: who has claimed them. Without the right nobody is named. */
  pool: Reflector | undefined
  readonly end: () => void
}

/** Makes the source; it asks for rights at once. */
export function createKubeInventory(deps: KubeInventoryDeps): InventorySource {
  const { cluster, clock, log } = deps
  const { client, id } = cluster
  const timers = deps.timers ?? HOST_TIMERS
  const listeners = new Set<(snapshot: InventorySnapshot) => void>()
  let rights: Rights = { see: false, stopAnywhere: false, stopHere: false }
  let since = clock.now()
  let looking = false
  let watches: Watches | undefined
  /** The API server refused what its reviews allow: not asked again before the next round of them. */
  let refused: { readonly at: number; readonly error: AppErrorView } | undefined
  let disposed = false
  let reviewing: Promise<void> | undefined
  let callOffReview: () => void = () => undefined
  let callOffEnd: () => void = () => undefined
  let callOffTell: (() => void) | undefined
  let toldAt = Number.NEGATIVE_INFINITY

  void review()

  function review(): Promise<void> {
    callOffReview()
    return (reviewing ??= ask().then(
      (next) => settle(next, REVIEW_MS),
      (thrown: unknown) => {
        // what was known holds until an answer comes
        if (!disposed) log.info('access reviews for the cluster view got no answer', { error: toErrorView(thrown) })
        settle(rights, REVIEW_AGAIN_MS)
      },
    ))
  }

  function settle(next: Rights, againMs: number): void {
    reviewing = undefined
    if (disposed) return
    if (next.see !== rights.see) since = clock.now()
    rights = next
    callOffReview = timers.after(againMs, () => {
      refused = undefined
      void review()
    })
    arrange()
    tell()
  }

  /** One after the other: the first refusal ends it, so that ordinary users cost one request. */
  async function ask(): Promise<Rights> {
    for (const right of SEES)
      if (!(await client.canI(right))) return { see: false, stopAnywhere: false, stopHere: false }
    const stop = { verb: 'delete', resource: 'pods' }
    if (await client.canI(stop)) return { see: true, stopAnywhere: true, stopHere: true }
    return { see: true, stopAnywhere: false, stopHere: await client.canI({ ...stop, namespace: cluster.namespace }) }
  }

  /** Begins or ends the watches, as rights and looks want it. */
  function arrange(): void {
    callOffEnd()
    callOffEnd = () => undefined
    const wanted = !disposed && rights.see && refused === undefined
    if (wanted && looking) watches ??= begin()
    else if (!wanted) endWatches()
    else if (watches)
      callOffEnd = timers.after(LINGER_MS, () => {
        endWatches()
        tell()
      })
  }

  function begin(): Watches {
    const nodes = cluster.createReflector(NODE, { keep: keepNode })
    const pods = cluster.createReflector(POD, { keep: keepPod })
    const heard = (): void => {
      const failed = [nodes, pods].find(({ state }) => state === 'forbidden')
      if (failed) refuse(failed)
      else tell()
    }
    const stops = [nodes.onChange(heard), pods.onChange(heard)]
    const begun: Watches = {
      nodes,
      pods,
      pool: undefined,
      end: () => {
        for (const stop of stops) stop()
        nodes.stop()
        pods.stop()
        begun.pool?.stop()
      },
    }
    return begun
  }

  /** Few clusters have a pool, and fewer admins look at it: it is watched once there is something to name. */
  function claimerOf(watched: Watches, session: string): PoolClaimer | undefined {
    if (watched.pool === undefined) {
      watched.pool = cluster.createReflector(VDI_SESSION, { namespace: WARM_POOL_NAMESPACE, keep: keepClaim })
      watched.pool.onChange(() => tell())
    }
    return claimerIn(watched.pool.get(session, WARM_POOL_NAMESPACE))
  }

  function refuse({ error }: Reflector): void {
    const detail = error instanceof Error ? error.message : undefined
    refused = { at: clock.now(), error: new AppError('inventory-forbidden', {}, { detail }).toView() }
    endWatches()
    tell()
    // a right that was taken away is seen at once
    void review()
  }

  function endWatches(): void {
    watches?.end()
    watches = undefined
  }

  /** At most one snapshot in PACE_MS. */
  function tell(): void {
    if (disposed || callOffTell) return
    callOffTell = timers.after(Math.max(0, toldAt + PACE_MS - clock.now()), () => {
      callOffTell = undefined
      if (disposed) return
      toldAt = clock.now()
      const snapshot = now()
      for (const listener of listeners) listener(snapshot)
    })
  }

  function now(): InventorySnapshot {
    const nothing = noInventory(id, since)
    if (!rights.see) return nothing
    if (refused) return { ...nothing, access: 'full', state: 'forbidden', since: refused.at, error: refused.error }
    if (!watches) return { ...nothing, access: 'full' }
    const canStop = (namespace: string): boolean =>
      rights.stopAnywhere || (rights.stopHere && namespace === cluster.namespace)
    const nodes = watches.nodes.items as readonly NodeObject[]
    const pods = watches.pods.items as readonly PodObject[]
    const health = healthOf(watches, client.server)
    // half of it would name held slices free
    if (health.state === 'syncing') return { ...nothing, ...health, access: 'full' }
    const watched = watches
    const found = gpuInventory(nodes, pods, clock.now(), {
      clusterId: id,
      canStop,
      claimerOf: (session) => claimerOf(watched, session),
    })
    return { clusterId: id, access: 'full', ...health, ...found }
  }

  return {
    watch(listener) {
      listeners.add(listener)
      listener(now())
      return () => void listeners.delete(listener)
    },
    setLooking(value) {
      if (disposed || looking === value) return
      looking = value
      arrange()
      if (value) tell()
    },
    async stop(namespace, name) {
      const seen = watches?.pods.items.find(
        ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
      )?.metadata.uid
      try {
        await stopPod(client, namespace, name, seen)
      } catch (thrown) {
        throw inWords(thrown, namespace, client.server)
      }
    },
    dispose() {
      disposed = true
      listeners.clear()
      callOffReview()
      callOffEnd()
      callOffTell?.()
      endWatches()
      // a review that is under way ends with its client
      return Promise.resolve()
    },
  }
}

/** @param seen uid of the pod that the person saw, when it is known */
async function stopPod(client: KubeClient, namespace: string, name: string, seen: string | undefined): Promise<void> {
  if (!(await client.canI({ verb: 'delete', resource: 'pods', namespace, name })))
    throw new AppError('stop-forbidden', { namespace })
  let pod: KubeObject
  try {
    pod = await client.get(POD, name, namespace)
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.status === 404) return
    throw thrown
  }
  // this view offers desktops and what holds or wants a slice, and with an admin's rights nothing else is in its reach
  const isDesktop = pod.metadata.labels?.[LABEL.session] !== undefined
  if (!isDesktop && ![...resourcesOf(pod as PodObject)].some(isGpuResource)) throw new AppError('bad-request')
  const { uid } = pod.metadata
  if (seen !== undefined && uid !== seen) throw new AppError('session-unknown')
  await client.delete(POD, name, namespace, uid === undefined ? {} : { uid })
}

function inWords(thrown: unknown, namespace: string, server: string): unknown {
  if (!(thrown instanceof ApiError)) return thrown
  const options = { detail: thrown.message, cause: thrown }
  if (thrown.status === 403) return new AppError('stop-forbidden', { namespace }, options)
  // another pod has its name by now
  if (thrown.status === 409) return new AppError('session-unknown', {}, options)
  if (thrown.status === 401) return new AppError('signed-out', {}, options)
  return new AppError('cluster-slow', { host: URL.parse(server)?.host ?? server }, options)
}

/** Of a session of the pool only who has claimed it is kept. */
function keepClaim(session: KubeObject): KubeObject {
  return keepIdentity(session, [ANNOTATION.claimedBy, ANNOTATION.claimedFor])
}

function claimerIn(session: KubeObject | undefined): PoolClaimer | undefined {
  const { [ANNOTATION.claimedBy]: by, [ANNOTATION.claimedFor]: person } = session?.metadata.annotations ?? {}
  const [namespace, name] = by?.split('/') ?? []
  return person && namespace && name ? { person, namespace, name } : undefined
}

/** How good what both watches know is: the worse of the two. */
function healthOf({ nodes, pods }: Watches, server: string): Pick<InventorySnapshot, 'state' | 'since' | 'error'> {
  for (const state of ['syncing', 'signed-out', 'stale'] as const) {
    const found = [nodes, pods].find((reflector) => reflector.state === state)
    if (!found) continue
    const error = found.error === undefined ? undefined : toErrorView(inWords(found.error, '', server))
    return { state: state === 'syncing' ? 'syncing' : 'stale', since: found.since, ...(error && { error }) }
  }
  return { state: 'live', since: Math.max(nodes.since, pods.since) }
}
