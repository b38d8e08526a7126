// VDISession: what a person wants (spec) and what the operator made of it (status). The CRD is generated from these schemas.
// No unions and no transforms: structural schemas refuse them.
import * as z from 'zod/mini'
import { conditionSchema } from './conditions.ts'

const time = z.iso.datetime()

export const vdiSessionSpecSchema = z.strictObject({
  /** Immutable. */
  templateRef: z.strictObject({ name: z.string().check(z.minLength(1), z.maxLength(40)) }),
  /** The user's name as the API server has it. Immutable; whoever creates the session, unless an admin does it for them. */
  owner: z.string().check(z.minLength(1), z.maxLength(253)),
  desiredState: z._default(z.enum(['Running', 'Stopped']), 'Running'),
  displayName: z.optional(z.string().check(z.minLength(1), z.maxLength(64))),
  /** Start without the template's GPU slice; the picture is then encoded in software. */
  withoutGpu: z._default(z.boolean(), false),
  /** A later time than the present start's makes a new pod. */
  restartRequestedAt: z.optional(time),
  /** Shortens the template's; 0 and longer ones are ignored. */
  idleTimeoutSeconds: z.optional(z.int().check(z.gte(0), z.lte(2_592_000))),
  expiresAt: z.optional(time),
  /** The app asked for it before anybody clicked; the first opening makes it an ordinary session. */
  startAhead: z._default(z.boolean(), false),
  /** What becomes of the home when this session is deleted; the template decides when it is left out. */
  home: z.optional(z.strictObject({ reclaim: z.enum(['Retain', 'Delete']) })),
})
export type VdiSessionSpec = z.infer<typeof vdiSessionSpecSchema>

/** For people and printer columns alone: programs read the conditions. */
export const SESSION_PHASES = [
  'Pending',
  'Scheduling',
  'Starting',
  'Ready',
  'Stopping',
  'Stopped',
  'Failed',
  'Terminating',
] as const

export const endpointSchema = z.strictObject({
  name: z.string().check(z.maxLength(32)),
  type: z.enum(['NodePort', 'Ingress']),
  protocol: z.optional(z.enum(['TCP', 'UDP'])),
  host: z.optional(z.string()),
  port: z.optional(z.int()),
  url: z.optional(z.string()),
})
export type SessionEndpoint = z.infer<typeof endpointSchema>

export const vdiSessionStatusSchema = z.strictObject({
  observedGeneration: z.optional(z.int()),
  phase: z.optional(z.enum(SESSION_PHASES)),
  podName: z.optional(z.string()),
  podUID: z.optional(z.string()),
  podIP: z.optional(z.string()),
  nodeName: z.optional(z.string()),
  serviceName: z.optional(z.string()),
  secretName: z.optional(z.string()),
  claimName: z.optional(z.string()),
  /** Hash of the template that the running desktop was made from. */
  templateHash: z.optional(z.string()),
  gpu: z.optional(
    z.strictObject({
      resourceName: z.string(),
      /** From `allocatedResourcesStatus`: the physical GPU and which of its slices. */
      uuid: z.optional(z.string()),
      replica: z.optional(z.string()),
      model: z.optional(z.string()),
    }),
  ),
  /** What encodes the picture. */
  encoder: z.optional(z.enum(['hardware', 'software'])),
  endpoints: z.optional(z.array(endpointSchema).check(z.maxLength(8))),
  connectedClients: z.optional(z.int().check(z.gte(0))),
  /** Of the present pod's desktop container. */
  restarts: z.optional(z.int().check(z.gte(0))),
  /** When the present (or last) start was asked for, was ready, and ended. */
  startedAt: z.optional(time),
  readyAt: z.optional(time),
  stoppedAt: z.optional(time),
  /** Why it is stopped: one of REASONS. */
  stopReason: z.optional(z.string().check(z.maxLength(64))),
  lastActivityTime: z.optional(time),
  /** When it will be stopped for being idle; there only while that is near (`idleWarningSeconds`). */
  idleStopAt: z.optional(time),
  /** From `startedAt` to ready, ms. */
  startupMilliseconds: z.optional(z.int().check(z.gte(0))),
  /** When pods of this start ended by themselves (evicted, refused by a device plugin): more than 5 in 10 minutes stall the session. */
  podFailures: z.optional(z.array(time).check(z.maxLength(8))),
  conditions: z.optional(z.array(conditionSchema).check(z.maxLength(16))),
})
export type VdiSessionStatus = z.infer<typeof vdiSessionStatusSchema>
export type SessionPhaseName = (typeof SESSION_PHASES)[number]
