// What a cell is, beside the pointer or the focus. It repeats the cell's name, so screen readers need it not.
import { createPortal } from 'react-dom'
import type { ReactNode } from 'react'
import { useNow } from '../../stores/now.ts'
import { clockTime } from '../../stores/words.ts'
import type { Place } from './choice.ts'
import styles from './gpu-map.module.css'

export interface Tip {
  /** The cell's own name among all. */
  readonly key: string
  readonly place: Place
  /** The cell, in the window's pixels. */
  readonly box: DOMRect
}

/** Widest tip, and its distance to the cell and to the window's edge, px. */
const WIDTH = 280
const GAP = 8
/** A cell lower than this far from the window's end has its tip above it, px. */
const ROOM = 110

export function SliceTip({ tip }: { readonly tip: Tip }): ReactNode {
  const { place, box } = tip
  const left = Math.max(GAP, Math.min(box.left - GAP, window.innerWidth - WIDTH - GAP))
  const above = box.bottom + ROOM > window.innerHeight
  return createPortal(
    <div
      className={styles['tip']}
      aria-hidden="true"
      style={above ? { left, bottom: window.innerHeight - box.top + GAP } : { left, top: box.bottom + GAP }}
    >
      <Words place={place} />
    </div>,
    document.body,
  )
}

function Words({ place }: { readonly place: Place }): ReactNode {
  const now = useNow()
  const { slice, gpuName, gpu, index, node } = place
  const { holder, state } = slice
  const where = `${gpuName} on ${node.name}, slice ${index + 1} of ${gpu.slices.length}`
  if (!holder)
    return (
      <>
        <b>{state === 'free' ? 'Free' : state === 'unhealthy' ? 'Unhealthy' : 'In use'}</b>
        <span>{where}</span>
      </>
    )
  return (
    <>
      <b>
        {holder.person} <span className="mono">{holder.pod}</span>
      </b>
      <span>
        {holder.title}
        {holder.since === undefined ? null : ` since ${clockTime(holder.since, now)}`}
        {state === 'releasing' ? ', releasing' : state === 'unhealthy' ? ', on an unhealthy slice' : null}
      </span>
      <span>{where}</span>
    </>
  )
}
