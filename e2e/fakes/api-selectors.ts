// Label and field selectors, as the fake API server reads them.
import { isRecord } from './api-merge.ts'
import type { StoredObject } from './api-store.ts'

export interface Selection {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
}

/** Whether an object is in a namespace and passes both selectors. */
export function matches(object: StoredObject, selection: Selection): boolean {
  if (selection.namespace !== undefined && object.metadata.namespace !== selection.namespace) return false
  const labels = object.metadata.labels ?? {}
  const labelsFit = split(selection.labelSelector).every((term) => labelFits(labels, term))
  return labelsFit && split(selection.fieldSelector).every((term) => fieldFits(object, term))
}

/** The fields that a field selector names. */
export function fieldsOf(fieldSelector: string | undefined): readonly string[] {
  return split(fieldSelector).map((term) => /^[^!=]+/.exec(term)?.[0] ?? '')
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
