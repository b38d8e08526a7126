// Who holds which GPU slice, what waits and why: the words of the admin view.
// From nodes and pods alone; what the API does not tell is left out, never guessed.
import * as z from 'zod/mini'
import { appErrorSchema } from '../errors.ts'

/** Who holds a slice, as far as the API tells. */
export const sliceHolderSchema = z.object({
  namespace: z.string(),
  pod: z.string(),
  /** The person: the owner annotation of our own pods, whoever has claimed one of the warm pool, else the namespace. */
  person: z.string(),
  /** What runs: the desktop's name of our own pods, else the pod's name. */
  title: z.string(),
  /** Our own session's id, when it is one. */
  sessionId: z.optional(z.string()),
  /** Epoch ms. */
  since: z.optional(z.number()),
})
export type SliceHolder = z.infer<typeof sliceHolderSchema>

export const sliceSchema = z.object({
  index: z.int(),
  /** releasing: its pod is ending and still holds it. unhealthy: the node no longer offers it. */
  state: z.enum(['free', 'held', 'releasing', 'unhealthy']),
  holder: z.optional(sliceHolderSchema),
})
export type Slice = z.infer<typeof sliceSchema>

export const gpuSchema = z.object({
  /** Unique in its node: the GPU's UUID where the API tells it, else its number. */
  id: z.string(),
  uuid: z.optional(z.string()),
  model: z.optional(z.string()),
  memoryMiB: z.optional(z.number()),
  slices: z.array(sliceSchema),
})
export type Gpu = z.infer<typeof gpuSchema>

export const gpuNodeSchema = z.object({
  name: z.string(),
  ready: z.boolean(),
  schedulable: z.boolean(),
  /** Name of the extended resource; absent on a node without GPUs. */
  resource: z.optional(z.string()),
  gpus: z.array(gpuSchema),
  /** Holders on this node whose GPU the API does not tell. */
  unplaced: z.array(sliceHolderSchema),
  /** What is out of the ordinary, in plain words ("The GPU plugin is gone: running desktops go on, nothing new starts here."). */
  note: z.optional(z.string()),
})
export type GpuNode = z.infer<typeof gpuNodeSchema>

export const waitingSchema = z.object({
  namespace: z.string(),
  pod: z.string(),
  person: z.string(),
  title: z.string(),
  sessionId: z.optional(z.string()),
  /** Epoch ms. */
  since: z.number(),
  /** Plain words for why, and what would help. */
  reason: z.string(),
  /** The scheduler's own words. */
  raw: z.optional(z.string()),
})
export type Waiting = z.infer<typeof waitingSchema>

export const adminSessionSchema = z.object({
  namespace: z.string(),
  pod: z.string(),
  person: z.string(),
  title: z.string(),
  template: z.optional(z.string()),
  state: z.enum(['waiting', 'starting', 'running', 'ending', 'failed']),
  node: z.optional(z.string()),
  /** GPU uuid of its slice, where told. */
  gpu: z.optional(z.string()),
  slices: z.number(),
  since: z.optional(z.number()),
  /** This person may stop it (access review for deleting pods there). */
  canStop: z.boolean(),
})
export type AdminSession = z.infer<typeof adminSessionSchema>

/** Topic `inventory`: the active cluster seen as a whole. */
export const inventorySnapshotSchema = z.object({
  clusterId: z.optional(z.string()),
  /** none: the access reviews allow nothing here, so the view is not offered. */
  access: z.enum(['none', 'full']),
  state: z.enum(['syncing', 'live', 'stale', 'forbidden']),
  /** Epoch ms since when the state holds. */
  since: z.number(),
  error: z.optional(appErrorSchema),
  totals: z.object({
    total: z.number(),
    used: z.number(),
    free: z.number(),
    unhealthy: z.number(),
    waiting: z.number(),
  }),
  nodes: z.array(gpuNodeSchema),
  waiting: z.array(waitingSchema),
  sessions: z.array(adminSessionSchema),
})
export type InventorySnapshot = z.infer<typeof inventorySnapshotSchema>
