// Desktops that do not run: when and why they stopped; start again, remove.
import type { ReactNode } from 'react'
import type { SessionView } from '../../../shared/domain/session.ts'
import { useActions } from '../../app/actions.ts'
import { useNow } from '../../stores/now.ts'
import { clockTime } from '../../stores/words.ts'
import { Button } from '../../ui/button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { TemplateIcon } from '../../ui/template-icon.tsx'
import styles from './library.module.css'

export interface StoppedListProps {
  readonly sessions: readonly SessionView[]
  readonly onRemove: (session: SessionView) => void
}

export function StoppedList({ sessions, onRemove }: StoppedListProps): ReactNode {
  const actions = useActions()
  const now = useNow()
  return (
    <ul className={styles['stopped']} aria-label="Stopped desktops">
      {sessions.map((session) => (
        <li key={session.id} className={styles['stoppedRow']} data-session={session.id} data-phase={session.phase}>
          <span className={styles['stoppedIcon']}>
            <TemplateIcon name={session.icon} />
          </span>
          <div className={styles['stoppedWords']}>
            <h3 className={styles['stoppedName']}>{session.displayName}</h3>
            <p className={styles['stoppedNote']}>{stoppedWords(session, now)}</p>
          </div>
          {session.phase === 'removing' ? (
            <p role="status">
              <Spinner /> Removing
            </p>
          ) : (
            <div className={styles['stoppedActions']}>
              <Button kind="bare" aria-label={`Remove ${session.displayName}`} onClick={() => onRemove(session)}>
                Remove…
              </Button>
              <Button aria-label={`Start again: ${session.displayName}`} onClick={() => void actions.resume(session)}>
                Start again
              </Button>
            </div>
          )}
        </li>
      ))}
    </ul>
  )
}

function stoppedWords({ note, stoppedAt, hasHome }: SessionView, now: number): string {
  const when = stoppedAt === undefined ? 'Stopped.' : `Stopped ${clockTime(stoppedAt, now)}.`
  return [note ?? when, note !== undefined && stoppedAt !== undefined ? when : '', hasHome ? 'Its home is kept.' : '']
    .filter(Boolean)
    .join(' ')
}
