// Keyboard shortcuts of the frame. A letter alone counts only outside of fields and dialogs; `G` waits a second for its letter.
import { useEffect } from 'react'

export interface Shortcuts {
  readonly palette: () => void
  readonly search: () => void
  readonly settings: () => void
  /** The letter after `G`. */
  readonly go: Readonly<Record<string, () => void>>
}

const CHORD_MS = 1_000

/** Whether a key belongs to what has the focus (a field, a menu, a dialog). */
function isTaken(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, [contenteditable], [role="menu"], [role="dialog"], [data-type-ahead]') !==
      null
  )
}

export function useShortcuts(shortcuts: Shortcuts): void {
  useEffect(() => {
    let chordUntil = 0
    const listen = (event: KeyboardEvent): void => {
      const key = event.key.toLowerCase()
      const mod = event.ctrlKey || event.metaKey
      let run: (() => void) | undefined
      if (mod && !event.altKey && !event.shiftKey)
        run = key === 'k' ? shortcuts.palette : key === ',' ? shortcuts.settings : undefined
      else if (!mod && !event.altKey && !isTaken(event.target)) {
        if (event.timeStamp < chordUntil) run = shortcuts.go[key]
        else if (key === '/') run = shortcuts.search
        chordUntil = key === 'g' ? event.timeStamp + CHORD_MS : 0
      }
      if (!run) return
      event.preventDefault()
      run()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [shortcuts])
}
