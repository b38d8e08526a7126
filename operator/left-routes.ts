// Takes away what an earlier setting of `ingress.kind` left: routes of a kind that this process does not keep in its stores any more.
// Policy: once for each leader, since a setting changes with the process alone; only what the operator itself made for sessions; tried again
// until the API server has answered for each kind. A kind that the cluster does not have has left nothing.
import type { Timers } from '../kube/retry-budget.ts'
import { ApiError, INGRESS, INGRESS_ROUTE, MIDDLEWARE, type KubeClient, type Resource } from '../kube/types.ts'
import { FIELD_MANAGER_OPERATOR, LABEL } from '../shared/product.ts'
import type { OperatorConfig } from './config.ts'
import type { Logger } from './log.ts'
import { routeKinds } from './stores.ts'

export interface LeftRoutes {
  /** The leader's work: begins at once, and goes on until everything is gone. */
  lead(): void
  stop(): void
}

export interface LeftRoutesDeps {
  readonly client: Pick<KubeClient, 'list' | 'delete'>
  readonly config: OperatorConfig
  readonly timers: Timers
  readonly log: Logger
}

/** After a try that failed, ms. */
const AGAIN_MS = 10_000
const MADE = `${LABEL.managed}=${FIELD_MANAGER_OPERATOR},${LABEL.session}`

/** Nothing happens before `lead`. */
export function createLeftRoutes({ client, config, timers, log }: LeftRoutesDeps): LeftRoutes {
  const kept = routeKinds(config)
  const kinds = [INGRESS_ROUTE, INGRESS, MIDDLEWARE].filter((kind) => !kept.includes(kind))
  const ended = new AbortController()
  let cancel: () => void = () => undefined

  async function sweep(left: readonly Resource[]): Promise<void> {
    const again: Resource[] = []
    for (const kind of left) {
      try {
        await removeAll(kind)
      } catch (error) {
        if (ended.signal.aborted) return
        again.push(kind)
        log.warn('routes of an earlier setting could not be removed', { kind: kind.kind, error })
      }
    }
    if (again.length > 0 && !ended.signal.aborted) cancel = timers.after(AGAIN_MS, () => void sweep(again))
  }

  async function removeAll(kind: Resource): Promise<void> {
    const { signal } = ended
    const { items } = await client.list(kind, { labelSelector: MADE, signal }).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return { items: [] }
      throw error
    })
    for (const { metadata } of items) {
      // whoever has lost the lease writes nothing more
      signal.throwIfAborted()
      await client.delete(
        kind,
        metadata.name,
        metadata.namespace,
        metadata.uid === undefined ? {} : { uid: metadata.uid },
      )
    }
    if (items.length > 0)
      log.info('routes of an earlier setting were removed', { kind: kind.kind, count: items.length })
  }

  return {
    lead: () => void sweep(kinds),
    stop: () => {
      ended.abort()
      cancel()
    },
  }
}
