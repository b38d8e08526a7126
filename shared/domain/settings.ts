// What a person can set. Stored as one JSON document; an unknown or broken value falls back to its default, never to a failure.
import * as z from 'zod/mini'
import { DEFAULT_RELEASE_CHORD, releaseChordProblem } from './chords.ts'
import { layoutsSchema } from './display-layout.ts'
import { desktopQualitySchema } from './quality.ts'
import { PATH_CHOICES_KEPT, pathChoiceSchema } from './media.ts'

// the bare schemas stand apart: a patch made from schemas with defaults would set every value that it does not name
const values = {
  theme: z.enum(['system', 'light', 'dark']),
  /** A tag of BCP 47, or as the system has it; one without a catalog is English. */
  language: z.string().check(z.regex(/^(?:system|[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})$/)),
  reducedMotion: z.boolean(),
  /** Which peer implementation carries WebRTC. */
  peer: z.enum(['simple-peer', 'native']),
  /** auto: WebRTC, WebSocket when nothing else works. */
  transport: z.enum(['auto', 'websocket']),
  /** The way for media that a person forced, by cluster. */
  paths: z
    .record(z.string().check(z.maxLength(512)), pathChoiceSchema)
    .check(z.refine((choices) => Object.keys(choices).length <= PATH_CHOICES_KEPT, 'holds too many clusters')),
  sound: z.boolean(),
  /** Of the sound, percent. */
  volume: z.int().check(z.gte(0), z.lte(100)),
  muteUnfocused: z.boolean(),
  /** Devices by their names, since ids change with a page's origin; empty is the system's choice. */
  speaker: z.string().check(z.maxLength(256)),
  microphone: z.string().check(z.maxLength(256)),
  camera: z.string().check(z.maxLength(256)),
  /** Microphone and camera: desktops may ask for them, only the person turns them on, or nobody. */
  capture: z.enum(['ask', 'click', 'off']),
  clipboard: z.enum(['both', 'to-desktop', 'from-desktop', 'off']),
  gamepads: z.boolean(),
  /** Files go no faster than this, Mbit/s; 0: as fast as the picture lets them. */
  fileMbps: z.int().check(z.gte(0), z.lte(10_000)),
  /** When a desktop gets the keys that browser and operating system would take. */
  allKeys: z.enum(['off', 'full-screen', 'always']),
  /** Lets go of the keyboard: `Ctrl+Alt+Shift+KeyZ`. */
  releaseChord: z.string().check(z.refine((text) => releaseChordProblem(text) === null)),
  /** A Mac's Command key on the desktop: Super, Control as well, or changed with Control. */
  commandKey: z.enum(['super', 'control', 'swap']),
  /** How far the mouse goes while it is the desktop's alone: as the system says, or as the device counts. */
  mouseMotion: z.enum(['accelerated', 'raw']),
  statsLine: z.boolean(),
  /** The size of desktops that have none of their own in `layouts`. */
  resizeToWindow: z.boolean(),
  /** CSS pixels or device pixels: sharp text on high-density screens. */
  sharpPixels: z.boolean(),
  /** The bar at the top of a desktop stays. */
  pillPinned: z.boolean(),
  frameRate: z.int().check(z.gte(10), z.lte(240)),
  bitrateKbps: z.int().check(z.gte(500), z.lte(100_000)),
  /** How single desktops' pictures are sent, where that was chosen for them; by session. */
  desktopQuality: desktopQualitySchema,
  openWhenReady: z.boolean(),
}
export const settingsSchema = z.object({
  theme: z._default(values.theme, 'system'),
  language: z._default(values.language, 'system'),
  reducedMotion: z._default(values.reducedMotion, false),
  peer: z._default(values.peer, 'simple-peer'),
  transport: z._default(values.transport, 'auto'),
  paths: z._default(values.paths, {}),
  sound: z._default(values.sound, true),
  volume: z._default(values.volume, 100),
  muteUnfocused: z._default(values.muteUnfocused, false),
  speaker: z._default(values.speaker, ''),
  microphone: z._default(values.microphone, ''),
  camera: z._default(values.camera, ''),
  capture: z._default(values.capture, 'ask'),
  clipboard: z._default(values.clipboard, 'both'),
  gamepads: z._default(values.gamepads, true),
  fileMbps: z._default(values.fileMbps, 0),
  allKeys: z._default(values.allKeys, 'full-screen'),
  releaseChord: z._default(values.releaseChord, DEFAULT_RELEASE_CHORD),
  commandKey: z._default(values.commandKey, 'control'),
  mouseMotion: z._default(values.mouseMotion, 'accelerated'),
  statsLine: z._default(values.statsLine, false),
  resizeToWindow: z._default(values.resizeToWindow, true),
  sharpPixels: z._default(values.sharpPixels, true),
  pillPinned: z._default(values.pillPinned, false),
  // twice what most screens show: a change waits half as long for the desktop's next look
  frameRate: z._default(values.frameRate, 120),
  bitrateKbps: z._default(values.bitrateKbps, 12_000),
  desktopQuality: z._default(values.desktopQuality, {}),
  openWhenReady: z._default(values.openWhenReady, true),
  /** How each desktop is laid out; changed one by one, never by a patch. */
  layouts: z._default(layoutsSchema, {}),
})
export type Settings = z.infer<typeof settingsSchema>
export const settingsPatchSchema = z.partial(z.strictObject(values))
export type SettingsPatch = z.infer<typeof settingsPatchSchema>
export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({})
