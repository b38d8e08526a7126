// The files of a desktop: what is on its way, what to send, what there is to fetch. It stays open beside the picture.
// Policy: names are text; what a rule keeps is said in the place where it would be.
import { ChevronRight, Download, FileUp, Folder, FolderUp, House, RefreshCw } from 'lucide-react'
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import type { FileEntry } from '../../../../shared/selkies/g2/file-listing.ts'
import { plainWords } from '../../../../shared/selkies/words.ts'
import { problemOf } from '../files/file-problem.ts'
import { fileBlock } from '../transfer-rules.ts'
import type { ViewerFiles } from '../viewer-files.ts'
import type { ViewerState } from '../viewer-state.ts'
import { PanelHead } from './panel-head.tsx'
import { Transfers } from './transfer-list.tsx'
import { t } from '../../../ui/translate.ts'
import styles from './files.module.css'
import page from './viewer-page.module.css'

export interface FilesPanelProps {
  readonly state: Pick<ViewerState, 'rules' | 'transfers' | 'status'>
  readonly files: ViewerFiles
  onClose(): void
}

export function FilesPanel({ state, files, onClose }: FilesPanelProps): ReactNode {
  const { rules, transfers } = state
  const noUpload = fileBlock('upload', rules)
  const noDownload = fileBlock('download', rules)
  return (
    <section className={`${styles['panel']} ${page['float']}`} aria-label={t('Files')}>
      <PanelHead title={t('Files')} closeLabel={t('Close files')} onClose={onClose} />
      {noUpload === null ? <Send files={files} /> : <p>{noUpload}</p>}
      <Transfers transfers={transfers} files={files} />
      {noDownload === null ? (
        <Fetch files={files} sent={transfers.filter(({ way, state: is }) => way === 'up' && is === 'done').length} />
      ) : (
        noDownload !== noUpload && <p>{noDownload}</p>
      )}
    </section>
  )
}

function Send({ files }: { readonly files: ViewerFiles }): ReactNode {
  const some = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const take = (input: HTMLInputElement) => {
    files.send([...(input.files ?? [])])
    // the same file may be chosen once more
    input.value = ''
  }
  return (
    <>
      <div className={styles['send']}>
        <button type="button" className={page['action']} onClick={() => some.current?.click()}>
          <FileUp size={15} strokeWidth={1.75} aria-hidden />
          {t('Send files')}
        </button>
        <button type="button" className={page['action']} onClick={() => folder.current?.click()}>
          <FolderUp size={15} strokeWidth={1.75} aria-hidden />
          {t('Send a folder')}
        </button>
        <input
          ref={some}
          type="file"
          multiple
          hidden
          aria-label={t('Files to send')}
          onChange={(event) => take(event.target)}
        />
        <input
          ref={folder}
          type="file"
          hidden
          aria-label={t('Folder to send')}
          // React knows the attribute by this name alone
          {...{ webkitdirectory: '' }}
          onChange={(event) => take(event.target)}
        />
      </div>
      <p>
        {t(
          'Or drop them onto the picture, or paste them. They go into its folder Desktop; one of the same name is replaced.',
        )}
      </p>
    </>
  )
}

type Listed =
  | { readonly kind: 'reading' }
  | { readonly kind: 'there'; readonly entries: readonly FileEntry[] }
  | { readonly kind: 'failed'; readonly words: string }

/** @param sent files that were sent so far: one more makes the list anew */
function Fetch({ files, sent }: { readonly files: ViewerFiles; readonly sent: number }): ReactNode {
  const [place, setPlace] = useState<readonly string[]>([])
  const [looks, setLooks] = useState(0)
  const [listed, setListed] = useState<Listed>({ kind: 'reading' })
  useEffect(() => {
    const stop = new AbortController()
    files.list(place, stop.signal).then(
      (entries) => setListed({ kind: 'there', entries }),
      (thrown: unknown) => {
        if (!stop.signal.aborted) setListed({ kind: 'failed', words: problemOf(thrown).message })
      },
    )
    return () => stop.abort()
  }, [files, place, looks, sent])
  const go = useCallback((next: readonly string[]) => {
    setListed({ kind: 'reading' })
    setPlace(next)
  }, [])
  return (
    <div className={styles['there']}>
      <div className={styles['place']}>
        <nav aria-label={t('Folder')}>
          <button
            type="button"
            className={page['button']}
            aria-label={t('Desktop')}
            title={t('Desktop')}
            onClick={() => go([])}
          >
            <House size={15} strokeWidth={1.75} aria-hidden />
          </button>
          {place.map((name, index) => (
            // a path names each of its folders by all that is before it
            <span key={place.slice(0, index + 1).join('/')}>
              <ChevronRight size={14} strokeWidth={1.75} aria-hidden />
              <button type="button" className={styles['crumb']} onClick={() => go(place.slice(0, index + 1))}>
                {plainWords(name, 60)}
              </button>
            </span>
          ))}
        </nav>
        <button
          type="button"
          className={page['button']}
          aria-label={t('Look again')}
          title={t('Look again')}
          onClick={() => setLooks((count) => count + 1)}
        >
          <RefreshCw size={15} strokeWidth={1.75} aria-hidden />
        </button>
      </div>
      {listed.kind === 'reading' && <p role="status">{t('Reading the folder…')}</p>}
      {listed.kind === 'failed' && <p role="status">{listed.words}</p>}
      {listed.kind === 'there' && listed.entries.length === 0 && (
        <p role="status">{t('There is nothing in this folder.')}</p>
      )}
      {listed.kind === 'there' && listed.entries.length > 0 && (
        <ul className={styles['entries']} aria-label={t('On the desktop')}>
          {listed.entries.map((entry) => (
            <li key={`${entry.kind} ${entry.name}`}>
              {entry.kind === 'folder' ? (
                <button type="button" className={styles['entry']} onClick={() => go([...place, entry.name])}>
                  <Folder size={15} strokeWidth={1.75} aria-hidden />
                  <span>{entry.shown}</span>
                </button>
              ) : (
                <>
                  <span className={styles['entry']} title={`${entry.shown} · ${entry.date}`}>
                    <span>{entry.shown}</span>
                    <small>{entry.size}</small>
                  </span>
                  <button
                    type="button"
                    className={page['button']}
                    aria-label={t('Fetch {name}', { name: entry.shown })}
                    title={t('Fetch')}
                    onClick={() => files.fetch([...place, entry.name])}
                  >
                    <Download size={15} strokeWidth={1.75} aria-hidden />
                  </button>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
