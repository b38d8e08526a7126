// One leg of a 1.6 session: a signalling socket and the peer connection that it makes, for the picture with the input, or for the sound.
// Policy: one offer, bounded candidates; candidates that come before the offer's answer wait in the peer. What ends it is told once.
import type { Door } from '../../../../shared/domain/session.ts'
import type { G1Meta, Leg } from '../../../../shared/selkies/g1/signalling.ts'
import { editAnswer } from '../../../../shared/selkies/sdp.ts'
import { text } from '../../../ui/translate.ts'
import type { CreateViewerPeer, ViewerPeer } from '../peer/viewer-peer.ts'
import { doorSocket } from './door-url.ts'
import { openG1Signalling } from './g1-signalling.ts'
import { planPaths, type IcePath } from './paths.ts'
import type { Loss } from './transport.ts'

/** Time for any candidate to work after the offer, ms: a relay in the pod is reached through several hands. */
const CONNECT_WITHIN_MS = 15_000
/** Candidates that a server may trickle. The genuine one says a dozen for each address of its machine. */
const CANDIDATES = 128
/** Its signalling takes any path that ends so; this is the one of its own page. */
const PATH = 'webrtc/signalling/'

export interface G1LegOptions {
  readonly leg: Leg
  readonly door: Door
  readonly createPeer: CreateViewerPeer
  readonly paths: ReadonlySet<IcePath>
  readonly meta: G1Meta | null
  onEnd(loss: Loss): void
}

export interface G1Leg {
  readonly peer: ViewerPeer
  /** Lines and candidates that were left out. */
  readonly unread: number
  close(): void
}

/** Connects one leg. Its peer's events are the caller's. */
export function openG1Leg({ leg, door, createPeer, paths, meta, onEnd }: G1LegOptions): G1Leg {
  const plan = planPaths(door, paths)
  let offer = ''
  let candidates = 0
  let unread = 0
  let over = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const peer = createPeer({
    iceServers: plan.iceServers,
    iceTransportPolicy: plan.iceTransportPolicy,
    editAnswer: (answer) => editAnswer(answer, offer),
  })
  const shut = () => {
    over = true
    clearTimeout(timer)
    signalling.close()
    peer.close()
  }
  const end = (loss: Loss) => {
    if (over) return
    shut()
    onEnd(loss)
  }
  const noPath = (): Loss => ({ kind: 'no-path', only: adviceFor(door, paths) })
  const signalling = openG1Signalling({
    url: doorSocket(door.base, PATH),
    leg,
    meta,
    onPayload(payload) {
      if (payload.kind === 'ice') {
        // it has no end of candidates, and an empty one means nothing to a browser here
        if (++candidates > CANDIDATES || payload.candidate === '') unread++
        else if (plan.useServers(payload.candidate)) {
          const { candidate, sdpMid, sdpMLineIndex } = payload
          peer.accept({ type: 'candidate', candidate: { candidate, sdpMid, sdpMLineIndex } })
        }
        return
      }
      // no renegotiation: a new connection is a new transport
      if (payload.type !== 'offer' || offer !== '') {
        unread++
        return
      }
      offer = plan.editOffer(payload.sdp)
      peer.accept({ type: 'offer', sdp: offer })
      timer = setTimeout(() => {
        if (peer.state !== 'connected') end(noPath())
      }, CONNECT_WITHIN_MS)
    },
    onEnd: end,
  })
  peer.on('signal', (signal) => {
    if (signal.type === 'answer') return signalling.send({ kind: 'sdp', type: 'answer', sdp: signal.sdp })
    const { candidate = '', sdpMid = null, sdpMLineIndex = null } = signal.candidate
    if (candidate !== '' && plan.tellServer(candidate))
      signalling.send({ kind: 'ice', candidate, sdpMid, sdpMLineIndex })
  })
  peer.on('state', (state) => {
    if (state === 'failed') end(noPath())
    else if (state === 'closed') end({ kind: 'channel' })
  })
  peer.on('error', () => end({ kind: 'channel' }))
  return {
    peer,
    get unread() {
      return unread + signalling.unread
    },
    close: shut,
  }
}

/** Why no way works, and what to do: 1.6 has no media port and no other transport. */
function adviceFor(door: Door, paths: ReadonlySet<IcePath>): string {
  const relays = door.iceServers.length > 0 || door.mediaRelay !== undefined
  if (!relays)
    return text(
      'This desktop speaks Selkies 1.6 and can only be reached over a relay. Ask your admin for one, or to say “generation: selkies1” in its template.',
    )
  if (paths.size === 1 && paths.has('direct'))
    return text('This desktop speaks Selkies 1.6: directly it cannot be reached from here.')
  return text('No way to this desktop’s picture works: its relay does not answer.')
}
