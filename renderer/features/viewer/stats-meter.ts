// Turns growing counters into the figures of the last second. Pure. What the desktop says of itself is hostile until read.
import { plainWords } from '../../../shared/selkies/words.ts'
import type { FrameTimes } from './media/frame-times.ts'
import { soundFigures } from './media/sound-figures.ts'
import type { TransportStats } from './transport/transport.ts'
import type { ViewerStats } from './viewer-state.ts'
import { t } from '../../ui/translate.ts'

/** What the desktop last said of its own work. Null: it has not. */
export interface DesktopFigures {
  readonly encodeMs: number | null
  /** From the capture to the end of the encoding, ms. */
  readonly pipelineMs: number | null
  /** From the capture to the wire, ms. */
  readonly sendMs: number | null
  readonly encodedFps: number | null
  /** What its encoder is held at, kbit/s: the bitrate that was asked for, or what its congestion control makes of it. */
  readonly targetKbps: number | null
  /** The round trip as the desktop measures it, ms: WebSocket mode alone. */
  readonly rttMs: number | null
  readonly encoder: string | null
  /** Whether the GPU encodes, as the desktop says. */
  readonly hardware: boolean | null
}

export const NO_FIGURES: DesktopFigures = {
  encodeMs: null,
  pipelineMs: null,
  sendMs: null,
  encodedFps: null,
  targetKbps: null,
  rttMs: null,
  encoder: null,
  hardware: null,
}

export interface StatsMeter {
  /**
   * @param times of single pictures, where they are looked at
   * @param now monotonic ms
   * @returns null for the first sample of a connection
   */
  take(stats: TransportStats, desktop: DesktopFigures, times: FrameTimes | null, now: number): ViewerStats | null
  reset(): void
}

type Counter = 'framesDecoded' | 'framesDropped' | 'bytesReceived' | 'packetsLost' | 'packetsReceived' | 'decodeMs'

export function createStatsMeter(): StatsMeter {
  let last: { readonly stats: TransportStats; readonly now: number } | null = null
  return {
    take(stats, desktop, times, now) {
      const before = last
      last = { stats, now }
      if (before === null || now <= before.now) return null
      const grown = (key: Counter) => Math.max(0, stats[key] - before.stats[key])
      const seconds = (now - before.now) / 1000
      const frames = grown('framesDecoded')
      const dropped = grown('framesDropped')
      const packets = grown('packetsReceived') + grown('packetsLost')
      const buffered = Math.max(0, (stats.jitterBufferMs ?? 0) - (before.stats.jitterBufferMs ?? 0))
      const { rttMs, ...own } = desktop
      const decodeMs = frames === 0 ? 0 : grown('decodeMs') / frames
      const bufferMs = stats.jitterBufferMs === null ? null : frames === 0 ? 0 : buffered / frames
      const pictureMs = frames === 0 ? null : decodeMs + (bufferMs ?? 0)
      return {
        fps: frames / seconds,
        mbps: (grown('bytesReceived') * 8) / seconds / 1e6,
        rttMs: stats.rttMs ?? rttMs,
        path: stats.path,
        via: stats.via,
        codec: stats.codec,
        decoder: stats.decoder,
        decoderHardware: stats.hardware,
        packets,
        loss: packets === 0 ? 0 : grown('packetsLost') / packets,
        dropped: frames + dropped === 0 ? 0 : dropped / (frames + dropped),
        decodeMs,
        bufferMs,
        sound: soundFigures(before.stats.sound, stats.sound, pictureMs),
        renderMs: times?.renderMs ?? null,
        captureToScreenMs: times?.captureToScreenMs ?? null,
        unread: stats.unread,
        ...own,
      }
    },
    reset() {
      last = null
    },
  }
}

/** The figures of a `stream_stats` message that we show. Source of their names: Selkies 2.1. */
export function desktopFigures(stats: Readonly<Record<string, unknown>>, before: DesktopFigures): DesktopFigures {
  const number = (key: string) => {
    const value = stats[key]
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
  }
  const target = number('target_mbps')
  return {
    ...before,
    encodeMs: number('encode_ms') ?? before.encodeMs,
    pipelineMs: number('pipeline_ms') ?? before.pipelineMs,
    sendMs: number('send_ms') ?? before.sendMs,
    encodedFps: number('encoded_fps') ?? before.encodedFps,
    // absent while a steady quality is held
    targetKbps: target === null ? null : target * 1000,
    rttMs: number('rtt_ms') ?? before.rttMs,
  }
}

/** What a `stream_info` message says of the encoder. */
export function encoderFigures(info: Readonly<Record<string, unknown>>, before: DesktopFigures): DesktopFigures {
  return {
    ...before,
    encoder: plainWords(info['encoder'], 40) || null,
    hardware: typeof info['hardware'] === 'boolean' ? info['hardware'] : null,
  }
}

/** What the cluster says of how a desktop's picture is encoded. */
export interface EncoderFacts {
  /** GPU slices that the desktop has. */
  readonly slices: number
  /** As the operator expects it of template and GPU. */
  readonly encoder: 'hardware' | 'software' | null
}

/**
 * The encoder in words. A desktop with a GPU slice whose picture the CPU encodes all the same says so.
 * @param facts the desktop's own word goes before the operator's
 */
export function encoderWords(
  { encoder, hardware }: Pick<DesktopFigures, 'encoder' | 'hardware'>,
  facts: EncoderFacts,
): { readonly value: string; readonly note: string } {
  const byCpu = hardware === null ? facts.encoder === 'software' : !hardware
  const value = encoder ?? (byCpu ? t('software') : t('not known'))
  if (byCpu && facts.slices > 0) return { value, note: t('by the CPU, although it has a GPU slice') }
  // nothing was said that could have been reported
  if (encoder === null && hardware === null) return { value, note: byCpu ? t('expected') : '' }
  if (hardware === null) return { value, note: t('reported') }
  return { value, note: hardware ? t('hardware, reported') : t('software, reported') }
}

/** The decoder in words. */
export function decoderWords({ decoder, decoderHardware }: Pick<ViewerStats, 'decoder' | 'decoderHardware'>): {
  readonly value: string
  readonly note: string
} {
  if (decoder === null) return { value: t('not known'), note: '' }
  if (decoderHardware === null) return { value: decoder, note: t('hardware or software: the browser does not say') }
  return { value: decoder, note: decoderHardware ? t('hardware') : t('software') }
}
