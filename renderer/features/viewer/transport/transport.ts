// The one shape of a connection to a desktop, whatever carries it. A transport lives once: after `onEnd` a new one is made.
import type { DisplayId, Side } from '../../../../shared/domain/display-layout.ts'
import type { IcePath, RelayTransport } from '../../../../shared/domain/media.ts'
import type { CloseMeaning } from '../../../../shared/selkies/g2/close-codes.ts'
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import type { CaptureKind, ServerMessage } from '../../../../shared/selkies/g2/server-messages.ts'

/** How the picture travels. direct: an address of the pod's own. websocket: inside the door's WebSocket. */
export type MediaPath = 'node' | 'relay' | 'tunnel' | 'direct' | 'websocket'

/** Why a transport ended. */
export type Loss =
  | { readonly kind: 'closed'; readonly meaning: CloseMeaning }
  /** The socket could not be opened: the door, the tunnel or the server is away. */
  | { readonly kind: 'unreachable' }
  /** Packets stopped on this path while the desktop streams. */
  | { readonly kind: 'stalled'; readonly path: MediaPath | IcePath | null }
  /** The server said yes and then nothing for 10 s. */
  | { readonly kind: 'no-offer' }
  /** No candidate worked in time. `only`: the server has no other transport, and what to do, in words. */
  | { readonly kind: 'no-path'; readonly only?: string }
  /** The one place that a 1.6 server has is taken. */
  | { readonly kind: 'occupied'; readonly sentence: string }
  /** The peer or its `input` channel closed. */
  | { readonly kind: 'channel' }
  /** This machine cannot decode what the desktop sends. */
  | { readonly kind: 'undecodable'; readonly what: string }
  /** The desktop sends more than this page can take in. */
  | { readonly kind: 'flooded' }

/** Counters and gauges of the present connection; absent ones are not known. */
export interface TransportStats {
  readonly path: MediaPath | null
  /** How the relay is reached, on that path. */
  readonly relay?: RelayTransport | null
  /** Address of the other end, or host and port of the relay. */
  readonly via: string | null
  readonly framesDecoded: number
  /** Pictures that this computer left out because it was late. */
  readonly framesDropped: number
  readonly bytesReceived: number
  readonly packetsLost: number
  readonly packetsReceived: number
  readonly rttMs: number | null
  readonly codec: string | null
  readonly decoder: string | null
  /** Whether the GPU decodes; null where the browser does not say. */
  readonly hardware: boolean | null
  /** Sums in ms over all frames: divide their growth by that of `framesDecoded`. */
  readonly decodeMs: number
  /** Null where there is no such buffer. */
  readonly jitterBufferMs: number | null
  readonly sound: SoundCounters
  /** Messages and frames that were not understood and so left out. */
  readonly unread: number
}

/** The sound of the present connection. Sums grow over all samples. */
export interface SoundCounters {
  /** Packets that arrived; a desktop that is silent sends none. */
  readonly packets: number
  /** Samples that were played, and among them those that were made up for lost ones. */
  readonly samples: number
  readonly concealed: number
  /** Sample times ms that they waited in the buffer. */
  readonly waitedMs: number
  /** From the buffer to the ear, by the system's own word, ms; null: not known. */
  readonly outputMs: number | null
}

export interface TransportEvents {
  /** Input may be sent. */
  onOpen(): void
  onMessage(message: ServerMessage): void
  /** The picture's size in px, at the first frame and at each change; of size, or of what shows it. */
  onPicture(width: number, height: number, surface: Surface): void
  /** Something that the person should know, in a line; the connection goes on. */
  onNotice?(text: string): void
  onEnd(loss: Loss): void
}

export interface Transport {
  readonly mode: 'webrtc' | 'websocket'
  /**
   * @param lane `pointer` for pure motion alone: it may overtake, and be overtaken
   * @returns false when it could not be sent
   */
  send(message: ClientMessage, lane?: 'input' | 'pointer'): boolean
  /** Bytes of messages that wait to go out. */
  waiting(): number
  setSound(on: boolean): void
  /** How the sound is played here; may be called at any time and with the same again. */
  setOutput(output: SoundOutput): void
  /**
   * Sends this machine's microphone or camera to the desktop, once it is open.
   * @param track null sends nothing any more
   * @returns false when the desktop, or this browser in this mode, has no way for it
   */
  setUplink(what: CaptureKind, track: MediaStreamTrack | null): Promise<boolean>
  stats(): Promise<TransportStats>
  /** Something may have cut the path (sleep, another network): the desktop is asked for a sign, and silence is told as an end soon. */
  check?(): void
  /** Whether another page may be beside this one; true while it is not known. */
  mayJoin?(): boolean
  close(): void
}

/** Which of the desktop's displays a connection is for. */
export interface DisplayWish {
  readonly id: DisplayId
  /** Of a second one, seen from the first. */
  readonly side: Side
}

/** How sound is played here. */
export interface SoundOutput {
  /** 0-1 */
  readonly volume: number
  readonly muted: boolean
  /** The device's id in this browser; empty is the system's choice. */
  readonly deviceId: string
}

/** What shows the picture. */
export type Surface = 'video' | 'canvas'

/** Where the picture and the sound go. */
export interface Screens {
  readonly video: HTMLVideoElement
  readonly canvas: HTMLCanvasElement
  readonly audio: HTMLAudioElement
}
