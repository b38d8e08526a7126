// The contract between the app's core and its UI: calls (request, answer) and topics (whole snapshots, pushed).
// JSON values only. Checked with zod on both ways in the core's router; the preload takes the names alone (names.ts).
import * as z from 'zod/mini'
import { clustersSnapshotSchema, librarySnapshotSchema } from '../domain/cluster.ts'
import { desktopLayoutSchema, DISPLAY_IDS } from '../domain/display-layout.ts'
import { inventorySnapshotSchema } from '../domain/gpu.ts'
import { doorSchema, sessionViewSchema } from '../domain/session.ts'
import { settingsPatchSchema, settingsSchema } from '../domain/settings.ts'
import type { CallName, TopicName } from './names.ts'

const none = z.strictObject({})
const clusterRef = z.strictObject({ clusterId: z.string().check(z.maxLength(512)) })
const sessionRef = z.strictObject({ sessionId: z.string().check(z.maxLength(1024)) })
const text = (max: number) => z.string().check(z.minLength(1), z.maxLength(max))

export const appInfoSchema = z.object({
  version: z.string(),
  host: z.enum(['electron', 'web']),
  platform: z.string(),
  /** Said once in the web host: why this is not the app's own window. */
  hostNote: z.optional(z.string()),
  /** Origin of the desktop proxy's doors when it is not the UI's own. */
  doorOrigin: z.optional(z.string()),
})
export type AppInfo = z.infer<typeof appInfoSchema>

export const calls = {
  'app.info': { in: none, out: appInfoSchema },
  /** A line for the core's log, from the UI. Redacted there. */
  'app.log': {
    in: z.strictObject({ level: z.enum(['info', 'warn', 'error']), scope: text(64), message: text(4096) }),
    out: none,
  },

  'clusters.refresh': { in: none, out: none },
  /** Connects to a cluster and makes it the active one. */
  'clusters.select': { in: clusterRef, out: none },
  /** Adds a kubeconfig by its text (pasted, dropped or chosen in the page). */
  'clusters.addText': {
    in: z.strictObject({ name: text(128), text: z.string().check(z.maxLength(16_000_000)) }),
    out: z.object({ clusterIds: z.array(z.string()) }),
  },
  /** Asks for a file by the operating system's dialog (Electron alone; `null` when cancelled). */
  'clusters.pickFile': { in: none, out: z.object({ clusterIds: z.nullable(z.array(z.string())) }) },
  'clusters.remove': { in: clusterRef, out: none },
  'clusters.setNamespace': { in: z.strictObject({ clusterId: text(512), namespace: text(63) }), out: none },
  /** Allows the exec plugin with this fingerprint, then connects. */
  'clusters.trustPlugin': { in: z.strictObject({ clusterId: text(512), fingerprint: text(128) }), out: none },

  'sessions.start': {
    in: z.strictObject({
      clusterId: text(512),
      templateId: text(253),
      displayName: z.optional(text(64)),
      withoutGpu: z.optional(z.boolean()),
    }),
    out: z.object({ sessionId: z.string() }),
  },
  /** Ends a start that has not finished: leaves exactly what was there before. */
  'sessions.cancel': { in: sessionRef, out: none },
  /** Cancels a start that waits for a slice and starts the same desktop without GPU: under another id when nothing was left of it. */
  'sessions.startWithoutGpu': { in: sessionRef, out: z.object({ sessionId: z.string() }) },
  /** Deletes the pod, keeps the home. */
  'sessions.stop': { in: sessionRef, out: none },
  /** Starts a stopped or failed desktop; one that failed at its first start comes back under another id. */
  'sessions.resume': { in: sessionRef, out: z.object({ sessionId: z.string() }) },
  'sessions.remove': { in: z.strictObject({ sessionId: text(1024), deleteHome: z.boolean() }), out: none },
  'sessions.keepRunning': { in: sessionRef, out: none },
  'sessions.open': { in: sessionRef, out: doorSchema },
  'sessions.closeDoor': { in: z.strictObject({ ticket: text(128) }), out: none },
  /** The viewer saw the first picture: ends the stage `connected`, feeds the usual times. */
  'sessions.firstFrame': { in: sessionRef, out: none },
  'sessions.setThumbnail': {
    in: z.strictObject({
      sessionId: text(1024),
      dataUrl: z.string().check(z.startsWith('data:image/'), z.maxLength(200_000)),
    }),
    out: none,
  },

  /** Takes a printed document from the desktop behind a door of the calling window; it is there no more then. */
  'papers.take': {
    in: z.strictObject({ ticket: text(128), name: text(255) }),
    out: z.object({
      paperId: z.string(),
      bytes: z.number(),
      /** Where a browser shows it (`?save` saves it), on an origin of its own; null where the app opens it itself. */
      address: z.nullable(z.string()),
    }),
  },
  /** The app opens, saves or prints it by the system's own programs. `done`: false when the person changed their mind. */
  'papers.act': {
    in: z.strictObject({ paperId: text(64), what: z.enum(['open', 'save', 'print']) }),
    out: z.object({ done: z.boolean() }),
  },

  /** Stops somebody's desktop (or pod of a slice) from the cluster view: deletes the pod, the home stays. */
  'inventory.stop': { in: z.strictObject({ clusterId: text(512), namespace: text(63), pod: text(253) }), out: none },

  'settings.set': { in: settingsPatchSchema, out: none },
  /** Changes parts of a desktop's layout. */
  'settings.setLayout': { in: z.strictObject({ sessionId: text(1024), patch: desktopLayoutSchema }), out: none },

  /** Opens (or focuses) the viewer's own window. In the web host the page opens a tab itself and this call answers `tab`. */
  'windows.openViewer': {
    in: z.strictObject({ sessionId: text(1024), display: z.optional(z.enum(DISPLAY_IDS)) }),
    out: z.object({ opened: z.enum(['window', 'tab']) }),
  },
  /** The calling window takes the keys that the app and the system would take, while it has the focus. A browser's tab cannot. */
  'windows.grabKeys': { in: z.strictObject({ on: z.boolean() }), out: z.object({ held: z.boolean() }) },
  /** Moves the calling window to a monitor, before its full screen. A browser's tab is not moved. */
  'windows.moveTo': { in: z.strictObject({ monitor: text(200) }), out: z.object({ moved: z.boolean() }) },
} as const satisfies Record<CallName, { in: z.ZodMiniType; out: z.ZodMiniType }>

export const topics = {
  clusters: clustersSnapshotSchema,
  library: librarySnapshotSchema,
  /** The sessions of every connected cluster; each names its cluster. */
  sessions: z.object({ sessions: z.array(sessionViewSchema), loading: z.boolean() }),
  /** Small pictures of desktops as data URLs, by session. Whoever listens has the viewers make them. */
  pictures: z.object({ pictures: z.record(z.string(), z.string()) }),
  /** What pages want of viewers: small pictures, while somebody looks at them. */
  wishes: z.object({ pictures: z.boolean() }),
  /** The whole cluster, for those who may see it. */
  inventory: inventorySnapshotSchema,
  settings: settingsSchema,
} as const satisfies Record<TopicName, z.ZodMiniType>

export type Calls = typeof calls
export type CallInput<N extends CallName> = z.input<Calls[N]['in']>
export type CallArgs<N extends CallName> = z.output<Calls[N]['in']>
export type CallOutput<N extends CallName> = z.output<Calls[N]['out']>
export type TopicValue<N extends TopicName> = z.output<(typeof topics)[N]>
export type SessionsSnapshot = TopicValue<'sessions'>
