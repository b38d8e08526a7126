// When the bar at the top is seen: for a moment after a movement, for as long as somebody is at it, or always.
import { useCallback, useEffect, useRef, useState } from 'react'

const PILL_MS = 2000

export interface PillControl {
  readonly visible: boolean
  /** Shows it for 2 s. */
  show(): void
  /** Shows it until `show` is called again. */
  hold(): void
  setBusy(busy: boolean): void
}

/** @param pinned it stays */
export function usePill(pinned: boolean): PillControl {
  const [visible, setVisible] = useState(true)
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
  useEffect(() => {
    show()
    return () => clearTimeout(timer.current)
  }, [show])
  return { visible: visible || busy || pinned, show, hold, setBusy }
}
