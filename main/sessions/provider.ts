// The one interface behind which direct, operator and demo mode start desktops. The UI never asks which one it has.
import type { Duplex } from 'node:stream'
import type { AppErrorView } from '../../shared/errors.ts'
import type { Template } from '../../shared/domain/template.ts'
import type { ForbiddenPath } from '../../shared/domain/media.ts'
import type { IceServer, SessionView } from '../../shared/domain/session.ts'
import type { InventorySource } from '../gpu/inventory-source.ts'

export interface ProviderSnapshot {
  readonly state: 'syncing' | 'live' | 'stale' | 'signed-out' | 'forbidden' | 'unreachable'
  /** Epoch ms since when the state holds. */
  readonly since: number
  readonly error?: AppErrorView | undefined
  readonly namespace?: string | undefined
  readonly templates: readonly Template[]
  /** Template id -> why it cannot start now. */
  readonly blocked: ReadonlyMap<string, { readonly sentence: string; readonly canWait: boolean }>
  /** Template id -> what to know before it is started ("For designers: your admin decides who that is."). */
  readonly notes?: ReadonlyMap<string, string> | undefined
  readonly problems: readonly { readonly source: string; readonly error: AppErrorView }[]
  /** Ids are `<clusterId>/<namespace>/<name>`. */
  readonly sessions: readonly SessionView[]
}

export interface StartRequest {
  readonly templateId: string
  readonly displayName?: string | undefined
  readonly withoutGpu?: boolean | undefined
}

/** How the desktop proxy reaches one desktop. */
export interface DesktopAccess {
  readonly sessionId: string
  /** A new connection to the desktop's HTTP listener. Rejects with an AppError. */
  dialHttp(signal: AbortSignal): Promise<Duplex>
  /** A new connection to the desktop's media port (ICE-TCP); absent where there is none. */
  readonly dialMedia?: ((signal: AbortSignal) => Promise<Duplex>) | undefined
  /** Token of a server in secure mode (Selkies 2.x). */
  readonly token?: string | undefined
  /** Path under which its server serves everything, without a slash at its end; absent: the root. */
  readonly basePath?: string | undefined
  /** Value of the `Authorization` header that the proxy adds; the renderer never sees it. */
  readonly authorization?: string | undefined
  /** The node's UDP port that leads to the desktop, when there is one. */
  readonly node?: { readonly host: string; readonly port: number } | undefined
  readonly iceServers: readonly IceServer[]
  /** Set where the media port is that of a relay in the pod (1.6): what it asks for. */
  readonly mediaRelay?: { readonly username: string; readonly credential: string } | undefined
  readonly relayNote?: string | undefined
  /** Epoch ms at which the relay's credential expires. */
  readonly relayUntil?: number | undefined
  /** Ways for media that the template forbids: the door has none of them. */
  readonly forbidden?: readonly ForbiddenPath[] | undefined
  readonly generation: 'selkies1' | 'selkies2'
  readonly transport: 'webrtc' | 'websocket' | 'dual'
  /** Set for demo desktops alone: the page that shows the desktop also runs it. */
  readonly demo?: true | undefined
}

export interface SessionProvider {
  readonly mode: 'operator' | 'direct' | 'demo'
  /** The whole cluster, where the provider can show it. It ends with the provider. */
  readonly inventorySource?: InventorySource | undefined
  /**
   * Watches templates and sessions; the listener gets the present snapshot at once and each later one.
   * @returns stops watching
   */
  watch(listener: (snapshot: ProviderSnapshot) => void): () => void
  /** @returns the session's id; rejects with an AppError and leaves nothing half-made. */
  start(request: StartRequest, signal?: AbortSignal): Promise<string>
  /** Ends a start: deletes what it made and nothing else. */
  cancel(sessionId: string): Promise<void>
  stop(sessionId: string): Promise<void>
  /** @returns id of the session that starts: another one when nothing was left of the first (its start had failed). */
  resume(sessionId: string, options?: { readonly withoutGpu?: boolean }): Promise<string>
  remove(sessionId: string, options: { readonly deleteHome: boolean }): Promise<void>
  keepRunning(sessionId: string): Promise<void>
  open(sessionId: string, signal?: AbortSignal): Promise<DesktopAccess>
  /** The viewer saw the first picture of this start. */
  firstFrame(sessionId: string): void
  dispose(): Promise<void>
}
