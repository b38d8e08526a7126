// A translated text with elements in its places: keys, emphasis, a name. Languages put them where their grammar wants them.
import { Fragment, type ReactNode } from 'react'
import { pieces } from './translate.ts'

/** @param sentence English, the key of the catalogs: `Release with {keys}` @param parts the elements by the names of their places */
export function rich(sentence: string, parts: Readonly<Record<string, ReactNode>>): ReactNode {
  return pieces(sentence).map((piece, index) => (
    // the pieces of a sentence have no other name than their place in it, and never change it
    <Fragment key={`${index}`}>{typeof piece === 'string' ? piece : parts[piece.place]}</Fragment>
  ))
}
