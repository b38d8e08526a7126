// What lies over the picture when there is none: connecting, reconnecting, a question, the end.
import { X } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { assertNever } from '../../../../shared/assert-never.ts'
import type { Tried, ViewerStatus } from '../viewer-state.ts'
import styles from './viewer-page.module.css'
import { t, tn } from '../../../ui/translate.ts'

interface StatusCardProps {
  readonly status: ViewerStatus
  readonly name: string
  onClose(): void
  onAgain(): void
  onAllow(): void
  onStop(): void
  /** Any way instead of the one that was chosen. */
  onAnyWay(): void
  onCheck(): void
  onTakeOver(how: 'take' | 'join'): void
}

const TRIED: Readonly<Record<Tried['state'], () => string>> = {
  'no answer': () => t('no answer'),
  trying: () => t('trying'),
  next: () => t('next'),
}

/** The card of the present state; nothing while connected. */
export function StatusCard(props: StatusCardProps): ReactNode {
  const { status, name, onClose, onAgain, onAllow, onTakeOver } = props
  switch (status.kind) {
    case 'connected':
      return null
    case 'connecting':
      return (
        <Card centre>
          <span className={styles['spin']} />
          <div>
            <h2>{t('Connecting to {name}', { name })}</h2>
            <p>
              {status.doing} <Elapsed sinceMs={status.sinceMs} from={3} />
            </p>
          </div>
          <Close onClose={onClose} />
        </Card>
      )
    case 'reconnecting':
      return (
        <Card>
          <span className={styles['spin']} />
          <div>
            <h2>{t('Reconnecting to {name}', { name })}</h2>
            <p>
              {status.because} <Elapsed sinceMs={status.sinceMs} from={2} />
            </p>
          </div>
          {status.tried.length > 0 && (
            <ul className={styles['tried']}>
              {status.tried.map(({ words, state }) => (
                <li key={words} className={state === 'trying' ? styles['trying'] : ''}>
                  {state === 'no answer' ? (
                    <span className={styles['cross']}>
                      <X size={14} strokeWidth={2} aria-hidden />
                    </span>
                  ) : (
                    <span className={styles['dot']} />
                  )}
                  <span>{words}</span>
                  <span>{TRIED[state]()}</span>
                </li>
              ))}
            </ul>
          )}
          {status.forced && (
            <button type="button" className={styles['action']} onClick={props.onAnyWay}>
              {t('Use any way')}
            </button>
          )}
          <button type="button" className={styles['action']} onClick={props.onCheck}>
            {t('Check')}
          </button>
          <button type="button" className={styles['action']} onClick={props.onStop}>
            {t('Stop trying')}
          </button>
        </Card>
      )
    case 'ask-takeover':
      return (
        <Card centre>
          <div>
            <h2>{t('In use elsewhere')}</h2>
            <p>{status.because}</p>
          </div>
          <button
            type="button"
            className={`${styles['action']} ${styles['primary']}`}
            onClick={() => onTakeOver('take')}
          >
            {t('Take over')}
          </button>
          {status.mayJoin && (
            <button type="button" className={styles['action']} onClick={() => onTakeOver('join')}>
              {t('Join beside')}
            </button>
          )}
          <Close onClose={onClose} />
        </Card>
      )
    case 'ask-websocket':
      return (
        <Card>
          <div>
            <h2>{status.to === 'websocket' ? t('No direct way works') : t('WebSocket is not allowed here')}</h2>
            <p>
              {status.to === 'websocket'
                ? tn(
                    status.others,
                    'WebSocket mode works here, but it ends the connection of one other person for a moment.',
                    'WebSocket mode works here, but it ends the connection of {count} others for a moment.',
                  )
                : tn(
                    status.others,
                    'WebRTC mode works here, but it ends the connection of one other person for a moment.',
                    'WebRTC mode works here, but it ends the connection of {count} others for a moment.',
                  )}
            </p>
          </div>
          <button type="button" className={`${styles['action']} ${styles['primary']}`} onClick={onAllow}>
            {status.to === 'websocket' ? t('Switch to WebSocket') : t('Switch to WebRTC')}
          </button>
          <Close onClose={onClose} />
        </Card>
      )
    case 'ended':
      return (
        <Card centre>
          <div>
            <h2 translate="no">{name}</h2>
            <p>{status.because}</p>
          </div>
          {status.offer !== 'none' && (
            <button type="button" className={`${styles['action']} ${styles['primary']}`} onClick={onAgain}>
              {status.offer === 'start' ? t('Start again') : t('Connect again')}
            </button>
          )}
          <Close onClose={onClose} />
        </Card>
      )
    default:
      return assertNever(status)
  }
}

function Card({ centre = false, children }: { readonly centre?: boolean; readonly children: ReactNode }): ReactNode {
  return (
    <div className={`${styles['card']} ${styles['float']} ${centre ? styles['centre'] : ''}`} role="status">
      {children}
    </div>
  )
}

function Close({ onClose }: { onClose(): void }): ReactNode {
  return (
    <button type="button" className={styles['action']} onClick={onClose}>
      {t('Close')}
    </button>
  )
}

/** Seconds since then; silent before `from`, so that short waits do not flicker. */
function Elapsed({ sinceMs, from }: { readonly sinceMs: number; readonly from: number }): ReactNode {
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 500)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.floor((now - sinceMs) / 1000)
  return seconds >= from ? <span aria-hidden>{t('{seconds} s', { seconds })}</span> : null
}
