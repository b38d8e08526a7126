// What a connection to a desktop is made from, and what may be done with it.
import type { Door } from '../../../shared/domain/session.ts'
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import type { CarrierMode } from './mode-choice.ts'
import type { IcePath } from './transport/paths.ts'
import type { Loss, Transport } from './transport/transport.ts'
import type { WakeReason } from './transport/wake-watch.ts'
import type { ViewerStatus } from './viewer-state.ts'

export interface ConnectionOptions {
  readonly bridge: Bridge
  readonly sessionId: string
  /** The ways that a person allows. */
  paths(): ReadonlySet<IcePath>
  wishedTransport(): 'auto' | 'websocket'
  /** false: a person forced a way, so no other one is taken where it does not work. */
  mayWebSocket(): boolean
  /** Makes the transport. Its end must be told to `lost`. */
  connect(mode: CarrierMode, door: Door, paths: ReadonlySet<IcePath>, lost: (loss: Loss) => void): Transport
  /** The picture is about to go. */
  onLost(): void
  onStatus(status: ViewerStatus): void
}

/** A connection beside the shown one, with a picture that nobody sees yet. */
export interface Standby {
  readonly transport: Transport
  /** Shows it. */
  show(): void
}

export interface Connection {
  readonly transport: Transport | null
  readonly door: Door | null
  /** The ways that may be tried now: they exist, are allowed and did not fall silent lately. */
  readonly usable: ReadonlySet<IcePath>
  /** The first frame of this connection was seen. */
  pictureSeen(): void
  /** Begins, or begins anew after an end. */
  start(): void
  /** Ends with words, for instance because the session did. */
  end(because: string, offer: 'start' | 'reconnect' | 'none'): void
  /** A person agreed to throw the others out. */
  allowOtherMode(): void
  /** The paths may have been cut, or may be back: what stands is asked for a sign, what waits goes on at once. */
  wake(reason: WakeReason): void
  /** Gives this connection up and makes one on these ways. */
  moveTo(paths: ReadonlySet<IcePath>): void
  /**
   * Makes a second connection before the first is dropped, which it then replaces.
   * @param prepare resolves when it has a picture
   * @param fresh through a door of its own, with fresh credentials
   * @returns whether it did
   */
  handOver(prepare: (door: Door, lost: (loss: Loss) => void) => Promise<Standby>, fresh: boolean): Promise<boolean>
  dispose(): void
}
