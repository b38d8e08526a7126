// The viewer's input in the words of 1.6, with what its unreliable channel and its X server need beside them. Pure: the caller has the clock.
// Policy: a character is pressed with the Shift of its key on the US layout; a release is said twice, since one that is lost leaves a key
// that repeats for ever; AltGr stays here, since the character that it made is what is sent.
import type { ClientMessage } from '../g2/messages.ts'
import { KEYSYM, keysymOfCharacter } from '../keysym.ts'
import { formatG1Message, G1_BUTTONS } from './messages.ts'
import { usLevel } from './us-keys.ts'

/** Releases are said again after this time, ms. */
export const AGAIN_AFTER_MS = 150

export interface G1Input {
  /** @returns the lines to send, in order; empty when 1.6 has no words for the message */
  say(message: ClientMessage): readonly string[]
  /** Releases to be said once more, `AGAIN_AFTER_MS` after they were first said. */
  again(): readonly string[]
  /** Something was released since `again` was last asked. */
  readonly owes: boolean
}

const SHIFTS: readonly number[] = [KEYSYM.shiftLeft, KEYSYM.shiftRight]
/** Keys that a text may bring at once. */
const TEXT_LIMIT = 1000

/**
 * Makes the input of one connection.
 * @param onForeign told once, of the first character that the US layout has no key for
 */
export function createG1Input(onForeign: (keysym: number) => void = () => undefined): G1Input {
  /** The Shift keys that the person holds, and whether the desktop's Shift is otherwise just now. */
  const shifts = new Set<number>()
  let lent: 'none' | 'pressed' | 'lifted' = 'none'
  const down = new Set<number>()
  const owed = new Set<number>()
  let pointerOwed = false
  let buttons = 0
  let wheel = 0
  let foreignTold = false

  const press = (keysym: number) => {
    down.add(keysym)
    owed.delete(keysym)
    return `kd,${keysym}`
  }
  const release = (keysym: number) => {
    down.delete(keysym)
    owed.add(keysym)
    return `ku,${keysym}`
  }
  /** The person's own Shift again. */
  const restore = (): readonly string[] => {
    const was = lent
    lent = 'none'
    if (was === 'pressed') return [release(KEYSYM.shiftLeft)]
    return was === 'lifted' ? [...shifts].map(press) : []
  }
  /** Shift as a character needs it. */
  const lend = (shifted: boolean): readonly string[] => {
    const present = lent === 'none' ? shifts.size > 0 : lent === 'pressed'
    if (present === shifted) return []
    if (lent !== 'none') return restore()
    lent = shifted ? 'pressed' : 'lifted'
    return shifted ? [press(KEYSYM.shiftLeft)] : [...shifts].map(release)
  }
  const keyDown = (keysym: number): readonly string[] => {
    if (keysym === KEYSYM.altGraph) return []
    if (SHIFTS.includes(keysym)) {
      const back = restore()
      shifts.add(keysym)
      return [...back, press(keysym)]
    }
    const level = usLevel(keysym)
    if (level === 'plain' || level === 'shifted') return [...lend(level === 'shifted'), press(keysym)]
    if (level === 'other' && !foreignTold) {
      foreignTold = true
      onForeign(keysym)
    }
    return [...restore(), press(keysym)]
  }
  const keyUp = (keysym: number): readonly string[] => {
    if (keysym === KEYSYM.altGraph) return []
    if (SHIFTS.includes(keysym)) {
      shifts.delete(keysym)
      // it was lifted already; what is lent to a character stays until that is over
      if (lent === 'lifted') {
        if (shifts.size === 0) lent = 'none'
        return []
      }
      return lent === 'pressed' && keysym === KEYSYM.shiftLeft ? [] : [release(keysym)]
    }
    return [release(keysym), ...(lent === 'none' ? [] : restore())]
  }
  const pointer = (message: ClientMessage & { type: 'pointer' }): readonly string[] => {
    const held = message.mask & G1_BUTTONS
    const turned = message.magnitude > 0 ? message.mask & 0b11000 : 0
    if (message.magnitude > 0 && turned === 0) return [] // it has no wheel to the sides
    // while a button is held each edge of a wheel's bit is clicks, so the bit is turned over and left; otherwise only the rising one is
    if (turned !== 0) wheel = held === 0 ? turned : wheel ^ turned
    else if (held === 0) wheel = 0
    pointerOwed = held === 0 && (buttons !== 0 || pointerOwed)
    buttons = held
    const line = formatG1Message({ ...message, mask: held | wheel, magnitude: turned === 0 ? 0 : message.magnitude })
    return [...(held === 0 ? [] : restore()), ...(line === null ? [] : [line])]
  }
  const text = (words: string): readonly string[] =>
    Array.from(words.replaceAll(/\r\n?/g, '\n'))
      .slice(0, TEXT_LIMIT)
      .flatMap((character) => {
        const keysym = keysymOfCharacter(character)
        return keysym === null ? [] : [...keyDown(keysym), ...keyUp(keysym)]
      })

  return {
    say(message) {
      switch (message.type) {
        case 'key-down':
          return keyDown(message.keysym)
        case 'key-up':
          return keyUp(message.keysym)
        case 'text':
          return text(message.text)
        case 'pointer':
          return pointer(message)
        case 'release-keys': {
          // its own word lets go of a few keys alone
          const left = [...down].map(release)
          shifts.clear()
          lent = 'none'
          return [...left, 'kr']
        }
        default: {
          const line = formatG1Message(message)
          return line === null ? [] : [line]
        }
      }
    },
    again() {
      const lines = [...owed].map((keysym) => `ku,${keysym}`)
      owed.clear()
      if (pointerOwed) lines.push('m2,0,0,0,0')
      pointerOwed = false
      return lines
    },
    get owes() {
      return owed.size > 0 || pointerOwed
    },
  }
}
