// A peer connection that the desktop of Selkies 2.1 offers by its signalling: answered once, with the ways for media that are wanted.
// Policy: one negotiation is one offer; what the server says beyond it, again or without end is counted and left out.
import type { Door } from '../../../../shared/domain/session.ts'
import type { Hello } from '../../../../shared/selkies/g2/signalling.ts'
import { editAnswer } from '../../../../shared/selkies/sdp.ts'
import type { CreateViewerPeer, ViewerPeer } from '../peer/viewer-peer.ts'
import { doorSocket } from './door-url.ts'
import { planPaths, type IcePath } from './paths.ts'
import { openSignalling, type Signalling } from './signalling-socket.ts'
import type { Loss } from './transport.ts'

/** Candidates that a server may trickle; Selkies 2.1 puts all of them into its offer. */
const CANDIDATES = 64

export interface NegotiationOptions {
  readonly door: Door
  readonly paths: ReadonlySet<IcePath>
  readonly createPeer: CreateViewerPeer
  readonly hello: Omit<Hello, 'resumeKey'>
  /** The offer is being answered: from here on the candidates have their time. */
  onOffer(): void
  /** The signalling was cut and is being healed (true), or is back (false). */
  onCut?(cut: boolean): void
  /** The signalling ended. */
  onEnd(loss: Loss): void
}

export interface Negotiation {
  readonly peer: ViewerPeer
  /** Lines and candidates that were left out. */
  readonly unread: number
  close(): void
}

/** Begins it. */
export function negotiate(options: NegotiationOptions): Negotiation {
  const { door } = options
  const plan = planPaths(door, options.paths)
  let offer = ''
  let candidates = 0
  let unread = 0
  const peer = options.createPeer({
    iceServers: plan.iceServers,
    iceTransportPolicy: plan.iceTransportPolicy,
    editAnswer: (answer) => editAnswer(answer, offer),
  })
  const signalling: Signalling = openSignalling({
    url: doorSocket(door.base, 'api/webrtc/signaling/'),
    hello: { ...options.hello, resumeKey: crypto.randomUUID().replaceAll('-', '') },
    onPayload(payload) {
      if (payload.kind === 'ice') {
        if (++candidates > CANDIDATES) {
          unread++
          return
        }
        const { candidate, sdpMid, sdpMLineIndex } = payload
        return peer.accept({ type: 'candidate', candidate: { candidate, sdpMid, sdpMLineIndex } })
      }
      // no renegotiation: a new connection is a new negotiation
      if (payload.type !== 'offer' || offer !== '') {
        unread++
        return
      }
      offer = plan.editOffer(payload.sdp)
      peer.accept({ type: 'offer', sdp: offer })
      options.onOffer()
    },
    onCut: (cut) => options.onCut?.(cut),
    onEnd: options.onEnd,
  })
  peer.on('signal', (signal) => {
    if (signal.type === 'answer') return signalling.send({ kind: 'sdp', type: 'answer', sdp: signal.sdp })
    const { candidate = '', sdpMid = null, sdpMLineIndex = null } = signal.candidate
    if (candidate !== '' && plan.tellServer(candidate))
      signalling.send({ kind: 'ice', candidate, sdpMid, sdpMLineIndex })
  })
  return {
    peer,
    get unread() {
      return unread + signalling.unread
    },
    close() {
      signalling.close()
      peer.close()
    },
  }
}
