// Menus over Base UI: arrows, type-ahead and Esc are theirs; look and words are ours.
import { Menu as Base } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'
import { cx } from './cx.ts'
import styles from './menu.module.css'

export interface MenuProps {
  readonly trigger: ReactElement
  readonly side?: 'top' | 'bottom'
  readonly align?: 'start' | 'end'
  readonly children: ReactNode
}

export function Menu({ trigger, side = 'bottom', align = 'end', children }: MenuProps): ReactNode {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner
          role="region"
          aria-label="Menu"
          className={styles['positioner']}
          side={side}
          align={align}
          sideOffset={6}
        >
          <Base.Popup className={styles['popup']}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

export interface MenuItemProps {
  readonly icon?: ReactNode
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly label?: string
  readonly onSelect: () => void
  readonly children: ReactNode
}

/** @param label accessible name when the words shown do not say it all ("Stop Blender") */
export function MenuItem({ icon, danger, disabled, label, onSelect, children }: MenuItemProps): ReactNode {
  return (
    <Base.Item
      className={cx(styles['item'], danger && styles['danger'])}
      disabled={disabled ?? false}
      aria-label={label}
      onClick={onSelect}
    >
      {icon}
      {children}
    </Base.Item>
  )
}

export function MenuSeparator(): ReactNode {
  return <Base.Separator className={styles['separator']} />
}

export function MenuGroup({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <Base.Group>
      <Base.GroupLabel className={styles['label']}>{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  )
}
