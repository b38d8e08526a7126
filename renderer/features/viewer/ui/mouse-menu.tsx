// The menu of the mouse: it is given to the desktop alone, as games want it, and how it comes back.
import { Popover } from '@base-ui/react/popover'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Settings } from '../../../../shared/domain/settings.ts'
import { Menu } from './pill-parts.tsx'
import styles from './viewer-page.module.css'
import { rich } from '../../../ui/rich-text.tsx'
import { t } from '../../../ui/translate.ts'

export interface MouseMenuProps {
  readonly icon: LucideIcon
  readonly settings: Settings
  /** The chord that takes the mouse back, as it is read. */
  readonly releaseKeys: string
  onSet(patch: Partial<Settings>): void
  onLock(): void
  onBusy(busy: boolean): void
}

/** Choosing closes it: the desktop has the mouse then. */
export function MouseMenu({ icon, settings, releaseKeys, onSet, onLock, onBusy }: MouseMenuProps): ReactNode {
  return (
    <Menu icon={icon} label={t('Mouse')} onBusy={onBusy}>
      <Popover.Close className={styles['action']} onClick={onLock}>
        {t('Give it to the desktop')}
      </Popover.Close>
      <p>
        {rich('For games and 3D: it has no edges then. Release with {keys} or {escape}', {
          keys: <kbd>{releaseKeys}</kbd>,
          escape: <kbd>Esc</kbd>,
        })}
      </p>
      <label className={styles['field-row']}>
        <span>{t('Motion')}</span>
        <select
          value={settings.mouseMotion}
          onChange={(event) => onSet({ mouseMotion: event.target.value as Settings['mouseMotion'] })}
        >
          <option value="accelerated">{t('As on this computer')}</option>
          <option value="raw">{t('Raw')}</option>
        </select>
      </label>
    </Menu>
  )
}
