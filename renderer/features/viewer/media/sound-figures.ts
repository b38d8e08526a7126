// The sound of the last second in figures: whether there is any, how late it is heard, and how it stands to the picture. Pure.
// Policy: silence is no fault and has no delay. Both delays are measured here, from arrival to ear and eye: what lies before them, the
// network and the desktop's encoders, is nearly the same for both.
import type { SoundCounters } from '../transport/transport.ts'
import { t } from '../../../ui/translate.ts'

export interface SoundFigures {
  /** Packets came. */
  readonly playing: boolean
  /** From arrival to the ear, ms; null while nothing plays. */
  readonly delayMs: number | null
  /** How much later than its picture the sound is, ms; negative: earlier. */
  readonly offsetMs: number | null
  /** Share of what was played that was made up for lost packets, 0-1. */
  readonly concealed: number
}

/**
 * @param pictureMs from arrival to the screen, of the same second; null: there was no picture
 */
export function soundFigures(before: SoundCounters, after: SoundCounters, pictureMs: number | null): SoundFigures {
  const samples = after.samples - before.samples
  const playing = after.packets > before.packets && samples > 0
  if (!playing) return { playing: false, delayMs: null, offsetMs: null, concealed: 0 }
  const delayMs = Math.max(0, after.waitedMs - before.waitedMs) / samples + (after.outputMs ?? 0)
  return {
    playing,
    delayMs,
    offsetMs: pictureMs === null ? null : delayMs - pictureMs,
    concealed: Math.min(1, Math.max(0, after.concealed - before.concealed) / samples),
  }
}

/** The offset in words. */
export function offsetWords({ playing, offsetMs }: SoundFigures): { readonly value: string; readonly note: string } {
  if (!playing) return { value: t('silent'), note: t('the desktop plays nothing') }
  if (offsetMs === null) return { value: t('playing'), note: '' }
  const whole = Math.round(Math.abs(offsetMs))
  // what nobody notices. Source: ITU-R BT.1359 puts it at 45 ms early and 125 ms late
  const note = offsetMs > 125 || offsetMs < -45 ? t('can be noticed') : t('cannot be noticed')
  if (whole === 0) return { value: t('together'), note }
  return { value: offsetMs > 0 ? t('{whole} ms later', { whole }) : t('{whole} ms earlier', { whole }), note }
}
