// The one sign that something is under way. It says nothing to a screen reader: the words beside it do.
import type { ReactNode } from 'react'
import styles from './spinner.module.css'

export function Spinner(): ReactNode {
  return <span className={styles['spinner']} aria-hidden="true" />
}
