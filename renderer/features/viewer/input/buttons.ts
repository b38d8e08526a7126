// Which buttons the desktop has pressed: one pointer holds them at a time, and what was let go for the person stays so. Pure.
// Policy: after `release` a button that is still down counts as up until it was really up, or the next move would press it again.
import { MASK } from '../../../../shared/selkies/g2/messages.ts'

/** The desktop's mask for a PointerEvent's `buttons`, with nothing of the wheel. */
export function maskOf(buttons: number): number {
  return (
    ((buttons & 1) !== 0 ? MASK.left : 0) |
    ((buttons & 4) !== 0 ? MASK.middle : 0) |
    ((buttons & 2) !== 0 ? MASK.right : 0) |
    ((buttons & 8) !== 0 ? MASK.back : 0) |
    ((buttons & 16) !== 0 ? MASK.forward : 0) |
    ((buttons & 32) !== 0 ? MASK.eraser : 0)
  )
}

export interface Buttons {
  /** As the desktop has it. */
  readonly mask: number
  /**
   * @param pointer `PointerEvent.pointerId` @param buttons `PointerEvent.buttons`
   * @returns whether the mask is another one; `other`: another pointer holds a button, this one does not count
   */
  take(pointer: number, buttons: number): 'changed' | 'same' | 'other'
  /** @returns whether anything was held */
  release(): boolean
}

export function createButtons(): Buttons {
  let mask = 0
  let told = { pointer: 0, buttons: 0 }
  let stale = told
  return {
    get mask() {
      return mask
    },
    take(pointer, buttons) {
      if (mask !== 0 && told.pointer !== pointer) return 'other'
      told = { pointer, buttons }
      if (stale.pointer === pointer) stale = { pointer, buttons: stale.buttons & buttons }
      const next = maskOf(stale.pointer === pointer ? buttons & ~stale.buttons : buttons)
      if (next === mask) return 'same'
      mask = next
      return 'changed'
    },
    release() {
      stale = told
      const held = mask !== 0
      mask = 0
      return held
    },
  }
}
