// Who "the same page" is for the desktop: kept over a reload, and no other page's. Policy: a tab that was duplicated begins with what the first
// one kept, and takes a name of its own; under one name both would throw each other out until the desktop refuses them.
import type { DisplayId } from '../../../shared/domain/display-layout.ts'

export interface TabName {
  readonly id: string
  /** Resolves when the name is known to be this page's alone. */
  settled(): Promise<void>
  /** The page is this one from now on. */
  become(id: string): void
  /** Lets go of it. */
  dispose(): void
}

/** A page that the desktop does not know yet: it comes beside the others. */
export function newTab(): string {
  return crypto.randomUUID()
}

/**
 * @param storage of this tab
 * @param locks of all pages of this origin; null where the browser has none: the name is then taken to be free
 */
export function createTabName(
  display: DisplayId,
  storage: Pick<Storage, 'getItem' | 'setItem'> = sessionStorage,
  locks: Pick<LockManager, 'request'> | null = 'locks' in navigator ? navigator.locks : null,
): TabName {
  // a window that is opened by another one begins with what that one has kept
  const key = display === 'primary' ? 'viewer-tab' : `viewer-tab-${display}`
  const over = Promise.withResolvers<void>()
  const keep = (name: string): string => {
    storage.setItem(key, name)
    return name
  }
  let id = keep(storage.getItem(key) ?? newTab())
  /** Holds a name for as long as the page is there. @returns whether it was free */
  const hold = (name: string): Promise<boolean> => {
    if (locks === null) return Promise.resolve(true)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    locks
      .request(`${key} ${name}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null)
        return lock === null ? undefined : over.promise
      })
      // a page that may not lock shares with nobody
      .catch(() => resolve(true))
    return promise
  }
  const settled = hold(id).then((free) => {
    if (free) return undefined
    id = keep(newTab())
    void hold(id)
    return undefined
  })
  return {
    get id() {
      return id
    },
    settled: () => settled,
    become(next) {
      id = keep(next)
      void hold(id)
    },
    dispose: () => over.resolve(),
  }
}
