// All that planSession may know of one session, gathered from the stores by `observe.ts`. Times are epoch ms unless named otherwise.
import type { PodObject } from '../../shared/domain/cluster-objects.ts'
import type { Template, TemplateSpec } from '../../shared/domain/template.ts'
import type { VdiSessionSpec, VdiSessionStatus } from '../../shared/domain/vdi-session.ts'
import type { VdiUserSpec } from '../../shared/domain/vdi-user.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { Refusal } from '../plan.ts'
import type { Claim } from '../pool.ts'

/** A desktop of the warm pool: a VDISession of the operator's own with what is made of it. */
export interface PoolDesktop {
  readonly session: KubeObject
  /** Who has it; undefined while nobody has. */
  readonly claim: Claim | undefined
  readonly status: VdiSessionStatus
  /** False: the operator has ended it, since it failed. */
  readonly wanted: boolean
  readonly pods: readonly KubeObject[]
  readonly node: KubeObject | undefined
  readonly secret: KubeObject | undefined
  readonly pinned: ObservedSession['pinned']
  readonly service: KubeObject | undefined
  /** The RoleBinding that gives it to who has claimed it. */
  readonly rights: KubeObject | undefined
  /** When those rights were last written or first seen by this process, epoch ms: nobody watches Roles. */
  readonly rightsSeenAt: number | undefined
  readonly activity: ObservedSession['activity']
}

export interface ObservedSession {
  /** The VDISession itself, with its parsed parts. */
  readonly session: KubeObject
  readonly spec: VdiSessionSpec
  readonly status: VdiSessionStatus
  /** The VDITemplate as it is now; undefined when there is none of that name (and templates are known). */
  readonly template: Template | undefined
  /** The template that the present start was made from: pinned in the access Secret. */
  readonly pinned: { readonly spec: TemplateSpec; readonly hash: string } | undefined
  /** The VDIUser whose namespace this is; undefined when it is nobody's. */
  readonly user: { readonly name: string; readonly spec: VdiUserSpec } | undefined
  /** Objects of the session by their names; undefined when they are not there. A reflector that is not in sync makes no ObservedSession at all. */
  readonly secret: KubeObject | undefined
  readonly claim: KubeObject | undefined
  /** The claim's volume, once bound. */
  readonly volume: KubeObject | undefined
  /** The Service of the media port (`mediaName`). */
  readonly service: KubeObject | undefined
  /** Ingress, IngressRoute, Middleware of the session that exist, and the Service that they lead to (it has the session's own name). */
  readonly routes: readonly KubeObject[]
  /** Pods that carry the session's label in its namespace, ending ones too. */
  readonly pods: readonly KubeObject[]
  /** The node that the pod is on; undefined when it has none or the node is gone. */
  readonly node: KubeObject | undefined
  /** Where the home is, for volumes that lie on one node. */
  readonly homeNode:
    | {
        readonly name: string
        /** The node object is there, and Ready. */
        readonly present: boolean
        readonly ready: boolean
        /** Free slices of the resource that the template asks for. */
        readonly freeSlices: number | undefined
      }
    | undefined
  /** Free slices of the whole cluster, less those that pods wait for: known only where a start that nobody asked for needs one. */
  readonly freeSlices: number | undefined
  /** Desktops of the warm pool that this session has claimed; the first claim counts, and more than one is a fault. */
  readonly claimed: readonly PoolDesktop[]
  /** Those of its template that nobody has, the oldest first. */
  readonly warm: readonly PoolDesktop[]
  /** Pods of this person, here and claimed in the pool, where a quota of this namespace does not see them; undefined where the pool plays no part. */
  readonly share:
    | {
        readonly here: readonly PodObject[]
        readonly inPool: readonly PodObject[]
        /** Another start of this person is being written at this moment: what it takes is not in here yet. */
        readonly unsettled: boolean
      }
    | undefined
  /**
   * Other sessions of the same owner and template in this namespace. `running`: it has a pod, an ending one too, or is getting one:
   * it may write to the home.
   */
  readonly siblings: readonly {
    readonly name: string
    readonly running: boolean
    readonly startedAt: number | undefined
    /** All of its pods were told to end: it lets go in a moment. */
    readonly ending: boolean
    /** It is being deleted. */
    readonly removing: boolean
  }[]
  /** Running sessions of this owner, this one left out. */
  readonly runningOfOwner: number
  /** What the desktop's own server said last: how many clients are connected, and when it was asked. */
  readonly activity: { readonly clients: number; readonly at: number } | undefined
  /** The latest warning of the cluster about the claim (provisioning failed). */
  readonly claimWarning: string | undefined
  /** The last write of a plan for this session was refused. */
  readonly refusal: Refusal | undefined
}

/** What goes into a plan from outside, made anew for each round. */
export interface Fresh {
  /** 32 random bytes, base64url: used when a start begins. */
  readonly password: string
  /** The relay's URLs and secret, when there is a relay: the plan mints from it. The secret itself never leaves the platform's namespace. */
  readonly relay: { readonly urls: readonly string[]; readonly secret: string; readonly ttlSeconds: number } | undefined
}
