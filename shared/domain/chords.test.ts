// Chords as they are stored, typed and read: no chord is two things, whatever a person sets.
import { describe, expect, it } from 'vitest'
import {
  chordActionOf,
  chordKeys,
  chordOfStroke,
  chordText,
  DEFAULT_RELEASE_CHORD,
  formatChord,
  parseChord,
  releaseChordProblem,
} from './chords.ts'

const stroke = (text: string) => {
  const parts = text.split('+')
  return {
    ctrlKey: parts.includes('Ctrl'),
    altKey: parts.includes('Alt'),
    shiftKey: parts.includes('Shift'),
    metaKey: parts.includes('Meta'),
    code: parts.at(-1) ?? '',
  }
}

it.each([
  '',
  '+',
  'KeyZ+Ctrl',
  'Ctrl+Ctrl+KeyZ',
  'Alt+Ctrl+KeyZ',
  'Ctrl+Alt+Delete',
  'Ctrl+Alt+ShiftLeft',
  'Ctrl+Alt+z',
])('is no chord: %j', (text) => {
  expect(parseChord(text)).toBeNull()
  expect(releaseChordProblem(text)).toBe('key')
})

it.each(['KeyA', 'Ctrl+KeyA', 'Ctrl+Alt+Shift+Meta+F12', 'Shift+Meta+Backquote', DEFAULT_RELEASE_CHORD])(
  'reads what it writes: %s',
  (text) => {
    const chord = parseChord(text)
    expect(chord === null ? null : formatChord(chord)).toBe(text)
    expect(formatChord(chordOfStroke(stroke(text)))).toBe(text)
  },
)

describe('the chord that lets go of the keyboard', () => {
  it.each([
    [DEFAULT_RELEASE_CHORD, null],
    ['Ctrl+Alt+End', null],
    ['Ctrl+Meta+KeyG', null],
    ['Ctrl+KeyG', 'modifiers'],
    ['F12', 'modifiers'],
    ['Ctrl+Shift+KeyV', 'paste'],
    ['Ctrl+Alt+Shift+KeyF', 'full-screen'],
    ['Ctrl+Alt+Shift+KeyM', 'sound'],
    ['Ctrl+Alt+Shift+KeyX', 'pill'],
    ['Ctrl+Alt+Shift+KeyS', 'statistics'],
  ] as const)('%s: %s', (text, problem) => expect(releaseChordProblem(text)).toBe(problem))

  it('is one thing, and the one before it is the desktop’s again', () => {
    for (const release of [DEFAULT_RELEASE_CHORD, 'Ctrl+Alt+End']) {
      const texts = (['full-screen', 'grab', 'mouse', 'statistics', 'pill', 'sound'] as const).map((action) => {
        const text = chordText(action, release)
        expect(chordActionOf(stroke(text), release)).toBe(action)
        return text
      })
      expect(new Set(texts).size).toBe(texts.length)
    }
    expect(chordActionOf(stroke(DEFAULT_RELEASE_CHORD), 'Ctrl+Alt+End')).toBeNull()
  })
  it('wants exactly its modifiers', () => {
    for (const text of ['Ctrl+Alt+KeyZ', 'Ctrl+Alt+Shift+Meta+KeyZ', 'Alt+Shift+KeyZ', 'KeyZ'])
      expect(chordActionOf(stroke(text), DEFAULT_RELEASE_CHORD)).toBeNull()
  })
})

it.each([
  ['US', [['KeyZ', 'z']], 'Z'],
  ['DE', [['KeyZ', 'y']], 'Y'],
  ['FR', [['KeyZ', 'w']], 'W'],
  ['RU', [['KeyZ', 'я']], 'Z'],
  ['none', [], 'Z'],
] as const)('is read as the keyboard is printed: %s', (_layout, labels, key) =>
  expect(chordKeys(DEFAULT_RELEASE_CHORD, new Map(labels))).toEqual(['Ctrl', 'Alt', 'Shift', key]),
)

it('names keys without a letter', () => {
  expect(chordKeys('Ctrl+Alt+Space')).toEqual(['Ctrl', 'Alt', 'Space'])
  expect(chordKeys('Ctrl+Alt+Numpad5')).toEqual(['Ctrl', 'Alt', 'Pad 5'])
  expect(chordKeys('Ctrl+Alt+Digit5')).toEqual(['Ctrl', 'Alt', '5'])
  expect(chordKeys('nonsense')).toEqual([])
})
