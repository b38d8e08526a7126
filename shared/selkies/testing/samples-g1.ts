// Valid messages of Selkies-GStreamer 1.6, to begin a fuzz from. For tests alone.
import { encodeBase64 } from '../g2/base64.ts'
import type { G1ClientLine, G1ServerLine } from '../g1/signalling.ts'
import type { Random } from './random.ts'
import { peerPayload } from './samples.ts'

/** The head of a PNG of 24x16 px. */
const PNG = btoa('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x18\0\0\0\x10\x08\x06\0\0\0')

/** What the genuine server says on its channel. */
export const G1_TEXTS = [
  '{"type": "pipeline", "data": {"status": "Video bitrate set to: 8000"}}',
  '{"type": "ping", "data": {"start_time": 1764427000.123}}',
  '{"type": "latency_measurement", "data": {"latency_ms": 1.25}}',
  '{"type": "system_stats", "data": {"cpu_percent": 12.5, "mem_total": 8000000000, "mem_used": 4000000000}}',
  '{"type": "gpu_stats", "data": {"load": 0.5, "memory_total": 100, "memory_used": 50}}',
  '{"type": "cursor", "data": null}',
  `{"type": "cursor", "data": {"curdata": "${PNG}", "handle": 7, "override": null, "hotspot": {"x": 3, "y": 4}}}`,
  `{"type": "cursor", "data": {"curdata": "${PNG}", "handle": 7, "override": "none", "hotspot": {"x": 3, "y": 4}}}`,
  ...['reload', 'framerate,30', 'video_bitrate,8000', 'audio_bitrate,128000', 'resize,True', 'encoder,x264enc'].map(
    (action) => JSON.stringify({ type: 'system', data: { action } }),
  ),
  '{"type": "system", "data": {"action": "resolution,1002x702"}}',
] as const

/** A message of the channel. */
export function g1Text(random: Random): string {
  if (random.chance(0.8)) return random.pick(G1_TEXTS)
  return JSON.stringify({ type: 'clipboard', data: { content: encodeBase64(random.bytes(random.int(60))) } })
}

export function g1ClientLine(random: Random): G1ClientLine {
  if (random.chance(0.6)) return { type: 'peer', payload: peerPayload(random) }
  const meta = { width: random.int(8192), height: random.int(8192), scale: 1 + random.int(8) / 4 }
  return { type: 'hello', id: random.int(1000), meta: random.chance(0.5) ? meta : null }
}

export function g1ServerLine(random: Random): G1ServerLine {
  if (random.chance(0.6)) return { type: 'peer', payload: peerPayload(random) }
  return random.chance(0.5) ? { type: 'hello' } : { type: 'error', message: "peer '1' not found" }
}
