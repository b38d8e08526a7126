// The two questions before something is lost: stopping a desktop that keeps nothing, and removing one with or without its home.
import { useState, type ReactNode } from 'react'
import type { SessionView } from '../../../shared/domain/session.ts'
import { useActions } from '../../app/actions.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import styles from './library.module.css'

export interface EndDialogProps {
  /** The desktop that is asked about, or null. */
  readonly session: SessionView | null
  readonly onClose: () => void
}

export function StopDialog({ session, onClose }: EndDialogProps): ReactNode {
  const actions = useActions()
  const name = session?.displayName ?? ''
  return (
    <Dialog
      open={session !== null}
      onClose={onClose}
      title={`Stop ${name}?`}
      text="It keeps nothing: open programs, files and tabs in it are lost."
      actions={
        <>
          <Button onClick={onClose}>Keep running</Button>
          <Button
            kind="danger"
            onClick={() => {
              onClose()
              if (session) void actions.stop(session)
            }}
          >
            Stop and lose them
          </Button>
        </>
      }
    />
  )
}

export function RemoveDialog({ session, onClose }: EndDialogProps): ReactNode {
  // a new one each time: the choice never carries over from another desktop
  return session === null ? null : <RemoveQuestion key={session.id} session={session} onClose={onClose} />
}

function RemoveQuestion({
  session,
  onClose,
}: {
  readonly session: SessionView
  readonly onClose: () => void
}): ReactNode {
  const actions = useActions()
  const [deleteHome, setDeleteHome] = useState(false)
  const { displayName, hasHome, phase } = session
  const running = phase === 'running' || phase === 'starting'
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Remove ${displayName}?`}
      text={
        running
          ? 'It is stopped first: what is open in it and not saved is lost.'
          : hasHome
            ? 'It leaves the list.'
            : 'It leaves the list. It has no home, so nothing else is lost.'
      }
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="danger"
            onClick={() => {
              onClose()
              void actions.remove(session, hasHome && deleteHome)
            }}
          >
            {hasHome && deleteHome ? 'Remove and delete the home' : 'Remove'}
          </Button>
        </>
      }
    >
      {hasHome ? (
        <fieldset>
          <legend className="sr-only">Its home</legend>
          <label className={styles['choice']}>
            <input type="radio" name="home" checked={!deleteHome} onChange={() => setDeleteHome(false)} />
            <b>Keep the home</b>
            <small>Your files stay in the cluster; the next desktop of this template finds them.</small>
          </label>
          <label className={styles['choice']}>
            <input type="radio" name="home" checked={deleteHome} onChange={() => setDeleteHome(true)} />
            <b>Delete the home too</b>
            <small className={deleteHome ? styles['lost'] : undefined}>
              Every file in it is lost for good. This cannot be undone.
            </small>
          </label>
        </fieldset>
      ) : null}
    </Dialog>
  )
}
