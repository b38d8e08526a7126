// Says that the page has lost the app behind it, since when, and that it connects again by itself.
import type { ReactNode } from 'react'
import { useCarrier } from '../stores/hooks.ts'
import { clockSeconds } from '../stores/words.ts'
import { Notice } from '../ui/notice.tsx'
import styles from './shell.module.css'

export function CarrierNotice({ alone }: { readonly alone?: boolean }): ReactNode {
  const { connected, lastSeen } = useCarrier()
  if (connected) return null
  const strip = (
    <Notice title="The app does not answer.">
      What you see is as of <time className="num">{clockSeconds(lastSeen)}</time>; it connects again by itself.
    </Notice>
  )
  if (!alone) return <div className={styles['notices']}>{strip}</div>
  return <main className={styles['broken']}>{strip}</main>
}
