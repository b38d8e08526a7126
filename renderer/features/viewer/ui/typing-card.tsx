// A long text on its way, key by key: how far it is, and the way to end it. A short one is over before it could be read.
import type { ReactNode } from 'react'
import type { Typing } from '../input/typer.ts'
import styles from './viewer-page.module.css'
import { t } from '../../../ui/translate.ts'

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
    <div className={`${styles['typing']} ${styles['float']}`} role="group" aria-label={t('Typing')}>
      <span>{t('Typing {done} of {total}', { done, total })}</span>
      <progress value={done} max={total} aria-label={t('Typed')} />
      <button type="button" className={styles['action']} onClick={onCancel}>
        {t('Cancel')}
      </button>
    </div>
  )
}
