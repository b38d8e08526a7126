// Rows of the menu of quality: each says why it is shut where it is.
import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import styles from './quality-menu.module.css'
import page from './viewer-page.module.css'
import { translated } from '../../../ui/translate.ts'

interface RowProps {
  readonly label: string
  /** Why it cannot be changed; null: it can. */
  readonly why: string | null
}

interface SliderProps extends RowProps {
  /** What it can be, ascending. */
  readonly stops: readonly number[]
  readonly value: number
  words(value: number): string
  onChange(value: number): void
}

/** A thumb that moves sends nothing; one that rests this long does, ms. */
const REST_MS = 250

/** A slider over stops. */
export function Slider({ label, why, stops, value, words, onChange }: SliderProps): ReactNode {
  const [draft, setDraft] = useState<number | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const send = useRef(onChange)
  useEffect(() => {
    send.current = onChange
  }, [onChange])
  useEffect(() => () => clearTimeout(timer.current), [])
  // what was sent has arrived
  useEffect(() => setDraft(null), [value])
  const shown = draft ?? value
  const at = nearest(stops, shown)
  const note = useId()
  return (
    <Row label={label} why={why} note={note}>
      <input
        type="range"
        min={0}
        max={Math.max(0, stops.length - 1)}
        step={1}
        value={at}
        disabled={why !== null}
        aria-describedby={why === null ? undefined : note}
        aria-valuetext={words(shown)}
        onChange={(event) => {
          const next = stops[Number(event.target.value)]
          if (next === undefined) return
          setDraft(next)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => send.current(next), REST_MS)
        }}
      />
      <span className={page['value']}>{words(shown)}</span>
    </Row>
  )
}

interface ToggleProps extends RowProps {
  readonly checked: boolean
  onChange(checked: boolean): void
}

/** A check box. */
export function Toggle({ label, why, checked, onChange }: ToggleProps): ReactNode {
  const note = useId()
  return (
    <Row label={label} why={why} note={note}>
      <input
        type="checkbox"
        checked={checked}
        disabled={why !== null}
        aria-describedby={why === null ? undefined : note}
        onChange={(event) => onChange(event.target.checked)}
      />
    </Row>
  )
}

interface ChooseProps extends RowProps {
  readonly options: readonly { readonly value: string; readonly why: string | null }[]
  readonly value: string
  words(value: string): string
  onChange(value: string): void
}

/** A list of choices. Those that cannot be chosen say so. */
export function Choose({ label, why, options, value, words, onChange }: ChooseProps): ReactNode {
  const note = useId()
  return (
    <Row label={label} why={why} note={note}>
      <select
        value={value}
        disabled={why !== null}
        aria-describedby={why === null ? undefined : note}
        onChange={(event) => onChange(event.target.value)}
      >
        {!options.some((option) => option.value === value) && <option value={value}>{words(value)}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.why !== null}>
            {words(option.value)}
            {option.why !== null && ` – ${translated(option.why)}`}
          </option>
        ))}
      </select>
    </Row>
  )
}

function Row({
  label,
  why,
  note,
  children,
}: RowProps & { readonly note: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className={why === null ? undefined : styles['shut']}>
      <label className={page['field-row']}>
        <span>{label}</span>
        {children}
      </label>
      {why !== null && (
        <small id={note} className={styles['why']}>
          {translated(why)}
        </small>
      )}
    </div>
  )
}

function nearest(stops: readonly number[], value: number): number {
  return stops.reduce(
    (best, stop, index) => (Math.abs(stop - value) < Math.abs((stops[best] ?? 0) - value) ? index : best),
    0,
  )
}
