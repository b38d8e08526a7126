// The menu of gamepads: which are here, whether the desktop gets them, and the way to try them.
import { Popover } from '@base-ui/react/popover'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Settings } from '../../../../shared/domain/settings.ts'
import type { PadView } from '../input/gamepads.ts'
import { otherLayout, padsCount } from '../input/pad-words.ts'
import { Check, Menu } from './pill-parts.tsx'
import styles from './viewer-page.module.css'
import { t } from '../../../ui/translate.ts'

export interface PadsMenuProps {
  readonly icon: LucideIcon
  readonly pads: readonly PadView[]
  readonly settings: Settings
  /** The desktop's own rule. */
  readonly allowed: boolean
  onSet(patch: Partial<Settings>): void
  onTest(): void
  onBusy(busy: boolean): void
}

export function PadsMenu({ icon, pads, settings, allowed, onSet, onTest, onBusy }: PadsMenuProps): ReactNode {
  return (
    <Menu icon={icon} label={t('Gamepads')} onBusy={onBusy}>
      <p>{padsCount(pads.length)}</p>
      {pads.length > 0 && (
        <ol className={styles['rows']}>
          {pads.map(({ index, slot, name, standard }) => (
            <li key={index}>
              <b>{slot === null ? '–' : slot + 1}</b>
              <span>
                {name}
                {slot === null && <small>{t('A desktop takes four.')}</small>}
                {!standard && <small>{otherLayout()}</small>}
              </span>
            </li>
          ))}
        </ol>
      )}
      {allowed ? (
        <Check label={t('Use gamepads')} checked={settings.gamepads} onChange={(gamepads) => onSet({ gamepads })} />
      ) : (
        <p>{t('This desktop takes no gamepads: its rule.')}</p>
      )}
      <Popover.Close className={styles['action']} onClick={onTest}>
        {t('Test gamepads')}
      </Popover.Close>
    </Menu>
  )
}
