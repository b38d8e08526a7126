// The menu of the connection: which way the picture comes, how far it is, one way forced, and a check of every hop.
import { Popover } from '@base-ui/react/popover'
import { Route } from 'lucide-react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { PATH_CHOICES, type PathChoice } from '../../../../shared/domain/media.ts'
import type { WayState } from '../path-choice.ts'
import { pathWords } from '../transport/paths.ts'
import type { CalmState, ViewerStore } from '../viewer-state.ts'
import { Menu } from './pill-parts.tsx'
import styles from './viewer-page.module.css'
import { number, t } from '../../../ui/translate.ts'

export interface PathMenuProps {
  readonly state: Pick<CalmState, 'path' | 'relay' | 'status'>
  /** Of the figures. */
  readonly store: ViewerStore
  ways(): { readonly chosen: PathChoice; readonly states: readonly WayState[] }
  onChoose(choice: PathChoice): void
  onCheck(): void
  onBusy(busy: boolean): void
}

/** What cannot be chosen says why. */
export function PathMenu({ state, store, ways, onChoose, onCheck, onBusy }: PathMenuProps): ReactNode {
  return (
    <Menu icon={Route} label={t('Connection')} onBusy={onBusy}>
      <InUse state={state} store={store} />
      <Choice {...ways()} onChoose={onChoose} />
      <p className={styles['note']}>
        {t('Remembered for every desktop of this cluster. One that is chosen is taken alone.')}
      </p>
      <Popover.Close className={styles['action']} onClick={onCheck}>
        {t('Check the connection')}
      </Popover.Close>
    </Menu>
  )
}

function InUse({ state: { path, relay, status }, store }: Pick<PathMenuProps, 'state' | 'store'>): ReactNode {
  const stats = useStore(store, (state) => state.stats)
  if (status.kind !== 'connected' || path === null) return <p>{t('No picture right now.')}</p>
  const rtt = stats?.rttMs ?? null
  return (
    <dl className={styles['in-use']} data-path-in-use="">
      <dt>{t('Way')}</dt>
      <dd>{pathWords(path, relay)}</dd>
      {stats !== null && stats.via !== null && (
        <>
          <dt>{path === 'relay' ? t('Relay') : t('Address')}</dt>
          <dd translate="no">{stats.via}</dd>
        </>
      )}
      {rtt !== null && (
        <>
          <dt>{t('There and back')}</dt>
          <dd>{t('{value} ms', { value: number(rtt, rtt < 10 ? 1 : 0) })}</dd>
        </>
      )}
    </dl>
  )
}

interface ChoiceProps {
  readonly chosen: PathChoice
  readonly states: readonly WayState[]
  onChoose(choice: PathChoice): void
}

function Choice({ chosen, states, onChoose }: ChoiceProps): ReactNode {
  const options = (state: WayState['state']): readonly ReactNode[] =>
    states
      .filter((way) => way.state === state)
      .map(({ way }) => (
        // what was chosen stays to be seen, also where it is not there
        <option key={way} value={way} disabled={state !== 'there' && way !== chosen}>
          {pathWords(way)}
        </option>
      ))
  const [there, absent, forbidden] = [options('there'), options('absent'), options('forbidden')]
  return (
    <label className={styles['field-row']}>
      <span>{t('Use')}</span>
      <select value={chosen} onChange={({ target }) => onChoose(readChoice(target.value))}>
        <option value="auto">{t('The best that works')}</option>
        {there}
        {absent.length > 0 && <optgroup label={t('Not there')}>{absent}</optgroup>}
        {forbidden.length > 0 && <optgroup label={t('Not allowed')}>{forbidden}</optgroup>}
      </select>
    </label>
  )
}

function readChoice(value: string): PathChoice {
  return PATH_CHOICES.find((choice) => choice === value) ?? 'auto'
}
