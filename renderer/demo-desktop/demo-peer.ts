// One viewer of the demo's desktop: the server's side of a WebRTC connection, with the genuine server's lines and channels.
// Policy: it offers once and completely; a closed connection is told and never repaired, the viewer says HELLO again.
import type { PeerPayload } from '../../shared/selkies/g2/signalling.ts'
import { parseClientMessage, type ClientMessage } from '../../shared/selkies/g2/messages.ts'
import { createMessageLane, gunzip, type MessageLane } from './message-lane.ts'
import { completeOffer, startAt } from './offer.ts'

export interface DemoPeerOptions {
  readonly role: 'controller' | 'viewer'
  /** Wait before the offer, ms. */
  readonly delayMs: number
  onPayload(payload: PeerPayload): void
  onMessage(message: ClientMessage): void
  /** `input` is open: greet. */
  onOpen(): void
  onEnd(): void
}

export interface DemoPeer {
  readonly role: 'controller' | 'viewer'
  take(payload: PeerPayload): void
  send(text: string): void
  agreeGzip(): void
  /** What is sent; null stops that medium. */
  setVideo(track: MediaStreamTrack | null): void
  setAudio(track: MediaStreamTrack | null): void
  /** @param kbps CBR target */
  setRate(kbps: number): void
  askKeyFrame(): void
  outbound(): Promise<RTCStatsReport>
  closeChannels(): void
  close(): void
}

/** Gathering on this machine alone takes no longer, ms. */
const GATHER_MS = 1_500
const START_KBPS = 8_000
/** What a viewer without control may say. Source: Selkies 2.1. */
const VIEWER_MAY: readonly ClientMessage['type'][] = [
  'gzip',
  'settings',
  'start-video',
  'stop-video',
  'start-audio',
  'stop-audio',
  'key-frame',
]

interface KeyFrameSender extends Omit<RTCRtpSender, 'setParameters'> {
  setParameters(
    parameters: RTCRtpSendParameters,
    options?: { readonly encodingOptions: readonly { readonly keyFrame: boolean }[] },
  ): Promise<void>
}

export function createDemoPeer(options: DemoPeerOptions): DemoPeer {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' })
  // the order of the genuine offer: picture, sound, microphone, camera, data
  const video = connection.addTransceiver('video', { direction: 'sendrecv' })
  const audio = connection.addTransceiver('audio', { direction: 'sendrecv' })
  connection.addTransceiver('audio', { direction: 'recvonly' })
  connection.addTransceiver('video', { direction: 'recvonly' })
  const input = connection.createDataChannel('input', { ordered: true })
  const pointer = connection.createDataChannel('pointer', { ordered: false })
  const lane: MessageLane = createMessageLane(input)
  const early: RTCIceCandidateInit[] = []
  let over = false
  let kbps = START_KBPS

  const end = (): void => {
    if (over) return
    over = true
    connection.close()
    options.onEnd()
  }
  const hear = (text: string): void => {
    const message = parseClientMessage(text)
    if (options.role === 'controller' || VIEWER_MAY.includes(message.type)) options.onMessage(message)
  }
  for (const channel of [input, pointer]) {
    channel.binaryType = 'arraybuffer'
    // messages that must be unpacked first keep their place
    let order: Promise<void> | null = null
    channel.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string' && order === null) return hear(data)
      const before = order ?? Promise.resolve()
      const text = typeof data === 'string' ? Promise.resolve(data) : gunzip(data)
      const turn = before.then(async () => {
        const plain = await text
        if (plain !== null) hear(plain)
        if (order === turn) order = null
      })
      order = turn
    })
  }
  input.addEventListener('open', options.onOpen)
  input.addEventListener('close', end)
  connection.addEventListener('connectionstatechange', () => {
    if (connection.connectionState === 'failed' || connection.connectionState === 'closed') end()
  })
  const gathered = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, GATHER_MS)
      const look = (): void => {
        if (connection.iceGatheringState !== 'complete') return
        clearTimeout(timer)
        resolve()
      }
      connection.addEventListener('icegatheringstatechange', look)
      look()
    })
  const offer = async (): Promise<void> => {
    await connection.setLocalDescription(await connection.createOffer())
    await gathered()
    if (options.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, options.delayMs))
    if (!over)
      options.onPayload({ kind: 'sdp', type: 'offer', sdp: completeOffer(connection.localDescription?.sdp ?? '') })
  }
  const add = (candidate: RTCIceCandidateInit): void => {
    connection.addIceCandidate(candidate).catch(() => {
      // a name that does not resolve here: other candidates may do
    })
  }
  const answer = async (sdp: string): Promise<void> => {
    await connection.setRemoteDescription({ type: 'answer', sdp: startAt(sdp, START_KBPS) })
    for (const candidate of early.splice(0)) add(candidate)
    await shape()
  }
  const shape = async (): Promise<void> => {
    const parameters = video.sender.getParameters()
    const [encoding] = parameters.encodings
    if (encoding === undefined) return
    encoding.maxBitrate = kbps * 1000
    // text must stay sharp: fewer frames before fewer pixels
    parameters.degradationPreference = 'maintain-resolution'
    await video.sender.setParameters(parameters)
  }
  offer().catch(end)

  return {
    role: options.role,
    take(payload) {
      if (payload.kind === 'sdp') {
        if (payload.type === 'answer' && connection.signalingState === 'have-local-offer')
          answer(payload.sdp).catch(end)
        return
      }
      const { candidate, sdpMid, sdpMLineIndex } = payload
      if (candidate === '') return
      if (connection.remoteDescription === null) early.push({ candidate, sdpMid, sdpMLineIndex })
      else add({ candidate, sdpMid, sdpMLineIndex })
    },
    send: (text) => lane.send(text),
    agreeGzip: () => lane.agreeGzip(),
    setVideo: (track) => void video.sender.replaceTrack(track).catch(ignore),
    setAudio: (track) => void audio.sender.replaceTrack(track).catch(ignore),
    setRate(next) {
      kbps = next
      if (connection.remoteDescription !== null) void shape().catch(ignore)
    },
    askKeyFrame() {
      const sender = video.sender as KeyFrameSender
      const parameters = video.sender.getParameters()
      void sender
        .setParameters(parameters, { encodingOptions: parameters.encodings.map(() => ({ keyFrame: true })) })
        .catch(ignore)
    },
    outbound: () => video.sender.getStats(),
    closeChannels() {
      input.close()
      pointer.close()
    },
    close() {
      over = true
      connection.close()
    },
  }
}

/** The connection closed meanwhile; its end is told elsewhere. */
function ignore(): void {}
