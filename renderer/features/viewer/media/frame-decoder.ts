// Decodes the video of WebSocket mode with WebCodecs: whole frames, stripes (a decoder a row) and JPEG stripes.
// Policy: a decoder that faults is thrown away and a key frame asked for; three faults in a row without a picture are the end.
// However many rows, frames and stripes a desktop names, a bounded number of decoders, notes and pictures is held for them.
import { SIDE_LIMIT } from '../../../../shared/selkies/limits.ts'
import type { ServerFrame, VideoFrame } from '../../../../shared/selkies/g2/frames.ts'
import type { Screens, Surface } from '../transport/transport.ts'
import { codecString, colorSpace } from './codec-string.ts'
import { createFrameGate } from './frame-gate.ts'
import { createPictureSurface } from './picture-surface.ts'

export interface FrameDecoder {
  video(frame: VideoFrame): void
  jpeg(frame: ServerFrame & { type: 'jpeg' }): void
  /** The stream starts anew. */
  reset(): void
  setFullRange(on: boolean): void
  counters(): { readonly framesDecoded: number; readonly framesDropped: number; readonly decodeMs: number }
  readonly codec: string | null
  /** Whether the GPU may decode it; null: not known yet. */
  readonly hardware: boolean | null
  close(): void
}

export interface FrameDecoderOptions {
  readonly screens: Pick<Screens, 'video' | 'canvas'>
  /** To the desktop: a frame was dropped, or a key frame is needed. */
  tell(what: { readonly lost: number } | 'key-frame'): void
  /** At the first picture, and when its size or its place change. */
  onSize(width: number, height: number, surface: Surface): void
  onFault(what: string): void
}

/** Decoders at most: stripes are at least 64 px high. One more displaces the one that was quiet longest. */
const ROWS = SIDE_LIMIT / 64
/** Frames whose beginning is remembered until they come out: a decoder may swallow some without a word. */
const BEGUN = 256
/** Stripes and pixels that may be on their way to the canvas: eight 4K pictures. */
const PAINTING = { stripes: 256, pixels: 8 * 3840 * 2160 } as const
/** The whole picture is asked for at most this often after stripes were left out, ms. */
const REPAINT_EVERY_MS = 500

interface Row {
  readonly decoder: VideoDecoder
  readonly config: string
}

