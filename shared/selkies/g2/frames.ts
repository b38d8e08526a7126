// The binary frames of Selkies 2.1's WebSocket mode: sound (with redundancy), JPEG stripes, video, gzipped text; both ways.
// Parsing never throws and copies nothing: a frame that is too short, too large, of no known kind, or of a picture that nobody
// could show, is `unknown`.
import { FRAME_LIMIT, SIDE_LIMIT } from '../limits.ts'
import { readJpegSize } from './jpeg-size.ts'

export const VIDEO_CODECS = ['h264', 'vp8', 'vp9', 'av1', 'h265'] as const
export type VideoCodec = (typeof VIDEO_CODECS)[number]

export interface VideoFrame {
  readonly type: 'video'
  readonly codec: VideoCodec
  readonly key: boolean
  /** A long-term reference that everybody can decode. */
  readonly anchor: boolean
  /** 0-65535, wraps; starts at 0 again with every capture. */
  readonly id: number
  /** First row of the stripe; 0 for whole frames. */
  readonly y: number
  readonly width: number
  readonly height: number
  /** The frame that this one predicts from; its own id when the encoder cannot say. */
  readonly reference: number
  readonly data: Uint8Array<ArrayBuffer>
}

export interface AudioPacket {
  /** 48 kHz ticks, uint32; null when the frame carried no redundancy. */
  readonly timestamp: number | null
  readonly data: Uint8Array<ArrayBuffer>
}

export type ServerFrame =
  | VideoFrame
  | {
      readonly type: 'jpeg'
      readonly id: number
      readonly y: number
      /** As the picture itself declares them. */
      readonly width: number
      readonly height: number
      readonly data: Uint8Array<ArrayBuffer>
    }
  | {
      readonly type: 'audio'
      /** The silence gate closes behind this packet. */
      readonly quiet: boolean
      /** Oldest first; the last one is the frame's own packet, the others repeat earlier ones. */
      readonly packets: readonly AudioPacket[]
    }
  /** Gzipped UTF-8 text: unpack it, then read it as a text frame. */
  | { readonly type: 'gzip'; readonly data: Uint8Array<ArrayBuffer> }
  | { readonly type: 'unknown' }

const VIDEO_HEADER = 12
const JPEG_HEADER = 6

/** Reads a binary frame. The payloads are views into the given buffer. Source: Selkies 2.1, its WebSocket frames. */
export function parseFrame(buffer: ArrayBuffer): ServerFrame {
  if (buffer.byteLength > FRAME_LIMIT) return { type: 'unknown' }
  const bytes = new Uint8Array(buffer)
  const view = new DataView(buffer)
  switch (bytes[0]) {
    case 0x01:
      return parseAudio(bytes, view)
    case 0x03:
      return parseJpeg(bytes, view)
    case 0x04:
      return parseVideo(bytes, view)
    case 0x05:
      return { type: 'gzip', data: bytes.subarray(1) }
    default:
      return { type: 'unknown' }
  }
}

function parseVideo(bytes: Uint8Array<ArrayBuffer>, view: DataView): ServerFrame {
  if (bytes.length <= VIDEO_HEADER) return { type: 'unknown' }
  const flags = view.getUint8(1)
  const codec = VIDEO_CODECS[(flags >> 4) - 1]
  const [y, width, height] = [view.getUint16(4), view.getUint16(6), view.getUint16(8)]
  if (codec === undefined || !fits(y, width, height)) return { type: 'unknown' }
  return {
    type: 'video',
    codec,
    key: (flags & 0x0f) === 1,
    anchor: (flags & 0x08) !== 0,
    id: view.getUint16(2),
    y,
    width,
    height,
    reference: view.getUint16(10),
    data: bytes.subarray(VIDEO_HEADER),
  }
}

function parseJpeg(bytes: Uint8Array<ArrayBuffer>, view: DataView): ServerFrame {
  if (bytes.length <= JPEG_HEADER) return { type: 'unknown' }
  const data = bytes.subarray(JPEG_HEADER)
  const y = view.getUint16(4)
  // a small file may declare a picture of gigabytes
  const size = readJpegSize(data)
  if (size === null || !fits(y, size.width, size.height)) return { type: 'unknown' }
  return { type: 'jpeg', id: view.getUint16(2), y, ...size, data }
}

function fits(y: number, width: number, height: number): boolean {
  return width > 0 && height > 0 && width <= SIDE_LIMIT && y + height <= SIDE_LIMIT
}

function parseAudio(bytes: Uint8Array<ArrayBuffer>, view: DataView): ServerFrame {
  if (bytes.length < 2) return { type: 'unknown' }
  const quiet = (view.getUint8(1) & 0x80) !== 0
  const blocks = view.getUint8(1) & 0x7f
  if (blocks === 0) {
    const data = bytes.subarray(2)
    return { type: 'audio', quiet, packets: data.length === 0 ? [] : [{ timestamp: null, data }] }
  }
  let at = 7 + 4 * blocks
  if (bytes.length < at) return { type: 'unknown' }
  const primary = view.getUint32(2)
  const packets: AudioPacket[] = []
  for (let block = 0; block < blocks; block++) {
    const fields = view.getUint32(6 + 4 * block)
    const offset = (fields >>> 10) & 0x3fff
    const length = fields & 0x3ff
    if (at + length > bytes.length) return { type: 'unknown' }
    packets.push({ timestamp: (primary - offset) >>> 0, data: bytes.subarray(at, at + length) })
    at += length
  }
  packets.push({ timestamp: primary, data: bytes.subarray(at) })
  return { type: 'audio', quiet, packets }
}

/** Says a video frame (the demo's desktop, tests). */
export function formatVideoFrame(frame: Omit<VideoFrame, 'type'>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(VIDEO_HEADER + frame.data.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 0x04)
  view.setUint8(1, ((VIDEO_CODECS.indexOf(frame.codec) + 1) << 4) | (frame.key ? 1 : frame.anchor ? 8 : 0))
  view.setUint16(2, frame.id & 0xffff)
  view.setUint16(4, frame.y)
  view.setUint16(6, frame.width)
  view.setUint16(8, frame.height)
  view.setUint16(10, frame.reference & 0xffff)
  bytes.set(frame.data, VIDEO_HEADER)
  return bytes
}

/** Says a sound frame. @param packets oldest first; the last one is the frame's own. Timestamps are needed when there are several */
export function formatAudioFrame(packets: readonly AudioPacket[], quiet = false): Uint8Array<ArrayBuffer> {
  const primary = packets.at(-1)
  const redundant = packets.slice(0, -1)
  const flag = quiet ? 0x80 : 0
  if (primary === undefined) return Uint8Array.of(0x01, 0x80)
  if (redundant.length === 0) {
    const bytes = new Uint8Array(2 + primary.data.length)
    bytes.set([0x01, flag])
    bytes.set(primary.data, 2)
    return bytes
  }
  const now = primary.timestamp ?? 0
  const size = packets.reduce((sum, packet) => sum + packet.data.length, 7 + 4 * redundant.length)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 0x01)
  view.setUint8(1, flag | redundant.length)
  view.setUint32(2, now)
  let at = 6
  for (const packet of redundant) {
    const offset = (now - (packet.timestamp ?? 0)) & 0x3fff
    view.setUint32(at, ((0x80 << 24) | (offset << 10) | (packet.data.length & 0x3ff)) >>> 0)
    at += 4
  }
  at += 1
  for (const packet of packets) {
    bytes.set(packet.data, at)
    at += packet.data.length
  }
  return bytes
}
