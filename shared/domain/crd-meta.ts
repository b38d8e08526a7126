// What a CRD says beside the types: descriptions, rules in CEL, list types. It stands next to the zod schemas that the CRDs are made from.
// A rule is written twice in one place, once for each language, so that a template of a ConfigMap is refused for the same reason as a VDITemplate.
import * as z from 'zod/mini'

/** One rule of `x-kubernetes-validations`. */
export interface CelRule {
  readonly rule: string
  /** Names the field and says what is wanted. */
  readonly message: string
}

/** What `npm run generate` adds to a schema; the names are those of the CRD. */
export interface CrdMeta {
  /** What `kubectl explain` and docs/templates.md say of a field. */
  readonly description?: string
  /** A value as somebody may write it: for the docs alone. */
  readonly example?: unknown
  readonly pattern?: string
  readonly minimum?: number
  readonly maxProperties?: number
  readonly 'x-kubernetes-int-or-string'?: true
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular'
  readonly 'x-kubernetes-validations'?: readonly CelRule[]
}
export const crdMeta = z.registry<CrdMeta>()

/**
 * A field with its description.
 * @param example left out where the default serves as one
 * @throws Error when this very schema has been described before: each field needs an instance of its own
 */
export function field<Schema extends z.core.$ZodType>(description: string, schema: Schema, more: CrdMeta = {}): Schema {
  const known = crdMeta.get(schema)
  if (known?.description !== undefined) throw new Error(`described twice: ${description}`)
  return meta(schema, { ...known, description, ...more })
}

/** A rule in both languages. */
export interface Rule<Value> {
  readonly message: string
  readonly cel: string
  readonly holds: (value: Value) => boolean
  /** Where in the value the fault is, for zod: the API server's messages name the field themselves. */
  readonly path?: readonly string[]
}

/** The schema with these rules, for zod and for the API server. */
export function ruled<Schema extends z.ZodMiniType>(
  schema: Schema,
  rules: readonly Rule<z.output<Schema>>[],
  more: CrdMeta = {},
): Schema {
  const checks = rules.map(({ holds, message, path }) =>
    z.refine<z.output<Schema>>(holds, { message, ...(path === undefined ? {} : { path: [...path] }) }),
  )
  const known = crdMeta.get(schema)
  const validations = rules.map(({ cel, message }) => ({ rule: cel, message }))
  return meta(schema.check(...checks), { ...known, ...more, 'x-kubernetes-validations': validations })
}

/** For a field that stays as it was made. CEL alone: zod sees one value at a time. */
export function immutable(name: string): CrdMeta {
  return { 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: `${name} is immutable` }] }
}

// the registry's own types bind a meta to its schema's values, which ours never hold
function meta<Schema extends z.core.$ZodType>(schema: Schema, value: CrdMeta): Schema {
  crdMeta.add<z.core.$ZodType>(schema, value)
  return schema
}
