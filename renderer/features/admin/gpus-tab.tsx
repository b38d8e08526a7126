// GPUs: the sentence that answers the first question, the key of the map, the map, and who waits.
import { Cpu } from 'lucide-react'
import type { ReactNode } from 'react'
import type { InventorySnapshot } from '../../../shared/domain/gpu.ts'
import { matches } from '../../stores/search.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { cx } from '../../ui/cx.ts'
import type { Choice, Place } from './choice.ts'
import { GpuMap } from './gpu-map.tsx'
import { WaitingShort } from './waiting-list.tsx'
import { summary } from './words.ts'
import styles from './admin.module.css'
import map from './gpu-map.module.css'

export interface GpusTabProps {
  readonly snapshot: InventorySnapshot
  readonly choice: Choice | undefined
  readonly onChoose: (choice: Choice, from: HTMLElement) => void
  readonly query: string
}

export function GpusTab({ snapshot, choice, onChoose, query }: GpusTabProps): ReactNode {
  const nodes = snapshot.nodes.filter((node) => node.gpus.length > 0 || node.unplaced.length > 0)
  if (nodes.length === 0) return <NoGpus nodes={snapshot.nodes.length} />
  return (
    <>
      <div className={styles['sum']}>
        <h2>{summary(snapshot)}</h2>
        <Key snapshot={snapshot} />
      </div>
      <GpuMap
        {...{ nodes, choice, onChoose }}
        isFound={query.trim() === '' ? undefined : (place) => isFound(query, place)}
      />
      <WaitingShort waiting={snapshot.waiting} />
    </>
  )
}

function isFound(query: string, { node, slice: { holder, state } }: Place): boolean {
  return holder
    ? matches(query, holder.person, holder.title, holder.namespace, holder.pod, node.name)
    : matches(query, state)
}

function Key({ snapshot }: { readonly snapshot: InventorySnapshot }): ReactNode {
  const { used, free, unhealthy } = snapshot.totals
  const releasing = snapshot.nodes
    .flatMap(({ gpus }) => gpus.flatMap(({ slices }) => slices))
    .filter(({ state }) => state === 'releasing').length
  // a releasing slice is still used: here each slice counts once
  const held = Math.max(0, used - releasing)
  return (
    <ul className={styles['key']} aria-label="Slices">
      <li>
        <i className={cx(styles['sample'], styles['inUse'])} />
        <b>{held}</b> in use
      </li>
      <li>
        <i className={cx(styles['sample'], map['free'])} />
        <b>{free}</b> free
      </li>
      {releasing > 0 ? (
        <li>
          <i className={cx(styles['sample'], styles['releasing'], map['releasing'])} />
          <b>{releasing}</b> releasing
        </li>
      ) : null}
      {unhealthy > 0 ? (
        <li>
          <i className={cx(styles['sample'], map['unhealthy'])} />
          <b>{unhealthy}</b> unhealthy
        </li>
      ) : null}
    </ul>
  )
}

function NoGpus({ nodes }: { readonly nodes: number }): ReactNode {
  const said =
    nodes === 0
      ? 'The cluster has no node yet.'
      : nodes === 1
        ? 'Its one node offers no GPU slices.'
        : `None of its ${nodes} nodes offers GPU slices.`
  return (
    <EmptyState
      icon={<Cpu size={20} />}
      title="No GPU nodes"
      text={`${said} A node appears here by itself once its GPU plugin runs and the node offers a GPU resource, such as nvidia.com/gpu or nvidia.com/gpu.shared. Desktops without GPU start all the same.`}
    />
  )
}
