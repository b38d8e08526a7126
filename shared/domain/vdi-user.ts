// VDIUser: an admin lets somebody in. The operator turns it into a namespace with rights, limits and walls, and says where that is.
import * as z from 'zod/mini'
import { conditionSchema } from './conditions.ts'

const quantity = z
  .string()
  .check(z.regex(/^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi|Ti|k|M|G|T)?$/, 'must be a quantity such as 500m or 2Gi'))

export const vdiUserSpecSchema = z.strictObject({
  /** As the API server names the user (client certificate: CN; OIDC: with its prefix). Immutable. */
  username: z.string().check(z.minLength(1), z.maxLength(253)),
  displayName: z.optional(z.string().check(z.maxLength(64))),
  /** Groups that count for a template's `access.allowedGroups`. */
  groups: z._default(z.array(z.string().check(z.minLength(1), z.maxLength(253))).check(z.maxLength(64)), []),
  /** What one person may hold at once; what is left out is not limited, except where the chart sets a default. */
  quota: z._default(
    z.strictObject({
      sessions: z.optional(z.int().check(z.gte(0), z.lte(1000))),
      slices: z.optional(z.int().check(z.gte(0), z.lte(1000))),
      cpu: z.optional(quantity),
      memory: z.optional(quantity),
      storage: z.optional(quantity),
    }),
    {},
  ),
  /** Locked out: running desktops are stopped, homes stay, the rights go. */
  suspended: z._default(z.boolean(), false),
  /** Highest Pod Security level that this person's templates may need. */
  podSecurity: z._default(z.enum(['restricted', 'baseline']), 'baseline'),
})
export type VdiUserSpec = z.infer<typeof vdiUserSpecSchema>

export const vdiUserStatusSchema = z.strictObject({
  observedGeneration: z.optional(z.int()),
  /** Where this person's desktops are. */
  namespace: z.optional(z.string()),
  sessions: z.optional(z.int()),
  conditions: z.optional(z.array(conditionSchema).check(z.maxLength(8))),
})
export type VdiUserStatus = z.infer<typeof vdiUserStatusSchema>
