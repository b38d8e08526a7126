// The elements of the viewer's page, and the session that lives in them for as long as the page is about this desktop.
import { useEffect, useRef, useState, type RefObject } from 'react'
import type { ChordAction } from '../../../../shared/domain/chords.ts'
import type { DisplayId } from '../../../../shared/domain/display-layout.ts'
import type { Bridge } from '../../../../shared/ipc/bridge.ts'
import { readPathsQuery } from '../transport/paths.ts'
import { createViewerSession } from '../viewer-session.ts'
import type { ViewerElements, ViewerSession } from '../viewer-session-shape.ts'

type Refs = { readonly [K in keyof ViewerElements]: RefObject<ViewerElements[K] | null> }

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
  const video = useRef<HTMLVideoElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const still = useRef<HTMLCanvasElement>(null)
  const audio = useRef<HTMLAudioElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const small = useRef<HTMLVideoElement>(null)
  const [session, setSession] = useState<ViewerSession | null>(null)
  useEffect(() => {
    const elements = {
      stage: stage.current,
      video: video.current,
      canvas: canvas.current,
      still: still.current,
      audio: audio.current,
      field: field.current,
      small: small.current,
    }
    if (!isComplete(elements)) return undefined
    const made = createViewerSession({
      bridge,
      sessionId,
      display,
      elements,
      paths: readPathsQuery(query.get('paths')),
      forceWebSocket: query.get('mode') === 'websocket',
      onChord: (action) => chord.current(action),
    })
    setSession(made)
    made.focus()
    return () => made.dispose()
  }, [bridge, sessionId, display, query, chord])
  return { refs: { stage, video, canvas, still, audio, field, small }, session }
}

function isComplete<T extends object>(elements: T): elements is { [K in keyof T]: NonNullable<T[K]> } {
  return Object.values(elements).every((element) => element !== null)
}
