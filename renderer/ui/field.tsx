// Form controls: a labelled field, a switch, a choice. The platform's own select: it works everywhere, touch included.
import { useId, type ComponentPropsWithRef, type ReactNode } from 'react'
import styles from './field.module.css'

export interface FieldProps {
  readonly label: string
  readonly hint?: string
  readonly problem?: string | undefined
  /** Renders the control with the id and description that tie it to its words. */
  readonly children: (control: { readonly id: string; readonly 'aria-describedby': string | undefined }) => ReactNode
}

export function Field({ label, hint, problem, children }: FieldProps): ReactNode {
  const id = useId()
  const described = hint || problem ? `${id}-about` : undefined
  return (
    <div className={styles['field']}>
      <label htmlFor={id} className={styles['label']}>
        {label}
      </label>
      {children({ id, 'aria-describedby': described })}
      {described ? (
        <p id={described} className={problem ? styles['problem'] : styles['hint']} role={problem ? 'alert' : undefined}>
          {problem ?? hint}
        </p>
      ) : null}
    </div>
  )
}

/** Class of a text input or text area. */
export const inputClass = styles['input']

export interface SwitchProps extends Omit<ComponentPropsWithRef<'button'>, 'onChange'> {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

export function Switch({ checked, onChange, ...rest }: SwitchProps): ReactNode {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      className={styles['switch']}
      onClick={() => onChange(!checked)}
      {...rest}
    />
  )
}

export interface SelectProps<T extends string> extends Omit<ComponentPropsWithRef<'select'>, 'onChange' | 'value'> {
  readonly value: T
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly onChange: (value: T) => void
}

export function Select<T extends string>({ value, options, onChange, ...rest }: SelectProps<T>): ReactNode {
  return (
    <select
      className={styles['select']}
      value={value}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.target.value)
        if (chosen) onChange(chosen.value)
      }}
      {...rest}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  )
}
