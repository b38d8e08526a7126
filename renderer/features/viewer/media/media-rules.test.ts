// What the desktop's settings allow.
import { expect, it } from 'vitest'
import { NO_RULES, readMediaRules } from './media-rules.ts'

const off = { value: false, locked: true }

it('allows what is not said, and what is off but not locked', () => {
  expect(readMediaRules({})).toEqual(NO_RULES)
  expect(readMediaRules({ microphone_enabled: { value: false, locked: false }, webcam_enabled: null })).toEqual(
    NO_RULES,
  )
})

it('forbids what is locked off, and the microphone with all sound', () => {
  const { capture } = readMediaRules({ microphone_enabled: off, webcam_enabled: off })
  expect([capture.microphone, capture.camera]).toEqual([expect.any(String), expect.any(String)])
  const silent = readMediaRules({ audio_enabled: { value: false }, gamepad_enabled: { value: false } })
  expect([silent.sound, silent.gamepads, silent.capture.microphone, silent.capture.camera]).toEqual([
    false,
    false,
    expect.any(String),
    null,
  ])
})
