// All that planTemplate may know of one VDITemplate, gathered from the stores by `observe.ts`.
import type { TemplateSpec } from '../../shared/domain/template.ts'
import type { VdiTemplateStatus } from '../../shared/domain/vdi-template.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { SpecProblem } from '../parse-spec.ts'
import type { Refusal } from '../plan.ts'
import type { ObservedPool } from './warm-pool.ts'

export interface ObservedTemplate {
  readonly name: string
  /** The VDITemplate; undefined once it is gone. */
  readonly template: KubeObject | undefined
  /** Its spec, or what is wrong with it. */
  readonly spec: TemplateSpec | SpecProblem
  readonly status: VdiTemplateStatus
  /** People's sessions that name it, and those of them that run or start. */
  readonly sessions: number
  readonly running: number
  /** What keeps its image on the nodes, and the wall around that, as they are. */
  readonly daemonSet: KubeObject | undefined
  readonly policy: KubeObject | undefined
  /** Its desktops of the warm pool. */
  readonly pool: ObservedPool
  /** The last write of a plan for this template was refused. */
  readonly refusal: Refusal | undefined
}
