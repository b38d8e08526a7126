// The viewer's own chords: Ctrl+Alt+Shift and one letter, by the key's position, so that every layout has them. Pure.

export const CHORDS = {
  KeyF: 'full-screen',
  KeyZ: 'grab',
  KeyS: 'statistics',
  KeyX: 'pill',
  KeyM: 'sound',
} as const
export type ChordAction = (typeof CHORDS)[keyof typeof CHORDS]

/** @returns the action, or null when the stroke is the desktop's */
export function chordOf(event: Pick<KeyboardEvent, 'ctrlKey' | 'altKey' | 'shiftKey' | 'code'>): ChordAction | null {
  if (!event.ctrlKey || !event.altKey || !event.shiftKey) return null
  return event.code in CHORDS ? CHORDS[event.code as keyof typeof CHORDS] : null
}

/** The chord as people read it. */
export function chordWords(action: ChordAction): string {
  const code = Object.entries(CHORDS).find(([, named]) => named === action)?.[0] ?? ''
  return `Ctrl Alt Shift ${code.replace('Key', '')}`
}
