// What a key press means to an X server: KeyboardEvent -> X11 keysym. Layout-independent: the produced character decides,
// never the position. Keys that compose (dead keys, IME) yield null; their text arrives by composition.

/** The fields of a KeyboardEvent that matter. */
export interface KeyStroke {
  readonly key: string
  readonly code: string
  /** 0 standard, 1 left, 2 right, 3 keypad. */
  readonly location: number
}

/** Modifier keysyms that must be released by ourselves when the focus goes. */
export const KEYSYM = {
  backspace: 0xff08,
  tab: 0xff09,
  enter: 0xff0d,
  escape: 0xff1b,
  shiftLeft: 0xffe1,
  shiftRight: 0xffe2,
  controlLeft: 0xffe3,
  controlRight: 0xffe4,
  metaLeft: 0xffe7,
  altLeft: 0xffe9,
  altRight: 0xffea,
  superLeft: 0xffeb,
  superRight: 0xffec,
  altGraph: 0xfe03,
} as const

const SIDED: Readonly<Record<string, readonly [left: number, right: number]>> = {
  Shift: [KEYSYM.shiftLeft, KEYSYM.shiftRight],
  Control: [KEYSYM.controlLeft, KEYSYM.controlRight],
  Alt: [KEYSYM.altLeft, KEYSYM.altRight],
  Meta: [KEYSYM.superLeft, KEYSYM.superRight],
  OS: [KEYSYM.superLeft, KEYSYM.superRight],
  Hyper: [0xffed, 0xffee],
}

const NAMED: Readonly<Record<string, number>> = {
  Backspace: KEYSYM.backspace,
  Tab: KEYSYM.tab,
  Enter: KEYSYM.enter,
  Escape: KEYSYM.escape,
  Delete: 0xffff,
  Clear: 0xff0b,
  Pause: 0xff13,
  ScrollLock: 0xff14,
  PrintScreen: 0xff61,
  Home: 0xff50,
  ArrowLeft: 0xff51,
  ArrowUp: 0xff52,
  ArrowRight: 0xff53,
  ArrowDown: 0xff54,
  PageUp: 0xff55,
  PageDown: 0xff56,
  End: 0xff57,
  Select: 0xff60,
  Execute: 0xff62,
  Insert: 0xff63,
  Undo: 0xff65,
  Redo: 0xff66,
  ContextMenu: 0xff67,
  Find: 0xff68,
  Cancel: 0xff69,
  Help: 0xff6a,
  AltGraph: KEYSYM.altGraph,
  Convert: 0xff23,
  NonConvert: 0xff22,
  KanaMode: 0xff2d,
  Romaji: 0xff24,
  Hiragana: 0xff25,
  Katakana: 0xff26,
  HiraganaKatakana: 0xff27,
  Alphanumeric: 0xff30,
  KanjiMode: 0xff21,
  HangulMode: 0xff31,
  HanjaMode: 0xff34,
  Zenkaku: 0xff28,
  Hankaku: 0xff29,
  ZenkakuHankaku: 0xff2a,
  Eisu: 0xff2f,
  AudioVolumeDown: 0x1008ff11,
  AudioVolumeMute: 0x1008ff12,
  AudioVolumeUp: 0x1008ff13,
  MediaPlayPause: 0x1008ff14,
  MediaStop: 0x1008ff15,
  MediaTrackPrevious: 0x1008ff16,
  MediaTrackNext: 0x1008ff17,
  BrowserBack: 0x1008ff26,
  BrowserForward: 0x1008ff27,
  BrowserRefresh: 0x1008ff29,
  BrowserSearch: 0x1008ff1b,
  BrowserHome: 0x1008ff18,
  LaunchMail: 0x1008ff19,
  LaunchApplication2: 0x1008ff1d,
}

/** Keys of the pad that are no characters: they keep their own keysym, so that applications can tell them. */
const KEYPAD: Readonly<Record<string, number>> = { Enter: 0xff8d }

/** Locks are not forwarded: the server toggles them off, and characters already carry their effect. */
const NOT_FORWARDED = new Set(['CapsLock', 'NumLock', 'Fn', 'FnLock', 'Dead', 'Process', 'Unidentified', 'Compose'])

/**
 * The keysym of a key press.
 * @returns null when the key has none: locks, dead keys and keys that an IME has taken
 */
export function keysymOf(stroke: KeyStroke): number | null {
  const { key, location } = stroke
  if (NOT_FORWARDED.has(key)) return null
  // X11 calls Alt with Shift Meta, and Chromium on Linux repeats it; the position tells
  const sided = own(SIDED, key === 'Meta' && stroke.code.startsWith('Alt') ? 'Alt' : key)
  if (sided !== undefined) return sided[location === 2 ? 1 : 0]
  const named = (location === 3 ? own(KEYPAD, key) : undefined) ?? own(NAMED, key)
  if (named !== undefined) return named
  const functionKey = /^F(\d{1,2})$/.exec(key)
  if (functionKey) {
    const number = Number(functionKey[1])
    return number >= 1 && number <= 35 ? 0xffbe + number - 1 : null
  }
  return keysymOfCharacter(key)
}

/**
 * The keysym of one character: Latin-1 as itself, everything else in the Unicode range (0x01000000 + code point).
 * @returns null when the text is not exactly one character
 */
export function keysymOfCharacter(text: string): number | null {
  const point = text.codePointAt(0)
  if (point === undefined || text.length > (point > 0xffff ? 2 : 1)) return null
  // half of a pair is no character
  if (point >= 0xd800 && point <= 0xdfff) return null
  if (point === 0x0a || point === 0x0d) return KEYSYM.enter
  if (point === 0x09) return KEYSYM.tab
  if ((point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff)) return point
  return point < 0x20 || (point >= 0x7f && point < 0xa0) ? null : 0x0100_0000 + point
}

/** The character of a keysym, for a desktop that draws what is typed; null for keys that type nothing. */
export function characterOf(keysym: number): string | null {
  if (!Number.isInteger(keysym)) return null
  if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff)) return String.fromCodePoint(keysym)
  const point = keysym - 0x0100_0000
  const isCharacter = point >= 0x100 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)
  return isCharacter ? String.fromCodePoint(point) : null
}

/** A table's own entry: a key may be named like something that every object has. */
function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
