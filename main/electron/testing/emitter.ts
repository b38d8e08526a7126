// What the tests of the shell use for objects of Electron that emit events.

/** Collects `on` listeners of an object of Electron. */
export function emitter() {
  const listeners = new Map<string, ((...args: unknown[]) => void)[]>()
  return {
    on: (event: string, listener: (...args: never[]) => void) => {
      listeners.set(event, [...(listeners.get(event) ?? []), listener as (...args: unknown[]) => void])
    },
    emit: (event: string, ...args: unknown[]) => {
      for (const listener of listeners.get(event) ?? []) listener(...args)
    },
    events: () => [...listeners.keys()],
  }
}
