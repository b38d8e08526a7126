// The one level of surface on the canvas: a hairline, no shadow.
import type { ComponentPropsWithRef, ReactNode } from 'react'
import { cx } from './cx.ts'
import styles from './card.module.css'

/** An article with a hairline; it needs a name (`aria-label` or `aria-labelledby`). */
export function Card({ className, ...rest }: ComponentPropsWithRef<'article'>): ReactNode {
  return <article className={cx(styles['card'], className)} {...rest} />
}