/** Makes the decoder for one connection. */
export function createFrameDecoder(options: FrameDecoderOptions): FrameDecoder {
  const surface = createPictureSurface({
    screens: options.screens,
    onSize: options.onSize,
    onTooLarge: (width, height) => options.onFault(`a picture of ${width} x ${height}`),
    onMissing: () => options.tell('key-frame'),
  })
  const rows = new Map<number, Row>()
  const gate = createFrameGate()
  const begun = new Map<number, number>()
  let fullRange = false
  let codec: string | null = null
  let hardware: boolean | null = null
  let faults = 0
  let [decoded, dropped, decodeMs, stamp] = [0, 0, 0, 0]
  let closed = false
  const jpegIds = new Map<number, number>()
  const painting = { stripes: 0, pixels: 0 }
  let repaintAt = Number.NEGATIVE_INFINITY

  const shut = (y: number) => {
    const row = rows.get(y)
    rows.delete(y)
    if (row && row.decoder.state !== 'closed') row.decoder.close()
  }
  const fault = (y: number, config: string) => {
    shut(y)
    gate.reset()
    faults++
    if (faults > 3) options.onFault(config)
    else if (!closed) options.tell('key-frame')
  }
  const open = (frame: VideoFrame, config: string): Row => {
    shut(frame.y)
    const [quiet] = rows.keys()
    if (rows.size >= ROWS && quiet !== undefined) shut(quiet)
    const decoder = new VideoDecoder({
      output(picture) {
        faults = 0
        decoded++
        const at = begun.get(picture.timestamp)
        begun.delete(picture.timestamp)
        if (at !== undefined) decodeMs += performance.now() - at
        if (striped) surface.part(picture, frame.y)
        else surface.whole(picture)
      },
      error: () => fault(frame.y, config),
    })
    decoder.configure({
      codec: config,
      codedWidth: frame.width,
      codedHeight: frame.height,
      colorSpace: colorSpace(frame.codec, fullRange),
      optimizeForLatency: true,
    })
    void askHardware(config).then((answer) => {
      hardware = answer
      return undefined
    })
    const row = { decoder, config: `${config} ${frame.width}x${frame.height}` }
    rows.set(frame.y, row)
    return row
  }
  let striped = false
  const decode = (frame: VideoFrame, reset: boolean) => {
    let row = rows.get(frame.y)
    if (frame.key) {
      if (frame.y > 0) {
        striped = true
        surface.reserve(frame.width, Math.max(surface.size.height, frame.y + frame.height))
      } else if (frame.height >= surface.size.height) striped = false
      const config = codecString(frame)
      codec = frame.codec.toUpperCase()
      if (reset || row?.config !== `${config} ${frame.width}x${frame.height}`) row = open(frame, config)
    }
    if (row === undefined || row.decoder.state !== 'configured') return gate.reset()
    // the order of the rows says which was quiet longest
    rows.delete(frame.y)
    rows.set(frame.y, row)
    stamp += 1
    begun.set(stamp, performance.now())
    begun.delete(stamp - BEGUN)
    row.decoder.decode(new EncodedVideoChunk({ type: frame.key ? 'key' : 'delta', timestamp: stamp, data: frame.data }))
  }
  return {
    get codec() {
      return codec
    },
    get hardware() {
      return hardware
    },
    video(frame) {
      if (closed) return
      const present = rows.get(frame.y)
      const verdict = gate.take(frame, present?.decoder.decodeQueueSize ?? 0, performance.now())
      if (verdict.do === 'drop') {
        dropped++
        if (verdict.tell === 'lost') options.tell({ lost: frame.id })
        else if (verdict.tell === 'key-frame') options.tell('key-frame')
        return
      }
      try {
        decode(frame, verdict.reset)
      } catch {
        // a configuration or a frame that WebCodecs refuses at once counts like one that it refuses later
        fault(frame.y, frame.codec.toUpperCase())
      }
    },
    jpeg(frame) {
      const last = jpegIds.get(frame.y)
      // a late stripe would paint an old picture over a new one
      if (closed || (last !== undefined && ((frame.id - last) & 0xffff) >= 0x8000)) return
      const pixels = frame.width * frame.height
      if (painting.stripes >= PAINTING.stripes || painting.pixels + pixels > PAINTING.pixels) {
        dropped++
        const now = performance.now()
        if (now - repaintAt < REPAINT_EVERY_MS) return
        repaintAt = now
        return options.tell('key-frame')
      }
      jpegIds.set(frame.y, frame.id)
      codec = 'JPEG'
      hardware = null
      painting.stripes++
      painting.pixels += pixels
      createImageBitmap(new Blob([frame.data], { type: 'image/jpeg' }))
        .then((picture) => {
          if (closed) return picture.close()
          const { width, height } = surface.size
          const rest = picture.width === width ? height : 0
          surface.reserve(picture.width, Math.max(frame.y + picture.height, rest))
          surface.part(picture, frame.y)
          if (frame.y === 0) decoded++
          return undefined
        })
        .catch(() => {
          // a broken stripe: the next one of this row repairs it
          dropped++
        })
        .finally(() => {
          painting.stripes--
          painting.pixels -= pixels
        })
    },
    reset() {
      gate.reset()
      jpegIds.clear()
    },
    setFullRange(on) {
      fullRange = on
    },
    counters: () => ({ framesDecoded: decoded, framesDropped: dropped, decodeMs }),
    close() {
      closed = true
      for (const y of [...rows.keys()]) shut(y)
      surface.close()
    },
  }
}

/** Software alone can decode what no hardware takes; where both can, the browser chooses and does not say. */
async function askHardware(codec: string): Promise<boolean | null> {
  try {
    const { supported } = await VideoDecoder.isConfigSupported({ codec, hardwareAcceleration: 'prefer-hardware' })
    return supported === true ? null : false
  } catch {
    // an engine that does not know the question
    return null
  }
}
