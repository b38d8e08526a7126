// A running desktop: its last picture, where it runs and since when; open, stop, more. Warnings lie on the picture, so that
// the row of buttons never moves.
import { CircleCheck, Clock, Ellipsis, Info, Square, Trash2, TriangleAlert } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import type { SessionView } from '../../../shared/domain/session.ts'
import { useActions } from '../../app/actions.ts'
import { usePage } from '../../stores/hooks.ts'
import { useNow } from '../../stores/now.ts'
import { placeLine, spanLeft } from '../../stores/words.ts'
import { Button, IconButton, iconButtonClass } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { cx } from '../../ui/cx.ts'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { TemplateIcon } from '../../ui/template-icon.tsx'
import styles from './desktop-card.module.css'

export interface DesktopCardProps {
  readonly session: SessionView
  /** A small picture of it as a data URL, when one was seen. */
  readonly picture: string | undefined
  readonly onStop: (session: SessionView) => void
  readonly onRemove: (session: SessionView) => void
}

export function DesktopCard({ session, picture, onStop, onRemove }: DesktopCardProps): ReactNode {
  const { id, displayName, phase, openable, icon } = session
  const actions = useActions()
  const ready = usePage((state) => state.readyToOpen.has(id))
  const open = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (ready) open.current?.focus()
  }, [ready])
  const ending = phase === 'stopping'
  return (
    <Card className={styles['card']} aria-labelledby={`name-${id}`} data-session={id} data-phase={phase}>
      <div className={styles['picture']}>
        {picture === undefined ? (
          <div className={styles['blank']}>
            <TemplateIcon name={icon} />
            <p>{openable ? 'Open it to see its picture here' : 'No picture yet'}</p>
          </div>
        ) : (
          <img src={picture} alt="" draggable={false} />
        )}
        <Note session={session} ready={ready} />
      </div>
      <div className={styles['foot']}>
        <div className={styles['words']}>
          <h3 className={cx(styles['name'], 'cut')} id={`name-${id}`} title={displayName}>
            {displayName}
          </h3>
          <Meta session={session} />
        </div>
        {ending ? null : (
          <>
            <Button
              ref={open}
              kind="soft"
              aria-label={`Open ${displayName}`}
              disabled={!openable}
              onClick={() => void actions.open(session)}
            >
              Open
            </Button>
            <IconButton
              className={styles['stop']}
              label={`Stop ${displayName}`}
              hint={session.hasHome ? 'Stop. Your home stays.' : 'Stop'}
              icon={<Square size={16} aria-hidden="true" />}
              onClick={() => onStop(session)}
            />
          </>
        )}
        <Menu
          trigger={
            <button type="button" className={iconButtonClass} aria-label={`More for ${displayName}`}>
              <Ellipsis size={16} aria-hidden="true" />
            </button>
          }
        >
          <MenuItem icon={<Square size={16} aria-hidden="true" />} disabled={ending} onSelect={() => onStop(session)}>
            {session.hasHome ? 'Stop, keep the home' : 'Stop'}
          </MenuItem>
          <MenuSeparator />
          <MenuItem
            danger
            label={`Remove ${displayName}`}
            icon={<Trash2 size={16} aria-hidden="true" />}
            onSelect={() => onRemove(session)}
          >
            Remove…
          </MenuItem>
        </Menu>
      </div>
    </Card>
  )
}

function Meta({ session }: { readonly session: SessionView }): ReactNode {
  const now = useNow()
  const { displayName, templateName, phase } = session
  if (phase === 'stopping') {
    return (
      <p className={cx(styles['meta'], 'cut')} role="status">
        <Spinner /> Stopping
      </p>
    )
  }
  const { node, rest } = placeLine(session, now)
  return (
    <p className={cx(styles['meta'], 'cut')}>
      {displayName === templateName ? null : `${templateName}. `}
      {node === undefined ? 'Running' : 'On '}
      {node === undefined ? null : <span className="mono">{node}</span>} {rest}
    </p>
  )
}

function Note({ session, ready }: { readonly session: SessionView; readonly ready: boolean }): ReactNode {
  const actions = useActions()
  const now = useNow()
  const { idleStopAt, note, hint, displayName, phase } = session
  if (phase === 'stopping') return null
  if (ready)
    return (
      <div className={cx(styles['note'], styles['ready'])}>
        <CircleCheck size={16} aria-hidden="true" />
        <p>Ready. Open it.</p>
      </div>
    )
  if (idleStopAt !== undefined)
    return (
      <div className={styles['note']}>
        <Clock size={16} aria-hidden="true" />
        <p>
          <span className={styles['idle']}>Idle. </span>Stops in {spanLeft(idleStopAt - now)}.
        </p>
        <Button
          kind="link"
          aria-label={`Keep running ${displayName}`}
          onClick={() => void actions.keepRunning(session)}
        >
          Keep running
        </Button>
      </div>
    )
  if (note !== undefined)
    return (
      <div className={styles['note']}>
        <TriangleAlert size={16} aria-hidden="true" />
        <p>{note}</p>
      </div>
    )
  if (hint !== undefined)
    return (
      <div className={cx(styles['note'], styles['hint'])}>
        <Info size={16} aria-hidden="true" />
        <p>{hint}</p>
      </div>
    )
  return null
}
