// Stands where the pill would, when it could not be loaded: a page that loses its bar keeps its desktop.
import type { ReactNode } from 'react'
import type { PillProps } from './pill.tsx'
import styles from './viewer-page.module.css'
import { t } from '../../../ui/translate.ts'

export function MissingPill({ visible }: Pick<PillProps, 'visible'>): ReactNode {
  return (
    <div className={`${styles['pill']} ${styles['float']} ${visible ? '' : styles['hidden']}`} role="alert">
      <span className={styles['name']}>{t('The toolbar could not be loaded. Reload this page.')}</span>
    </div>
  )
}
