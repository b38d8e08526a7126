// Shown while files are held over the window: what a drop would do, or why it would do nothing.
import type { ReactNode } from 'react'
import { fileBlock } from '../transfer-rules.ts'
import type { ViewerState } from '../viewer-state.ts'
import { t } from '../../../ui/translate.ts'
import styles from './files.module.css'
import page from './viewer-page.module.css'

export function DropSign({ state }: { readonly state: Pick<ViewerState, 'dropping' | 'rules' | 'name'> }): ReactNode {
  if (!state.dropping) return null
  const kept = fileBlock('upload', state.rules)
  return (
    <div className={styles['drop']} data-dropping="">
      <span className={page['float']}>{kept ?? t('Drop to send to {name}', { name: state.name })}</span>
    </div>
  )
}
