// Whether an object in the cluster still says what we want it to say: what does is not written again, so that a user at rest costs nothing.
// Policy: on doubt it has drifted; an apply that changes nothing does no harm.
import { parseQuantity } from '../shared/domain/quantity.ts'
import type { KubeObject } from '../shared/render/types.ts'

/**
 * Compares what is wanted with what is there. Labels, annotations and owners may be more than wanted; the rest must be the same.
 * @param extras whether the API server adds defaults inside the other fields (workloads): what is more there then is no drift
 */
export function drifted(found: KubeObject | undefined, wanted: KubeObject, extras = false): boolean {
  if (found === undefined) return true
  const { metadata, apiVersion: _version, kind: _kind, ...fields } = wanted
  const kept =
    within(found.metadata.labels ?? {}, metadata.labels ?? {}) &&
    within(found.metadata.annotations ?? {}, metadata.annotations ?? {}) &&
    (metadata.ownerReferences ?? []).every(({ uid }) =>
      found.metadata.ownerReferences?.some((reference) => reference.uid === uid),
    )
  return !kept || !Object.entries(fields).every(([name, value]) => same(found[name], value, extras))
}

function within(found: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => found[name] === value)
}

function same(found: unknown, wanted: unknown, extras: boolean): boolean {
  // the API server leaves out what is empty
  if (isEmpty(wanted)) return isEmpty(found)
  if (Array.isArray(wanted))
    return (
      Array.isArray(found) &&
      found.length === wanted.length &&
      wanted.every((item, index) => same(found[index], item, extras))
    )
  if (isMap(wanted)) {
    if (!isMap(found)) return false
    const names = extras ? Object.keys(wanted) : [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
    return names.every((name) => same(found[name], wanted[name], extras))
  }
  return found === wanted || sameQuantity(found, wanted)
}

/** "1024Mi" is stored as "1Gi". */
function sameQuantity(found: unknown, wanted: unknown): boolean {
  if (typeof found !== 'string' || typeof wanted !== 'string') return false
  const amount = parseQuantity(wanted)
  return amount !== null && parseQuantity(found) === amount
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0
}
