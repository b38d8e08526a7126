// The tabs of the cluster view, in the bar: links, so that reload, back and a new window keep the place.
import type { ReactNode } from 'react'
import { CLUSTER_TABS, hrefOfTab, useClusterTab, type ClusterTab } from '../../app/route.ts'
import { useInventory } from '../../stores/hooks.ts'
import styles from './admin.module.css'

const NAMES: Readonly<Record<ClusterTab, string>> = {
  gpus: 'GPUs',
  sessions: 'Sessions',
  waiting: 'Waiting',
  nodes: 'Nodes',
}

export function ClusterTabs(): ReactNode {
  const current = useClusterTab()
  const snapshot = useInventory()
  const known = snapshot !== undefined && (snapshot.state === 'live' || snapshot.state === 'stale')
  const count = (tab: ClusterTab): number | undefined => (known && tab !== 'gpus' ? snapshot[tab].length : undefined)
  return (
    <nav className={styles['tabs']} aria-label="Cluster">
      {CLUSTER_TABS.map((tab) => (
        <a key={tab} href={hrefOfTab(tab)} {...(tab === current ? { 'aria-current': 'page' as const } : {})}>
          {NAMES[tab]}
          {count(tab) === undefined ? null : <span>{count(tab)}</span>}
        </a>
      ))}
    </nav>
  )
}
