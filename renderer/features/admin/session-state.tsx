// A session's state in the cluster view: icon and word.
import { CircleCheck, CircleDashed, CircleX, Clock, LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AdminSession } from '../../../shared/domain/gpu.ts'
import { cx } from '../../ui/cx.ts'
import styles from './table.module.css'

export const SESSION_STATES: Readonly<
  Record<AdminSession['state'], { readonly word: string; readonly tone: string; readonly icon: LucideIcon }>
> = {
  waiting: { word: 'Waiting', tone: 'warn', icon: Clock },
  starting: { word: 'Starting', tone: 'info', icon: LoaderCircle },
  running: { word: 'Running', tone: 'good', icon: CircleCheck },
  ending: { word: 'Ending', tone: 'quiet', icon: CircleDashed },
  failed: { word: 'Failed', tone: 'bad', icon: CircleX },
}

export function SessionState({ state }: { readonly state: AdminSession['state'] }): ReactNode {
  const { word, tone, icon: Icon } = SESSION_STATES[state]
  return (
    <span className={cx(styles['state'], styles[tone])}>
      <Icon size={14} aria-hidden="true" />
      <span>{word}</span>
    </span>
  )
}
