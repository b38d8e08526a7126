// A reflector's objects plus what this app has just written itself: a written object counts at once, and until the watch has told
// of it (or of something newer) it is not "gone". Resource versions are compared as numbers, which Kubernetes now promises.
import type { KubeClient, Reflector, Resource } from '../../../kube/types.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { isNotFound } from '../refusals.ts'

/** A written object that no watch has confirmed for this long is asked for, ms. */
const UNCONFIRMED_MS = 10_000

export interface ObjectView {
  readonly items: readonly KubeObject[]
  find(name: string): KubeObject | undefined
  /** An answer of the API server to a write. */
  wrote(object: KubeObject, now: number): void
  /** The object with that uid was deleted and is gone: it is not shown while the watch lags. */
  gone(object: KubeObject): void
  /** Asks for objects whose confirmation is overdue. */
  verify(client: KubeClient, now: number): Promise<void>
}

/** @param reflector may be absent: then only what was written here is known */
export function createObjectView(resource: Resource, reflector: Reflector | undefined): ObjectView {
  const written = new Map<string, { object: KubeObject; at: number }>()
  const gone = new Set<string>()
  const items = (): KubeObject[] => {
    const cached = reflector?.items ?? []
    const uids = new Set(cached.map(({ metadata }) => metadata.uid))
    for (const uid of gone) if (!uids.has(uid)) gone.delete(uid)
    const byName = new Map(
      cached.filter(({ metadata }) => !gone.has(metadata.uid ?? '')).map((object) => [object.metadata.name, object]),
    )
    for (const [name, { object }] of written) {
      const known = byName.get(name)
      if (known && isAtLeast(known, object)) written.delete(name)
      else byName.set(name, object)
    }
    return [...byName.values()]
  }
  return {
    get items() {
      return items()
    },
    find: (name) => items().find(({ metadata }) => metadata.name === name),
    wrote: (object, at) => void written.set(object.metadata.name, { object, at }),
    gone(object) {
      if (object.metadata.uid !== undefined) gone.add(object.metadata.uid)
      if (written.get(object.metadata.name)?.object.metadata.uid === object.metadata.uid)
        written.delete(object.metadata.name)
    },
    async verify(client, now) {
      for (const [name, entry] of written) {
        if (now - entry.at < UNCONFIRMED_MS) continue
        try {
          const object = await client.get(resource, name, entry.object.metadata.namespace)
          if (written.get(name) === entry) written.set(name, { object, at: now })
        } catch (thrown) {
          // any other failure leaves the question open; it is asked again
          if (isNotFound(thrown) && written.get(name) === entry) written.delete(name)
        }
      }
    },
  }
}

function isAtLeast(known: KubeObject, written: KubeObject): boolean {
  const a = known.metadata.resourceVersion ?? ''
  const b = written.metadata.resourceVersion ?? ''
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) return BigInt(a) >= BigInt(b)
  return known.metadata.uid === written.metadata.uid
}
