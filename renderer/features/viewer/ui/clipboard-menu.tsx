// The menu of the clipboard: what crosses, what the desktop's rule or the browser keeps, and the one click that lets it all through.
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Settings } from '../../../../shared/domain/settings.ts'
import { clipboardBlock, pictureBlock } from '../transfer-rules.ts'
import type { ViewerState } from '../viewer-state.ts'
import { Menu } from './pill-parts.tsx'
import styles from './viewer-page.module.css'
import { t } from '../../../ui/translate.ts'

export interface ClipboardMenuProps {
  readonly icon: LucideIcon
  readonly state: Pick<ViewerState, 'rules' | 'clipboardPermission'>
  readonly settings: Settings
  onSet(patch: Partial<Settings>): void
  onAllow(): void
  onBusy(busy: boolean): void
}

export function ClipboardMenu({ icon, state, settings, onSet, onAllow, onBusy }: ClipboardMenuProps): ReactNode {
  const { rules, clipboardPermission } = state
  const kept = [
    rules.clipboardIn ? null : clipboardBlock('in', rules, 'both'),
    rules.clipboardOut ? null : clipboardBlock('out', rules, 'both'),
    rules.clipboardIn || rules.clipboardOut ? pictureBlock(rules) : null,
  ].filter((words) => words !== null)
  const asks = settings.clipboard === 'both' || settings.clipboard === 'to-desktop'
  return (
    <Menu icon={icon} label={t('Clipboard')} onBusy={onBusy}>
      <p>{t('Text, formatted text and pictures that are copied here or there.')}</p>
      <label className={styles['field-row']}>
        <span>{t('Share')}</span>
        <select
          value={settings.clipboard}
          onChange={(event) => onSet({ clipboard: event.target.value as Settings['clipboard'] })}
        >
          <option value="both">{t('Both ways')}</option>
          <option value="to-desktop">{t('To the desktop')}</option>
          <option value="from-desktop">{t('From the desktop')}</option>
          <option value="off">{t('Off')}</option>
        </select>
      </label>
      {kept.map((words) => (
        <p key={words} data-kept="">
          {words}
        </p>
      ))}
      {rules.clipboardIn && asks && clipboardPermission === 'prompt' && (
        <>
          <p>{t('Pasting works. To have what you copy elsewhere there at once, let this page read the clipboard.')}</p>
          <button type="button" className={styles['action']} onClick={onAllow}>
            {t('Allow reading')}
          </button>
        </>
      )}
      {rules.clipboardIn && asks && clipboardPermission === 'denied' && (
        <p>{t('The browser keeps its clipboard from this page. Pasting works all the same.')}</p>
      )}
    </Menu>
  )
}
