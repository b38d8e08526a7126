// A dialog: title, what it is about, body, actions. Focus goes in and comes back; Esc and the backdrop close it.
import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode, RefObject } from 'react'
import { cx } from './cx.ts'
import styles from './dialog.module.css'

export interface DialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly text?: ReactNode
  readonly wide?: boolean
  /** Gets the focus when it opens; the first control otherwise. */
  readonly initialFocus?: RefObject<HTMLElement | null>
  readonly children?: ReactNode
  /** Buttons, the one that acts last. */
  readonly actions: ReactNode
}

export function Dialog(props: DialogProps): ReactNode {
  const { open, onClose, title, text, wide, initialFocus, children, actions } = props
  return (
    <Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className={styles['backdrop']} />
        <Base.Popup className={cx(styles['popup'], wide && styles['wide'])} {...(initialFocus ? { initialFocus } : {})}>
          <Base.Title className={styles['title']}>{title}</Base.Title>
          {text ? <Base.Description className={styles['text']}>{text}</Base.Description> : null}
          {children ? <div className={styles['body']}>{children}</div> : null}
          <div className={styles['foot']}>{actions}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
