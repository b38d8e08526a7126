// VDIUser: an admin lets somebody in. The operator turns it into a namespace with rights, limits and walls, and says where that is.
import * as z from 'zod/mini'
import { conditionsSchema } from './conditions.ts'
import { field, immutable, type CelRule } from './crd-meta.ts'
import { count, quantity, unique } from './schema-parts.ts'

/** On the whole object: its name is a label's value on what stands in the user's namespace. */
export const USER_RULES: readonly CelRule[] = [
  { rule: 'size(self.metadata.name) <= 63', message: 'metadata.name must be at most 63 characters' },
]

const groups = z.array(z.string().check(z.minLength(1), z.maxLength(253))).check(
  z.maxLength(64),
  unique((group) => group),
)
const atMost = () => z.optional(z.int().check(z.gte(0), z.lte(1000)))

export const vdiUserSpecSchema = z.strictObject({
  username: field(
    'The name as the API server has it: with a client certificate its CN, with OIDC the claim with its prefix.',
    z.string().check(z.minLength(1), z.maxLength(253)),
    { ...immutable('username'), example: 'alice' },
  ),
  displayName: field('A name for people.', z.optional(z.string().check(z.maxLength(64))), { example: 'Alice Adams' }),
  groups: field("Groups that count for a template's access.allowedGroups.", z._default(groups, []), {
    'x-kubernetes-list-type': 'set',
    example: ['engineering'],
  }),
  quota: field(
    'What one person may hold at once. What is left out is not limited, except where the chart sets a default.',
    z._default(
      z.strictObject({
        sessions: field('Running desktops.', atMost(), { example: 3 }),
        slices: field('Slices of GPUs.', atMost(), { example: 1 }),
        cpu: field('CPU that running desktops ask for.', z.optional(quantity()), { example: 8 }),
        memory: field('Memory that running desktops ask for.', z.optional(quantity()), { example: '16Gi' }),
        storage: field('Homes, all together.', z.optional(quantity()), { example: '100Gi' }),
      }),
      {},
    ),
  ),
  suspended: field(
    'Locked out: running desktops are stopped, homes stay, the rights go.',
    z._default(z.boolean(), false),
  ),
  podSecurity: field(
    "Highest Pod Security level that this person's templates may need.",
    z._default(z.enum(['restricted', 'baseline']), 'baseline'),
  ),
})
export type VdiUserSpec = z.infer<typeof vdiUserSpecSchema>

export const vdiUserStatusSchema = z.strictObject({
  observedGeneration: field('metadata.generation that this status speaks of.', z.optional(count())),
  namespace: field("Where this person's desktops are.", z.optional(z.string().check(z.maxLength(63)))),
  sessions: field("This person's sessions, running or not.", z.optional(count())),
  conditions: field('Ready: the namespace stands, with its rights and limits.', conditionsSchema()),
})
export type VdiUserStatus = z.infer<typeof vdiUserStatusSchema>
