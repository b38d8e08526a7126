// A zod schema as the structural schema of a CRD. What a structural schema cannot say (unions, references, unknown keywords) ends the generation
// with its path: a constraint that is dropped in silence would be missed only when something bad has been stored.
import * as z from 'zod/mini'
import { crdMeta } from '../../shared/domain/crd-meta.ts'

/** A node of a structural schema, with the keywords that ours use. */
export interface StructuralSchema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
  readonly maxProperties?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, StructuralSchema>>
  readonly items?: StructuralSchema
  readonly additionalProperties?: StructuralSchema
  readonly 'x-kubernetes-int-or-string'?: true
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message: string }[]
}

/** Keywords in the order in which a reader wants them. The schemas inside come last. */
const KEYWORDS = [
  'description',
  'type',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'default',
  'format',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'maxItems',
  'maxProperties',
  'x-kubernetes-validations',
  'required',
] as const
const NESTED = ['properties', 'items', 'additionalProperties'] as const
/** What zod writes that has no place in a CRD: the docs' examples, and the wrapping of a whole document. */
const LEFT_OUT = ['example', '$schema', '~standard']

export type Json = Readonly<Record<string, unknown>>

/** What an author may write, as zod tells it with our descriptions and examples; the defaults may be left out. */
export function authorSchema(schema: z.core.$ZodType): Json {
  const document = z.toJSONSchema(schema, {
    io: 'input',
    target: 'openapi-3.0',
    reused: 'inline',
    metadata: crdMeta,
    override({ zodSchema, jsonSchema }) {
      // zod leaves the default out where a value inside is read into another form, as quantities are
      const { def } = zodSchema._zod
      if (def.type === 'default') jsonSchema.default = def.defaultValue
    },
  })
  return document as Json
}

/**
 * The same as the structural schema of a CRD.
 * @throws Error with the path of what a structural schema cannot say
 */
export function structuralSchema(schema: z.core.$ZodType, path = ''): StructuralSchema {
  return node(authorSchema(schema), path)
}

function node(json: Json, path: string): StructuralSchema {
  const known: readonly string[] = [...KEYWORDS, ...NESTED, ...LEFT_OUT]
  const strange = Object.keys(json).filter((keyword) => !known.includes(keyword))
  if (strange.length > 0)
    throw new Error(`${path || 'the schema'}: a structural schema cannot say ${strange.join(', ')}`)
  const kept: [string, unknown][] = []
  for (const keyword of KEYWORDS) if (says(json, keyword)) kept.push([keyword, json[keyword]])
  if (json['properties'] !== undefined)
    kept.push(['properties', mapValues(json['properties'] as Json, (value, name) => node(value, `${path}.${name}`))])
  if (json['items'] !== undefined) kept.push(['items', node(json['items'] as Json, `${path}[]`)])
  // strict objects say false: the API server prunes, or refuses with fieldValidation=Strict, by itself
  if (typeof json['additionalProperties'] === 'object')
    kept.push(['additionalProperties', node(json['additionalProperties'] as Json, `${path}{}`)])
  return Object.fromEntries(kept)
}

function says(json: Json, keyword: (typeof KEYWORDS)[number]): boolean {
  const value = json[keyword]
  // a value that may be a number has no type of its own, and the length of its text means nothing
  if (json['x-kubernetes-int-or-string'] === true && (keyword === 'type' || keyword === 'maxLength')) return false
  // every integer of zod is one that a double can hold
  if (Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER) return false
  return value !== undefined
}

function mapValues<Value>(record: Json, change: (value: Json, name: string) => Value): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value as Json, name)]))
}
