// Tells when a program has likely taken the mouse: it hides the cursor, and the person moves on without seeing it. Pure.
// Policy: said once a window. Terminals and editors hide it too, while one types, and show it with the first movement.

/** Hidden for this long, and moved by this much meanwhile. */
const LEAST = { ms: 1_000, px: 240 } as const

export interface HiddenCursor {
  /** The desktop hides its cursor, or shows it. @param at ms */
  set(hidden: boolean, at: number): void
  /** The mouse moved over the desktop. @returns whether to say it now */
  moved(px: number, at: number): boolean
}

export function createHiddenCursor(): HiddenCursor {
  let since: number | null = null
  let way = 0
  let said = false
  return {
    set(hidden, at) {
      if (!hidden) since = null
      else if (since === null) {
        since = at
        way = 0
      }
    },
    moved(px, at) {
      if (said || since === null) return false
      way += px
      if (way < LEAST.px || at - since < LEAST.ms) return false
      said = true
      return true
    },
  }
}
