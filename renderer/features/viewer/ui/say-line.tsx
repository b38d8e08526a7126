// The short line at the bottom: what just happened, with the keys that belong to it. It goes by itself.
import {
  Camera,
  Clipboard,
  Files,
  Gamepad2,
  Info,
  Keyboard,
  Mic,
  Mouse,
  Network,
  Printer,
  Video,
  Volume2,
} from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { chordKeys, chordText, type KeyLabels } from '../../../../shared/domain/chords.ts'
import type { Say } from '../viewer-state.ts'
import styles from './viewer-page.module.css'
import { t } from '../../../ui/translate.ts'

const SAY_MS = 3000

const SAY_ICONS = {
  picture: Camera,
  clipboard: Clipboard,
  keyboard: Keyboard,
  mouse: Mouse,
  sound: Volume2,
  microphone: Mic,
  camera: Video,
  pad: Gamepad2,
  network: Network,
  file: Files,
  print: Printer,
  info: Info,
} as const

export interface SayLineProps {
  readonly say: Say | null
  readonly soundLocked: boolean
  readonly release: string
  readonly labels: KeyLabels
}

/** The line, or an empty region. */
export function SayLine({ say, soundLocked, release, labels }: SayLineProps): ReactNode {
  const shown: Say | null = say ?? (soundLocked ? { id: 0, icon: 'sound', text: t('Click for sound') } : null)
  // the region stays, so that screen readers hear its changes
  if (shown === null) return <div role="status" />
  const Icon = SAY_ICONS[shown.icon]
  const keys = shown.chord === undefined ? [] : chordKeys(chordText(shown.chord, release), labels)
  return (
    <div role="status" className={`${styles['say']} ${styles['float']}`}>
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      <span>{shown.text}</span>
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </div>
  )
}

/** The last line, for 3 s. */
export function useSay(say: Say | null): Say | null {
  const [shown, setShown] = useState<Say | null>(null)
  useEffect(() => {
    if (say === null) return undefined
    setShown(say)
    const timer = setTimeout(() => setShown(null), SAY_MS)
    return () => clearTimeout(timer)
  }, [say])
  return shown
}
