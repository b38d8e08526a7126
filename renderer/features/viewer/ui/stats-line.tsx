// The figures that matter in one line over the picture, for whoever wants them all the time.
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { pathWords } from '../transport/paths.ts'
import type { ViewerStore } from '../viewer-state.ts'
import { rich } from '../../../ui/rich-text.tsx'
import { number } from '../../../ui/translate.ts'
import styles from './viewer-page.module.css'

export function StatsLine({ store }: { readonly store: ViewerStore }): ReactNode {
  const { stats, path, relay } = useStore(store)
  if (stats === null) return null
  return (
    <div className={`${styles['stat']} ${styles['float']}`} data-stats="">
      <span>{rich('{value} fps', { value: <b>{number(stats.fps, 0)}</b> })}</span>
      <span>{rich('{value} Mbit/s', { value: <b>{number(stats.mbps, 1)}</b> })}</span>
      {stats.rttMs !== null && <span>{rich('{value} ms', { value: <b>{number(stats.rttMs, 0)}</b> })}</span>}
      {path !== null && <span>{pathWords(path, relay)}</span>}
    </div>
  )
}
