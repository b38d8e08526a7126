// Offers the second display that was open when this desktop was last used, where the browser opens no window without a click.
import { MonitorUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../../ui/translate.ts'
import type { DisplayControls } from '../displays/use-displays.ts'
import styles from './viewer-page.module.css'

export function SecondNotice({ displays }: { readonly displays: DisplayControls }): ReactNode {
  if (displays.second !== 'wants-click') return null
  return (
    <div className={`${styles['idle']} ${styles['float']}`} role="status">
      <MonitorUp size={16} strokeWidth={1.75} aria-hidden />
      <span>{t('This desktop had a second display.')}</span>
      <button type="button" className={styles['action']} onClick={() => displays.setSecond(true)}>
        {t('Open it')}
      </button>
      <button type="button" className={styles['action']} onClick={() => displays.setSecond(false)}>
        {t('Not now')}
      </button>
    </div>
  )
}
