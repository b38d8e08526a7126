// The menu of comforts: pictures of the desktop, the small picture, the shortcuts, and whether the bar stays.
import { Popover } from '@base-ui/react/popover'
import { Ellipsis } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ChordAction } from '../../../../shared/domain/chords.ts'
import { t } from '../../../ui/translate.ts'
import { Check, Menu } from './pill-parts.tsx'
import styles from './viewer-page.module.css'

export interface MoreMenuProps {
  readonly pinned: boolean
  /** The small picture is shown; null: this browser has none. */
  readonly small: boolean | null
  keysOf(action: ChordAction): string
  onPin(pinned: boolean): void
  onAction(action: ChordAction): void
  onSavePicture(): void
  onBusy(busy: boolean): void
}

export function MoreMenu({ pinned, small, keysOf, onPin, onAction, onSavePicture, onBusy }: MoreMenuProps): ReactNode {
  const row = (action: ChordAction, words: string): ReactNode => (
    <Popover.Close className={`${styles['action']} ${styles['with-keys']}`} onClick={() => onAction(action)}>
      {words} <kbd>{keysOf(action)}</kbd>
    </Popover.Close>
  )
  return (
    <Menu icon={Ellipsis} label={t('More')} onBusy={onBusy}>
      {row('screenshot', t('Copy a picture of the desktop'))}
      <Popover.Close className={`${styles['action']} ${styles['with-keys']}`} onClick={onSavePicture}>
        {t('Save a picture of the desktop')}
      </Popover.Close>
      {small === null ? (
        <p>{t('This browser has no small picture above all windows.')}</p>
      ) : (
        row('picture-in-picture', small ? t('Put the small picture away') : t('Small picture above all windows'))
      )}
      {row('help', t('Shortcuts'))}
      <Check label={t('This bar stays')} checked={pinned} onChange={onPin} />
    </Menu>
  )
}
