// How the fake API server puts objects together: JSON merge patch, and server-side apply with its owners of fields.
// Policy: apply takes every list as one value, and a write that is no apply takes nobody's ownership; a real server is finer.

type Fields = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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

/** Whether two JSON values say the same, whatever the order of their fields; a field that is undefined is none. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]))
  }
  if (!isRecord(a) || !isRecord(b)) return a === b
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => isSame(a[name], b[name]))
}

/** What each manager has applied to each object, to take away what it applies no more and to see two managers clash. */
export class FieldOwners {
  /** By the object's uid, then by manager. */
  readonly #applied = new Map<string, Map<string, Fields>>()

  /**
   * @param uid of the live object
   * @param wanted the fields that are applied, identity left out
   * @returns the object as it then is, or the fields that others own and hold otherwise
   */
  apply(
    uid: string,
    live: Fields,
    wanted: Fields,
    manager: string,
    force: boolean,
  ): { readonly object: Fields } | { readonly conflicts: readonly string[] } {
    const owners = this.#applied.get(uid) ?? new Map<string, Fields>()
    const others = [...owners].filter(([name]) => name !== manager)
    const conflicts = others.flatMap(([name, fields]) =>
      clashes(fields, wanted).map((path) => `${name}: .${path.join('.')}`),
    )
    if (conflicts.length > 0 && !force) return { conflicts }
    for (const [name, fields] of others) owners.set(name, withoutClashes(fields, wanted))
    const left = pruned(live, owners.get(manager) ?? {}, [wanted, ...others.map(([, fields]) => fields)])
    owners.set(manager, wanted)
    this.#applied.set(uid, owners)
    return { object: merge(left, wanted) as Fields }
  }

  /** For an object that was made with this apply: it has its uid only afterwards. */
  begin(uid: string, manager: string, wanted: Fields): void {
    this.#applied.set(uid, new Map([[manager, wanted]]))
  }

  forget(uid: string): void {
    this.#applied.delete(uid)
  }
}

function clashes(owned: Fields, wanted: Fields): readonly (readonly string[])[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    if (!(name in owned)) return []
    const present = owned[name]
    if (isRecord(present) && isRecord(value)) return clashes(present, value).map((path) => [name, ...path])
    return isSame(present, value) ? [] : [[name]]
  })
}

function withoutClashes(owned: Fields, wanted: Fields): Fields {
  const kept = Object.entries(owned).flatMap(([name, value]) => {
    const other = wanted[name]
    if (isRecord(value) && isRecord(other)) return [[name, withoutClashes(value, other)]]
    return other === undefined || isSame(value, other) ? [[name, value]] : []
  })
  return Object.fromEntries(kept) as Fields
}

/** The live object without what was applied before and nobody wants any more. */
function pruned(live: Fields, before: Fields, wanted: readonly Fields[]): Fields {
  const result: Record<string, unknown> = { ...live }
  for (const [name, value] of Object.entries(before)) {
    const present = result[name]
    const wanting = wanted.map((fields) => fields[name]).filter((field) => field !== undefined)
    if (isRecord(value) && isRecord(present)) {
      const left = pruned(present, value, wanting.filter(isRecord))
      if (wanting.length === 0 && Object.keys(left).length === 0) delete result[name]
      else result[name] = left
    } else if (wanting.length === 0) {
      delete result[name]
    }
  }
  return result
}
