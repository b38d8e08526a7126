// What a provider on a real cluster is given: one cluster's client and reflectors for one user, time, randomness and a log.
import type { KubeClient } from '../../kube/types.ts'
import type { Clock } from '../app-host.ts'
import type { Logger } from '../logging/logger.ts'
import type { LocalFacts } from './session-view.ts'
import type { CreateReflector } from './watch-health.ts'
import type { Timers } from './timers.ts'

export interface ProviderDeps {
  readonly clusterId: string
  readonly client: KubeClient
  readonly namespace: string
  readonly user: { readonly username: string; readonly groups: readonly string[] }
  readonly createReflector: CreateReflector
  readonly clock: Clock
  /** Random bytes, fit for secrets. */
  readonly random: (bytes: number) => Uint8Array
  readonly log: Logger
  /** Usual times of a template's stages, ms, from earlier starts of this person. */
  readonly usual?: ((templateId: string) => LocalFacts['usual']) | undefined
  readonly timers?: Timers | undefined
}
