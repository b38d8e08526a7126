// What is read from lists of objects that rarely change, such as templates: read again only after a change.
import type { KubeObject } from '../../shared/render/types.ts'

/** Gives the last result again while the objects are the same ones in the same versions. */
export function readOnce<T>(read: (objects: readonly KubeObject[]) => T): (objects: readonly KubeObject[]) => T {
  let known: { readonly key: string; readonly value: T } | undefined
  return (objects) => {
    const key = objects.map(({ metadata }) => `${metadata.uid}@${metadata.resourceVersion}`).join(' ')
    if (known?.key !== key) known = { key, value: read(objects) }
    return known.value
  }
}
