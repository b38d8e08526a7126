// Our three kinds as they come from the API server, read. Another version of us may have written them: what is not known is left out,
// a part of a status that cannot be read is as if it were not there (it is made anew), and a spec that cannot be read gives a problem. Nothing throws.
import * as z from 'zod/mini'
import type { KubeObject } from '../render/types.ts'
import { templateSpecSchema, type Template, type TemplateSpec } from './template.ts'
import {
  vdiSessionSpecSchema,
  vdiSessionStatusSchema,
  type VdiSessionSpec,
  type VdiSessionStatus,
} from './vdi-session.ts'
import { vdiTemplateStatusSchema, type VdiTemplateStatus } from './vdi-template.ts'
import { vdiUserSpecSchema, vdiUserStatusSchema, type VdiUserSpec, type VdiUserStatus } from './vdi-user.ts'

export interface VdiSessionObject extends KubeObject {
  readonly spec: VdiSessionSpec
  readonly status: VdiSessionStatus
}
export interface VdiTemplateObject extends KubeObject {
  readonly spec: TemplateSpec
  readonly status: VdiTemplateStatus
}
export interface VdiUserObject extends KubeObject {
  readonly spec: VdiUserSpec
  readonly status: VdiUserStatus
}

/** An object whose spec has its defaults, or what is wrong with it; the status is read either way. */
export type ParsedObject<Parsed extends { readonly status: unknown }> =
  | { readonly ok: true; readonly object: Parsed }
  | {
      readonly ok: false
      /** Half a sentence that names the field: `spec.image: must be pinned`. */
      readonly problem: string
      readonly status: Parsed['status']
    }

/** Reads a VDISession of the API server. Never throws. */
export function parseVdiSession(object: KubeObject): ParsedObject<VdiSessionObject> {
  return parsed(object, vdiSessionSpecSchema, vdiSessionStatusSchema)
}

/** Reads a VDITemplate of the API server. Never throws. */
export function parseVdiTemplate(object: KubeObject): ParsedObject<VdiTemplateObject> {
  return parsed(object, templateSpecSchema, vdiTemplateStatusSchema)
}

/** Reads a VDIUser of the API server. Never throws. */
export function parseVdiUser(object: KubeObject): ParsedObject<VdiUserObject> {
  return parsed(object, vdiUserSpecSchema, vdiUserStatusSchema)
}

/** A VDITemplate as the app and the renderer know templates. */
export function templateOf({ metadata, spec }: VdiTemplateObject): Template {
  return { id: metadata.name, origin: 'crd', spec }
}

/** What is wrong, in half a sentence that names the field. @param at the path of the value that was checked, `spec` */
export function issueSentence(issue: z.core.$ZodIssue, at = ''): string {
  const path = [...(at === '' ? [] : [at]), ...issue.path.map(String)].join('.')
  if (issue.code === 'unrecognized_keys')
    return `${path === '' ? 'it has' : `${path} has`} the unknown key ${issue.keys.join(', ')}`
  const message = issue.message || issue.code
  return path === '' ? message : `${path}: ${message}`
}

function parsed<Spec, Status extends object>(
  object: KubeObject,
  specSchema: z.ZodMiniType<Spec>,
  statusSchema: z.ZodMiniType<Status>,
): ParsedObject<KubeObject & { readonly spec: Spec; readonly status: Status }> {
  const status = readStatus(object['status'], statusSchema)
  const spec = parseKnown(specSchema, object['spec'])
  if (spec.success) return { ok: true, object: { ...object, spec: spec.data, status } }
  const [issue] = spec.error.issues
  return { ok: false, problem: issue === undefined ? 'spec: does not match' : issueSentence(issue, 'spec'), status }
}

/** Every field of a status may be absent: the ones that cannot be read are. */
function readStatus<Status extends object>(value: unknown, schema: z.ZodMiniType<Status>): Status {
  const first = parseKnown(schema, value ?? {})
  if (first.success) return first.data
  const unreadable = new Set(first.error.issues.map(({ path }) => String(path[0])))
  const rest = Object.entries(isRecord(value) ? value : {}).filter(([name]) => !unreadable.has(name))
  const second = parseKnown(schema, Object.fromEntries(rest))
  return second.success ? second.data : z.parse(schema, {})
}

/** Parses as if the strict objects of a schema were lenient ones: keys that they do not know are left out, at any depth. */
function parseKnown<Value>(schema: z.ZodMiniType<Value>, value: unknown): z.core.util.SafeParseResult<Value> {
  const strict = z.safeParse(schema, value)
  if (strict.success) return strict
  const unknown = strict.error.issues.filter((issue) => issue.code === 'unrecognized_keys')
  if (unknown.length === 0) return strict
  return z.safeParse(
    schema,
    unknown.reduce((copy, { path, keys }) => without(copy, path, keys), value),
  )
}

/** A copy of the value in which the object at the path lacks these keys. */
function without(value: unknown, path: readonly PropertyKey[], keys: readonly string[]): unknown {
  const [step, ...rest] = path
  if (step === undefined)
    return isRecord(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) : value
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === step ? without(item, rest, keys) : item))
  return isRecord(value) ? { ...value, [step]: without(value[String(step)], rest, keys) } : value
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
