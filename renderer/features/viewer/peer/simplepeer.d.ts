// What the adapter uses of simple-peer's browser build (its own types would pull Node's into the renderer).
declare module 'simple-peer/simplepeer.min.js' {
  interface SimplePeerOptions {
    readonly initiator: boolean
    readonly trickle: boolean
    readonly objectMode: boolean
    readonly config: RTCConfiguration
    readonly sdpTransform: (sdp: string) => string
  }
  interface SimplePeerSignal {
    readonly type?: string
    readonly sdp?: string
    readonly candidate?: RTCIceCandidateInit
  }
  class SimplePeer {
    constructor(options: SimplePeerOptions)
    readonly destroyed: boolean
    /** Private to simple-peer: the connection, the set-up of its one data channel, and that channel. */
    readonly _pc: RTCPeerConnection | null
    readonly _channel: RTCDataChannel | null
    _setupData(event: { readonly channel: RTCDataChannel }): void
    signal(data: SimplePeerSignal): void
    send(data: string | Uint8Array<ArrayBuffer>): void
    destroy(error?: Error): void
    on(event: 'signal', listener: (data: SimplePeerSignal) => void): this
    on(event: 'data', listener: (data: string | Uint8Array<ArrayBuffer>) => void): this
    on(event: 'connect' | 'close', listener: () => void): this
    on(event: 'error', listener: (error: Error) => void): this
  }
  // the package has a default export alone
  export default SimplePeer
}
