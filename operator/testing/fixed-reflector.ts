// A reflector for tests whose objects are put in by hand.
import type { KubeObject, Reflector } from '../../kube/types.ts'

export interface FixedReflector extends Reflector {
  /** Puts an object in its place and tells of it. */
  put(object: KubeObject): void
  remove(name: string, namespace?: string): void
}

/** Makes one that is live from the start. */
export function createFixedReflector(objects: readonly KubeObject[] = []): FixedReflector {
  const store = new Map<string, KubeObject>()
  const listeners = new Set<(before: KubeObject | undefined, after: KubeObject | undefined) => void>()
  const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`
  const put = (object: KubeObject): void => {
    const before = store.get(keyOf(object))
    store.set(keyOf(object), object)
    for (const listener of listeners) listener(before, object)
  }
  for (const object of objects) put(object)
  return {
    state: 'live',
    since: 0,
    error: undefined,
    get items() {
      return [...store.values()]
    },
    get: (name, namespace = '') => store.get(`${namespace}/${name}`),
    onChange: () => () => undefined,
    onObject: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    wrote: put,
    synced: Promise.resolve(),
    retryNow: () => undefined,
    stop: () => listeners.clear(),
    put,
    remove: (name, namespace = '') => {
      const before = store.get(`${namespace}/${name}`)
      store.delete(`${namespace}/${name}`)
      if (before) for (const listener of listeners) listener(before, undefined)
    },
  }
}
