// The elements of the viewer's page, and the session that lives in them for as long as the page is about this desktop.
import { useEffect, useRef, useState, type RefObject } from 'react'
import type { ChordAction } from '../../../../shared/domain/chords.ts'
import type { DisplayId } from '../../../../shared/domain/display-layout.ts'
import type { Bridge } from '../../../../shared/ipc/bridge.ts'
import { readPathsQuery } from '../transport/paths.ts'
import { createViewerSession } from '../viewer-session.ts'
import type { ViewerElements, ViewerSession } from '../viewer-session-shape.ts'
import { makeScreens } from './screens.ts'
import styles from './viewer-page.module.css'

interface Refs {
  readonly stage: RefObject<ViewerElements['stage'] | null>
  readonly field: RefObject<ViewerElements['field'] | null>
  /** An empty place in the stage, for what shows the desktop. */
  readonly screens: RefObject<HTMLDivElement | null>
}

export interface ViewerSessionUse {
  /** Each is given to its element. */
  readonly refs: Refs
  /** null until the page stands. */
  readonly session: ViewerSession | null
}

export interface ViewerSessionWish {
  readonly bridge: Bridge
  readonly sessionId: string
  readonly display: DisplayId
  readonly query: URLSearchParams
  /** What is called for a chord; may change at any time. */
  readonly chord: RefObject<(action: ChordAction) => void>
}

/** Opens the desktop when the page stands, and lets go of it with the page. */
export function useViewerSession({ bridge, sessionId, display, query, chord }: ViewerSessionWish): ViewerSessionUse {
  const stage = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const screens = useRef<HTMLDivElement>(null)
  const [session, setSession] = useState<ViewerSession | null>(null)
  useEffect(() => {
    if (stage.current === null || field.current === null || screens.current === null) return undefined
    const shown = makeScreens(screens.current, styles['picture'] ?? '')
    const made = createViewerSession({
      bridge,
      sessionId,
      display,
      elements: { stage: stage.current, field: field.current, ...shown },
      paths: readPathsQuery(query.get('paths')),
      forceWebSocket: query.get('mode') === 'websocket',
      onChord: (action) => chord.current(action),
    })
    setSession(made)
    made.focus()
    return () => {
      made.dispose()
      shown.remove()
    }
  }, [bridge, sessionId, display, query, chord])
  return { refs: { stage, field, screens }, session }
}
