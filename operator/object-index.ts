// An index over a reflector: which objects belong to a key, kept up to date with each object that comes, changes or goes.
// Policy: it follows the reflector to the letter and knows nothing that the reflector does not.
import type { KubeObject, Reflector } from '../kube/types.ts'

export interface ObjectIndex {
  /** @returns the objects of a key, oldest known first */
  get(key: string): readonly KubeObject[]
}

const NONE: readonly KubeObject[] = []

/**
 * Indexes a reflector's objects.
 * @param keysOf keys of one object; it depends on nothing but the object
 */
export function createIndex(reflector: Reflector, keysOf: (object: KubeObject) => readonly string[]): ObjectIndex {
  const entries = new Map<string, Map<string, KubeObject>>()
  const remove = (object: KubeObject): void => {
    for (const key of keysOf(object)) {
      const entry = entries.get(key)
      entry?.delete(nameOf(object))
      if (entry?.size === 0) entries.delete(key)
    }
  }
  const add = (object: KubeObject): void => {
    for (const key of keysOf(object)) {
      const entry = entries.get(key) ?? new Map<string, KubeObject>()
      entries.set(key, entry.set(nameOf(object), object))
    }
  }
  for (const object of reflector.items) add(object)
  reflector.onObject((before, after) => {
    if (before) remove(before)
    if (after) add(after)
  })
  return {
    get: (key) => {
      const entry = entries.get(key)
      return entry ? [...entry.values()] : NONE
    },
  }
}

function nameOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}
