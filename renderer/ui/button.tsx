// The two buttons: with words, and with an icon whose words are its name and tooltip.
import type { ComponentPropsWithRef, ReactNode } from 'react'
import { cx } from './cx.ts'
import { Spinner } from './spinner.tsx'
import { Tooltip } from './tooltip.tsx'
import styles from './button.module.css'

export type ButtonKind = 'plain' | 'primary' | 'soft' | 'bare' | 'link' | 'danger'

export interface ButtonProps extends ComponentPropsWithRef<'button'> {
  readonly kind?: ButtonKind
  readonly large?: boolean
  /** Shows that the work has begun; a second press does nothing. */
  readonly busy?: boolean
}

/** A button with words. One `primary` a screen at most. */
export function Button({ kind = 'plain', large, busy, className, children, onClick, ...rest }: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      aria-disabled={busy || undefined}
      className={cx(styles['button'], kind !== 'plain' && styles[kind], large && styles['large'], className)}
      onClick={busy ? undefined : onClick}
      {...rest}
    >
      {busy ? <Spinner /> : null}
      {children}
    </button>
  )
}

export interface IconButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'children'> {
  /** What it does: its accessible name. */
  readonly label: string
  /** Shorter words for the tooltip. */
  readonly hint?: string
  readonly icon: ReactNode
}

/** A button that is an icon; its words are in its name and its tooltip. */
export function IconButton({ label, hint, icon, className, ...rest }: IconButtonProps): ReactNode {
  return (
    <Tooltip text={hint ?? label}>
      <button
        type="button"
        aria-label={label}
        className={cx(styles['button'], styles['bare'], styles['icon'], className)}
        {...rest}
      >
        {icon}
      </button>
    </Tooltip>
  )
}

/** Classes of a bare icon button, for triggers that a primitive renders itself. */
export const iconButtonClass = cx(styles['button'], styles['bare'], styles['icon'])
