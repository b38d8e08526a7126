// A start, stage by stage: each with its own time, the present one moving, the usual time beside it. Waiting says its reason,
// failing says the next step with the details one click away; a stage that was not needed is shown as skipped.
import { Check, Hourglass, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Stage } from '../../../shared/domain/session.ts'
import type { AppErrorView } from '../../../shared/errors.ts'
import { span, spanSoFar, stageWord } from '../../stores/words.ts'
import { cx } from '../../ui/cx.ts'
import { useErrorDetails } from '../../ui/error-details.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import styles from './start-card.module.css'

export interface TimelineProps {
  readonly label: string
  readonly stages: readonly Stage[]
  /** Usual times of the stages, ms. */
  readonly usual: Readonly<Record<string, number>> | undefined
  /** Epoch ms. */
  readonly now: number
}

export function Timeline({ label, stages, usual, now }: TimelineProps): ReactNode {
  return (
    <ol className={styles['line']} aria-label={label}>
      {stages.map((stage) => (
        <StageRow key={stage.name} stage={stage} usual={usual?.[stage.name]} now={now} />
      ))}
    </ol>
  )
}

const STATE_WORDS: Readonly<Record<Stage['state'], string>> = {
  todo: 'to come',
  active: 'under way',
  waiting: 'waiting',
  done: 'done',
  skipped: 'not needed',
  failed: 'failed',
}

function StageRow(props: {
  readonly stage: Stage
  readonly usual: number | undefined
  readonly now: number
}): ReactNode {
  const { stage, usual, now } = props
  const { name, state } = stage
  return (
    <li
      className={cx(styles['stage'], styles[state])}
      data-stage={name}
      data-state={state}
      {...(state === 'active' || state === 'waiting' ? { 'aria-current': 'step' as const } : {})}
    >
      <span className={styles['glyph']}>
        <Glyph state={state} />
      </span>
      <span className={styles['stageName']}>
        {stageWord(name)}
        <span className="sr-only">, {STATE_WORDS[state]}</span>
      </span>
      <span className={styles['time']}>{timeOf(stage, now)}</span>
      <span className={styles['stageUsual']}>
        {usual === undefined || state === 'skipped' ? null : (
          <>
            <span className="sr-only">usually </span>
            {span(usual)}
          </>
        )}
      </span>
      <About stage={stage} usual={usual} now={now} />
    </li>
  )
}

function Glyph({ state }: { readonly state: Stage['state'] }): ReactNode {
  switch (state) {
    case 'done':
      return <Check size={14} aria-hidden="true" />
    case 'active':
      return <Spinner />
    case 'waiting':
      return <Hourglass size={14} aria-hidden="true" />
    case 'failed':
      return <X size={14} aria-hidden="true" />
    case 'skipped':
      return <span className={styles['dash']} />
    default:
      return <span className={styles['dot']} />
  }
}

function timeOf({ state, startedAt, endedAt }: Stage, now: number): string {
  if (state === 'skipped') return 'skipped'
  if (startedAt === undefined || state === 'todo') return ''
  return endedAt === undefined ? spanSoFar(now - startedAt) : span(endedAt - startedAt)
}

/** An estimate is shown for long waits alone. */
const LONG_MS = 5_000

function About({
  stage,
  usual,
  now,
}: {
  readonly stage: Stage
  readonly usual: number | undefined
  readonly now: number
}): ReactNode {
  const { name, state, note, error, startedAt } = stage
  if (state === 'failed' && error) return <Failure error={error} note={note} />
  if (state === 'waiting')
    return (
      <div className={styles['about']}>
        <p>
          {error ? <b>{error.sentence}</b> : null} {note}
        </p>
        {error ? <p>{error.nextStep}</p> : null}
      </div>
    )
  if (state !== 'active') return null
  const estimate = name === 'image' && usual !== undefined && usual >= LONG_MS && startedAt !== undefined
  if (note === undefined && !estimate) return null
  return (
    <div className={styles['about']}>
      {note === undefined ? null : <p>{note}</p>}
      {estimate ? (
        <>
          <div className={styles['meter']} aria-hidden="true">
            <span className={styles['fill']} style={{ width: `${Math.min(96, ((now - startedAt) / usual) * 100)}%` }} />
          </div>
          <p className={styles['numbers']}>
            <span>usually {span(usual)}</span>
            <span>estimated</span>
          </p>
        </>
      ) : null}
    </div>
  )
}

function Failure({ error, note }: { readonly error: AppErrorView; readonly note: string | undefined }): ReactNode {
  const { toggle, box } = useErrorDetails(error, true)
  return (
    <div className={styles['about']}>
      <p>
        <b>{error.sentence}</b> {note}
      </p>
      <p>{error.nextStep}</p>
      {toggle}
      {box}
    </div>
  )
}
