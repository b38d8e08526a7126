// The templates as a grid: arrows move between the Start buttons as the eye does, letters jump to a name.
import { useRef, type ReactNode } from 'react'
import type { TemplateView } from '../../../shared/domain/template-view.ts'
import { typeAhead } from '../../stores/search.ts'
import { TemplateCard } from './template-card.tsx'
import styles from './library.module.css'

export interface TemplateGridProps {
  readonly templates: readonly TemplateView[]
  readonly disabled: boolean
}

/** Letters typed within this time belong together, ms. */
const TYPED_MS = 700

export function TemplateGrid({ templates, disabled }: TemplateGridProps): ReactNode {
  const list = useRef<HTMLUListElement>(null)
  const typed = useRef({ text: '', at: 0 })

  function onKeyDown(event: React.KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>('[data-start]') ?? [])]
    const at = buttons.findIndex((button) => button === event.target)
    if (at < 0) return
    const to = arrowTarget(event.key, buttons, at) ?? letterTarget(event, at)
    if (to === undefined) return
    event.preventDefault()
    buttons[to]?.focus()
  }
  function letterTarget(event: React.KeyboardEvent, at: number): number | undefined {
    if (event.key.length !== 1 || event.key === ' ' || event.key === '/') return undefined
    const goesOn = event.timeStamp - typed.current.at < TYPED_MS
    const text = goesOn ? typed.current.text + event.key : event.key
    typed.current = { text, at: event.timeStamp }
    const names = templates.map(({ name }) => name)
    // more letters of the same word may still mean the one that has the focus
    const found = typeAhead(names, text, text.length > 1 ? at - 1 : at)
    return found < 0 ? undefined : found
  }
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys come up from the buttons in it
    <ul ref={list} className={styles['templates']} data-type-ahead="" aria-label="Templates" onKeyDown={onKeyDown}>
      {templates.map((template) => (
        <li key={template.id}>
          <TemplateCard template={template} disabled={disabled} />
        </li>
      ))}
    </ul>
  )
}

/** Where an arrow leads: left and right by order, up and down to the nearest of the next row. */
function arrowTarget(key: string, buttons: readonly HTMLElement[], at: number): number | undefined {
  if (key === 'Home') return 0
  if (key === 'End') return buttons.length - 1
  if (key === 'ArrowRight') return Math.min(buttons.length - 1, at + 1)
  if (key === 'ArrowLeft') return Math.max(0, at - 1)
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return undefined
  const boxes = buttons.map((button) => (button.closest('li') ?? button).getBoundingClientRect())
  const here = boxes[at]
  if (!here) return undefined
  const down = key === 'ArrowDown'
  const rows = boxes.map(({ top }) => top).filter((top) => (down ? top > here.top + 1 : top < here.top - 1))
  if (rows.length === 0) return undefined
  const row = down ? Math.min(...rows) : Math.max(...rows)
  let best: number | undefined
  for (const [index, box] of boxes.entries()) {
    if (Math.abs(box.top - row) > 1) continue
    if (best === undefined || Math.abs(box.left - here.left) < Math.abs((boxes[best]?.left ?? 0) - here.left))
      best = index
  }
  return best
}
