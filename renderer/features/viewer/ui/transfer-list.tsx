// What is on its way: a list in the panel of files, and one line over the picture while that is closed.
import { ArrowDownToLine, ArrowUpFromLine, Check, RotateCw, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { bytesWords } from '../session-words.ts'
import { isOver, type TransferView } from '../files/transfers.ts'
import type { ViewerFiles } from '../viewer-files.ts'
import { t, tn } from '../../../ui/translate.ts'
import styles from './files.module.css'
import page from './viewer-page.module.css'

interface TransfersProps {
  readonly transfers: readonly TransferView[]
  readonly files: Pick<ViewerFiles, 'cancel' | 'cancelAll' | 'again' | 'clear'>
}

/** The list, the newest last; nothing while there was none. */
export function Transfers({ transfers, files }: TransfersProps): ReactNode {
  if (transfers.length === 0) return null
  return (
    <>
      <ul className={styles['transfers']} aria-label={t('On the way')}>
        {transfers.map((transfer) => (
          <Row key={transfer.id} transfer={transfer} files={files} />
        ))}
      </ul>
      {transfers.some(({ state }) => isOver(state)) && (
        <button type="button" className={styles['clear']} onClick={() => files.clear()}>
          {t('Clear the finished')}
        </button>
      )}
    </>
  )
}

function Row({
  transfer,
  files,
}: {
  readonly transfer: TransferView
  readonly files: TransfersProps['files']
}): ReactNode {
  const { id, way, name, size, done, state } = transfer
  const Way = way === 'up' ? ArrowUpFromLine : ArrowDownToLine
  const runs = !isOver(state)
  return (
    <li data-transfer={state}>
      <Way size={15} strokeWidth={1.75} aria-hidden />
      <div>
        <span className={styles['name']}>{name}</span>
        {runs && (
          <progress aria-label={name} value={size === 0 ? undefined : done} max={size === 0 ? undefined : size} />
        )}
        <small>{transferWords(transfer)}</small>
      </div>
      {runs && (
        <button
          type="button"
          className={page['button']}
          aria-label={t('Cancel {name}', { name })}
          title={t('Cancel')}
          onClick={() => files.cancel(id)}
        >
          <X size={15} strokeWidth={1.75} aria-hidden />
        </button>
      )}
      {state === 'done' && <Check size={15} strokeWidth={1.75} aria-label={t('Done')} className={styles['good']} />}
      {(state === 'failed' || state === 'cancelled') && (
        <button
          type="button"
          className={page['button']}
          aria-label={t('Try {name} again', { name })}
          title={t('Try again')}
          onClick={() => files.again(id)}
        >
          <RotateCw size={15} strokeWidth={1.75} aria-hidden />
        </button>
      )}
    </li>
  )
}

/** One line while something is on its way and the panel is closed. */
export function TransferCard({ transfers, files, onShow }: TransfersProps & { onShow(): void }): ReactNode {
  const running = transfers.filter(({ state }) => !isOver(state))
  const [first] = running
  if (first === undefined) return null
  const size = running.reduce((sum, transfer) => sum + transfer.size, 0)
  const done = running.reduce((sum, transfer) => sum + transfer.done, 0)
  const what = running.length === 1 ? first.name : tn(running.length, 'One file', '{count} files')
  return (
    <div className={`${styles['card']} ${page['float']}`} role="group" aria-label={t('Files on the way')}>
      <span className={styles['name']}>{what}</span>
      <progress aria-label={t('Through')} value={size === 0 ? undefined : done} max={size === 0 ? undefined : size} />
      <button type="button" className={page['action']} onClick={onShow}>
        {t('Show')}
      </button>
      <button type="button" className={page['action']} onClick={() => files.cancelAll()}>
        {t('Cancel')}
      </button>
    </div>
  )
}

function transferWords({ way, size, done, files, state, words }: TransferView): string {
  switch (state) {
    case 'waiting':
      return t('Waits for its turn')
    case 'running': {
      const bytes = size === 0 ? '' : t('{done} of {size}', { done: bytesWords(done), size: bytesWords(size) })
      return files === null ? bytes : t('{done} of {total} files · {bytes}', { ...files, bytes })
    }
    case 'done':
      return way === 'up'
        ? t('On the desktop · {size}', { size: bytesWords(size) })
        : t('Saved · {size}', { size: bytesWords(size) })
    default:
      return words ?? ''
  }
}
