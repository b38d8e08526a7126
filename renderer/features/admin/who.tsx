// A person's initials in their own colour. A mark, drawn by the style sheet: the name stands beside it as text.
import type { CSSProperties, ReactNode } from 'react'
import { cx } from '../../ui/cx.ts'
import { holderColour, initials } from './words.ts'
import styles from './who.module.css'

/** The person's colour and the ink on it, as custom properties. */
export function colourOf(person: string): CSSProperties {
  const number = holderColour(person)
  return { '--h': `var(--h${number})`, '--h-ink': `var(--h${number}-ink)` } as CSSProperties
}

export function Who({ person, large }: { readonly person: string; readonly large?: boolean }): ReactNode {
  return (
    <span
      className={cx(styles['who'], large && styles['large'])}
      style={colourOf(person)}
      data-initials={initials(person)}
      aria-hidden="true"
    />
  )
}
