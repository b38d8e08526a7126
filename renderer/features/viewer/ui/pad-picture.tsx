// A gamepad, drawn: the standard layout as a pad with its names on it, any other as bars in the order in which it counts.
import type { ReactNode } from 'react'
import styles from './pad-test.module.css'
import { t, text, translated } from '../../../ui/translate.ts'

export interface PadReading {
  /** 0-1 */
  readonly buttons: readonly number[]
  /** -1 to 1 */
  readonly axes: readonly number[]
}

/** Where the round buttons of the standard layout are, by their number. Source: W3C Gamepad, 4. */
const ROUND: readonly { readonly button: number; readonly name: string; readonly x: number; readonly y: number }[] = [
  { button: 0, name: 'A', x: 238, y: 96 },
  { button: 1, name: 'B', x: 258, y: 76 },
  { button: 2, name: 'X', x: 218, y: 76 },
  { button: 3, name: 'Y', x: 238, y: 56 },
  { button: 16, name: 'G', x: 150, y: 48 },
]
const BARS: readonly {
  readonly button: number
  readonly name: string
  readonly x: number
  readonly y: number
  readonly w: number
}[] = [
  { button: 6, name: 'LT', x: 42, y: 4, w: 52 },
  { button: 7, name: 'RT', x: 206, y: 4, w: 52 },
  { button: 4, name: 'LB', x: 34, y: 24, w: 68 },
  { button: 5, name: 'RB', x: 198, y: 24, w: 68 },
  { button: 8, name: text('Back'), x: 104, y: 70, w: 38 },
  { button: 9, name: text('Start'), x: 158, y: 70, w: 38 },
]
const CROSS: readonly { readonly button: number; readonly name: string; readonly x: number; readonly y: number }[] = [
  { button: 12, name: text('Up'), x: 106, y: 114 },
  { button: 13, name: text('Down'), x: 106, y: 146 },
  { button: 14, name: text('Left'), x: 90, y: 130 },
  { button: 15, name: text('Right'), x: 122, y: 130 },
]
const STICKS = [
  { button: 10, axis: 0, name: text('Left stick'), x: 62, y: 84 },
  { button: 11, axis: 2, name: text('Right stick'), x: 198, y: 132 },
] as const
const REACH = 13

export function PadPicture({ reading }: { readonly reading: PadReading }): ReactNode {
  const level = (button: number) => reading.buttons[button] ?? 0
  const held = (button: number) => (level(button) > 0 ? 'true' : 'false')
  return (
    <svg className={styles['picture']} viewBox="0 0 300 176" role="img" aria-label={words(reading)}>
      <path
        className={styles['body']}
        d="M66 40h168c34 0 44 34 52 82 5 32-8 46-22 46-18 0-28-24-46-24H82c-18 0-28 24-46 24-14 0-27-14-22-46 8-48 18-82 52-82z"
      />
      {BARS.map(({ button, name, x, y, w }) => (
        <g key={button} data-button={button} data-held={held(button)}>
          <rect className={styles['empty']} x={x} y={y} width={w} height={15} rx={4} />
          <rect className={styles['full']} x={x} y={y} width={w * level(button)} height={15} rx={4} />
          <text className={styles['label']} x={x + w / 2} y={y + 11}>
            {translated(name)}
          </text>
        </g>
      ))}
      {ROUND.map(({ button, name, x, y }) => (
        <g key={button} data-button={button} data-held={held(button)}>
          <circle className={level(button) > 0 ? styles['full'] : styles['empty']} cx={x} cy={y} r={11} />
          <text className={styles['label']} x={x} y={y + 4}>
            {name}
          </text>
        </g>
      ))}
      {CROSS.map(({ button, x, y }) => (
        <rect
          key={button}
          data-button={button}
          data-held={held(button)}
          className={level(button) > 0 ? styles['full'] : styles['empty']}
          x={x - 8}
          y={y - 8}
          width={16}
          height={16}
          rx={3}
        />
      ))}
      {STICKS.map(({ button, axis, x, y }) => {
        const [dx = 0, dy = 0] = reading.axes.slice(axis, axis + 2)
        return (
          <g key={button} data-button={button} data-held={held(button)}>
            <circle className={styles['empty']} cx={x} cy={y} r={22} />
            <circle
              className={level(button) > 0 ? styles['full'] : styles['knob']}
              data-axis={axis}
              cx={x + dx * REACH}
              cy={y + dy * REACH}
              r={11}
            />
          </g>
        )
      })}
      <text className={styles['figures']} x={56} y={119}>
        {figures(reading, 0)}
      </text>
      <text className={styles['figures']} x={198} y={168}>
        {figures(reading, 2)}
      </text>
    </svg>
  )
}

/** A pad whose layout nobody knows. */
export function PadTable({ reading }: { readonly reading: PadReading }): ReactNode {
  return (
    <div className={styles['table']}>
      <div role="img" aria-label={words(reading)} className={styles['cells']}>
        {reading.buttons.map((value, button) => (
          <i key={button} className={styles['cell']} data-button={button} data-held={value > 0 ? 'true' : 'false'}>
            {button}
          </i>
        ))}
      </div>
      {reading.axes.map((value, axis) => (
        <div key={axis} className={styles['axis']}>
          <span>{t('Axis {number}', { number: axis })}</span>
          <svg viewBox="-50 0 100 6" preserveAspectRatio="none" role="img" aria-label={value.toFixed(2)}>
            <rect className={styles['empty']} x={-50} y={0} width={100} height={6} />
            <rect
              className={styles['full']}
              x={Math.min(0, value * 50)}
              y={0}
              width={Math.abs(value * 50)}
              height={6}
            />
          </svg>
          <span>{value.toFixed(2)}</span>
        </div>
      ))}
    </div>
  )
}

function figures({ axes }: PadReading, from: number): string {
  return [axes[from] ?? 0, axes[from + 1] ?? 0].map((value) => value.toFixed(2)).join(' / ')
}

function words({ buttons }: PadReading): string {
  const held = buttons.flatMap((value, button) => (value > 0 ? [nameOf(button)] : []))
  return held.length === 0 ? t('Nothing is pressed') : t('Pressed: {names}', { names: held.join(', ') })
}

function nameOf(button: number): string {
  const all = [...ROUND, ...BARS, ...CROSS, ...STICKS]
  const name = all.find((one) => one.button === button)?.name
  return name !== undefined ? translated(name) : t('button {number}', { number: button })
}
