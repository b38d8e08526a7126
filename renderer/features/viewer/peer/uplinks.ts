// The lines of a connection that carry this machine's microphone and camera to a desktop.
// Policy: both are made ready before the answer, since Selkies 2.1 renegotiates nothing; nothing is sent until a track is there.
import { uplinkLines } from '../../../../shared/selkies/sdp.ts'
import type { CaptureKind } from '../../../../shared/selkies/g2/server-messages.ts'

export interface Uplinks {
  /** To be called with the offer set and before the answer is made. */
  prepare(offer: string): void
  /** @param track null sends nothing any more @returns false when the desktop takes none of it */
  set(what: CaptureKind, track: MediaStreamTrack | null): Promise<boolean>
}

/** The most that a camera may take of the network, bit/s: 720p at 30 frames. */
const CAMERA_BITRATE = 2_500_000

export function createUplinks(connection: RTCPeerConnection): Uplinks {
  const lines: Record<CaptureKind, RTCRtpTransceiver | null> = { microphone: null, camera: null }
  return {
    prepare(offer) {
      const mids = uplinkLines(offer)
      for (const what of ['microphone', 'camera'] as const) {
        const line = connection.getTransceivers().find(({ mid }) => mid !== null && mid === mids[what]) ?? null
        if (line !== null) line.direction = 'sendonly'
        lines[what] = line
      }
    },
    async set(what, track) {
      const sender = lines[what]?.sender
      if (sender === undefined || connection.signalingState === 'closed') return track === null
      await sender.replaceTrack(track)
      if (what === 'camera' && track !== null) await bound(sender)
      return true
    },
  }
}

async function bound(sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters()
  const [encoding] = parameters.encodings
  if (encoding === undefined) return
  encoding.maxBitrate = CAMERA_BITRATE
  await sender.setParameters(parameters)
}
