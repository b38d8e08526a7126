// Presets, and what is remembered of a desktop.
import { expect, it } from 'vitest'
import {
  desktopQualitySchema,
  PRESET_QUALITY,
  presetOf,
  PRESETS,
  qualityOf,
  rememberQuality,
  REMEMBERED_DESKTOPS,
  type DesktopQuality,
} from './quality.ts'
import { DEFAULT_SETTINGS, settingsPatchSchema, settingsSchema } from './settings.ts'

it('names a preset by its values, whether it is automatic or not', () => {
  for (const preset of PRESETS) {
    expect(presetOf(PRESET_QUALITY[preset])).toBe(preset)
    expect(presetOf({ ...PRESET_QUALITY[preset], automatic: false })).toBe(preset)
    expect(presetOf({ ...PRESET_QUALITY[preset], crf: 20 })).toBeNull()
  }
})

it('takes the general settings for a desktop without a quality of its own', () => {
  expect(presetOf(qualityOf({}, 'a', DEFAULT_SETTINGS))).toBe('balanced')
  expect(qualityOf({}, 'a', { frameRate: 30, bitrateKbps: 5000 })).toMatchObject({ frameRate: 30, bitrateKbps: 5000 })
  expect(qualityOf({ a: PRESET_QUALITY.low }, 'a', DEFAULT_SETTINGS)).toBe(PRESET_QUALITY.low)
})

it('forgets the desktop that was set longest ago', () => {
  let all: DesktopQuality = {}
  for (let index = 0; index < REMEMBERED_DESKTOPS; index++) all = rememberQuality(all, `d${index}`, PRESET_QUALITY.low)
  all = rememberQuality(all, 'd0', PRESET_QUALITY.sharp)
  all = rememberQuality(all, 'new', PRESET_QUALITY.smooth)
  expect(Object.keys(all)).toHaveLength(REMEMBERED_DESKTOPS)
  expect(all['d0']).toBe(PRESET_QUALITY.sharp)
  expect(all['d1']).toBeUndefined()
  expect(desktopQualitySchema.safeParse(all).success).toBe(true)
})

it('reads what an older version wrote, and refuses what no server takes', () => {
  const old = { a: { frameRate: 30, bitrateKbps: 4000 } }
  expect(settingsSchema.parse({ desktopQuality: old }).desktopQuality['a']).toMatchObject({
    crf: null,
    automatic: true,
  })
  for (const bad of [{ frameRate: 1000 }, { crf: 99 }, { encoder: 'a,b' }, { bitrateKbps: 0.5 }])
    expect(settingsPatchSchema.safeParse({ desktopQuality: { a: { ...PRESET_QUALITY.low, ...bad } } }).success).toBe(
      false,
    )
})
