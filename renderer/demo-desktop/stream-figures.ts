// Figures of the demo's stream, read from the encoder of this page: only what it really knows is said.
import type { DemoPeer } from './demo-peer.ts'

interface Outbound {
  readonly framesEncoded?: number
  readonly totalEncodeTime?: number
  readonly framesPerSecond?: number
  readonly bytesSent?: number
  readonly timestamp: number
  readonly encoderImplementation?: string
  readonly codecId?: string
}

const before = new WeakMap<DemoPeer, Outbound>()

/** The `stats` object of `stream_stats`. @param targetKbps the present CBR target */
export async function streamStats(peer: DemoPeer, targetKbps: number): Promise<Readonly<Record<string, number>>> {
  const { video } = await read(peer)
  const last = before.get(peer)
  before.set(peer, video)
  const target = { target_mbps: targetKbps / 1000 }
  const frames = (video.framesEncoded ?? 0) - (last?.framesEncoded ?? 0)
  const seconds = last === undefined ? 0 : (video.timestamp - last.timestamp) / 1000
  // as in the genuine server, the first sample has no encode figures
  if (last === undefined || frames <= 0 || seconds <= 0) return target
  return {
    ...target,
    encoded_fps: round(frames / seconds),
    encode_ms: round((((video.totalEncodeTime ?? 0) - (last.totalEncodeTime ?? 0)) * 1000) / frames),
    video_mbps: round((((video.bytesSent ?? 0) - (last.bytesSent ?? 0)) * 8) / seconds / 1e6),
  }
}

/** The `info` object of `stream_info`. */
export async function streamInfo(peer: DemoPeer): Promise<Readonly<Record<string, unknown>>> {
  const { video, codec } = await read(peer)
  return {
    backend: 'canvas',
    capture: 'canvas',
    encoder: video.encoderImplementation ?? 'browser',
    // not told whether in hardware: the page encodes, and the demo's slices are nobody's
    codec,
    fullcolor: false,
    bit_depth: 8,
    full_range: false,
    striped: false,
  }
}

async function read(peer: DemoPeer): Promise<{ readonly video: Outbound; readonly codec: string }> {
  const report = await peer.outbound()
  const entries = [...report.values()] as readonly { readonly type: string; readonly id: string }[]
  const video = entries.find(({ type }) => type === 'outbound-rtp') as unknown as Outbound | undefined
  const codec = entries.find(({ id }) => id === video?.codecId) as unknown as { mimeType?: string } | undefined
  return { video: video ?? { timestamp: 0 }, codec: (codec?.mimeType ?? '').replace(/^video\//i, '').toLowerCase() }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
