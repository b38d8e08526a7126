// An error as people read it: what happened, the next step, actions; code and raw message one click away.
import { TriangleAlert } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import type { AppErrorView } from '../../shared/errors.ts'
import { cx } from './cx.ts'
import { useErrorDetails } from './error-details.tsx'
import styles from './error-panel.module.css'

export interface ErrorPanelProps {
  readonly error: AppErrorView
  readonly tone?: 'bad' | 'warn'
  readonly icon?: ReactNode
  readonly actions?: ReactNode
  readonly children?: ReactNode
}

export function ErrorPanel({ error, tone = 'bad', icon, actions, children }: ErrorPanelProps): ReactNode {
  const details = useErrorDetails(error)
  const title = useId()
  return (
    <section className={cx(styles['panel'], tone === 'warn' && styles['warn'])} aria-labelledby={title}>
      <span className={styles['icon']} aria-hidden="true">
        {icon ?? <TriangleAlert size={20} />}
      </span>
      <div>
        <h2 id={title} className={styles['title']}>
          {error.sentence.replace(/\.$/, '')}
        </h2>
        <p className={styles['text']}>{error.nextStep}</p>
        {children ? <div className={styles['body']}>{children}</div> : null}
        <div className={styles['actions']}>
          {actions}
          <span className={styles['grow']} />
          {details.toggle}
        </div>
        {details.box}
      </div>
    </section>
  )
}
