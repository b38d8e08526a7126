// VDITemplate: an admin's template in the cluster. Its spec is the template's own schema; here is what the operator says of it.
import * as z from 'zod/mini'
import { conditionSchema } from './conditions.ts'

export const vdiTemplateStatusSchema = z.strictObject({
  observedGeneration: z.optional(z.int()),
  /** Sessions that name it, running or not, and those that run. */
  sessions: z.optional(z.int()),
  running: z.optional(z.int()),
  /** Nodes on which its image is kept (`prePull`). */
  prePulledNodes: z.optional(z.int()),
  conditions: z.optional(z.array(conditionSchema).check(z.maxLength(8))),
})
export type VdiTemplateStatus = z.infer<typeof vdiTemplateStatusSchema>
