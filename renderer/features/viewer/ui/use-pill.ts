// When the bar at the top is seen: for a moment after a movement, for as long as somebody is at it, or always.
import { useCallback, useEffect, useRef, useState } from 'react'

const PILL_MS = 2000

export interface PillControl {
  readonly visible: boolean
  /** It was seen once: whoever never asks for it does without what it is made of. */
  readonly used: boolean
  /** Shows it for 2 s. */
  show(): void
  /** Shows it until `show` is called again. */
  hold(): void
  setBusy(busy: boolean): void
}

/** @param pinned it stays */
export function usePill(pinned: boolean): PillControl {
  const [visible, setVisible] = useState(false)
  const [busy, setBusy] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const hold = useCallback(() => {
    clearTimeout(timer.current)
    setVisible(true)
  }, [])
  const show = useCallback(() => {
    clearTimeout(timer.current)
    setVisible(true)
    timer.current = setTimeout(() => setVisible(false), PILL_MS)
  }, [])
  useEffect(() => () => clearTimeout(timer.current), [])
  const [used, setUsed] = useState(false)
  const shown = visible || busy || pinned
  if (shown && !used) setUsed(true)
  return { visible: shown, used, show, hold, setBusy }
}
