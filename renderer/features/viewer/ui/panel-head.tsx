// The heading of a panel beside the picture: its title, what can be done with all of the panel, and Close,
// which Esc is too while the button has the focus.
import { X } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { t } from '../../../ui/translate.ts'
import styles from './panel-head.module.css'
import page from './viewer-page.module.css'

export interface PanelHeadProps {
  readonly title: string
  /** What the button that closes it says to those who hear it. */
  readonly closeLabel: string
  /** That button, for a panel that gives it the focus. */
  readonly closeRef?: RefObject<HTMLButtonElement | null>
  onClose(): void
  /** Further buttons, left of it. */
  readonly children?: ReactNode
}

export function PanelHead({ title, closeLabel, closeRef, onClose, children }: PanelHeadProps): ReactNode {
  return (
    <header className={styles['head']}>
      <h2>{title}</h2>
      {children}
      <button
        ref={closeRef}
        type="button"
        className={page['button']}
        title={t('Close')}
        aria-label={closeLabel}
        onClick={onClose}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose()
        }}
      >
        <X size={16} strokeWidth={1.75} aria-hidden />
      </button>
    </header>
  )
}
