// What was printed in the desktop, a line each, with what can be done with it. Names are text.
import { Printer, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { bytesWords } from '../session-words.ts'
import type { PaperView, PaperWish } from '../viewer-papers.ts'
import { t, text, translated } from '../../../ui/translate.ts'
import styles from './files.module.css'
import page from './viewer-page.module.css'

export interface PaperLinesProps {
  readonly papers: readonly PaperView[]
  onWish(name: string, what: PaperWish): void
  onDismiss(name: string): void
}

const WISHES: readonly { readonly what: PaperWish; readonly label: string; readonly name: string }[] = [
  { what: 'open', label: text('Open'), name: text('Open {name}') },
  { what: 'save', label: text('Save'), name: text('Save {name}') },
  { what: 'print', label: text('Print'), name: text('Print {name}') },
]

export function PaperLines({ papers, onWish, onDismiss }: PaperLinesProps): ReactNode {
  return (
    // the region stays, so that screen readers hear of a new line
    <div className={styles['papers']} role="status">
      {papers.map(({ name, shown, bytes, state, words }) => (
        <div key={name} className={`${styles['paper']} ${page['float']}`} data-paper={state}>
          <Printer size={16} strokeWidth={1.75} aria-hidden />
          <div>
            <span className={styles['name']}>{t('{name} was printed', { name: shown })}</span>
            <small>{words ?? (state === 'taking' ? t('Taking it from the desktop…') : bytesWords(bytes))}</small>
          </div>
          {WISHES.map(({ what, label, name: of }) => (
            <button
              key={what}
              type="button"
              className={page['action']}
              disabled={state === 'taking'}
              aria-label={translated(of).replace('{name}', shown)}
              onClick={() => onWish(name, what)}
            >
              {translated(label)}
            </button>
          ))}
          <button
            type="button"
            className={page['button']}
            aria-label={t('Dismiss {name}', { name: shown })}
            title={t('Dismiss')}
            onClick={() => onDismiss(name)}
          >
            <X size={15} strokeWidth={1.75} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  )
}
