// A session: one desktop of one person, from the click to its removal. What the UI shows of it, whatever mode it came from.
import * as z from 'zod/mini'
import { appErrorSchema } from '../errors.ts'
import { forbiddenPathSchema } from './media.ts'

/** The stages of a start, in order. */
export const STAGES = ['asked', 'placed', 'home', 'image', 'started', 'connected'] as const
export type StageName = (typeof STAGES)[number]

export const stageSchema = z.object({
  name: z.enum(STAGES),
  /** `skipped`: this start did not need it. `failed`: it ended here for good. `waiting`: it goes on by itself when what it waits for comes. */
  state: z.enum(['todo', 'active', 'waiting', 'done', 'skipped', 'failed']),
  /** Epoch ms at which it began and ended; ended is absent while it runs. */
  startedAt: z.optional(z.number()),
  endedAt: z.optional(z.number()),
  /** Plain words for what happens now ("Pulled for the first time on gpu-a."), and why it is stuck. */
  note: z.optional(z.string()),
  error: z.optional(appErrorSchema),
})
export type Stage = z.infer<typeof stageSchema>

export const sessionPhaseSchema = z.enum(['starting', 'running', 'stopping', 'stopped', 'failed', 'removing'])
export type SessionPhase = z.infer<typeof sessionPhaseSchema>

export const sessionViewSchema = z.object({
  /** `<clusterId>/<namespace>/<name>`: unique in the app. */
  id: z.string(),
  clusterId: z.string(),
  namespace: z.string(),
  name: z.string(),
  displayName: z.string(),
  templateId: z.string(),
  templateName: z.string(),
  icon: z.string(),
  phase: sessionPhaseSchema,
  /** Why it is stopped, when somebody else or the cluster did it ("Stopped from outside."). */
  note: z.optional(z.string()),
  error: z.optional(appErrorSchema),
  node: z.optional(z.string()),
  slices: z.number(),
  /** What encodes the picture, where the operator tells. */
  encoder: z.optional(z.enum(['hardware', 'software'])),
  hasHome: z.boolean(),
  /** Epoch ms: click of the present start (or resume), ready, and last stop. */
  startedAt: z.optional(z.number()),
  readyAt: z.optional(z.number()),
  stoppedAt: z.optional(z.number()),
  /** Worth knowing while it runs, and no trouble ("A newer version of this template is there ..."). */
  hint: z.optional(z.string()),
  /** Epoch ms at which it will be stopped for being idle, when that is near. */
  idleStopAt: z.optional(z.number()),
  stages: z.array(stageSchema),
  /** May be opened: its server answers. May be true a little before `running`. */
  openable: z.boolean(),
  canStartWithoutGpu: z.boolean(),
})
export type SessionView = z.infer<typeof sessionViewSchema>

/** One way for media that the viewer adds to the offer as an ICE candidate (`a=candidate`). */
export const mediaCandidateSchema = z.object({
  /** node: the node's UDP port. tunnel: loopback TCP, carried to the media port by port-forward. */
  path: z.enum(['node', 'tunnel']),
  protocol: z.enum(['udp', 'tcp']),
  host: z.string(),
  port: z.int(),
})
export type MediaCandidate = z.infer<typeof mediaCandidateSchema>

export const iceServerSchema = z.object({
  urls: z.array(z.string()),
  username: z.optional(z.string()),
  credential: z.optional(z.string()),
})
export type IceServer = z.infer<typeof iceServerSchema>

/** What `sessions.open` gives a window: the door to one desktop, bound to that window, dead when it closes. */
export const doorSchema = z.object({
  ticket: z.string(),
  /** Base URL of everything the desktop serves, with a trailing slash: absolute (Electron) or a path (web host). */
  base: z.string(),
  candidates: z.array(mediaCandidateSchema),
  iceServers: z.array(iceServerSchema),
  /** Secure mode of Selkies 2.x: the session's own token. The protocol has it in the page's first line; all else is the proxy's to add. */
  token: z.optional(z.string()),
  /** Set where the candidates lead to a relay in the desktop's own pod: Selkies 1.6 has no media port. */
  mediaRelay: z.optional(z.object({ username: z.string(), credential: z.string() })),
  /** Why there is no relay, when one was expected ("The relay's credential has expired."). */
  relayNote: z.optional(z.string()),
  /** Epoch ms at which the relay's credential expires. */
  relayUntil: z.optional(z.number()),
  /** Ways for media that the desktop's template forbids. */
  forbidden: z.optional(z.array(forbiddenPathSchema)),
  generation: z.enum(['selkies1', 'selkies2']),
  transport: z.enum(['webrtc', 'websocket', 'dual']),
  /** The desktop of a demo cluster runs in the page itself: load `demo-desktop` and attach it to this URL (WebSocket). */
  demo: z.optional(z.object({ attach: z.string() })),
})
export type Door = z.infer<typeof doorSchema>
