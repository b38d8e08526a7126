// One slice as a cell: free is outlined, held is filled in the holder's colour, releasing is striped, unhealthy is crossed.
import type { ReactNode } from 'react'
import { cx } from '../../ui/cx.ts'
import type { Choice, Place } from './choice.ts'
import type { Tip } from './slice-tip.tsx'
import { initials, shortName, sliceName } from './words.ts'
import { colourOf } from './who.tsx'
import styles from './gpu-map.module.css'

export interface SliceCellProps {
  readonly place: Place
  readonly chosen: boolean
  readonly found: boolean
  readonly tabbable: boolean
  readonly onFocus: () => void
  readonly onChoose: (choice: Choice, from: HTMLElement) => void
  readonly onTip: (tip: Tip | undefined) => void
}

export function SliceCell(props: SliceCellProps): ReactNode {
  const { place, chosen, found, tabbable, onFocus, onChoose, onTip } = props
  const { node, gpu, slice, index } = place
  const { holder, state } = slice
  const show = (target: HTMLElement): void =>
    onTip({ key: `${node.name} ${gpu.id} ${index}`, place, box: target.getBoundingClientRect() })
  return (
    <div role="gridcell" className={styles['slot']}>
      <button
        type="button"
        data-cell=""
        data-state={state}
        className={cx(
          styles['cell'],
          styles[state],
          !holder && styles['untold'],
          chosen && styles['chosen'],
          found && styles['found'],
        )}
        style={holder ? colourOf(holder.person) : undefined}
        aria-label={sliceName(slice, `${place.gpuName} on ${node.name}`, index)}
        aria-expanded={chosen}
        tabIndex={tabbable ? 0 : -1}
        onFocus={(event) => {
          onFocus()
          if (event.currentTarget.matches(':focus-visible')) show(event.currentTarget)
        }}
        onBlur={() => onTip(undefined)}
        // a move, not an entry: a cell that comes under a resting pointer when the page shifts says nothing
        onPointerMove={(event) => {
          if (event.pointerType !== 'touch') show(event.currentTarget)
        }}
        onPointerLeave={() => onTip(undefined)}
        onClick={(event) => {
          onTip(undefined)
          onChoose({ kind: 'slice', node: node.name, gpu: gpu.id, index }, event.currentTarget)
        }}
      >
        {holder ? (
          <>
            <b data-initials={initials(holder.person)} aria-hidden="true" />
            <span>{shortName(holder.person)}</span>
          </>
        ) : null}
      </button>
    </div>
  )
}
