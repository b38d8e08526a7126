// What is printed on this machine's keys, where the browser tells: chords are shown as the person finds them.
import { useEffect, useState } from 'react'
import type { KeyLabels } from '../../shared/domain/chords.ts'

/** The Keyboard Map API, which type libraries do not know; only Chromium has it, and only for secure pages. */
interface MappingNavigator extends Navigator {
  readonly keyboard?: { getLayoutMap?(): Promise<KeyLabels> }
}

const NONE: KeyLabels = new Map()

/** Labels by `KeyboardEvent.code`; none until they are known, or where they never are. */
export function useKeyLabels(): KeyLabels {
  const [labels, setLabels] = useState(NONE)
  useEffect(() => {
    let ended = false
    const { keyboard } = navigator as MappingNavigator
    keyboard?.getLayoutMap?.().then(
      (map) => {
        if (!ended) setLabels(map)
      },
      // a page within another is refused: the American names are shown
      () => undefined,
    )
    return () => {
      ended = true
    }
  }, [])
  return labels
}
