// The camera of WebSocket mode: WebCodecs frames as Selkies 2.1 takes them, and JPEG where this browser encodes no video.
// Policy: the newest picture or none: what would wait for the encoder or the network is left out before it is encoded, so that no
// frame is missed that another builds on.
import { formatCameraFrame, type CameraCodec } from '../../../../shared/selkies/g2/uplink-frames.ts'
import { readFrames } from './track-frames.ts'

/** bit/s, for 720p at 30 frames. */
const BITRATE = 2_500_000
const FPS = 30
/** Frames that may wait for the encoder. */
const WAITING_FRAMES = 2
const JPEG_QUALITY = 0.8
/** A key frame at least this often heals what a decoder lost, frames. */
const KEY_EVERY = 300

/** In the order in which they are tried. Source: Selkies 2.1, its own client. */
export const CAMERA_LADDER = [
  { codec: 'h264', name: 'avc1.42E028' },
  { codec: 'vp8', name: 'vp8' },
  { codec: 'vp9', name: 'vp09.00.31.08' },
] as const satisfies readonly { readonly codec: CameraCodec; readonly name: string }[]
type Step = (typeof CAMERA_LADDER)[number]

export interface CameraEncoderOptions {
  readonly track: MediaStreamTrack
  readonly signal: AbortSignal
  /** The network has room for a frame. */
  hasRoom(): boolean
  send(frame: Uint8Array<ArrayBuffer>): void
}

export interface CameraEncoder {
  /** The desktop asked for a frame that stands alone. */
  askKeyFrame(): void
}

/** A frame with what newer browsers tell of a camera that is held sideways. */
interface TurnedFrame extends VideoFrame {
  readonly rotation?: number
  readonly flip?: boolean
}

/** The steps of the ladder that this browser can encode. */
export async function encodable(width: number, height: number): Promise<readonly Step[]> {
  if (!('VideoEncoder' in globalThis)) return []
  const known = await Promise.all(
    CAMERA_LADDER.map(async (step) => {
      const answer = await VideoEncoder.isConfigSupported(config(step, width, height)).catch(() => null)
      return answer?.supported === true ? step : null
    }),
  )
  return known.filter((step) => step !== null)
}

/** Sends until the signal is aborted. @throws where the browser gives no frames of tracks */
export function encodeCamera(options: CameraEncoderOptions): CameraEncoder {
  const { track, signal, send } = options
  let encoder: VideoEncoder | null = null
  let ladder: readonly Step[] | null = null
  let size = ''
  let busy = false
  let keyWanted = true
  let count = 0
  let turn = { turns: 0, flip: false }

  const open = (step: Step, frame: VideoFrame): VideoEncoder => {
    const made = new VideoEncoder({
      output(chunk) {
        const data = new Uint8Array(chunk.byteLength)
        chunk.copyTo(data)
        if (!signal.aborted) send(formatCameraFrame({ codec: step.codec, key: chunk.type === 'key', ...turn, data }))
      },
      error() {
        // this one cannot after all: the next step, and JPEG at the ladder's end
        ladder = ladder?.slice(1) ?? []
        encoder = null
      },
    })
    made.configure(config(step, even(frame.displayWidth), even(frame.displayHeight)))
    keyWanted = true
    return made
  }
  const jpeg = async (frame: VideoFrame): Promise<void> => {
    busy = true
    const canvas = new OffscreenCanvas(frame.displayWidth, frame.displayHeight)
    canvas.getContext('2d')?.drawImage(frame, 0, 0)
    frame.close()
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY })
    const data = new Uint8Array(await blob.arrayBuffer())
    // what is drawn stands upright already
    if (!signal.aborted) send(formatCameraFrame({ codec: 'mjpeg', key: true, turns: 0, flip: false, data }))
  }
  const encode = (step: Step, frame: TurnedFrame): void => {
    if (encoder === null) encoder = open(step, frame)
    if (encoder.state !== 'configured' || encoder.encodeQueueSize >= WAITING_FRAMES) return
    turn = { turns: Math.round((frame.rotation ?? 0) / 90) & 3, flip: frame.flip ?? false }
    encoder.encode(frame, { keyFrame: keyWanted || count % KEY_EVERY === 0 })
    keyWanted = false
    count++
  }
  readFrames<TurnedFrame>(
    track,
    (frame) => {
      if (busy || !options.hasRoom()) return frame.close()
      const now = `${frame.displayWidth}x${frame.displayHeight}`
      if (now !== size) {
        size = now
        if (encoder !== null && encoder.state !== 'closed') encoder.close()
        encoder = null
        ladder = null
        busy = true
        void encodable(even(frame.displayWidth), even(frame.displayHeight)).then((steps) => {
          ladder = steps
          busy = false
          return undefined
        })
        return frame.close()
      }
      const step = ladder?.[0]
      if (step === undefined) {
        jpeg(frame)
          .catch(ignore)
          .finally(() => {
            busy = false
          })
        return undefined
      }
      encode(step, frame)
      return frame.close()
    },
    signal,
  )
  signal.addEventListener('abort', () => {
    if (encoder !== null && encoder.state !== 'closed') encoder.close()
  })
  return {
    askKeyFrame() {
      keyWanted = true
    },
  }
}

function config({ codec, name }: Step, width: number, height: number): VideoEncoderConfig {
  return {
    codec: name,
    width,
    height,
    bitrate: BITRATE,
    framerate: FPS,
    latencyMode: 'realtime',
    ...(codec === 'h264' ? { avc: { format: 'annexb' } } : {}),
  }
}

function even(side: number): number {
  return Math.max(2, side - (side % 2))
}

/** A picture that could not be made into a JPEG is one picture less. */
function ignore(): void {}
