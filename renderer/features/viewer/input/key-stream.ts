// What a browser says of keys -> what the desktop is told. Pure: the tables of layouts and systems test it without a browser.
// Policy: the server takes keysyms of characters, so the layout on this machine decides. A key goes as its keysym, and its
// default is prevented, or it is left to the browser and goes as the text that it makes; never both. What a system forgets to
// say (releases under Command, one of two Shifts) is said for it.
import type { ClientMessage } from '../../../../shared/selkies/g2/messages.ts'
import { KEYSYM, keysymOf } from '../../../../shared/selkies/keysym.ts'
import { latinAt, latinOf } from '../../../../shared/selkies/latin-key.ts'
import { createHeldKeys, tap, type Told } from './held-keys.ts'

export type KeyPlatform = 'mac' | 'windows' | 'other'

/** The modifiers of an event of a key or a pointer. */
export interface ToldModifiers {
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
  readonly metaKey: boolean
  /** `getModifierState('AltGraph')` */
  readonly altGraph: boolean
}

/** The fields of a KeyboardEvent that matter. */
export interface KeyPress extends ToldModifiers {
  readonly key: string
  readonly code: string
  readonly location: number
  readonly repeat: boolean
  readonly timeStamp: number
  /** An input method has it: `isComposing`, or the key code 229. */
  readonly composing: boolean
}

export interface KeyStreamOptions {
  readonly platform: KeyPlatform
  /** What a Mac's Command key is on the desktop. */
  commandKey(): 'super' | 'control' | 'swap'
}

export interface KeyStream {
  /** @returns null when the key is the browser's: its text comes by `input` and composition events, or it only matters here */
  down(press: KeyPress): readonly ClientMessage[] | null
  up(press: KeyPress): readonly ClientMessage[]
  /** A pointer acts: what waits is pressed now, and what is no longer held is let go. */
  pointer(modifiers: ToldModifiers): readonly ClientMessage[]
  heartbeat(): ClientMessage | null
  releaseAll(): readonly ClientMessage[]
}

const TOLD: Readonly<Record<string, Told>> = {
  Control: 'Control',
  Shift: 'Shift',
  Alt: 'Alt',
  Meta: 'Meta',
  OS: 'Meta',
}
/** Switches of input methods: Windows says no release of most of them, and nobody holds one. */
const SWITCHES = new Set(
  'KanaMode KanjiMode Zenkaku Hankaku ZenkakuHankaku Hiragana Katakana HiraganaKatakana Romaji Eisu Alphanumeric HangulMode HanjaMode'.split(
    ' ',
  ),
)
const CONTROL_AND_ALT = [KEYSYM.controlLeft, KEYSYM.controlRight, KEYSYM.altLeft, KEYSYM.altRight]
const ALT = [KEYSYM.altLeft, KEYSYM.altRight]

