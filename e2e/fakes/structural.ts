// What an API server does with a structural schema, for tests that need none: defaults, violations, and the rules for the schema itself.
// CEL is not evaluated here: e2e/specs/cluster/crds.spec.ts asks the real one. Source: Kubernetes, "Extend the API with CustomResourceDefinitions".
import type { StructuralSchema } from '../../scripts/generate/crd-schema.ts'

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const entries = <Value>(record: Readonly<Record<string, Value>> | undefined): [string, Value][] =>
  Object.entries(record ?? {})

/** The value with the defaults of what it leaves out, also inside of what is given or defaulted. */
export function withDefaults(schema: StructuralSchema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (schema.items ? withDefaults(schema.items, item) : item))
  if (!isObject(value)) return value
  const filled: Record<string, unknown> = { ...value }
  for (const [name, property] of entries(schema.properties)) {
    if (filled[name] === undefined && property.default !== undefined) filled[name] = property.default
    if (filled[name] !== undefined) filled[name] = withDefaults(property, filled[name])
  }
  return filled
}

/** What an API server would say of the value, each with its path; CEL left out. */
export function violations(schema: StructuralSchema, value: unknown, path: string): readonly string[] {
  if (!rightType(schema, value)) return [`${path}: must be ${schema.type ?? 'an integer or a string'}`]
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${path}: supported values: ${schema.enum.join()}`]
  if (typeof value === 'string') return textViolations(schema, value, path)
  if (typeof value === 'number') {
    const { minimum = -Infinity, maximum = Infinity } = schema
    return value < minimum || value > maximum ? [`${path}: must be from ${minimum} to ${maximum}`] : []
  }
  if (Array.isArray(value)) return listViolations(schema, value, path)
  return isObject(value) ? objectViolations(schema, value, path) : []
}

function rightType(schema: StructuralSchema, value: unknown): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) return typeof value === 'string' || Number.isInteger(value)
  switch (schema.type) {
    case 'object':
      return isObject(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === schema.type
  }
}

function textViolations(schema: StructuralSchema, value: string, path: string): string[] {
  const found: string[] = []
  if (value.length < (schema.minLength ?? 0)) found.push(`${path}: should be at least ${schema.minLength} chars long`)
  if (value.length > (schema.maxLength ?? Infinity)) found.push(`${path}: may not be longer than ${schema.maxLength}`)
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value))
    found.push(`${path}: should match ${schema.pattern}`)
  if (schema.format === 'date-time' && !isDateTime(value)) found.push(`${path}: must be a date-time`)
  return found
}

/** Whether it is a time on a day that the calendar has. */
function isDateTime(value: string): boolean {
  const day = value.slice(0, 10)
  return !Number.isNaN(Date.parse(value)) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
}

function listViolations(schema: StructuralSchema, value: readonly unknown[], path: string): string[] {
  const found = value.flatMap((item, index) =>
    schema.items ? violations(schema.items, item, `${path}[${index}]`) : [],
  )
  if (value.length > (schema.maxItems ?? Infinity)) found.push(`${path}: must have at most ${schema.maxItems} items`)
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const identity = (item: unknown): string =>
    JSON.stringify(keys.length === 0 ? item : keys.map((key) => (isObject(item) ? item[key] : undefined)))
  const distinct = ['set', 'map'].includes(schema['x-kubernetes-list-type'] ?? '')
  if (distinct && new Set(value.map(identity)).size < value.length) found.push(`${path}: Duplicate value`)
  return found
}

function objectViolations(schema: StructuralSchema, value: Json, path: string): string[] {
  const found = (schema.required ?? [])
    .filter((name) => value[name] === undefined)
    .map((name) => `${path}.${name}: Required value`)
  for (const [name, inner] of entries(value)) {
    const known = schema.properties?.[name] ?? schema.additionalProperties
    found.push(
      ...(known === undefined ? [`unknown field "${path}.${name}"`] : violations(known, inner, `${path}.${name}`)),
    )
  }
  if (Object.keys(value).length > (schema.maxProperties ?? Infinity))
    found.push(`${path}: must have at most ${schema.maxProperties} items`)
  return found
}

const TYPES = ['object', 'array', 'string', 'integer', 'number', 'boolean']

/** What makes a schema none that a CRD may have, or one of ours that says too little; each with its path. */
export function structuralFaults(schema: StructuralSchema, path: string): readonly string[] {
  const found: string[] = []
  const fault = (words: string): number => found.push(`${path} ${words}`)
  const open = schema['x-kubernetes-int-or-string'] === true
  if (open ? schema.type !== undefined : !TYPES.includes(schema.type ?? '')) fault(`has the type ${schema.type}`)
  if (schema.properties !== undefined && schema.additionalProperties !== undefined)
    fault('has both properties and additionalProperties')
  if ((schema.type === 'array') !== (schema.items !== undefined))
    fault('is a list without items, or the other way round')
  if (schema.type === 'array' && schema.maxItems === undefined) fault('has no longest list')
  if (schema.additionalProperties !== undefined && schema.maxProperties === undefined) fault('has no largest map')
  for (const name of schema.required ?? [])
    if (schema.properties?.[name] === undefined || schema.properties[name].default !== undefined)
      fault(`requires ${name}, which is unknown or has a default`)
  for (const key of schema['x-kubernetes-list-map-keys'] ?? [])
    if (schema.items?.required?.includes(key) !== true) fault(`has the key ${key}, which its items need not have`)
  if (schema.default !== undefined) {
    found.push(...violations(schema, schema.default, `${path}'s default`))
    // what is validated before the defaults inside it are filled in has to hold them already
    if (JSON.stringify(withDefaults(schema, schema.default)) !== JSON.stringify(schema.default))
      fault('has a default that lacks the defaults inside it')
  }
  for (const [name, property] of entries(schema.properties))
    found.push(...structuralFaults(property, `${path}.${name}`))
  if (schema.items) found.push(...structuralFaults(schema.items, `${path}[]`))
  if (schema.additionalProperties) found.push(...structuralFaults(schema.additionalProperties, `${path}{}`))
  return found
}
