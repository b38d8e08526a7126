// The cluster as a whole, for those who may see it: the tab of the address, and beside it the details of what was chosen.
import { Lock, Search } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import type { InventorySnapshot } from '../../../shared/domain/gpu.ts'
import { useClusterTab } from '../../app/route.ts'
import { useActiveCluster, useInventory, usePage, useStores } from '../../stores/hooks.ts'
import { useNow } from '../../stores/now.ts'
import { matches } from '../../stores/search.ts'
import { clockSeconds, spanSoFar } from '../../stores/words.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Notice } from '../../ui/notice.tsx'
import { ClusterStatus } from '../clusters/cluster-status.tsx'
import { resolveChoice, type Choice, type PodRef } from './choice.ts'
import { GpusTab } from './gpus-tab.tsx'
import { HolderDrawer } from './holder-drawer.tsx'
import { NodesTable } from './nodes-table.tsx'
import { SessionsTable } from './sessions-table.tsx'
import { ClusterSkeleton } from './skeleton.tsx'
import { StopQuestion, type StopTarget } from './stop-question.tsx'
import { WaitingList } from './waiting-list.tsx'
import { peopleWaiting } from './words.ts'
import styles from './admin.module.css'

export function ClusterPage(): ReactNode {
  const cluster = useActiveCluster()
  const snapshot = useInventory()
  if (!cluster) return null
  const isFirst = cluster.state === 'connecting' || cluster.state === 'idle'
  if (!snapshot || (snapshot.state === 'syncing' && snapshot.access === 'full')) {
    return (
      <div className={styles['scroll']}>
        {isFirst || cluster.state === 'live' ? <ClusterSkeleton /> : <ClusterStatus cluster={cluster} />}
      </div>
    )
  }
  if (snapshot.access === 'none' || snapshot.state === 'forbidden') return <Forbidden snapshot={snapshot} />
  return <Known key={cluster.id} snapshot={snapshot} clusterId={cluster.id} clusterName={cluster.name} />
}

function Forbidden({ snapshot: { error } }: { readonly snapshot: InventorySnapshot }): ReactNode {
  return (
    <div className={styles['scroll']}>
      <ErrorPanel
        tone="warn"
        icon={<Lock size={20} />}
        error={
          error ?? {
            code: 'forbidden',
            sentence: 'You may not see this cluster as a whole.',
            nextStep:
              'It needs the right to list nodes, and pods in all namespaces. Ask your admin; your own desktops work without it.',
          }
        }
      />
    </div>
  )
}

interface KnownProps {
  readonly snapshot: InventorySnapshot
  readonly clusterId: string
  readonly clusterName: string
}

function Known({ snapshot, clusterId, clusterName }: KnownProps): ReactNode {
  const tab = useClusterTab()
  const [choice, setChoice] = useState<Choice | undefined>()
  const [stopping, setStopping] = useState<StopTarget | undefined>()
  const from = useRef<HTMLElement | null>(null)
  const chosen = resolveChoice(snapshot, choice)
  useEffect(() => setChoice(undefined), [tab])

  const choose = (next: Choice, element: HTMLElement): void => {
    from.current = element
    setChoice(next)
  }
  const close = (): void => {
    setChoice(undefined)
    from.current?.focus()
  }
  const choosePod = ({ namespace, pod }: PodRef, element: HTMLElement): void =>
    choose({ kind: 'pod', namespace, pod }, element)
  return (
    <div className={styles['split']} data-drawer={chosen ? 'open' : 'closed'}>
      {/* a place that scrolls can be scrolled by keyboard too */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles['scroll']} tabIndex={0} role="region" aria-label={REGIONS[tab]}>
        <h2 className="sr-only">{REGIONS[tab]}</h2>
        {snapshot.state === 'stale' ? <Stale snapshot={snapshot} name={clusterName} /> : null}
        <Tab {...{ snapshot, choice, choosePod }} onChoose={choose} onStop={setStopping} />
      </div>
      {chosen ? <HolderDrawer chosen={chosen} onClose={close} onStop={setStopping} /> : null}
      <StopQuestion clusterId={clusterId} target={stopping} onClose={() => setStopping(undefined)} />
    </div>
  )
}

const REGIONS = { gpus: 'GPUs', sessions: 'All sessions', waiting: 'Who waits', nodes: 'All nodes' } as const

function Stale({ snapshot, name }: { readonly snapshot: InventorySnapshot; readonly name: string }): ReactNode {
  const { since, error } = snapshot
  const now = useNow()
  return (
    <div className={styles['stale']}>
      <Notice icon="clock" title={`No news for ${spanSoFar(now - since)}.`}>
        {error?.sentence ?? `${name} does not answer.`} What you see is as of{' '}
        <time className="num">{clockSeconds(since)}</time>; it is tried again by itself.
      </Notice>
    </div>
  )
}

interface TabProps {
  readonly snapshot: InventorySnapshot
  readonly choice: Choice | undefined
  readonly onChoose: (choice: Choice, from: HTMLElement) => void
  readonly choosePod: (pod: PodRef, from: HTMLElement) => void
  readonly onStop: (target: StopTarget) => void
}

function Tab({ snapshot, choice, onChoose, choosePod, onStop }: TabProps): ReactNode {
  const tab = useClusterTab()
  const query = usePage((state) => state.search)
  switch (tab) {
    case 'gpus':
      return <GpusTab {...{ snapshot, choice, onChoose, query }} />
    case 'sessions': {
      const found = snapshot.sessions.filter((s) =>
        matches(query, s.person, s.title, s.template, s.namespace, s.pod, s.node, s.state),
      )
      if (found.length === 0)
        return query === '' ? (
          <EmptyState icon={<Search size={20} />} title="No sessions" text="Desktops that start stand here." />
        ) : (
          <NothingFound query={query} />
        )
      return <SessionsTable {...{ snapshot, choice, onChoose, onStop }} sessions={found} />
    }
    case 'waiting': {
      const found = snapshot.waiting.filter((w) => matches(query, w.person, w.title, w.namespace, w.pod, w.reason))
      if (found.length === 0 && snapshot.waiting.length > 0) return <NothingFound query={query} />
      return <WaitingList people={peopleWaiting(snapshot)} waiting={found} onShow={choosePod} />
    }
    case 'nodes': {
      const found = snapshot.nodes.filter((n) =>
        matches(query, n.name, n.resource, ...n.gpus.map(({ model }) => model)),
      )
      return found.length === 0 ? <NothingFound query={query} /> : <NodesTable nodes={found} />
    }
  }
}

function NothingFound({ query }: { readonly query: string }): ReactNode {
  const { page } = useStores()
  return (
    <EmptyState
      icon={<Search size={20} />}
      title={`Nothing here is called “${query}”`}
      text="People, desktops, pods and nodes are searched."
      actions={<Button onClick={() => page.setState({ search: '' })}>Clear search</Button>}
    />
  )
}
