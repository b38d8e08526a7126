// What a desktop's own settings allow of sound, microphone, camera and gamepads, in words where they do not. Pure.
// Source: Selkies 2.1: a microphone or camera that is off but not locked is only not on yet.
import type { CaptureKind } from '../../../../shared/selkies/g2/server-messages.ts'
import { t } from '../../../ui/translate.ts'

export interface MediaRules {
  readonly sound: boolean
  readonly gamepads: boolean
  /** Why the desktop takes none; null: it does. */
  readonly capture: Readonly<Record<CaptureKind, string | null>>
}

/** Before a desktop has said anything. */
export const NO_RULES: MediaRules = { sound: true, gamepads: true, capture: { microphone: null, camera: null } }

type Settings = Readonly<Record<string, unknown>>

/** @param settings of the server's `server_settings`; what is not said counts as allowed */
export function readMediaRules(settings: Settings): MediaRules {
  const sound = field(settings, 'audio_enabled', 'value') !== false
  const isForbidden = (name: string) =>
    field(settings, name, 'value') === false && field(settings, name, 'locked') === true
  return {
    sound,
    gamepads: field(settings, 'gamepad_enabled', 'value') !== false,
    capture: {
      // without sound there is nothing that could play it into the desktop
      microphone: !sound || isForbidden('microphone_enabled') ? t('This desktop takes no microphone: its rule.') : null,
      camera: isForbidden('webcam_enabled') ? t('This desktop takes no camera: its rule.') : null,
    },
  }
}

function field(settings: Settings, name: string, of: 'value' | 'locked'): unknown {
  const entry = settings[name]
  return typeof entry === 'object' && entry !== null ? (entry as Settings)[of] : undefined
}
