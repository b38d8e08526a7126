// A language that nobody speaks: English with accents, in brackets, a third longer. What it does not change on a screen was never
// given to the translation, and what it breaks is too narrow for German. Never offered; a page's address asks for it.
import type { Language } from './translate.ts'

/** The tag that is reserved for it. */
export const PSEUDO = 'en-XA'
/** What encloses each of its texts. */
export const PSEUDO_BRACKETS = ['⟦', '⟧'] as const

const PLAIN = 'aceginosuyACEIDNOSUY'
const ACCENTED = 'åçéĝîñöšûýÅÇÉÎÐÑÖŠÛÝ'

export function pseudoText(sentence: string): string {
  const [begin, end] = PSEUDO_BRACKETS
  const accented = sentence
    .split(/(\{[^}]*\})/)
    .map((piece) =>
      // each of both alphabets is one unit a letter
      piece.startsWith('{')
        ? piece
        : piece.replaceAll(/[a-z]/gi, (letter) => ACCENTED[PLAIN.indexOf(letter)] ?? letter),
    )
    .join('')
  return `${begin}${accented}${'·'.repeat(Math.ceil(sentence.length / 3))}${end}`
}

/** It has the plural forms of English. */
export const PSEUDO_LANGUAGE: Language = {
  tag: PSEUDO,
  find: (sentence, other) =>
    other === undefined ? pseudoText(sentence) : { one: pseudoText(sentence), other: pseudoText(other) },
}
