// Holders whose GPU the API does not tell: named with their node, never put on a slice by guessing.
import type { ReactNode } from 'react'
import type { GpuNode } from '../../../shared/domain/gpu.ts'
import { cx } from '../../ui/cx.ts'
import { isPod, type Choice } from './choice.ts'
import { podKey } from './sort.ts'
import { Who } from './who.tsx'
import { shortName } from './words.ts'
import styles from './gpu-map.module.css'

export interface UnplacedProps {
  readonly node: GpuNode
  readonly choice: Choice | undefined
  readonly onChoose: (choice: Choice, from: HTMLElement) => void
}

export function Unplaced({ node, choice, onChoose }: UnplacedProps): ReactNode {
  const { unplaced, name } = node
  if (unplaced.length === 0) return null
  return (
    <div className={styles['unplaced']}>
      <p>On this node; which GPU is not told</p>
      <ul aria-label={`On ${name}, GPU not told`}>
        {unplaced.map((holder) => {
          const { namespace, pod, person, title } = holder
          const chosen = choice?.kind === 'pod' && isPod(holder, choice)
          return (
            <li key={podKey(holder)}>
              <button
                type="button"
                className={cx(styles['chip'], chosen && styles['chosen'])}
                aria-expanded={chosen}
                onClick={(event) => onChoose({ kind: 'pod', namespace, pod }, event.currentTarget)}
              >
                <Who person={person} />
                <b>{shortName(person)}</b>
                <span>{title}</span>
              </button>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
