// Events have two forms over one store: the core group's, in which they are kept here, and that of events.k8s.io.
import type { StoredKind, StoredObject } from './api-store.ts'

/** How a request's kind is kept, and its form on the way out and in. */
export interface Form {
  readonly kind: StoredKind
  outward(object: StoredObject): StoredObject
  inward(object: StoredObject): StoredObject
}

/** Source: the conversions of k8s.io/api/events/v1; core name, new name. */
const NAMES: readonly (readonly [string, string])[] = [
  ['message', 'note'],
  ['involvedObject', 'regarding'],
  ['reportingComponent', 'reportingController'],
  ['count', 'deprecatedCount'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['source', 'deprecatedSource'],
]
const OUTWARD = new Map(NAMES)
const INWARD = new Map(NAMES.map(([core, other]) => [other, core]))

export function formOf(kind: StoredKind): Form {
  if (kind.group !== 'events.k8s.io') return { kind, outward: (object) => object, inward: (object) => object }
  return {
    kind: { group: '', version: 'v1', plural: 'events' },
    outward: (object) => renamed(object, OUTWARD, 'events.k8s.io/v1'),
    inward: (object) => renamed(object, INWARD, 'v1'),
  }
}

function renamed(object: StoredObject, names: ReadonlyMap<string, string>, apiVersion: string): StoredObject {
  const fields = Object.entries(object).map(([name, value]) => [names.get(name) ?? name, value])
  return { ...(Object.fromEntries(fields) as StoredObject), apiVersion }
}
