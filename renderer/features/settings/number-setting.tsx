// A number with its unit. It counts when the field is left or Enter is pressed, drawn into its bounds; Esc takes it back.
import { useEffect, useState, type ReactNode } from 'react'
import type { SettingDefinition } from './definitions.ts'
import styles from './settings.module.css'

export interface NumberSettingProps {
  readonly definition: Extract<SettingDefinition, { kind: 'number' }>
  /** As stored. */
  readonly value: number
  readonly onChange: (value: number) => void
  readonly tied: { readonly 'aria-labelledby': string; readonly 'aria-describedby': string }
}

export function NumberSetting({ definition, value, onChange, tied }: NumberSettingProps): ReactNode {
  const { min, max, step, unit, factor } = definition
  const shown = String(value / factor)
  const [text, setText] = useState(shown)
  useEffect(() => setText(shown), [shown])

  function take(): void {
    const number = Number(text)
    if (text.trim() === '' || !Number.isFinite(number)) return setText(shown)
    const stored = Math.round(Math.min(max, Math.max(min, number)) * factor)
    setText(String(stored / factor))
    if (stored !== value) onChange(stored)
  }
  return (
    <span className={styles['number']}>
      <input
        {...tied}
        type="number"
        min={min}
        max={max}
        step={step}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take()
          if (event.key === 'Escape') setText(shown)
        }}
      />
      {unit}
    </span>
  )
}
