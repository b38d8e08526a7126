// Says before a desktop is stopped for being idle, over its picture, with the one way to keep it. A call that fails says why in place.
import { Clock } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import type { Bridge } from '../../../../shared/ipc/bridge.ts'
import { useNow } from '../../../stores/now.ts'
import { spanLeft } from '../../../stores/words.ts'
import styles from './viewer-page.module.css'
import { t, translated } from '../../../ui/translate.ts'

interface IdleNoticeProps {
  readonly bridge: Bridge
  readonly sessionId: string
  /** Called when the person has answered: the keyboard belongs to the desktop again. */
  onDone(): void
}

export function IdleNotice({ bridge, sessionId, onDone }: IdleNoticeProps): ReactNode {
  const [stopAt, setStopAt] = useState<number>()
  const [problem, setProblem] = useState<string>()
  useEffect(
    () =>
      bridge.subscribe('sessions', ({ sessions }) => {
        setStopAt(sessions.find(({ id }) => id === sessionId)?.idleStopAt)
      }),
    [bridge, sessionId],
  )
  const keep = async (): Promise<void> => {
    const answer = await bridge.call('sessions.keepRunning', { sessionId })
    setProblem(answer.ok ? undefined : translated(answer.error.sentence))
    onDone()
  }
  return (
    <>
      <div role="status" className="sr-only">
        {stopAt === undefined ? '' : t('Idle. This desktop stops soon.')}
      </div>
      {stopAt === undefined ? null : <Warning stopAt={stopAt} problem={problem} onKeep={() => void keep()} />}
    </>
  )
}

interface WarningProps {
  readonly stopAt: number
  readonly problem: string | undefined
  onKeep(): void
}

/** Apart, so that the clock ticks only while there is a warning. */
function Warning({ stopAt, problem, onKeep }: WarningProps): ReactNode {
  const now = useNow()
  return (
    <div className={`${styles['idle']} ${styles['float']}`} data-idle="">
      <Clock size={16} strokeWidth={1.75} aria-hidden />
      <span>{problem ?? t('Idle. This desktop stops in {time}.', { time: spanLeft(stopAt - now) })}</span>
      <button type="button" className={styles['action']} onClick={onKeep}>
        {t('Keep running')}
      </button>
    </div>
  )
}
