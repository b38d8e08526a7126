// The namespace's quotas, listed now and then: a desktop's user may not watch them. Without the right nothing is known and nothing blocked.
import { QUOTA, type KubeClient } from '../../../kube/types.ts'
import type { KubeObject } from '../../../shared/render/types.ts'

/** At most one list in this time, ms. */
const PAUSE_MS = 15_000

export interface QuotaWatch {
  readonly items: readonly KubeObject[]
  /** Lists them again when the last list is old enough. */
  refresh(): void
}

/** @param changed called when they differ from before */
export function createQuotaWatch(
  client: KubeClient,
  namespace: string,
  now: () => number,
  changed: () => void,
): QuotaWatch {
  let items: readonly KubeObject[] = []
  let askedAt = Number.NEGATIVE_INFINITY
  return {
    get items() {
      return items
    },
    refresh() {
      if (now() - askedAt < PAUSE_MS) return
      askedAt = now()
      client.list(QUOTA, { namespace }).then(
        (list) => {
          items = list.items
          changed()
        },
        () => undefined, // not allowed, or not now: the last ones stay
      )
    },
  }
}
