// The arrow keys of the map, over what is in the page: rows are GPUs, of all nodes, from top to bottom.

/** Moves the focus as a grid does; other keys are left alone. @param map holds rows `[data-gpu-row]` of cells `[data-cell]` */
export function moveInMap(event: React.KeyboardEvent, map: HTMLElement): void {
  if (event.metaKey || event.altKey || event.shiftKey) return
  const rows = [...map.querySelectorAll<HTMLElement>('[data-gpu-row]')].map((row) => [
    ...row.querySelectorAll<HTMLElement>('[data-cell]'),
  ])
  const at = rows.findIndex((row) => row.some((cell) => cell === event.target))
  const row = rows[at]
  if (!row) return
  const to = target(event, rows, at, row.indexOf(event.target as HTMLElement))
  if (!to) return
  event.preventDefault()
  to.focus()
}

function target(
  { key, ctrlKey }: React.KeyboardEvent,
  rows: readonly (readonly HTMLElement[])[],
  at: number,
  column: number,
): HTMLElement | undefined {
  const row = rows[at] ?? []
  switch (key) {
    case 'ArrowRight':
      return row[column + 1]
    case 'ArrowLeft':
      return row[column - 1]
    case 'ArrowDown':
      return nearest(rows[at + 1], column / row.length)
    case 'ArrowUp':
      return nearest(rows[at - 1], column / row.length)
    case 'Home':
      return (ctrlKey ? rows[0] : row)?.[0]
    case 'End':
      return (ctrlKey ? rows.at(-1) : row)?.at(-1)
    default:
      return undefined
  }
}

/** GPUs may be cut into different numbers of slices: the cell at the same part of the bar. */
function nearest(row: readonly HTMLElement[] | undefined, part: number): HTMLElement | undefined {
  return row?.[Math.min(row.length - 1, Math.floor(part * row.length + 1e-9))]
}
