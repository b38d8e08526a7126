// The fake API server's objects: versions and generations, an event log to watch from, finalizers, and what goes with what is deleted.
// Policy: what it does not model (defaults, validation, admission) it lets through. What a test puts in, it takes as it stands.
import { randomUUID } from 'node:crypto'
import { factsOf } from './api-kinds.ts'
import { isSame } from './api-merge.ts'
import { matches, type Selection } from './api-selectors.ts'

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
  readonly generation?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly { readonly uid: string }[]
  readonly finalizers?: readonly string[]
  readonly deletionTimestamp?: string
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
  /** As it was, when it was there. */
  readonly before: StoredObject | undefined
  readonly version: number
}

const NAMESPACES: StoredKind = { group: '', version: 'v1', plural: 'namespaces' }

export class ApiStore {
  /** By kind, then by `<namespace>/<name>`. */
  readonly #kinds = new Map<string, Map<string, { readonly kind: StoredKind; readonly object: StoredObject }>>()
  readonly #log: StoreEvent[] = []
  readonly #listeners = new Set<(event: StoreEvent) => void>()
  #version = 100
  #oldest = 0
  /** A pod on a node stays, being deleted, until it is removed or deleted without grace: there is no kubelet that would end it. */
  podsLinger = false

  #number = 0

