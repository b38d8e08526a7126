// What the menus of the pill are made of.
import { Popover } from '@base-ui/react/popover'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import styles from './viewer-page.module.css'

export interface MenuProps {
  readonly icon: LucideIcon
  readonly label: string
  readonly children: ReactNode
  onBusy(busy: boolean): void
}

/** A button that opens a panel below it. */
export function Menu({ icon: Icon, label, children, onBusy }: MenuProps): ReactNode {
  return (
    <Popover.Root onOpenChange={onBusy}>
      <Popover.Trigger className={styles['button']} aria-label={label} title={label}>
        <Icon size={16} strokeWidth={1.75} aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={10}>
          <Popover.Popup className={`${styles['panel']} ${styles['float']}`}>
            <Popover.Title>{label}</Popover.Title>
            {children}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

interface CheckProps {
  readonly label: string
  readonly checked: boolean
  onChange(checked: boolean): void
}

/** A row with a check box. */
export function Check({ label, checked, onChange }: CheckProps): ReactNode {
  return (
    <label className={styles['field-row']}>
      <span>{label}</span>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
    </label>
  )
}

interface RangeProps {
  readonly label: string
  readonly value: number
  readonly range: readonly [least: number, most: number, step: number]
  words(value: number): string
  onChange(value: number): void
}

/** A row with a slider and its value in words. */
export function Range({ label, value, range: [least, most, step], words, onChange }: RangeProps): ReactNode {
  return (
    <label className={styles['field-row']}>
      <span>{label}</span>
      <input
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <span className={styles['value']}>{words(value)}</span>
    </label>
  )
}
