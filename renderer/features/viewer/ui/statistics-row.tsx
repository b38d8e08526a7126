// A row of the statistics: what it is, its value, and where that comes from.
import type { ReactNode } from 'react'
import styles from './statistics.module.css'

interface RowProps {
  readonly name: string
  readonly value: ReactNode
  readonly note: string
  /** The class of its colour in the bar. */
  readonly swatch?: string
}

/** One entry of the list. */
export function Row({ name, value, note, swatch }: RowProps): ReactNode {
  return (
    <div>
      <dt>
        <i className={swatch === undefined ? undefined : `${styles['swatch']} ${styles[swatch]}`} />
        {name}
      </dt>
      <dd>
        {value}
        <span>{note}</span>
      </dd>
    </div>
  )
}
