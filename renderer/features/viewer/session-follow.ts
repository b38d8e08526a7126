// Follows what the core says of this desktop's session, and says back what a person wants of it: to go on, or to stop.
// Policy: a session that ends ends the connection with its words; one that is started anew is connected to by itself.
import type { SessionView } from '../../../shared/domain/session.ts'
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import type { Connection } from './connection-shape.ts'
import { toldBySession, type Say, type ViewerStore } from './viewer-state.ts'
import { t, text, translated } from '../../ui/translate.ts'

export interface SessionFollowOptions {
  readonly bridge: Bridge
  readonly sessionId: string
  readonly store: ViewerStore
  readonly connection: Pick<Connection, 'start' | 'end' | 'wake'>
  say(say: Omit<Say, 'id'>): void
  /** A new start of the desktop is about to be connected to. */
  onNewStart(): void
}

export interface SessionFollow {
  /** The stopped desktop is started again, or the ended connection made anew. */
  again(): void
  stopDesktop(): Promise<void>
  dispose(): void
}

/** Follows until disposed. */
export function followSession(options: SessionFollowOptions): SessionFollow {
  const { bridge, sessionId, store, connection, say } = options
  let view: SessionView | null = null
  /** The desktop was seen stopped since the connection ended: what opens now is a new start. */
  let wasAway = false

  const follow = (before: SessionView | null, next: SessionView | null, loading: boolean): void => {
    const { status } = store.getState()
    if (next === null) {
      if (before !== null && !loading) connection.end(t('This desktop was removed.'), 'none')
      return
    }
    if (!next.openable) wasAway = true
    const over = next.phase === 'stopped' || next.phase === 'failed'
    if (over && status.kind !== 'ended')
      connection.end(translated(next.error?.sentence ?? next.note ?? text('Stopped from outside.')), 'start')
    // a restarted pod is there again: whoever waits for it need not wait for the next try
    if (before !== null && !before.openable && next.openable) connection.wake('back')
    if (status.kind !== 'ended' || status.offer !== 'start' || !wasAway || !next.openable) return
    wasAway = false
    options.onNewStart()
    connection.start()
  }
  const stop = bridge.subscribe('sessions', ({ sessions, loading }) => {
    const next = sessions.find(({ id }) => id === sessionId) ?? null
    const before = view
    view = next
    if (next !== null) store.setState(toldBySession(next))
    follow(before, next, loading)
  })

  return {
    again() {
      const { status } = store.getState()
      if (status.kind !== 'ended') return
      if (status.offer === 'reconnect') return connection.start()
      void bridge.call('sessions.resume', { sessionId }).then((answer) => {
        if (!answer.ok) say({ icon: 'info', text: translated(answer.error.sentence) })
        return undefined
      })
    },
    async stopDesktop() {
      const answer = await bridge.call('sessions.stop', { sessionId })
      if (!answer.ok) say({ icon: 'info', text: translated(answer.error.sentence) })
      else {
        wasAway = false
        connection.end(t('You stopped this desktop. Its home stays.'), 'start')
      }
    },
    dispose: stop,
  }
}
