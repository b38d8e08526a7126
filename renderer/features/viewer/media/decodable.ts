// Which codecs, full colours and ten bits this browser decodes, in each mode. Asked once; a browser that does not say counts as one that cannot.
// Source of the strings: the genuine streams of Selkies 2.1, as its own client asks for them.
import type { VideoCodec } from '../../../../shared/selkies/g2/frames.ts'

/** What can be shown here. */
export interface Decodable {
  readonly codecs: ReadonlySet<VideoCodec>
  /** 4:4:4. */
  readonly fullColor: ReadonlySet<VideoCodec>
  readonly tenBit: ReadonlySet<VideoCodec>
}

export const NOTHING: Decodable = { codecs: new Set(), fullColor: new Set(), tenBit: new Set() }

type Kind = keyof Decodable
const WEBCODECS: readonly (readonly [Kind, VideoCodec, string])[] = [
  ['codecs', 'h264', 'avc1.42C028'],
  ['codecs', 'h265', 'hev1.1.6.L153.B0'],
  ['codecs', 'vp8', 'vp8'],
  ['codecs', 'vp9', 'vp09.00.41.08'],
  ['codecs', 'av1', 'av01.0.13M.08'],
  ['fullColor', 'h264', 'avc1.F40028'],
  ['fullColor', 'h265', 'hev1.4.10.L153.9E.8'],
  ['fullColor', 'vp9', 'vp09.01.41.08'],
  ['tenBit', 'h264', 'avc1.6E0028'],
  ['tenBit', 'h265', 'hev1.2.4.L153.B0'],
  ['tenBit', 'vp9', 'vp09.02.41.10'],
  ['tenBit', 'av1', 'av01.0.13M.10'],
]

/** What WebCodecs decodes. @param supported `VideoDecoder.isConfigSupported`, by codec string */
export async function askWebCodecs(supported: (codec: string) => Promise<boolean>): Promise<Decodable> {
  const sets = { codecs: new Set<VideoCodec>(), fullColor: new Set<VideoCodec>(), tenBit: new Set<VideoCodec>() }
  const answers = await Promise.all(
    // an engine that does not know a string may throw instead of saying no
    WEBCODECS.map(async (row) => [row, await supported(row[2]).catch(() => false)] as const),
  )
  for (const [[kind, codec], yes] of answers) if (yes) sets[kind].add(codec)
  return sets
}

/** What a receiver of WebRTC decodes. @param codecs `RTCRtpReceiver.getCapabilities('video').codecs` */
export function receivable(codecs: readonly { readonly mimeType: string; readonly sdpFmtpLine?: string }[]): Decodable {
  const sets = { codecs: new Set<VideoCodec>(), fullColor: new Set<VideoCodec>(), tenBit: new Set<VideoCodec>() }
  for (const { mimeType, sdpFmtpLine = '' } of codecs) {
    const codec = /^video\/(h264|h265|vp8|vp9|av1)$/.exec(mimeType.toLowerCase())?.[1] as VideoCodec | undefined
    if (codec === undefined) continue
    sets.codecs.add(codec)
    const profile = /profile-id=(\d+)/.exec(sdpFmtpLine)?.[1]
    const level = /profile-level-id=([\da-f]{2})/i.exec(sdpFmtpLine)?.[1]?.toLowerCase()
    if ((codec === 'h264' && level === 'f4') || (codec === 'vp9' && profile === '1')) sets.fullColor.add(codec)
    if ((codec === 'h264' && level === '6e') || ((codec === 'vp9' || codec === 'h265') && profile === '2'))
      sets.tenBit.add(codec)
  }
  return sets
}

/** What this browser receives over WebRTC. */
export function receivableHere(): Decodable {
  // `in`: browsers without WebRTC have no such class, and neither has a test
  if (!('RTCRtpReceiver' in globalThis)) return NOTHING
  return receivable(RTCRtpReceiver.getCapabilities('video')?.codecs ?? [])
}

/** What this browser decodes of WebSocket mode. */
export function decodableHere(): Promise<Decodable> {
  if (!('VideoDecoder' in globalThis)) return Promise.resolve(NOTHING)
  return askWebCodecs(async (codec) => (await VideoDecoder.isConfigSupported({ codec })).supported === true)
}
