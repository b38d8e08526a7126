// Sound that the browser holds back until somebody presses something: the hint stays until it plays.
import type { ViewerStore } from './viewer-state.ts'

export interface SoundLock {
  /** The browser holds the sound back. */
  locked(): void
  /** How the present connection's sound is let go; resolves with whether it plays. */
  use(unlock: () => Promise<boolean>): void
  /** Somebody pressed something: now it may. */
  tryUnlock(): void
}

export function createSoundLock(store: ViewerStore): SoundLock {
  let unlock: (() => Promise<boolean>) | null = null
  return {
    locked: () => store.setState({ soundLocked: true }),
    use: (next) => {
      unlock = next
    },
    tryUnlock() {
      if (!store.getState().soundLocked) return
      unlock?.()
        .then((open) => store.setState({ soundLocked: !open }))
        .catch(() => {
          // still locked: the hint stays
        })
    },
  }
}
