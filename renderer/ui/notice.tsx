// A strip above the content: only a part is here, or what is shown is old. Which part, since when, what is still right.
import { Clock, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import styles from './notice.module.css'

export interface NoticeProps {
  readonly icon?: 'warn' | 'clock'
  readonly title: string
  readonly children: ReactNode
  readonly action?: ReactNode
}

export function Notice({ icon = 'warn', title, children, action }: NoticeProps): ReactNode {
  const Icon = icon === 'warn' ? TriangleAlert : Clock
  return (
    <div className={styles['notice']} role="status">
      <Icon size={16} aria-hidden="true" />
      <p className={styles['words']}>
        <b>{title}</b> {children}
      </p>
      {action}
    </div>
  )
}
