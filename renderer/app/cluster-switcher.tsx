// The cluster in use at the foot of the rail, with its state; its menu switches and adds.
import { Check, ChevronsUpDown, FlaskConical, Plus, RefreshCw, Server } from 'lucide-react'
import type { ReactNode } from 'react'
import { ClusterStateWords, clusterTone } from '../features/clusters/cluster-state.tsx'
import { useActiveCluster, useClusters } from '../stores/hooks.ts'
import { Menu, MenuGroup, MenuItem, MenuSeparator } from '../ui/menu.tsx'
import { StateDot } from '../ui/state-dot.tsx'
import { useActions } from './actions.ts'
import { goTo } from './route.ts'
import styles from './shell.module.css'

export function ClusterSwitcher(): ReactNode {
  const snapshot = useClusters()
  const active = useActiveCluster()
  const actions = useActions()
  const Icon = active?.kind === 'demo' ? FlaskConical : Server
  return (
    <Menu
      side="top"
      align="start"
      trigger={
        <button type="button" className={styles['switch']} id="cluster-switcher">
          <Icon size={16} aria-hidden="true" />
          <span className={styles['switchText']}>
            <span className="sr-only">Switch cluster. </span>
            <span className={`${styles['clusterName']} cut`}>{active?.name ?? 'No cluster'}</span>
            {active ? (
              <span className={styles['clusterState']}>
                <ClusterStateWords cluster={active} />
              </span>
            ) : null}
          </span>
          <ChevronsUpDown size={16} className={`${styles['faint']} ${styles['updown']}`} aria-hidden="true" />
          {active ? <StateDot tone={clusterTone(active)} className={styles['corner']} /> : null}
        </button>
      }
    >
      <MenuGroup label="Clusters">
        {snapshot?.clusters.map((cluster) => (
          <MenuItem
            key={cluster.id}
            icon={
              cluster.id === active?.id ? (
                <Check size={16} aria-label="In use" />
              ) : cluster.kind === 'demo' ? (
                <FlaskConical size={16} aria-hidden="true" />
              ) : (
                <Server size={16} aria-hidden="true" />
              )
            }
            onSelect={() => {
              goTo('desktops')
              void actions.selectCluster(cluster.id)
            }}
          >
            <span className={styles['menuText']}>
              <span className="cut">{cluster.name}</span>
              <span className={`${styles['clusterState']} ${styles['menuNote']}`}>
                <ClusterStateWords cluster={cluster} />
              </span>
            </span>
          </MenuItem>
        ))}
      </MenuGroup>
      <MenuSeparator />
      <MenuItem icon={<RefreshCw size={16} aria-hidden="true" />} onSelect={() => void actions.refresh()}>
        Look again
      </MenuItem>
      <MenuItem icon={<Plus size={16} aria-hidden="true" />} onSelect={() => goTo('clusters')}>
        Add a cluster…
      </MenuItem>
    </Menu>
  )
}
