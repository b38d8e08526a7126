// Says why the picture is poor, for as long as it is.
import { SignalLow } from 'lucide-react'
import type { ReactNode } from 'react'
import type { PoorReason } from '../quality/signs.ts'
import styles from './poor-line.module.css'
import { poorWords } from './quality-words.ts'
import page from './viewer-page.module.css'

/** The line that stays while the connection is poor. */
export function PoorLine({ poor }: { readonly poor: PoorReason | null }): ReactNode {
  // the region stays, so that screen readers hear its changes
  if (poor === null) return <div role="status" />
  return (
    <div role="status" className={`${styles['line']} ${page['float']}`} data-poor={poor}>
      <SignalLow size={16} strokeWidth={1.75} aria-hidden />
      <span>{poorWords(poor)}</span>
    </div>
  )
}
