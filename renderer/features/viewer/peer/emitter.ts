// A small typed emitter for the peers. A listener that throws does not keep the others from hearing.

export interface Emitter<Events extends object> {
  on<E extends keyof Events>(event: E, listener: (value: Events[E]) => void): () => void
  emit<E extends keyof Events>(event: E, value: Events[E]): void
}

/** @returns an emitter whose `on` gives back its disposer */
export function createEmitter<Events extends object>(): Emitter<Events> {
  const listeners = new Map<keyof Events, Set<(value: never) => void>>()
  return {
    on(event, listener) {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set)
      set.add(listener as (value: never) => void)
      return () => set.delete(listener as (value: never) => void)
    },
    emit(event, value) {
      for (const listener of listeners.get(event) ?? []) {
        try {
          ;(listener as (value: unknown) => void)(value)
        } catch (error) {
          // said to the page's error handler, so that a fault of one listener is seen and stays its own
          reportError(error)
        }
      }
    },
  }
}
