// The connection check: every hop as a row while it runs, the failing one with what to do. The picture goes on behind it.
import { Check, CircleDashed, LoaderCircle, Minus, X, type LucideIcon } from 'lucide-react'
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import type { Hop, HopState } from '../connection-check.ts'
import { PanelHead } from './panel-head.tsx'
import styles from './check-card.module.css'
import page from './viewer-page.module.css'
import { t, text, translated } from '../../../ui/translate.ts'

interface CheckCardProps {
  run(signal: AbortSignal, onHops: (hops: readonly Hop[]) => void): Promise<readonly Hop[]>
  onCopy(report: string): void
  onClose(): void
}

const ICONS: Readonly<Record<HopState, LucideIcon>> = {
  waiting: CircleDashed,
  running: LoaderCircle,
  ok: Check,
  failed: X,
  skipped: Minus,
}
const WORDS: Readonly<Record<HopState, string>> = {
  waiting: text('waits'),
  running: text('is checked'),
  ok: text('works'),
  failed: text('failed'),
  skipped: text('not checked'),
}

/** Runs a check when it is shown; closing it calls the check off. */
export function CheckCard({ run, onCopy, onClose }: CheckCardProps): ReactNode {
  const [hops, setHops] = useState<readonly Hop[]>([])
  const [done, setDone] = useState(false)
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const stop = new AbortController()
    run(stop.signal, setHops)
      .then(() => setDone(true))
      .catch((error: unknown) => {
        // called off; anything else is a fault of ours
        if (stop.signal.aborted) return
        reportError(error)
        setDone(true)
      })
    return () => stop.abort()
  }, [run, turn])
  const closeButton = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    closeButton.current?.focus()
  }, [])
  const again = useCallback(() => {
    setDone(false)
    setHops([])
    setTurn((count) => count + 1)
  }, [])
  return (
    <section
      className={`${styles['check']} ${page['float']}`}
      aria-label={t('Connection check')}
      role="dialog"
      data-done={done}
    >
      <PanelHead
        title={done ? verdict(hops) : t('Checking the connection')}
        closeLabel={t('Close the check')}
        closeRef={closeButton}
        onClose={onClose}
      />
      <ul className={styles['hops']} aria-live="polite">
        {hops.map((hop) => (
          <Row key={hop.id} hop={hop} />
        ))}
      </ul>
      <div className={page['actions']}>
        <button type="button" className={page['action']} disabled={!done} onClick={again}>
          {t('Check again')}
        </button>
        <button type="button" className={page['action']} disabled={!done} onClick={() => onCopy(report(hops))}>
          {t('Copy report')}
        </button>
      </div>
    </section>
  )
}

function Row({ hop: { name, state, detail, next } }: { readonly hop: Hop }): ReactNode {
  const Icon = ICONS[state]
  return (
    <li data-state={state}>
      <span className={styles[state]} title={translated(WORDS[state])}>
        <Icon size={16} strokeWidth={2} aria-label={translated(WORDS[state])} />
      </span>
      <div>
        <b>{name}</b>
        {detail !== '' && <span>{detail}</span>}
        {next !== '' && <p>{next}</p>}
      </div>
    </li>
  )
}

/** What the whole comes to. */
function verdict(hops: readonly Hop[]): string {
  const failed = hops.filter(({ state }) => state === 'failed')
  if (failed.some(({ id }) => id === 'door' || id === 'server')) return t('The desktop cannot be reached')
  const works = hops.some(({ id, state }) => state === 'ok' && id !== 'door' && id !== 'server')
  if (!works) return t('No way for the picture works')
  return failed.length === 0 ? t('All is well') : t('It works, not on every way')
}

/** For whoever helps: names, results and times, no secret. */
function report(hops: readonly Hop[]): string {
  return [
    verdict(hops),
    ...hops.map(({ name, state, detail }) => `${name}: ${WORDS[state]}${detail === '' ? '' : ` (${detail})`}`),
  ].join('\n')
}
