// The code and the raw message of an error: one click away, and copied with another.
import { ChevronDown, Copy } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'
import type { AppErrorView } from '../../shared/errors.ts'
import { Button, IconButton } from './button.tsx'
import { announce } from './live-region.tsx'
import styles from './error-details.module.css'

/**
 * State of the details, so that the toggle can stand in a row of buttons and the box below it.
 * @param inline the toggle stands under text and keeps its left edge
 */
export function useErrorDetails(
  error: AppErrorView,
  inline = false,
): { readonly toggle: ReactNode; readonly box: ReactNode } {
  const [open, setOpen] = useState(false)
  const id = useId()
  const toggle = (
    <Button
      kind="bare"
      className={inline ? styles['inline'] : undefined}
      aria-expanded={open}
      aria-controls={id}
      onClick={() => setOpen(!open)}
    >
      <ChevronDown size={14} className={styles['chevron']} aria-hidden="true" />
      Details
    </Button>
  )
  return { toggle, box: <div id={id}>{open ? <Box error={error} /> : null}</div> }
}

function Box({ error }: { readonly error: AppErrorView }): ReactNode {
  const copy = async (): Promise<void> => {
    const text = `${error.sentence}\n${error.nextStep}\nCode: ${error.code}${error.detail ? `\n${error.detail}` : ''}`
    try {
      await navigator.clipboard.writeText(text)
      announce('Details copied.')
    } catch {
      // no permission to write: the text can still be selected by hand
      announce('The details could not be copied. Select them by hand.')
    }
  }
  return (
    <div className={styles['details']}>
      <dl className={styles['list']}>
        <div className={styles['row']}>
          <dt>Code</dt>
          <dd className="mono">{error.code}</dd>
        </div>
        {error.detail ? (
          <div className={styles['row']}>
            <dt>Message</dt>
            <dd className="mono">{error.detail}</dd>
          </div>
        ) : null}
      </dl>
      <IconButton label="Copy details" icon={<Copy size={16} aria-hidden="true" />} onClick={() => void copy()} />
    </div>
  )
}
