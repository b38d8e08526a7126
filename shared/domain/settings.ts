// What a person can set. Stored as one JSON document; an unknown or broken value falls back to its default, never to a failure.
import * as z from 'zod/mini'

export const settingsSchema = z.object({
  theme: z._default(z.enum(['system', 'light', 'dark']), 'system'),
  reducedMotion: z._default(z.boolean(), false),
  /** Which peer implementation carries WebRTC. */
  peer: z._default(z.enum(['simple-peer', 'native']), 'simple-peer'),
  /** auto: WebRTC, WebSocket when nothing else works. */
  transport: z._default(z.enum(['auto', 'websocket']), 'auto'),
  sound: z._default(z.boolean(), true),
  clipboard: z._default(z.enum(['both', 'to-desktop', 'from-desktop', 'off']), 'both'),
  gamepads: z._default(z.boolean(), true),
  statsLine: z._default(z.boolean(), false),
  resizeToWindow: z._default(z.boolean(), true),
  /** CSS pixels or device pixels: sharp text on high-density screens. */
  sharpPixels: z._default(z.boolean(), true),
  frameRate: z._default(z.int().check(z.gte(10), z.lte(240)), 60),
  bitrateKbps: z._default(z.int().check(z.gte(500), z.lte(100_000)), 12_000),
  openWhenReady: z._default(z.boolean(), true),
})
export type Settings = z.infer<typeof settingsSchema>
export const settingsPatchSchema = z.partial(settingsSchema)
export type SettingsPatch = Partial<Settings>
export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({})
