// The binary frames that a client sends in WebSocket mode: its microphone and its camera. Source: Selkies 2.1, its WebSocket frames.
// Formatting copies once; parsing (the tests' desktop) never throws and copies nothing.
import { VIDEO_CODECS, type VideoCodec } from './frames.ts'

/** What a camera's frame may be coded as. */
export const CAMERA_CODECS = ['mjpeg', 'h264', 'vp8', 'vp9', 'av1', 'h265'] as const
export type CameraCodec = 'mjpeg' | VideoCodec

export interface CameraFrame {
  readonly codec: CameraCodec
  /** It stands alone. */
  readonly key: boolean
  /** Quarter turns clockwise that make it upright, 0-3. */
  readonly turns: number
  /** Mirrored once it is upright. */
  readonly flip: boolean
  readonly data: Uint8Array<ArrayBuffer>
}

export type UplinkFrame =
  | { readonly type: 'microphone'; readonly data: Uint8Array<ArrayBuffer> }
  | ({ readonly type: 'camera' } & CameraFrame)
  | { readonly type: 'unknown' }

const MICROPHONE = 0x02
const CAMERA = 0x06
const CAMERA_HEADER = 3
const KEY = 0x01
const FLIP = 0x08

/** Says a microphone's frame. @param packet one Opus packet, of any length and rate; no redundancy */
export function formatMicrophoneFrame(packet: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(1 + packet.length)
  bytes[0] = MICROPHONE
  bytes.set(packet, 1)
  return bytes
}

/** Says a camera's frame. H.264 and H.265 go with start codes (Annex B). */
export function formatCameraFrame({ codec, key, turns, flip, data }: CameraFrame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(CAMERA_HEADER + data.length)
  bytes[0] = CAMERA
  bytes[1] = codec === 'mjpeg' ? 0 : VIDEO_CODECS.indexOf(codec) + 1
  bytes[2] = (key ? KEY : 0) | ((turns & 3) << 1) | (flip ? FLIP : 0)
  bytes.set(data, CAMERA_HEADER)
  return bytes
}

/** Reads such a frame, as the server does. */
export function parseUplinkFrame(buffer: ArrayBuffer): UplinkFrame {
  const bytes = new Uint8Array(buffer)
  if (bytes[0] === MICROPHONE && bytes.length > 1) return { type: 'microphone', data: bytes.subarray(1) }
  const codec = CAMERA_CODECS[bytes[1] ?? -1]
  const flags = bytes[2] ?? 0
  if (bytes[0] !== CAMERA || bytes.length <= CAMERA_HEADER || codec === undefined) return { type: 'unknown' }
  return {
    type: 'camera',
    codec,
    key: (flags & KEY) !== 0,
    turns: (flags >> 1) & 3,
    flip: (flags & FLIP) !== 0,
    data: bytes.subarray(CAMERA_HEADER),
  }
}
