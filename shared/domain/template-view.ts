// A template as the UI shows it. Apart from the template's own schema, which the UI's bundle then need not hold.
import * as z from 'zod/mini'

export const templateViewSchema = z.object({
  id: z.string(),
  clusterId: z.string(),
  name: z.string(),
  description: z.string(),
  icon: z.string(),
  slices: z.number(),
  /** For badges: "4 cores, 16 GB"; empty when the template names none. */
  size: z.string(),
  hasHome: z.boolean(),
  /** Usual time from click to first picture, ms, from this person's own earlier starts; absent before the first. */
  usualReadyMs: z.optional(z.number()),
  /** Usual times of the stages, ms. */
  usualStages: z.optional(z.record(z.string(), z.number())),
  /** Why it cannot start now, in plain words; it may still be asked to wait. */
  blocked: z.optional(z.object({ sentence: z.string(), canWait: z.boolean() })),
  /** What to know before it is started, when it may be refused. */
  note: z.optional(z.string()),
  /** Pod Security level above restricted: said on its face with its reason. */
  securityNote: z.optional(z.string()),
})
export type TemplateView = z.infer<typeof templateViewSchema>