export function createKeyStream({ platform, commandKey }: KeyStreamOptions): KeyStream {
  const held = createHeldKeys()
  const mac = platform === 'mac'
  /** A dead key was pressed: the next character is made by the browser. */
  let dead = false
  /** Option keys of which is not known yet whether they make a character or are Alt, and whether they have made one. */
  const options = new Map<string, { readonly keysym: number; readonly at: number }>()
  let optionMadeText = false

  const settleOptions = (): readonly ClientMessage[] => {
    const pressed = [...options].flatMap(([code, { keysym, at }]) => held.press(code, keysym, at, 'Alt'))
    options.clear()
    optionMadeText = false
    return pressed
  }
  const reconcile = (now: ToldModifiers, own?: Told): readonly ClientMessage[] =>
    held.reconcile((told) => {
      if (told === own) return true
      switch (told) {
        case 'Shift':
          return now.shiftKey
        // with AltGr Windows tells neither of the two that it is made of
        case 'Control':
          return now.ctrlKey || now.altGraph
        case 'Alt':
          return now.altKey || now.altGraph
        // not every layout of X11 has a modifier for Super
        case 'Meta':
          return now.metaKey || platform === 'other'
      }
    })
  const shortcutKey = (press: KeyPress): string => {
    const { key, code, altKey, altGraph, shiftKey } = press
    const command = isCommand(press)
    // Option writes other characters there, also in shortcuts
    if (mac && command && altKey && !/^[\w ]$/.test(key) && (key === 'Dead' || isCharacter(key)))
      return latinAt(code, shiftKey) ?? key
    return command || (altKey && !altGraph && !mac) ? (latinOf(key, code, shiftKey) ?? key) : key
  }
  const remap = (key: string): string => {
    if (!mac || commandKey() === 'super') return key
    if (key === 'Meta') return 'Control'
    return key === 'Control' && commandKey() === 'swap' ? 'Meta' : key
  }

  const character = (press: KeyPress, keysym: number): readonly ClientMessage[] | null => {
    if (mac && press.altKey && !isCommand(press)) {
      if (options.size > 0) optionMadeText = true
      // it was told as Alt already, for a key or the pointer
      return ALT.some(held.holds) ? held.tapWithout(ALT, keysym) : null
    }
    // Windows takes Control with Alt for AltGr
    const made = press.altGraph && !held.holds(KEYSYM.altGraph) && CONTROL_AND_ALT.some(held.holds)
    return made ? held.tapWithout(CONTROL_AND_ALT, keysym) : null
  }

  return {
    down(press) {
      if (press.composing || press.key === 'Process') {
        dead = false
        return null
      }
      const key = shortcutKey(press)
      if (key === 'Dead') {
        dead = true
        if (options.size > 0) optionMadeText = true
        return null
      }
      const told = toldOf(press)
      const keysym = keysymOf({ ...press, key: remap(key) })
      if (keysym === null) return null
      if (told === undefined && key !== 'AltGraph') {
        const composes = dead && isCharacter(key) && !isCommand(press)
        dead = false
        if (composes) return null
      }
      const before = reconcile(press, told)
      if (mac && told === 'Alt' && !isCommand(press)) {
        if (!press.repeat && !held.has(press.code)) options.set(press.code, { keysym, at: press.timeStamp })
        return before
      }
      if (told === undefined && isCharacter(key)) {
        const lifted = character(press, keysym)
        if (lifted !== null) return [...before, ...lifted]
      }
      const optionIsAlt = told === undefined && !(isCharacter(key) && !isCommand(press))
      const settled = optionIsAlt ? [...before, ...settleOptions()] : before
      // under Command macOS says no releases
      if (mac && press.metaKey && told === undefined) return [...settled, ...tap(keysym)]
      // the desktop repeats by itself, from the heartbeat
      if (press.repeat) return settled
      if (SWITCHES.has(key)) return [...settled, ...tap(keysym)]
      return [...settled, ...held.press(press.code || press.key, keysym, press.timeStamp, told)]
    },
    up(press) {
      const { key, code } = press
      const option = options.get(code)
      if (option !== undefined) {
        options.delete(code)
        const alone = !optionMadeText
        if (options.size === 0) optionMadeText = false
        return alone ? tap(option.keysym) : []
      }
      // Windows says nothing of Print but its release
      if (platform === 'windows' && code === 'PrintScreen' && !held.has(code)) return tap(0xff61)
      const released = held.release(code || key)
      if (platform === 'windows' && toldOf(press) === 'Shift')
        // of two Shifts it says one release
        return [...released, ...held.release('ShiftLeft'), ...held.release('ShiftRight')]
      if (mac && toldOf(press) === 'Meta') return [...released, ...held.releaseKeys()]
      return [...released, ...reconcile(press)]
    },
    pointer: (modifiers) => [...reconcile(modifiers), ...settleOptions()],
    heartbeat: held.heartbeat,
    releaseAll() {
      dead = false
      options.clear()
      optionMadeText = false
      return held.releaseAll()
    },
  }
}

function isCharacter(key: string): boolean {
  const point = key.codePointAt(0)
  return point !== undefined && key.length === (point > 0xffff ? 2 : 1)
}

function isCommand({ ctrlKey, metaKey, altGraph }: ToldModifiers): boolean {
  return (ctrlKey || metaKey) && !altGraph
}

/** The modifier that a key is here; X11 calls Alt with Shift Meta. */
function toldOf({ key, code }: KeyPress): Told | undefined {
  return key === 'Meta' && code.startsWith('Alt') ? 'Alt' : TOLD[key]
}
