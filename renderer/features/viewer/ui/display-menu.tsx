// The menu of the display: its size and scaling, the monitor of its full screen, and the second one.
import { Monitor } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import {
  FIXED_SIZES,
  SIDES,
  type DesktopLayout,
  type Scaling,
  type Side,
} from '../../../../shared/domain/display-layout.ts'
import type { Settings } from '../../../../shared/domain/settings.ts'
import { t, text, translated } from '../../../ui/translate.ts'
import type { MonitorList } from '../displays/monitors.ts'
import type { DisplayControls } from '../displays/use-displays.ts'
import { Check, Menu } from './pill-parts.tsx'
import styles from './viewer-page.module.css'

const SCALING_WORDS: Readonly<Record<Scaling, string>> = {
  fit: text('Fit the window'),
  actual: text('Pixel for pixel'),
  stretch: text('Stretch'),
}
const SIDE_WORDS: Readonly<Record<Side, string>> = {
  right: text('To the right'),
  left: text('To the left'),
  up: text('Above'),
  down: text('Below'),
}

export interface DisplayMenuProps {
  readonly settings: Settings
  readonly displays: DisplayControls
  onSet(patch: Partial<Settings>): void
  onBusy(busy: boolean): void
}

export function DisplayMenu({ settings, displays, onSet, onBusy }: DisplayMenuProps): ReactNode {
  const { display, layout, resizeToWindow, remember } = displays
  const choice = layout[display] ?? {}
  const change = (patch: NonNullable<DesktopLayout['primary']>): void => remember({ [display]: patch })
  return (
    <Menu icon={Monitor} label={t('Display')} onBusy={onBusy}>
      <label className={styles['field-row']}>
        <span>{t('Size')}</span>
        <select
          value={choice.size ?? (resizeToWindow ? 'window' : 'own')}
          onChange={(event) => change({ size: event.target.value })}
        >
          <option value="window">{t('As the window')}</option>
          <option value="own">{t('As the desktop has it')}</option>
          {FIXED_SIZES.map((size) => (
            <option key={size} value={size}>
              {size.replace('x', ' × ')}
            </option>
          ))}
        </select>
      </label>
      <label className={styles['field-row']}>
        <span>{t('Scaling')}</span>
        <select
          value={choice.scaling ?? 'fit'}
          onChange={(event) => change({ scaling: event.target.value as Scaling })}
        >
          {Object.entries(SCALING_WORDS).map(([scaling, words]) => (
            <option key={scaling} value={scaling}>
              {translated(words)}
            </option>
          ))}
        </select>
      </label>
      {choice.scaling === 'actual' && <p>{t('What has no room comes when the mouse is at an edge.')}</p>}
      <Check
        label={t('Sharp on this screen')}
        checked={settings.sharpPixels}
        onChange={(sharpPixels) => onSet({ sharpPixels })}
      />
      <MonitorRow displays={displays} chosen={choice.monitor ?? ''} onChoose={(monitor) => change({ monitor })} />
      {display === 'primary' && <SecondRow displays={displays} />}
    </Menu>
  )
}

function SecondRow({ displays }: { readonly displays: DisplayControls }): ReactNode {
  const { second, secondOffered, layout, remember, setSecond } = displays
  return (
    <>
      <h3>{t('Second display')}</h3>
      {secondOffered ? (
        <Check label={t('In its own window')} checked={second === 'open'} onChange={setSecond} />
      ) : (
        <p>{t('This desktop offers no second display.')}</p>
      )}
      {second === 'open' && (
        <label className={styles['field-row']}>
          <span>{t('Place')}</span>
          <select value={layout.side ?? 'right'} onChange={(event) => remember({ side: event.target.value as Side })}>
            {SIDES.map((side) => (
              <option key={side} value={side}>
                {translated(SIDE_WORDS[side])}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  )
}

interface MonitorRowProps {
  readonly displays: DisplayControls
  /** Empty: the one that the window is on. */
  readonly chosen: string
  onChoose(monitor: string): void
}

/** Asks for the monitors only when a person wants to choose: the browser asks them then. */
function MonitorRow({ displays, chosen, onChoose }: MonitorRowProps): ReactNode {
  const [list, setList] = useState<MonitorList | null>(null)
  if (!displays.severalMonitors() && chosen === '') return null
  if (list === null)
    return (
      <button
        type="button"
        className={styles['action']}
        onClick={() => void displays.listMonitors().then((found) => setList(found))}
      >
        {t('Choose the monitor of full screen')}
      </button>
    )
  if (list.kind === 'refused')
    return <p>{t('The browser does not tell its monitors. Allow window management for this page.')}</p>
  const monitors = list.kind === 'list' ? list.monitors : []
  const gone = chosen !== '' && !monitors.some(({ key }) => key === chosen)
  return (
    <label className={styles['field-row']}>
      <span>{t('Full screen on')}</span>
      <select value={chosen} onChange={(event) => onChoose(event.target.value)}>
        <option value="">{t('The monitor of the window')}</option>
        {monitors.map(({ key, label, current }) => (
          <option key={key} value={key}>
            {current ? t('{monitor} (this one)', { monitor: label }) : t('Monitor {monitor}', { monitor: label })}
          </option>
        ))}
        {gone && <option value={chosen}>{t('One that is not there now')}</option>}
      </select>
    </label>
  )
}
