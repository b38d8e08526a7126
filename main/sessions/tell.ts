// Tells a provider's listeners what is new: at once to a new one, then once for many changes, and never the same thing twice.
import type { ProviderSnapshot } from './provider.ts'

export interface Tell {
  readonly watch: (listener: (snapshot: ProviderSnapshot) => void) => () => void
  /** Something may have changed. */
  readonly soon: () => void
  dispose(): void
}

/** @param snapshot makes the present snapshot */
export function createTell(snapshot: () => ProviderSnapshot): Tell {
  const listeners = new Set<(snapshot: ProviderSnapshot) => void>()
  let lastSent = ''
  let planned = false
  let disposed = false
  const emit = (): void => {
    planned = false
    if (disposed) return
    const value = snapshot()
    const text = JSON.stringify([value, [...value.blocked], [...(value.notes ?? [])]])
    if (text === lastSent) return
    lastSent = text
    for (const listener of listeners) listener(value)
  }
  return {
    watch(listener) {
      listeners.add(listener)
      listener(snapshot())
      return () => void listeners.delete(listener)
    },
    soon() {
      if (planned || disposed) return
      planned = true
      queueMicrotask(emit)
    },
    dispose() {
      disposed = true
      listeners.clear()
    },
  }
}
