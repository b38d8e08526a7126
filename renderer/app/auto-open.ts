// Opens a desktop by itself once it can be opened, if it was started here and the settings say so. A browser may refuse a tab
// that nobody clicked for: then its card says that it is ready, and waits for the click.
import type { AppStores } from '../stores/app-stores.ts'
import { announce } from '../ui/live-region.tsx'
import type { Actions } from './actions.ts'

/** @returns stops watching */
export function watchOpenWhenReady(stores: AppStores, actions: Pick<Actions, 'open'>): () => void {
  const { sessions, settings, page } = stores
  const opening = new Set<string>()

  async function look(): Promise<void> {
    const { openSoon } = page.getState()
    for (const session of sessions.getState().value?.sessions ?? []) {
      if (!openSoon.has(session.id) || opening.has(session.id)) continue
      if (session.openable) {
        opening.add(session.id)
        page.setState((state) => ({ openSoon: new Set([...state.openSoon].filter((id) => id !== session.id)) }))
        if (settings.getState().value?.openWhenReady !== false && !(await actions.open(session))) {
          page.setState((state) => ({ readyToOpen: new Set([...state.readyToOpen, session.id]) }))
          announce(`${session.displayName} is ready. Open it.`)
        }
        opening.delete(session.id)
      } else if (session.phase === 'failed') {
        page.setState((state) => ({ openSoon: new Set([...state.openSoon].filter((id) => id !== session.id)) }))
      }
    }
  }
  const stopSessions = sessions.subscribe(() => void look())
  const stopPage = page.subscribe((state, before) => {
    if (state.openSoon !== before.openSoon) void look()
  })
  return () => {
    stopSessions()
    stopPage()
  }
}
