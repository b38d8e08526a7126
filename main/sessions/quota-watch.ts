// The namespace's quotas, listed now and then: a desktop's user may not watch them. Without the right nothing is known and nothing blocked.
import { QUOTA, type KubeClient } from '../../kube/types.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { Timers } from './timers.ts'

/** At most one list in this time, ms. */
const PAUSE_MS = 15_000
/** While there are quotas they are asked for at least this often, ms: what others use of them tells nobody. */
const POLL_MS = 60_000

export interface QuotaWatch {
  readonly items: readonly KubeObject[]
  /** Something may have used or freed quota: lists them again as soon as the pause allows. */
  refresh(): void
  dispose(): void
}

export interface QuotaWatchDeps {
  readonly client: KubeClient
  readonly namespace: string
  readonly timers: Timers
  /** Epoch ms. */
  now(): number
  /** Nothing is asked of a cluster that does not answer. */
  isLive(): boolean
  /** Called when they may differ from before. */
  changed(): void
}

/** Makes the watch; it asks for nothing before the first `refresh`. */
export function createQuotaWatch({ client, namespace, timers, now, isLive, changed }: QuotaWatchDeps): QuotaWatch {
  let items: readonly KubeObject[] = []
  let askedAt = Number.NEGATIVE_INFINITY
  let planned: { readonly at: number; readonly callOff: () => void } | undefined
  let disposed = false

  const plan = (at: number): void => {
    if (disposed || (planned && planned.at <= at)) return
    planned?.callOff()
    planned = { at, callOff: timers.after(Math.max(0, at - now()), run) }
  }
  const run = (): void => {
    planned = undefined
    if (!isLive()) return plan(now() + POLL_MS)
    askedAt = now()
    client.list(QUOTA, { namespace }).then(
      (list) => {
        items = list.items
        if (items.length > 0) plan(now() + POLL_MS)
        changed()
      },
      () => undefined, // not allowed, or not now: the last ones stay
    )
  }
  return {
    get items() {
      return items
    },
    refresh: () => plan(Math.max(now(), askedAt + PAUSE_MS)),
    dispose() {
      disposed = true
      planned?.callOff()
    },
  }
}
