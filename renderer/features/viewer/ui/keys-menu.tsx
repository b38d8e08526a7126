// The menu of keys: who gets them, the ones that cannot be pressed here, and typing what is copied.
import { Popover } from '@base-ui/react/popover'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Settings } from '../../../../shared/domain/settings.ts'
import { SENDABLE_KEYS } from '../input/send-keys.ts'
import { Menu } from './pill-parts.tsx'
import styles from './viewer-page.module.css'
import { rich } from '../../../ui/rich-text.tsx'
import { t } from '../../../ui/translate.ts'

export interface KeysMenuProps {
  readonly icon: LucideIcon
  readonly settings: Settings
  /** The chord that lets go of the keyboard, as it is read. */
  readonly releaseKeys: string
  onSet(patch: Partial<Settings>): void
  onSendKeys(keysyms: readonly number[]): void
  onTypeClipboard(): void
  onBusy(busy: boolean): void
}

/** Choosing closes it: the desktop has the keyboard again. */
export function KeysMenu(props: KeysMenuProps): ReactNode {
  const { icon, settings, releaseKeys, onSet, onSendKeys, onTypeClipboard, onBusy } = props
  return (
    <Menu icon={icon} label={t('Keys')} onBusy={onBusy}>
      <label className={styles['field-row']}>
        <span>{t('All keys to the desktop')}</span>
        <select
          value={settings.allKeys}
          onChange={(event) => onSet({ allKeys: event.target.value as Settings['allKeys'] })}
        >
          <option value="off">{t('When I grab')}</option>
          <option value="full-screen">{t('In full screen')}</option>
          <option value="always">{t('Always')}</option>
        </select>
      </label>
      <p>{rich('Release with {keys}', { keys: <kbd>{releaseKeys}</kbd> })}</p>
      <h3 id="send-keys">{t('Send keys')}</h3>
      <div className={styles['keys']} role="group" aria-labelledby="send-keys">
        {SENDABLE_KEYS.map(({ keys, keysyms }) => (
          <Popover.Close
            key={keys.join(' ')}
            className={styles['action']}
            translate="no"
            onClick={() => onSendKeys(keysyms)}
          >
            {keys.join(' ')}
          </Popover.Close>
        ))}
      </div>
      <h3>{t('Clipboard')}</h3>
      <Popover.Close className={styles['action']} onClick={onTypeClipboard}>
        {t('Type what is copied')}
      </Popover.Close>
    </Menu>
  )
}
