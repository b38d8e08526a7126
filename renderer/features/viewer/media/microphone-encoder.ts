// The microphone of WebSocket mode: Opus packets of 20 ms, each sent as it is made.
// Policy: a voice that comes late is worth nothing, so what cannot be encoded or sent now is dropped. Source: Selkies 2.1 decodes any
// Opus packet to 24 kHz mono; its own client sends 24 kHz mono, 20 ms, without delay.
import { formatMicrophoneFrame } from '../../../../shared/selkies/g2/uplink-frames.ts'
import { readFrames } from './track-frames.ts'

/** bit/s: more than a voice needs, so that music passes too. */
const BITRATE = 64_000
const PACKET_US = 20_000
/** Frames that may wait for the encoder. */
const WAITING_FRAMES = 16

export interface MicrophoneEncoderOptions {
  readonly track: MediaStreamTrack
  readonly signal: AbortSignal
  send(frame: Uint8Array<ArrayBuffer>): void
  /** This browser cannot encode it. */
  onFault(): void
}

/** Sends until the signal is aborted. @throws where the browser gives no frames of tracks */
export function encodeMicrophone({ track, signal, send, onFault }: MicrophoneEncoderOptions): void {
  let encoder: AudioEncoder | null = null
  let shape = ''
  const open = ({ sampleRate, numberOfChannels }: AudioData): AudioEncoder => {
    encoder?.close()
    const made = new AudioEncoder({
      output(chunk) {
        const packet = new Uint8Array(chunk.byteLength)
        chunk.copyTo(packet)
        if (!signal.aborted) send(formatMicrophoneFrame(packet))
      },
      error() {
        if (!signal.aborted) onFault()
      },
    })
    made.configure({
      codec: 'opus',
      sampleRate,
      numberOfChannels,
      bitrate: BITRATE,
      opus: { frameDuration: PACKET_US, application: 'lowdelay' },
    } as AudioEncoderConfig)
    return made
  }
  readFrames<AudioData>(
    track,
    (frame) => {
      // a headset that is put on has another rate
      const now = `${frame.sampleRate} ${frame.numberOfChannels}`
      if (now !== shape) {
        encoder = open(frame)
        shape = now
      }
      if (encoder?.state === 'configured' && encoder.encodeQueueSize < WAITING_FRAMES) encoder.encode(frame)
      frame.close()
    },
    signal,
  )
  signal.addEventListener('abort', () => {
    if (encoder !== null && encoder.state !== 'closed') encoder.close()
  })
}