  /** Another number each time, for what a server hands out. */
  nextNumber(): number {
    return (this.#number += 1)
  }

  /** The present resource version. */
  get version(): number {
    return this.#version
  }

  get(kind: StoredKind, name: string, namespace?: string): StoredObject | undefined {
    return this.#of(kind).get(`${namespace ?? ''}/${name}`)?.object
  }

  /** All objects of a kind that the selectors let through, by name. */
  list(kind: StoredKind, selection: Selection = {}): readonly StoredObject[] {
    return [...this.#of(kind).values()]
      .map(({ object }) => object)
      .filter((object) => matches(object, selection))
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  }

  /** Creates or replaces an object as it stands and tells the watchers; one that is being deleted goes with its last finalizer. @returns the stored form */
  put(kind: StoredKind, object: StoredObject): StoredObject {
    const { name, namespace } = object.metadata
    const before = this.get(kind, name, namespace)
    const stored = stamped(kind, object, before, this.#version + 1)
    if (stored.metadata.deletionTimestamp !== undefined && isFree(stored) && !this.#lingers(kind, stored)) {
      this.#of(kind).set(`${namespace ?? ''}/${name}`, { kind, object: stored })
      this.remove(kind, name, namespace)
      return stored
    }
    this.#version += 1
    this.#of(kind).set(`${namespace ?? ''}/${name}`, { kind, object: stored })
    this.#emit({ type: before ? 'MODIFIED' : 'ADDED', kind, object: stored, before, version: this.#version })
    return stored
  }

  /** What `put` would store, without storing it (dry run). */
  preview(kind: StoredKind, object: StoredObject): StoredObject {
    return stamped(kind, object, this.get(kind, object.metadata.name, object.metadata.namespace), this.#version)
  }

  /** Deletes as the API does: what has finalizers, and a namespace with anything in it, is only marked. @returns whether it was there */
  delete(kind: StoredKind, name: string, namespace?: string, graceSeconds?: number): boolean {
    const object = this.get(kind, name, namespace)
    if (!object) return false
    if (!this.#lingers(kind, object, graceSeconds) && isFree(object)) return this.remove(kind, name, namespace)
    if (object.metadata.deletionTimestamp === undefined) {
      const isNamespace = sameKind(kind, NAMESPACES)
      const metadata = {
        ...object.metadata,
        deletionTimestamp: timestamp(),
        deletionGracePeriodSeconds: graceSeconds ?? 0,
      }
      this.put(kind, { ...object, metadata, ...(isNamespace && { status: { phase: 'Terminating' } }) })
      if (isNamespace) for (const inside of this.#inside(name)) this.#deleteEntry(inside)
    }
    return true
  }

  /** Removes an object at once, finalizers or not, and deletes all that it owned. @returns whether it was there */
  remove(kind: StoredKind, name: string, namespace?: string): boolean {
    const before = this.get(kind, name, namespace)
    if (!before) return false
    this.#of(kind).delete(`${namespace ?? ''}/${name}`)
    this.#version += 1
    const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(this.#version) } }
    this.#emit({ type: 'DELETED', kind, object, before, version: this.#version })
    this.#collect(before.metadata.uid)
    this.#endNamespace(namespace)
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

  #of(kind: StoredKind): Map<string, { readonly kind: StoredKind; readonly object: StoredObject }> {
    const key = `${kind.group}/${kind.plural}`
    const known =
      this.#kinds.get(key) ?? new Map<string, { readonly kind: StoredKind; readonly object: StoredObject }>()
    this.#kinds.set(key, known)
    return known
  }

  #entries(): readonly { readonly kind: StoredKind; readonly object: StoredObject }[] {
    return [...this.#kinds.values()].flatMap((entries) => [...entries.values()])
  }

  #inside(namespace: string): readonly { readonly kind: StoredKind; readonly object: StoredObject }[] {
    return this.#entries().filter(({ object }) => object.metadata.namespace === namespace)
  }

  #deleteEntry({ kind, object }: { readonly kind: StoredKind; readonly object: StoredObject }): void {
    this.delete(kind, object.metadata.name, object.metadata.namespace)
  }

  #lingers(kind: StoredKind, object: StoredObject, graceSeconds?: number): boolean {
    if (sameKind(kind, NAMESPACES)) return this.#inside(object.metadata.name).length > 0
    if (!this.podsLinger || kind.plural !== 'pods' || kind.group !== '' || graceSeconds === 0) return false
    const spec = object['spec']
    return typeof spec === 'object' && spec !== null && 'nodeName' in spec && Boolean(spec.nodeName)
  }

  /** What the garbage collector would delete: whatever has an owner that is gone, and none that is left. */
  #collect(uid: string | undefined): void {
    const owned = this.#entries().filter(({ object }) =>
      object.metadata.ownerReferences?.some((owner) => owner.uid === uid),
    )
    if (owned.length === 0) return
    const present = new Set(this.#entries().map(({ object }) => object.metadata.uid))
    for (const entry of owned) {
      if (!entry.object.metadata.ownerReferences?.some((owner) => present.has(owner.uid))) this.#deleteEntry(entry)
    }
  }

  /** A namespace that is being deleted goes when nothing is left in it. */
  #endNamespace(name: string | undefined): void {
    if (name === undefined || this.get(NAMESPACES, name)?.metadata.deletionTimestamp === undefined) return
    if (this.#inside(name).length === 0) this.remove(NAMESPACES, name)
  }

  #emit(event: StoreEvent): void {
    this.#log.push(event)
    for (const listener of this.#listeners) listener(event)
  }
}

export function sameKind(a: StoredKind, b: StoredKind): boolean {
  return a.group === b.group && a.plural === b.plural
}

function isFree(object: StoredObject): boolean {
  return (object.metadata.finalizers ?? []).length === 0
}

function stamped(
  kind: StoredKind,
  object: StoredObject,
  before: StoredObject | undefined,
  version: number,
): StoredObject {
  const metadata: Metadata = {
    creationTimestamp: timestamp(),
    ...object.metadata,
    ...(before && { creationTimestamp: before.metadata['creationTimestamp'] }),
    uid: before?.metadata.uid ?? object.metadata.uid ?? randomUUID(),
    resourceVersion: String(version),
    ...(factsOf(kind)?.hasGeneration && { generation: generationOf(object, before) }),
  }
  return { ...object, metadata }
}

/** Source: it counts the changes of everything but metadata and status. */
function generationOf(object: StoredObject, before: StoredObject | undefined): number {
  if (!before) return object.metadata.generation ?? 1
  const wanted = ({ metadata: _metadata, status: _status, ...rest }: StoredObject): object => rest
  const present = before.metadata.generation ?? 1
  const began = object.metadata.deletionTimestamp !== undefined && before.metadata.deletionTimestamp === undefined
  return isSame(wanted(object), wanted(before)) && !began ? present : present + 1
}

function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z')
}
