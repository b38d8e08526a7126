// What a controller decides: plain data. Planners are pure and give it, the executor carries it out, nothing else writes to the cluster.
import type { Reason } from '../shared/domain/conditions.ts'
import type { KubeObject, Resource } from '../kube/types.ts'

/**
 * One object to write. `create`: exactly once, an object that is there already is left as it is. `apply`: server-side apply. `claim`: the
 * annotations of an object that is there in this very version; in any other the round is made again.
 */
export interface PlannedWrite {
  readonly verb: 'create' | 'apply' | 'claim'
  readonly resource: Resource
  readonly object: KubeObject
}

/** One object to delete; one that is gone is no error. With `uid` only that very object. */
export interface PlannedDelete {
  readonly resource: Resource
  readonly name: string
  readonly namespace?: string | undefined
  readonly uid?: string | undefined
  /** Only in this very version: in any other it is left alone, and the change brings the next round. */
  readonly resourceVersion?: string | undefined
  readonly gracePeriodSeconds?: number | undefined
}

/** An Event that a person can read in `kubectl describe`; the same one within ten minutes is counted, not repeated. */
export interface PlannedEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: Reason
  /** UpperCamelCase verb: Start, Stop, Wait, Recreate, Remove, Admit. */
  readonly action: string
  /** A sentence. */
  readonly note: string
}

/**
 * What is to be done for one object. The executor does it in this order: `finalizers` that are new, `writes` (all at once, but a namespace
 * or a claim first, a role before it is bound, and pods last), `deletes`, `finalizers` that go, `status` (not in the round that makes a
 * desktop's pod), `events`.
 * A write that is refused ends the round: nothing is deleted, and the refusal is given to the next plan, which says it in the status.
 */
export interface Plan {
  readonly writes: readonly PlannedWrite[]
  readonly deletes: readonly PlannedDelete[]
  /** The object's finalizers as they should be; left out: as they are. */
  readonly finalizers?: readonly string[] | undefined
  /** The whole status as it should be; it is written only where it differs. Left out: as it is (the object is going). */
  readonly status?: unknown
  readonly events: readonly PlannedEvent[]
  /** Look again at this time although nothing changed, epoch ms. */
  readonly nextAt?: number | undefined
}

/** Why the API server refused a write, as far as it decides what follows. */
export interface Refusal {
  readonly kind: 'quota' | 'admission' | 'runtime-class' | 'namespace-terminating' | 'invalid' | 'other'
  /** The server's own words. */
  readonly message: string
  /** Which object: `Pod`, `PersistentVolumeClaim`, ... */
  readonly of: string
  /** Epoch ms, and how often in a row. */
  readonly at: number
  readonly count: number
}

/** Nothing to do. */
export const NO_PLAN: Plan = { writes: [], deletes: [], events: [] }
