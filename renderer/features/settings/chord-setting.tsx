// A chord that is set by pressing it. Esc and leaving the field take it back; what is another chord already is refused in words.
import { useId, useState, type KeyboardEvent, type ReactNode } from 'react'
import {
  chordKeys,
  chordOfStroke,
  DEFAULT_RELEASE_CHORD,
  formatChord,
  releaseChordProblem,
  type ChordProblem,
} from '../../../shared/domain/chords.ts'
import { Button } from '../../ui/button.tsx'
import { Keys } from '../../ui/kbd.tsx'
import { useKeyLabels } from '../../ui/key-labels.ts'
import styles from './settings.module.css'

export interface ChordSettingProps {
  /** As stored. */
  readonly value: string
  readonly onChange: (value: string) => void
  readonly tied: { readonly 'aria-labelledby': string; readonly 'aria-describedby': string }
}

const PROBLEMS: Readonly<Record<ChordProblem, string>> = {
  key: 'That key cannot be used. Take a letter, a digit or a function key.',
  modifiers: 'Take two of Ctrl, Alt, Shift and Meta with it: one alone is used by programs.',
  paste: 'That is for pasting.',
  'full-screen': 'That is for full screen.',
  mouse: 'That is for the mouse.',
  statistics: 'That is for the statistics.',
  pill: 'That is for the bar at the top.',
  sound: 'That is for the sound.',
  screenshot: 'That is for pictures of the desktop.',
  'picture-in-picture': 'That is for the small picture.',
  help: 'That is for the shortcuts.',
  grab: 'That is the present one.',
}
const MODIFIERS = new Set(['Control', 'Alt', 'AltGraph', 'Shift', 'Meta', 'OS'])

export function ChordSetting({ value, onChange, tied }: ChordSettingProps): ReactNode {
  const labels = useKeyLabels()
  const id = useId()
  const [listening, setListening] = useState(false)
  const [problem, setProblem] = useState<ChordProblem | null>(null)

  function hear(event: KeyboardEvent<HTMLButtonElement>): void {
    // leaving by Tab stays possible
    if (!listening || event.key === 'Tab') return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Escape') return setListening(false)
    if (MODIFIERS.has(event.key)) return
    const chord = formatChord(chordOfStroke(event))
    const found = releaseChordProblem(chord)
    setProblem(found)
    if (found !== null) return
    setListening(false)
    if (chord !== value) onChange(chord)
  }
  return (
    <div className={styles['chord']}>
      <button
        {...tied}
        // its name says the present chord too, as what is seen does
        id={id}
        aria-labelledby={`${tied['aria-labelledby']} ${id}`}
        type="button"
        aria-pressed={listening}
        onClick={() => {
          setProblem(null)
          setListening(!listening)
        }}
        onKeyDown={hear}
        onBlur={() => setListening(false)}
      >
        {listening ? 'Press the keys…' : <Keys keys={chordKeys(value, labels)} />}
      </button>
      {value === DEFAULT_RELEASE_CHORD ? null : (
        <Button kind="bare" onClick={() => onChange(DEFAULT_RELEASE_CHORD)}>
          Reset
        </Button>
      )}
      <span role="status" className={problem === null ? undefined : styles['problem']}>
        {problem === null ? null : PROBLEMS[problem]}
      </span>
    </div>
  )
}
