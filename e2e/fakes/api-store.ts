// The fake API server's objects: resource versions, an event log to watch from, selectors, a simple apply, cascading deletes.
// Policy: what it does not model (defaults, validation, admission) it lets through.
import { randomUUID } from 'node:crypto'

export interface StoredObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
  readonly [field: string]: unknown
}
export interface Metadata {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly { readonly uid: string }[]
  readonly [field: string]: unknown
}
/** A kind of object in the paths' words, such as `{group: '', version: 'v1', plural: 'pods'}`. */
export interface StoredKind {
  readonly group: string
  readonly version: string
  readonly plural: string
}
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly kind: StoredKind
  readonly object: StoredObject
  readonly version: number
}
export interface Selection {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

export class ApiStore {
  readonly #objects = new Map<string, { readonly kind: StoredKind; readonly object: StoredObject }>()
  readonly #log: StoreEvent[] = []
  readonly #listeners = new Set<(event: StoreEvent) => void>()
  #version = 100
  #oldest = 0

  /** The present resource version. */
  get version(): number {
    return this.#version
  }

  get(kind: StoredKind, name: string, namespace?: string): StoredObject | undefined {
    return this.#objects.get(key(kind, name, namespace))?.object
  }

  /** All objects of a kind that the selectors let through, by name. */
  list(kind: StoredKind, selection: Selection = {}): readonly StoredObject[] {
    return [...this.#objects.values()]
      .filter((entry) => sameKind(entry.kind, kind) && matches(entry.object, selection))
      .map(({ object }) => object)
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  }

  /** Creates or replaces an object as it stands and tells the watchers. @returns the stored form */
  put(kind: StoredKind, object: StoredObject): StoredObject {
    const existing = this.get(kind, object.metadata.name, object.metadata.namespace)
    this.#version += 1
    const stored = stamped(object, existing, this.#version)
    this.#objects.set(key(kind, stored.metadata.name, stored.metadata.namespace), { kind, object: stored })
    this.#emit({ type: existing ? 'MODIFIED' : 'ADDED', kind, object: stored, version: this.#version })
    return stored
  }

  /** What `put` would store, without storing it (dry run). */
  preview(kind: StoredKind, object: StoredObject): StoredObject {
    return stamped(object, this.get(kind, object.metadata.name, object.metadata.namespace), this.#version)
  }

  /** Removes an object and all that it owns. @returns whether it was there */
  remove(kind: StoredKind, name: string, namespace?: string): boolean {
    const entry = this.#objects.get(key(kind, name, namespace))
    if (!entry) return false
    this.#objects.delete(key(kind, name, namespace))
    this.#version += 1
    const metadata = { ...entry.object.metadata, resourceVersion: String(this.#version) }
    this.#emit({ type: 'DELETED', kind, object: { ...entry.object, metadata }, version: this.#version })
    const { uid } = entry.object.metadata
    for (const { kind: owned, object } of [...this.#objects.values()]) {
      if (object.metadata.ownerReferences?.some((owner) => owner.uid === uid)) {
        this.remove(owned, object.metadata.name, object.metadata.namespace)
      }
    }
    return true
  }

  /** Events after a resource version, or `undefined` when it was compacted away (410). */
  since(version: number): readonly StoreEvent[] | undefined {
    return version < this.#oldest ? undefined : this.#log.filter((event) => event.version > version)
  }

  /** Forgets the log: every watch from before now gets 410. */
  compact(): void {
    this.#version += 1
    this.#oldest = this.#version
    this.#log.length = 0
  }

  onEvent(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #emit(event: StoreEvent): void {
    this.#log.push(event)
    for (const listener of this.#listeners) listener(event)
  }
}

export function sameKind(a: StoredKind, b: StoredKind): boolean {
  return a.group === b.group && a.plural === b.plural
}

/** Whether an object is in a namespace and passes both selectors. */
export function matches(object: StoredObject, selection: Selection): boolean {
  if (selection.namespace !== undefined && object.metadata.namespace !== selection.namespace) return false
  const labels = object.metadata.labels ?? {}
  const labelsFit = split(selection.labelSelector).every((term) => labelFits(labels, term))
  return labelsFit && split(selection.fieldSelector).every((term) => fieldFits(object, term))
}

function split(selector: string | undefined): readonly string[] {
  // commas inside `in (a,b)` do not separate
  return selector ? selector.split(/,(?![^(]*\))/).map((term) => term.trim()) : []
}

function labelFits(labels: Readonly<Record<string, string>>, term: string): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term)
  if (set) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim())
    return values.includes(labels[set[1] ?? ''] ?? '') === (set[2] === 'in')
  }
  if (term.startsWith('!')) return !(term.slice(1) in labels)
  const [, name = '', operator, value] = /^([^!=]+)(!=|==?)?(.*)$/.exec(term) ?? []
  if (!operator) return name in labels
  return (labels[name] === value) === (operator !== '!=')
}

function fieldFits(object: StoredObject, term: string): boolean {
  const [, path = '', operator, value] = /^([^!=]+)(!=|==?)(.*)$/.exec(term) ?? []
  let found: unknown = object
  for (const part of path.split('.')) {
    found = isRecord(found) ? found[part] : undefined
  }
  const text = typeof found === 'string' || typeof found === 'number' ? String(found) : ''
  return (text === value) === (operator !== '!=')
}

/** Merges as JSON merge patch does (RFC 7386): null removes, objects merge, the rest replaces. */
export function merge(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name]
    else result[name] = merge(result[name], value)
  }
  return result
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function stamped(object: StoredObject, existing: StoredObject | undefined, version: number): StoredObject {
  const metadata: Metadata = {
    creationTimestamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    ...object.metadata,
    ...(existing && { creationTimestamp: existing.metadata['creationTimestamp'] }),
    uid: existing?.metadata.uid ?? object.metadata.uid ?? randomUUID(),
    resourceVersion: String(version),
  }
  return { ...object, metadata }
}

function key(kind: StoredKind, name: string, namespace: string | undefined): string {
  return `${kind.group}/${kind.plural}/${namespace ?? ''}/${name}`
}
