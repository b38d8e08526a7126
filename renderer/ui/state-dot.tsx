// A mark beside a state's word: filled when all is well, a ring when not. Never alone.
import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import styles from './state-dot.module.css'

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info'

export function StateDot({
  tone,
  className,
}: {
  readonly tone: Tone
  readonly className?: string | undefined
}): ReactNode {
  return <span className={cx(styles['dot'], tone !== 'plain' && styles[tone], className)} aria-hidden="true" />
}
