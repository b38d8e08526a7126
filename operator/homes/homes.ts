// Makes and removes homes on one node: a folder and a volume for each claim that the scheduler has sent here, in some milliseconds, where a
// provisioner that starts a pod for each folder takes seconds.
// Policy: level-triggered and idempotent, so that two of it on one node (an update) do no harm: a folder that is there and a volume that
// exists are what was wanted. What fails is said in an Event at the claim and tried again, ever later.
import { keepIdentity } from '../../kube/keep-object.ts'
import { createReflector } from '../../kube/reflector.ts'
import { createRetryBudget, type Timers } from '../../kube/retry-budget.ts'
import { ApiError, CLAIM, VOLUME, type KubeClient, type KubeObject } from '../../kube/types.ts'
import { createWorkQueue } from '../../kube/work-queue.ts'
import { LABEL } from '../../shared/product.ts'
import type { EventRecorder } from '../events.ts'
import type { Logger } from '../log.ts'
import type { Folders } from './folders.ts'
import { CLAIM_ANNOTATIONS, HOME_NODE, surplusFolder, wantedVolume, type Place } from './volumes.ts'

export interface HomesDeps {
  readonly client: KubeClient
  readonly place: Place
  readonly folders: Folders
  readonly events: EventRecorder
  readonly timers: Timers
  readonly log: Logger
}

export interface Homes {
  /** Resolves when everything was listed once. Rejects when stopped before. */
  readonly synced: Promise<void>
  /** Resolves when nothing is left that could be done now. */
  idle(): Promise<void>
  /** Ends what is under way. */
  stop(): Promise<void>
}

/** Homes that are made or removed at the same time: a large one must not hold up the next start. */
const AT_ONCE = 4

/** Begins at once. Homes are claims that the app or the operator made, by their label; those of anybody else are not looked at. */
export function createHomes({ client, place, folders, events, timers, log }: HomesDeps): Homes {
  const budget = createRetryBudget(timers, Math.random, { knock: client.knock })
  const claims = createReflector(client, CLAIM, { labelSelector: LABEL.managed, budget, timers, keep: keepClaim })
  const volumes = createReflector(client, VOLUME, { labelSelector: `${HOME_NODE}=${place.hostname}`, budget, timers })
  const queue = createWorkQueue({
    concurrency: AT_ONCE,
    timers,
    work,
    onDone: (key, _seconds, error) => {
      if (error !== undefined) log.warn('a home is tried again', { key, error })
    },
  })
  const follow = (kind: 'claim' | 'volume') => (_before: KubeObject | undefined, after: KubeObject | undefined) => {
    if (!after) return
    const { namespace = '', name } = after.metadata
    // most news is about homes of other nodes, or needs nothing
    if (kind === 'claim' && wantedVolume(after, place)) queue.add(`claim/${namespace}/${name}`, 'urgent')
    if (kind === 'volume' && surplusFolder(after, place) !== undefined) queue.add(`volume//${name}`)
  }
  claims.onObject(follow('claim'))
  volumes.onObject(follow('volume'))
  const synced = Promise.all([claims.synced, volumes.synced]).then(() => undefined)
  // nobody has to wait for it
  synced.catch(() => undefined)

  async function work(key: string): Promise<void> {
    const [kind, namespace = '', name = ''] = key.split('/')
    if (kind === 'claim') await make(claims.get(name, namespace))
    else await remove(volumes.get(name))
  }

  async function make(claim: KubeObject | undefined): Promise<void> {
    const wanted = claim && wantedVolume(claim, place)
    if (!claim || !wanted) return
    const failed = (note: string): void =>
      events.record(claim, { type: 'Warning', reason: 'VolumePending', action: 'Provision', note })
    // another claim would be another object: this one is not asked again
    if (wanted.type === 'refused') return failed(wanted.reason)
    try {
      await folders.make(wanted.folder)
      await client.create(VOLUME, wanted.volume)
      log.info('a home is there', { claim: `${claim.metadata.namespace ?? ''}/${claim.metadata.name}` })
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'AlreadyExists') return
      failed(`The home could not be made on ${place.node}: ${error instanceof Error ? error.message : String(error)}`)
      throw error
    }
  }

  async function remove(volume: KubeObject | undefined): Promise<void> {
    const folder = volume && surplusFolder(volume, place)
    if (!volume || folder === undefined) return
    await folders.remove(folder)
    const { name, uid } = volume.metadata
    await client.delete(VOLUME, name, undefined, uid === undefined ? {} : { uid })
    log.info('a home is gone', { volume: name })
  }

  return {
    synced,
    idle: () => queue.idle(),
    stop: async () => {
      await queue.close()
      claims.stop()
      volumes.stop()
      await events.drained()
    },
  }
}

/** Of a claim that has its volume nothing is needed any more: a node holds the whole cluster's. */
function keepClaim(claim: KubeObject): KubeObject {
  const { volumeName } = (claim['spec'] ?? {}) as { readonly volumeName?: string }
  return volumeName
    ? { ...keepIdentity(claim), spec: { volumeName } }
    : { ...keepIdentity(claim, CLAIM_ANNOTATIONS), spec: claim['spec'] }
}
