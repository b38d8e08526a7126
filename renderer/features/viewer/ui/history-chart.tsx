// One figure over the last minutes, as a line: drawn once a second, without a library, and said in words to who cannot see it.
import type { ReactNode } from 'react'
import { HISTORY } from '../viewer-state.ts'
import { spread } from '../stats-report.ts'
import styles from './statistics.module.css'
import { number, t } from '../../../ui/translate.ts'

const WIDTH = 376
const HEIGHT = 36

export interface ChartProps {
  readonly title: string
  readonly unit: string
  /** One a second, the newest last; null where there was none. */
  readonly values: readonly (number | null)[]
  /** The scale reaches at least this far: a line of noise is no mountain. */
  readonly atLeast: number
}

/** A chart with its newest figure. */
export function HistoryChart({ title, unit, values, atLeast }: ChartProps): ReactNode {
  const known = values.filter((value) => value !== null)
  const top = Math.max(atLeast, ...known) * 1.1
  const newest = values.at(-1) ?? null
  const words =
    known.length === 0 ? t('no figures') : t('least, middle and most: {values} {unit}', { values: spread(known), unit })
  return (
    <figure className={styles['chart']}>
      <figcaption>
        <span>{title}</span>
        <b>{newest === null ? '–' : `${number(newest, newest < 10 ? 1 : 0)} ${unit}`}</b>
      </figcaption>
      <svg
        viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('{title}, last {seconds} seconds, {words}', { title, seconds: values.length, words })}
      >
        <path d={`M0 ${HEIGHT}H${WIDTH}`} className={styles['axis']} />
        <path d={linePath(values, top)} className={styles['line']} />
      </svg>
    </figure>
  )
}

/** The line's path. A missing value breaks it: gaps are shown as gaps. */
export function linePath(values: readonly (number | null)[], top: number): string {
  return values
    .map((value, index) => {
      if (value === null) return ''
      const x = WIDTH - ((values.length - 1 - index) / (HISTORY - 1)) * WIDTH
      const command = typeof values[index - 1] === 'number' ? 'L' : 'M'
      return `${command}${x.toFixed(0)} ${(HEIGHT - (value / top) * HEIGHT).toFixed(1)}`
    })
    .join('')
}
