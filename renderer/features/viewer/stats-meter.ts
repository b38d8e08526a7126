// Turns growing counters into the figures of the last second. Pure. What the desktop says of itself is hostile until read.
import { plainWords } from '../../../shared/selkies/words.ts'
import type { TransportStats } from './transport/transport.ts'
import type { ViewerStats } from './viewer-state.ts'
import { english, t } from '../../ui/translate.ts'

export interface DesktopFigures {
  readonly encodeMs: number | null
  readonly pipelineMs: number | null
  readonly encoder: string | null
  /** Whether the GPU encodes, as the desktop says. */
  readonly hardware: boolean | null
}

export interface StatsMeter {
  /** @param now monotonic ms @returns null for the first sample of a connection */
  take(stats: TransportStats, desktop: DesktopFigures, now: number): ViewerStats | null
  reset(): void
}

export function createStatsMeter(): StatsMeter {
  let last: { readonly stats: TransportStats; readonly now: number } | null = null
  return {
    take(stats, desktop, now) {
      const before = last
      last = { stats, now }
      if (before === null || now <= before.now) return null
      const grown = (
        key: 'framesDecoded' | 'bytesReceived' | 'packetsLost' | 'packetsReceived' | 'decodeMs' | 'jitterBufferMs',
      ) => Math.max(0, stats[key] - before.stats[key])
      const seconds = (now - before.now) / 1000
      const frames = grown('framesDecoded')
      const packets = grown('packetsReceived') + grown('packetsLost')
      return {
        fps: frames / seconds,
        mbps: (grown('bytesReceived') * 8) / seconds / 1e6,
        rttMs: stats.rttMs,
        path: stats.path,
        via: stats.via,
        codec: stats.codec,
        decoder: stats.decoder,
        loss: packets === 0 ? 0 : grown('packetsLost') / packets,
        decodeMs: frames === 0 ? 0 : grown('decodeMs') / frames,
        bufferMs: frames === 0 ? 0 : grown('jitterBufferMs') / frames,
        unread: stats.unread,
        ...desktop,
      }
    },
    reset() {
      last = null
    },
  }
}

/** The figures of a `stream_stats` message that we show. */
export function desktopFigures(stats: Readonly<Record<string, unknown>>, before: DesktopFigures): DesktopFigures {
  const number = (key: string) => {
    const value = stats[key]
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
  }
  return {
    encodeMs: number('encode_ms') ?? before.encodeMs,
    pipelineMs: number('pipeline_ms') ?? before.pipelineMs,
    encoder: before.encoder,
    hardware: before.hardware,
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
  return { value, note: byCpu && facts.slices > 0 ? t('by the CPU, although it has a GPU slice') : t('reported') }
}

/** The report behind "Copy report". */
export function statsReport(
  name: string,
  stats: ViewerStats,
  picture: { width: number; height: number } | null,
  facts: EncoderFacts,
): string {
  const { value, note } = encoderWords(stats, facts)
  return english(
    [
      `Desktop: ${name}`,
      `Picture: ${picture === null ? 'none' : `${picture.width} x ${picture.height}`}, ${stats.fps.toFixed(0)} fps`,
      `Received: ${stats.mbps.toFixed(2)} Mbit/s, ${(stats.loss * 100).toFixed(2)} % lost`,
      `Round trip: ${stats.rttMs === null ? 'not known' : `${stats.rttMs.toFixed(1)} ms`}`,
      `Path: ${stats.path ?? 'none'}${stats.via === null ? '' : ` via ${stats.via}`}`,
      `Codec: ${stats.codec ?? 'not known'}, encoder ${value} (${note}), decoder ${stats.decoder ?? 'not known'}`,
      `Per frame: decode ${stats.decodeMs.toFixed(1)} ms, buffer ${stats.bufferMs.toFixed(1)} ms`,
      `Not understood: ${stats.unread} of the desktop’s messages`,
    ].join('\n'),
  )
}
