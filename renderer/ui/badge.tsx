// A short fact in a box.
import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import styles from './badge.module.css'

export interface BadgeProps {
  readonly tone?: 'plain' | 'good' | 'warn' | 'bad' | 'accent'
  readonly children: ReactNode
}

export function Badge({ tone = 'plain', children }: BadgeProps): ReactNode {
  return <span className={cx(styles['badge'], tone !== 'plain' && styles[tone])}>{children}</span>
}
