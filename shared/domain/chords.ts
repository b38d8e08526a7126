// The viewer's own chords, which never reach a desktop. Pure. Matched by the key's position, so that every layout has them.
// Policy: all are fixed but the one that lets go of the keyboard, which a person may set; no chord is two things.

/** Modifiers and one key, as `KeyboardEvent.code` names it. */
export interface Chord {
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
  readonly meta: boolean
  readonly code: string
}

/** In the order in which they are listed. */
export const CHORD_ACTIONS = [
  'pill',
  'full-screen',
  'grab',
  'mouse',
  'sound',
  'screenshot',
  'picture-in-picture',
  'statistics',
  'help',
] as const
export type ChordAction = (typeof CHORD_ACTIONS)[number]

/** The fixed ones. */
const FIXED: Readonly<Record<Exclude<ChordAction, 'grab'>, string>> = {
  'full-screen': 'Ctrl+Alt+Shift+KeyF',
  mouse: 'Ctrl+Alt+Shift+KeyP',
  statistics: 'Ctrl+Alt+Shift+KeyS',
  pill: 'Ctrl+Alt+Shift+KeyX',
  sound: 'Ctrl+Alt+Shift+KeyM',
  screenshot: 'Ctrl+Alt+Shift+KeyC',
  'picture-in-picture': 'Ctrl+Alt+Shift+KeyO',
  help: 'Ctrl+Alt+Shift+KeyH',
}
/** Lets go of the keyboard where nobody has set another one. */
export const DEFAULT_RELEASE_CHORD = 'Ctrl+Alt+Shift+KeyZ'

const MODIFIERS = [
  ['ctrl', 'Ctrl'],
  ['alt', 'Alt'],
  ['shift', 'Shift'],
  ['meta', 'Meta'],
] as const
/** Keys that every keyboard has, that no lock or input method takes, and that an event names by a position. */
const CODE =
  /^(?:Key[A-Z]|Digit\d|F(?:[1-9]|1\d|2[0-4])|Numpad\d|Arrow(?:Up|Down|Left|Right)|Home|End|PageUp|PageDown|Insert|Pause|ScrollLock|Space|Minus|Equal|BracketLeft|BracketRight|Backslash|Semicolon|Quote|Backquote|Comma|Period|Slash)$/
const PARTS = 5

/** Reads `Ctrl+Alt+Shift+KeyZ`: modifiers in this order, then the key. @returns null for anything else */
export function parseChord(text: string): Chord | null {
  const parts = text.split('+', PARTS + 1)
  const code = parts.pop() ?? ''
  if (!CODE.test(code)) return null
  const has = (name: string): boolean => parts.includes(name)
  const chord: Chord = { ctrl: has('Ctrl'), alt: has('Alt'), shift: has('Shift'), meta: has('Meta'), code }
  return formatChord(chord) === text ? chord : null
}

/** The one way to write a chord. */
export function formatChord(chord: Chord): string {
  return [...MODIFIERS.flatMap(([key, name]) => (chord[key] ? [name] : [])), chord.code].join('+')
}

/** What is wrong with a chord for letting go of the keyboard; null when nothing is. */
export type ChordProblem = 'key' | 'modifiers' | 'paste' | ChordAction

/** @param text as `formatChord` writes it */
export function releaseChordProblem(text: string): ChordProblem | null {
  const chord = parseChord(text)
  if (chord === null) return 'key'
  // one modifier and a key is what programs on the desktop use
  if (MODIFIERS.filter(([key]) => chord[key]).length < 2) return 'modifiers'
  if (isPasteChord(chord)) return 'paste'
  const other = Object.entries(FIXED).find(([, fixed]) => fixed === text)
  return other === undefined ? null : (other[0] as ChordAction)
}

/** Whether a stroke pastes on the desktop: what was copied here must be there before it. */
export function isPasteChord({ ctrl, alt, shift, meta, code }: Chord): boolean {
  return ((ctrl || meta) && !alt && code === 'KeyV') || (shift && !ctrl && !alt && !meta && code === 'Insert')
}

/** The fields of a KeyboardEvent that make a chord. */
export interface ChordStroke {
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
  readonly metaKey: boolean
  readonly code: string
}

/** The chord of a key press. */
export function chordOfStroke({ ctrlKey, altKey, shiftKey, metaKey, code }: ChordStroke): Chord {
  return { ctrl: ctrlKey, alt: altKey, shift: shiftKey, meta: metaKey, code }
}

/** @param release the chord that a person has set @returns the action, or null when the stroke is the desktop's */
export function chordActionOf(stroke: ChordStroke, release: string): ChordAction | null {
  const text = formatChord(chordOfStroke(stroke))
  if (text === release) return 'grab'
  const found = Object.entries(FIXED).find(([, fixed]) => fixed === text)
  return found === undefined ? null : (found[0] as ChordAction)
}

/** How an action's chord is written. @param release the chord that a person has set */
export function chordText(action: ChordAction, release: string): string {
  return action === 'grab' ? release : FIXED[action]
}

const NAMES: Readonly<Record<string, string>> = {
  Space: 'Space',
  Minus: '-',
  Equal: '=',
  BracketLeft: '[',
  BracketRight: ']',
  Backslash: '\\',
  Semicolon: ';',
  Quote: "'",
  Backquote: '`',
  Comma: ',',
  Period: '.',
  Slash: '/',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
}
/** What is printed on keys, where the browser tells: a German keyboard has Y where an American one has Z. */
export type KeyLabels = ReadonlyMap<string, string>

/**
 * The keys of a chord as people read them.
 * @param labels of this keyboard; a key that it labels in another script keeps its Latin letter, which stands beside
 */
export function chordKeys(text: string, labels?: KeyLabels): readonly string[] {
  const chord = parseChord(text)
  if (chord === null) return []
  const { code } = chord
  const label = labels?.get(code)
  const key =
    label !== undefined && /^[!-~\u00a1-\u00ff]$/u.test(label)
      ? label.toUpperCase()
      : (NAMES[code] ?? code.replace(/^(?:Key|Digit)/, '').replace(/^Numpad/, 'Pad '))
  return [...MODIFIERS.flatMap(([part, name]) => (chord[part] ? [name] : [])), key]
}
