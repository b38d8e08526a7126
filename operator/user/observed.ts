// All that planUser may know of one VDIUser, gathered from the stores by `observe.ts`.
import type { VdiUserSpec, VdiUserStatus } from '../../shared/domain/vdi-user.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { SpecProblem } from '../parse-spec.ts'
import type { Refusal } from '../plan.ts'
import type { RegistryLogins } from './registry-logins.ts'

export interface ObservedUser {
  /** The VDIUser; undefined once it is gone. */
  readonly user: KubeObject | undefined
  /** Its spec, or what is wrong with it. */
  readonly spec: VdiUserSpec | SpecProblem
  readonly status: VdiUserStatus
  /** Name of an earlier VDIUser that names the same person. */
  readonly elder: string | undefined
  /** What has the name of this person's namespace, whoever made it. */
  readonly namespace: KubeObject | undefined
  /** Our objects in that namespace. */
  readonly roleBinding: KubeObject | undefined
  readonly quota: KubeObject | undefined
  readonly limits: KubeObject | undefined
  readonly policies: readonly KubeObject[]
  /** Logins of registries: what should be in that namespace, and what is. */
  readonly logins: RegistryLogins
  /** VDISessions in that namespace. */
  readonly sessions: number
  /** The one binding that lets users see templates, and whom it should name, sorted. */
  readonly readers: {
    /** `missing`: the chart's object is not there. `unknown`: it was not read yet. */
    readonly binding: KubeObject | 'missing' | 'unknown'
    readonly usernames: readonly string[]
  }
  /** The last write of a plan for this user was refused. */
  readonly refusal: Refusal | undefined
}

/** What the operator knows of itself. */
export interface Platform {
  /** The namespace that the operator runs in. */
  readonly namespace: string
  /** Its account there; unknown where it runs outside a cluster. */
  readonly serviceAccount?: string | undefined
}
