// A desktop that starts, or whose start failed: the card is the timeline, in place. Cancel always works.
import { useEffect, useRef, type ReactNode } from 'react'
import type { SessionView } from '../../../shared/domain/session.ts'
import { useActions } from '../../app/actions.ts'
import { useLibrary, usePage, useSettings } from '../../stores/hooks.ts'
import { useNow } from '../../stores/now.ts'
import { span, spanSoFar, stageWord } from '../../stores/words.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { announce } from '../../ui/live-region.tsx'
import { Timeline } from './timeline.tsx'
import styles from './start-card.module.css'

export interface StartCardProps {
  readonly session: SessionView
  readonly onRemove: (session: SessionView) => void
}

export function StartCard({ session, onRemove }: StartCardProps): ReactNode {
  const { id, displayName, phase, stages, startedAt } = session
  const template = useLibrary()?.templates.find((known) => known.id === session.templateId)
  const openSoon = usePage((state) => state.openSoon.has(id))
  const now = useNow()
  const card = useRef<HTMLElement>(null)
  const failed = phase === 'failed'
  const current = stages.find(({ state }) => state === 'active' || state === 'waiting' || state === 'failed')
  const ended = Math.max(0, ...stages.map((stage) => stage.endedAt ?? 0))

  useEffect(() => {
    // who started it here wants to see it; somebody else's view stays where it is
    if (openSoon) card.current?.scrollIntoView?.({ block: 'nearest' })
    // only as it appears: it must not pull the page back later
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id])
  const said = current === undefined ? undefined : sayStage(displayName, current)
  useEffect(() => {
    if (said !== undefined) announce(said)
  }, [said])

  return (
    <Card ref={card} className={styles['card']} aria-labelledby={`name-${id}`} data-session={id} data-phase={phase}>
      <header className={styles['head']}>
        <div className={styles['words']}>
          <h3 className={styles['name']} id={`name-${id}`} title={displayName}>
            {displayName}
          </h3>
          <p className={styles['meta']}>
            {failed ? 'Did not start' : <Where session={session} waiting={current?.state === 'waiting'} />}
          </p>
        </div>
        {startedAt === undefined ? null : (
          <dl className={styles['totals']}>
            <div>
              <dt>{failed ? 'ended after' : 'so far'}</dt>
              <dd>
                {failed && ended > startedAt ? span(ended - startedAt) : failed ? '–' : spanSoFar(now - startedAt)}
              </dd>
            </div>
            {template?.usualReadyMs === undefined ? null : (
              <div>
                <dt>usually</dt>
                <dd className={styles['usual']}>{span(template.usualReadyMs)}</dd>
              </div>
            )}
          </dl>
        )}
      </header>
      <Timeline label={`Start of ${displayName}`} stages={stages} usual={template?.usualStages} now={now} />
      <Foot session={session} openSoon={openSoon} onRemove={onRemove} />
    </Card>
  )
}

function sayStage(name: string, { name: stage, state, error, note }: SessionView['stages'][number]): string {
  const why = [error?.sentence, note].filter(Boolean).join(' ')
  if (state === 'failed') return `${name} did not start. ${why}`
  if (state === 'waiting') return `${name} waits. ${why}`
  return `${name}: ${stageWord(stage)}. ${note ?? ''}`.trim()
}

function Where({ session, waiting }: { readonly session: SessionView; readonly waiting: boolean }): ReactNode {
  if (session.node !== undefined)
    return (
      <>
        On <span className="mono">{session.node}</span>
      </>
    )
  return waiting ? (session.slices > 0 ? 'Waiting for a slice' : 'Waiting for a place') : 'Starting'
}

function Foot(props: StartCardProps & { readonly openSoon: boolean }): ReactNode {
  const { session, openSoon, onRemove } = props
  const { displayName, phase, openable, canStartWithoutGpu } = session
  const actions = useActions()
  const opensByItself = useSettings()?.openWhenReady !== false && openSoon
  if (phase === 'failed')
    return (
      <div className={styles['foot']}>
        <Button aria-label={`Remove ${displayName}`} onClick={() => onRemove(session)}>
          Remove…
        </Button>
        <Button kind="primary" aria-label={`Start again: ${displayName}`} onClick={() => void actions.resume(session)}>
          Start again
        </Button>
      </div>
    )
  return (
    <div className={styles['foot']}>
      {canStartWithoutGpu ? (
        <Button onClick={() => void actions.startWithoutGpu(session)}>Start without GPU</Button>
      ) : null}
      {opensByItself && !canStartWithoutGpu ? (
        <p className={styles['footNote']}>It opens by itself when it is ready.</p>
      ) : null}
      {openable ? (
        <Button kind="soft" aria-label={`Open ${displayName}`} onClick={() => void actions.open(session)}>
          Open
        </Button>
      ) : null}
      <Button aria-label={`Cancel the start of ${displayName}`} onClick={() => void actions.cancel(session)}>
        Cancel
      </Button>
    </div>
  )
}
