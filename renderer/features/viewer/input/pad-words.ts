// What a person is told of gamepads: who came, who went, and what a pad of another layout means. Pure.
import type { PadView } from './gamepads.ts'
import { t, tn } from '../../../ui/translate.ts'

/** One line for what changed; null when nothing worth a line did. */
export function padsChanged(before: readonly PadView[], now: readonly PadView[]): string | null {
  const came = now.find((pad) => !before.some(({ index, name }) => index === pad.index && name === pad.name))
  if (came !== undefined) {
    if (came.slot === null) return t('A desktop takes four gamepads: {name} has to wait.', { name: came.name })
    const values = { name: came.name, place: came.slot + 1 }
    return came.standard
      ? t('{name} is gamepad {place}.', values)
      : t('{name} is gamepad {place}. This browser does not know its layout: buttons may be elsewhere.', values)
  }
  const gone = before.find((pad) => !now.some(({ index, name }) => index === pad.index && name === pad.name))
  if (gone === undefined || gone.slot === null) return null
  return t('Gamepad {place} is disconnected. Its place is kept.', { place: gone.slot + 1 })
}

/** Browsers know the layout of many pads, and count the buttons of the others as they come. */
export function otherLayout(): string {
  return t('This browser does not know its layout: buttons may be elsewhere.')
}

/** How many there are. */
export function padsCount(count: number): string {
  if (count === 0) return t('No gamepad is here. Connect one and press a button on it.')
  return tn(count, 'One gamepad is here.', '{count} gamepads are here.')
}
