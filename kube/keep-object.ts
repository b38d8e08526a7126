// What a copy of the cluster keeps of an object at the least: who it is, and which version of it.
import type { KubeObject } from './types.ts'

/** Identity, version and labels: others' annotations may hold whole configurations. @param annotations those that are kept, by name */
export function keepIdentity({ apiVersion, kind, metadata }: KubeObject, annotations?: readonly string[]): KubeObject {
  const { name, namespace, labels, uid, resourceVersion, creationTimestamp, deletionTimestamp } = metadata
  const kept = annotations?.flatMap((key) => {
    const value = metadata.annotations?.[key]
    return value === undefined ? [] : [[key, value] as const]
  })
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels !== undefined && { labels }),
      ...(kept !== undefined && { annotations: Object.fromEntries(kept) }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
  }
}
