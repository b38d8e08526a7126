// The one shape of a WebRTC connection to a desktop. simple-peer and a native twin implement it and pass the same contract suite.
// Reconnects, SDP edits, statistics and input live above it.
import type { CaptureKind } from '../../../../shared/selkies/g2/server-messages.ts'

/** Signalling from the server: its offer, already edited, or (1.6) a trickled candidate. */
export type ServerSignal =
  | { readonly type: 'offer'; readonly sdp: string }
  | { readonly type: 'candidate'; readonly candidate: RTCIceCandidateInit }
/** Signalling to the server. The answer's SDP is edited by the caller's `editAnswer` before it is set and sent. */
export type ClientSignal =
  | { readonly type: 'answer'; readonly sdp: string }
  | { readonly type: 'candidate'; readonly candidate: RTCIceCandidateInit }

export type PeerState = 'new' | 'connecting' | 'connected' | 'closed' | 'failed'

export interface PeerEvents {
  readonly signal: ClientSignal
  readonly track: {
    readonly track: MediaStreamTrack
    readonly receiver: RTCRtpReceiver
    readonly streams: readonly MediaStream[]
  }
  /** A message on `input` or `pointer`: text, or bytes (gzip). */
  readonly message: { readonly channel: 'input' | 'pointer'; readonly data: string | Uint8Array<ArrayBuffer> }
  /** The `input` channel is open: the session may begin to speak. */
  readonly open: undefined
  readonly state: PeerState
  readonly error: Error
}

export interface PeerOptions {
  readonly iceServers: readonly RTCIceServer[]
  readonly iceTransportPolicy?: RTCIceTransportPolicy
  readonly editAnswer: (sdp: string) => string
}

export interface ViewerPeer {
  readonly state: PeerState
  accept(signal: ServerSignal): void
  /** Sends on a channel; `pointer` falls back to `input` while it is not open. @returns false when nothing is open */
  send(channel: 'input' | 'pointer', data: string | Uint8Array<ArrayBuffer>): boolean
  /**
   * Sends this machine's microphone or camera; to be called once the channel is open.
   * @param track null sends nothing any more
   * @returns false when the desktop takes none of it
   */
  setUplink(what: CaptureKind, track: MediaStreamTrack | null): Promise<boolean>
  /** Bytes waiting in a channel. */
  bufferedAmount(channel: 'input' | 'pointer'): number
  stats(): Promise<RTCStatsReport>
  on<E extends keyof PeerEvents>(event: E, listener: (value: PeerEvents[E]) => void): () => void
  close(): void
}
export type CreateViewerPeer = (options: PeerOptions) => ViewerPeer
