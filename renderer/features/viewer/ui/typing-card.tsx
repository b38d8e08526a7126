// A long text on its way, key by key: how far it is, and the way to end it. A short one is over before it could be read.
import type { ReactNode } from 'react'
import type { Typing } from '../input/typer.ts'
import styles from './viewer-page.module.css'

/** Characters that are typed within about a second. */
const SHORT = 40

export interface TypingCardProps {
  readonly typing: Typing | null
  onCancel(): void
}

export function TypingCard({ typing, onCancel }: TypingCardProps): ReactNode {
  if (typing === null || typing.total <= SHORT) return null
  const { done, total } = typing
  return (
    <div className={`${styles['typing']} ${styles['float']}`} role="group" aria-label="Typing">
      <span>
        Typing {done.toLocaleString('en')} of {total.toLocaleString('en')}
      </span>
      <progress value={done} max={total} aria-label="Typed" />
      <button type="button" className={styles['action']} onClick={onCancel}>
        Cancel
      </button>
    </div>
  )
}
