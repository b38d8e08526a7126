// The shape of the map while the first lists are read.
import type { ReactNode } from 'react'
import styles from './admin.module.css'

export function ClusterSkeleton(): ReactNode {
  return (
    <div className={styles['skeleton']}>
      <p role="status">Reading nodes and pods…</p>
      {[0, 1].map((node) => (
        <div key={node} className={styles['ghost']} aria-hidden="true">
          <span />
          <span />
          <span />
        </div>
      ))}
    </div>
  )
}
