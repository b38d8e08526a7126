// A cluster as people see it: a kubeconfig context or the built-in demo, and what it offers.
import * as z from 'zod/mini'
import { appErrorSchema } from '../errors.ts'
import { templateViewSchema } from './template-view.ts'

export const clusterStateSchema = z.enum([
  'idle', // known, not asked yet
  'connecting',
  'live',
  'stale', // was live; shown data is as old as `since`
  'signed-out',
  'unreachable',
  'forbidden', // reachable, but desktops may not be started where we looked
  'needs-consent', // an exec plugin waits to be allowed
  'invalid', // the kubeconfig or its target is unusable
])
export type ClusterState = z.infer<typeof clusterStateSchema>

/** The program that a kubeconfig wants to run, shown before anything runs. */
export const pluginRequestSchema = z.object({
  /** Trust is given to this hash of path, arguments and file digest. */
  fingerprint: z.string(),
  command: z.string(),
  resolvedPath: z.optional(z.string()),
  args: z.array(z.string()),
  /** What the kubeconfig says to do when it is missing. */
  installHint: z.optional(z.string()),
})
export type PluginRequest = z.infer<typeof pluginRequestSchema>

export const clusterViewSchema = z.object({
  id: z.string(),
  kind: z.enum(['kubeconfig', 'demo']),
  name: z.string(),
  /** Where it was found: a file name, "pasted", "built in". */
  source: z.string(),
  host: z.optional(z.string()),
  user: z.optional(z.string()),
  /** Namespace in which desktops are started. */
  namespace: z.optional(z.string()),
  state: clusterStateSchema,
  /** Epoch ms since when the state holds. */
  since: z.number(),
  error: z.optional(appErrorSchema),
  plugin: z.optional(pluginRequestSchema),
  mode: z.optional(z.enum(['operator', 'direct', 'demo'])),
  /** Added by hand in the app, so it can be removed there. */
  removable: z.boolean(),
})
export type ClusterView = z.infer<typeof clusterViewSchema>

/** Topic `clusters`. */
export const clustersSnapshotSchema = z.object({
  clusters: z.array(clusterViewSchema),
  activeId: z.optional(z.string()),
  /** Files that were looked at and could not be used, with the reason. */
  problems: z.array(z.object({ source: z.string(), error: appErrorSchema })),
  /** Still looking for clusters. */
  searching: z.boolean(),
})
export type ClustersSnapshot = z.infer<typeof clustersSnapshotSchema>

/** Topic `library`: what the active cluster offers. */
export const librarySnapshotSchema = z.object({
  clusterId: z.optional(z.string()),
  loading: z.boolean(),
  templates: z.array(templateViewSchema),
  /** ConfigMap templates that are not valid, and why. */
  problems: z.array(z.object({ source: z.string(), error: appErrorSchema })),
})
export type LibrarySnapshot = z.infer<typeof librarySnapshotSchema>
