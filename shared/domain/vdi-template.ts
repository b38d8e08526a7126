// VDITemplate: an admin's template in the cluster. Its spec is the template's own schema; here is what the operator says of it.
import * as z from 'zod/mini'
import { conditionsSchema } from './conditions.ts'
import { field, type CelRule } from './crd-meta.ts'
import { count, time } from './schema-parts.ts'

/** On the whole object: names of sessions, Services among their objects, are made from a template's. */
export const TEMPLATE_RULES: readonly CelRule[] = [
  {
    rule: "size(self.metadata.name) <= 40 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
    message: 'metadata.name must be at most 40 characters: lower-case letters, digits and dashes, a letter first',
  },
]

export const vdiTemplateStatusSchema = z.strictObject({
  observedGeneration: field('metadata.generation that this status speaks of.', z.optional(count())),
  sessions: field('Sessions that name it, running or not.', z.optional(count())),
  running: field('Those of them that run.', z.optional(count())),
  prePulledNodes: field('Nodes on which its image is kept (prePull).', z.optional(count())),
  warm: field('Desktops of the warm pool that wait for somebody (warmPool).', z.optional(count())),
  warmFailures: field(
    'When desktops of the pool failed before anybody had them: the next ones come ever later.',
    z.optional(z.array(time()).check(z.maxLength(8))),
    { 'x-kubernetes-list-type': 'atomic' },
  ),
  conditions: field(
    'Ready: it can be started. Stalled says why it cannot. WarmPool: as many wait as should.',
    conditionsSchema(),
  ),
})
export type VdiTemplateStatus = z.infer<typeof vdiTemplateStatusSchema>
