// Keys of a shortcut, as the person's keyboard names them.
import type { ReactNode } from 'react'
import styles from './kbd.module.css'

const isMac = typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac')

/** @param keys names such as `Mod`, `K`; `Mod` is Ctrl, or ⌘ on a Mac */
export function Keys({ keys }: { readonly keys: readonly string[] }): ReactNode {
  return (
    <span className={styles['keys']}>
      {keys.map((key) => (
        <kbd key={key} className={styles['kbd']}>
          {key === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : key}
        </kbd>
      ))}
    </span>
  )
}
