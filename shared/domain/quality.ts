// How a desktop's picture is sent, as a person wants it: presets and single controls. What a server allows of it is decided where it is
// known; here stand the words and bounds alone. Null means: as the desktop itself has it.
import * as z from 'zod/mini'

/** Bounds of Selkies 2.1, from its settings; a server may allow less. */
export const QUALITY_BOUNDS = {
  frameRate: [8, 240],
  bitrateKbps: [100, 1_000_000],
  crf: [5, 50],
  stillCrf: [5, 50],
  stillFrames: [1, 30],
  jpegQuality: [1, 100],
  stillJpegQuality: [1, 100],
} as const

const whole = ([least, most]: readonly [number, number]) => z.int().check(z.gte(least), z.lte(most))
const own = <T extends z.ZodMiniType>(schema: T) => z._default(z.nullable(schema), null)

export const qualitySchema = z.object({
  /** Pictures a second, at most. */
  frameRate: whole(QUALITY_BOUNDS.frameRate),
  /** kbit/s of the picture, at most. */
  bitrateKbps: whole(QUALITY_BOUNDS.bitrateKbps),
  /** Colours for every pixel (4:4:4) instead of for every fourth one. */
  fullColor: own(z.boolean()),
  /** Ten bits a colour. */
  tenBit: own(z.boolean()),
  /** The server's name of an encoder. */
  encoder: own(z.string().check(z.regex(/^[\w-]{1,32}$/))),
  /** A steady bitrate, or a steady quality that takes what it needs. */
  rateControl: own(z.enum(['cbr', 'crf'])),
  /** Of a steady quality: less is better. */
  crf: own(whole(QUALITY_BOUNDS.crf)),
  /** Whether a picture that rests is sent again, better. */
  sharpenStill: own(z.boolean()),
  stillCrf: own(whole(QUALITY_BOUNDS.stillCrf)),
  stillFrames: own(whole(QUALITY_BOUNDS.stillFrames)),
  /** Of JPEG, percent. */
  jpegQuality: own(whole(QUALITY_BOUNDS.jpegQuality)),
  stillJpegQuality: own(whole(QUALITY_BOUNDS.stillJpegQuality)),
  /** Every picture is sent, also when nothing has changed: the shortest way for what moves, the dearest for what rests. */
  everyFrame: own(z.boolean()),
  /** The CPU encodes, although there is a GPU. */
  byCpu: own(z.boolean()),
  /** Fewer pictures and bits by itself while the connection is poor. */
  automatic: z._default(z.boolean(), true),
})
export type Quality = z.infer<typeof qualitySchema>

export const PRESETS = ['sharp', 'balanced', 'smooth', 'low'] as const
export type Preset = (typeof PRESETS)[number]

const as = (values: Pick<Quality, 'frameRate' | 'bitrateKbps'> & Partial<Quality>): Quality =>
  qualitySchema.parse(values)

/**
 * What each preset is. Full colour goes with text, whose edges it keeps; frames go with motion. Where changes alone are sent, a still
 * screen costs neither side anything and nothing else is at work when a key comes, so the desktop can afford to look twice as often as most
 * screens show: a change waits half as long for its next look.
 */
export const PRESET_QUALITY: Readonly<Record<Preset, Quality>> = {
  sharp: as({ frameRate: 30, bitrateKbps: 20_000, fullColor: true, stillCrf: 10 }),
  balanced: as({ frameRate: 120, bitrateKbps: 12_000, fullColor: false, everyFrame: false }),
  smooth: as({ frameRate: 120, bitrateKbps: 30_000, fullColor: false, everyFrame: true }),
  low: as({ frameRate: 24, bitrateKbps: 1_500, fullColor: false, everyFrame: false }),
}

/** Desktops whose quality is remembered; the one that was set longest ago is forgotten first. */
export const REMEMBERED_DESKTOPS = 100

/** By session. */
export const desktopQualitySchema = z
  .record(z.string().check(z.maxLength(1024)), qualitySchema)
  .check(z.refine((all) => Object.keys(all).length <= REMEMBERED_DESKTOPS))
export type DesktopQuality = z.infer<typeof desktopQualitySchema>

/** The preset that a quality is, or null where single controls were moved. Automatic is apart from all of them. */
export function presetOf(quality: Quality): Preset | null {
  return (
    PRESETS.find((preset) => {
      const wanted = PRESET_QUALITY[preset]
      return (Object.keys(wanted) as (keyof Quality)[]).every(
        (key) =>
          key === 'automatic' || wanted[key] === quality[key] || (wanted[key] === false && quality[key] === null),
      )
    }) ?? null
  )
}

/**
 * The quality of a desktop: its own, or the general settings for one that has none.
 * @param general frame rate, 1/s, and bitrate, kbit/s, of the settings page
 */
export function qualityOf(
  all: DesktopQuality,
  sessionId: string,
  general: Pick<Quality, 'frameRate' | 'bitrateKbps'>,
): Quality {
  const { frameRate, bitrateKbps } = general
  // full colour as the desktop has it: its administrator may have chosen it
  return all[sessionId] ?? { ...PRESET_QUALITY.balanced, fullColor: null, frameRate, bitrateKbps }
}

/** Remembers a desktop's quality, the newest last. */
export function rememberQuality(all: DesktopQuality, sessionId: string, quality: Quality): DesktopQuality {
  const others = Object.entries(all).filter(([id]) => id !== sessionId)
  return Object.fromEntries([...others.slice(1 - REMEMBERED_DESKTOPS), [sessionId, quality]])
}
