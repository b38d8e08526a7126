// Says things to screen readers: stages of a start, results of actions. One polite region for the page.
import { useEffect, useState, type ReactNode } from 'react'

type Listener = (text: string) => void
const listeners = new Set<Listener>()

/** Announces a sentence once, politely. */
export function announce(text: string): void {
  for (const listener of listeners) listener(text)
}

export function LiveRegion(): ReactNode {
  const [said, setSaid] = useState({ text: '', turn: 0 })
  useEffect(() => {
    const listen: Listener = (text) => setSaid(({ turn }) => ({ text, turn: turn + 1 }))
    listeners.add(listen)
    return () => void listeners.delete(listen)
  }, [])
  return (
    <div className="sr-only" role="status" aria-live="polite">
      {/* a new element for each: the same words twice are two announcements */}
      <p key={said.turn}>{said.text}</p>
    </div>
  )
}
