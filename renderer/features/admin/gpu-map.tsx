// The map of the GPUs: a card for each node, a row for each GPU, a cell for each slice. One tab stop for each node's grid; arrows
// move on, up and down go over to the next node's GPUs as well.
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import { useRef, useState, type ReactNode } from 'react'
import type { GpuNode } from '../../../shared/domain/gpu.ts'
import { cx } from '../../ui/cx.ts'
import { isPlace, type Choice, type Place } from './choice.ts'
import { EncoderNotes } from './encoder-note.tsx'
import { moveInMap } from './map-keys.ts'
import { SliceCell } from './slice-cell.tsx'
import { SliceTip, type Tip } from './slice-tip.tsx'
import { Unplaced } from './unplaced.tsx'
import { gpuFacts, gpuName, nodeSlices, nodeState, usedSlices } from './words.ts'
import styles from './gpu-map.module.css'

export interface GpuMapProps {
  readonly nodes: readonly GpuNode[]
  readonly choice: Choice | undefined
  readonly onChoose: (choice: Choice, from: HTMLElement) => void
  /** Whether a cell is what the search asks for; undefined without a search. */
  readonly isFound: ((place: Place) => boolean) | undefined
}

export function GpuMap({ nodes, choice, onChoose, isFound }: GpuMapProps): ReactNode {
  const map = useRef<HTMLDivElement>(null)
  const [tip, setTip] = useState<Tip | undefined>()
  const showTip = (next: Tip | undefined): void =>
    setTip((before) => (before !== undefined && before.key === next?.key ? before : next))
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- keys come up from the cells' buttons
    <div
      ref={map}
      className={styles['map']}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setTip(undefined)
        if (map.current) moveInMap(event, map.current)
      }}
    >
      <div className={styles['heads']} aria-hidden="true">
        <span>GPU</span>
        <span>Slices</span>
        <span className={styles['use']}>In use</span>
      </div>
      {nodes.map((node) => (
        <NodeCard key={node.name} {...{ node, choice, onChoose, isFound }} onTip={showTip} />
      ))}
      {tip ? <SliceTip tip={tip} /> : null}
    </div>
  )
}

interface NodeCardProps extends Omit<GpuMapProps, 'nodes'> {
  readonly node: GpuNode
  readonly onTip: (tip: Tip | undefined) => void
}

function NodeCard({ node, choice, onChoose, isFound, onTip }: NodeCardProps): ReactNode {
  const [stop, setStop] = useState<string | undefined>()
  const id = `node-${node.name}`
  const places = node.gpus.flatMap((gpu, at) =>
    gpu.slices.map((slice, index): Place => ({ node, gpu, gpuName: gpuName(gpu, at), slice, index })),
  )
  const keyOf = ({ gpu, index }: Place): string => `${gpu.id} ${index}`
  // the cell that Tab comes back to: the last one that had the focus, else the first
  const entry = places.some((place) => keyOf(place) === stop) ? stop : places[0] && keyOf(places[0])
  const { total } = nodeSlices(node)
  return (
    <section className={styles['node']} aria-labelledby={id}>
      <header>
        <h3 className="mono" id={id}>
          {node.name}
        </h3>
        <NodeState node={node} />
        <span className={styles['count']}>
          {total} {total === 1 ? 'slice' : 'slices'}
        </span>
      </header>
      {node.note === undefined ? null : <p className={styles['note']}>{node.note}</p>}
      <EncoderNotes node={node} />
      <div role="grid" aria-label={`Slices of ${node.name}`}>
        {node.gpus.map((gpu, at) => {
          const own = places.filter((place) => place.gpu === gpu)
          const used = usedSlices(gpu)
          return (
            <div role="row" className={styles['gpu']} key={gpu.id} data-gpu-row="">
              <div role="rowheader" className={styles['name']} title={gpu.uuid}>
                <b>{gpuName(gpu, at)}</b>
                <span>{gpuFacts(gpu)}</span>
              </div>
              <div role="presentation" className={styles['cells']}>
                {own.map((place) => (
                  <SliceCell
                    key={keyOf(place)}
                    place={place}
                    chosen={isPlace(place, choice)}
                    found={isFound?.(place) ?? false}
                    tabbable={keyOf(place) === entry}
                    onFocus={() => setStop(keyOf(place))}
                    {...{ onChoose, onTip }}
                  />
                ))}
              </div>
              <div role="gridcell" className={styles['use']}>
                <b>{used}</b> of {gpu.slices.length}
              </div>
            </div>
          )
        })}
      </div>
      <Unplaced node={node} choice={choice} onChoose={onChoose} />
    </section>
  )
}

/** A node's state: icon and word, in the map and in the table. */
export function NodeState({ node }: { readonly node: GpuNode }): ReactNode {
  const { word, tone } = nodeState(node)
  const Icon = tone === 'good' ? CircleCheck : tone === 'warn' ? TriangleAlert : CircleX
  return (
    <span className={cx(styles['state'], styles[tone])}>
      <Icon size={14} aria-hidden="true" />
      {word}
    </span>
  )
}
