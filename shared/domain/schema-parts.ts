// Values that several of our kinds are made of. Functions, not constants: each field describes an instance of its own.
import * as z from 'zod/mini'
import { crdMeta, ruled } from './crd-meta.ts'
import { parseQuantity } from './quantity.ts'

/** A quantity of Kubernetes; a bare number in YAML is taken too and reads as its text. */
export function quantity() {
  return z
    .pipe(
      z.transform((value: string | number) => (typeof value === 'number' ? String(value) : value)),
      z
        .string()
        .check(
          z.regex(/^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi|Ti|k|M|G|T)?$/, 'must be a quantity such as 500m or 2Gi'),
          z.maxLength(32),
        ),
    )
    .register(crdMeta, { 'x-kubernetes-int-or-string': true, minimum: 0 })
}

/** A quantity of something that must be there: a volume, shared memory. */
export function size() {
  return ruled(quantity(), [
    {
      message: 'must be more than 0',
      cel: "quantity(string(self)).isGreaterThan(quantity('0'))",
      holds: (text) => (parseQuantity(text) ?? 0) > 0,
    },
  ])
}

/** A name of another object: a Secret, a StorageClass, a RuntimeClass. */
export function dnsName() {
  return z.string().check(z.regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be a DNS name'), z.maxLength(253))
}

/** A time, RFC 3339. */
export function time() {
  // the calendar is checked by the format; the pattern keeps to the letters that zod reads
  return z.iso.datetime({ offset: true }).register(crdMeta, {
    pattern: '^[0-9-]{10}T[0-9:]{8}(\\.[0-9]+)?(Z|[+-][0-9:]{5})$',
  })
}

/** How often something is there. */
export function count() {
  return z.int().check(z.gte(0))
}

/** A list in which nothing is twice, as the API server sees to it for `x-kubernetes-list-type` set and map. */
export function unique<Item>(keyOf: (item: Item) => string) {
  return z.refine<readonly Item[]>((items) => new Set(items.map(keyOf)).size === items.length, 'names one twice')
}
