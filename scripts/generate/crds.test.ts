// The CRDs as files: structural, complete, and of one mind with the schemas that the app and the operator read objects with.
// The rules in CEL are tried on a real API server, in e2e/specs/cluster/crds.spec.ts, with the same bad objects.
import * as z from 'zod/mini'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { BAD_OBJECTS, GOOD_SPEC, type BadObject } from '../../e2e/fakes/bad-objects.ts'
import { structuralFaults, violations, withDefaults } from '../../e2e/fakes/structural.ts'
import { builtinTemplates } from '../../shared/domain/builtin-templates.ts'
import { conditionsOf } from '../../shared/domain/conditions.ts'
import { parseVdiSession, parseVdiTemplate, parseVdiUser } from '../../shared/domain/vdi-objects.ts'
import { templateSpecSchema } from '../../shared/domain/template.ts'
import { vdiSessionSpecSchema } from '../../shared/domain/vdi-session.ts'
import { vdiUserSpecSchema } from '../../shared/domain/vdi-user.ts'
import { structuralSchema, type StructuralSchema } from './crd-schema.ts'
import { crds, customResources, type CustomResource } from './crds.ts'

type KindName = BadObject['kind']
const KINDS: readonly KindName[] = ['VDITemplate', 'VDISession', 'VDIUser']
const SPECS = { VDITemplate: templateSpecSchema, VDISession: vdiSessionSpecSchema, VDIUser: vdiUserSpecSchema }

function crdOf(kind: KindName): CustomResource {
  const found = customResources().find(({ spec }) => spec.names.kind === kind)
  if (found === undefined) throw new Error(`${kind} is not generated`)
  return found
}
const schemaOf = (kind: KindName): StructuralSchema => crdOf(kind).spec.versions[0].schema.openAPIV3Schema
const specOf = (kind: KindName): StructuralSchema => at(schemaOf(kind), 'spec')

/** The schema at a path of properties. */
function at(schema: StructuralSchema, path: string): StructuralSchema {
  const found = path.split('.').reduce<StructuralSchema | undefined>((node, name) => node?.properties?.[name], schema)
  if (found === undefined) throw new Error(`there is no ${path}`)
  return found
}

/** JSON as it arrives: what is undefined is not there. */
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test.each(KINDS)('%s is structural, bounded, and its defaults are whole', (kind) => {
  expect(structuralFaults(schemaOf(kind), kind)).toEqual([])
})

test.each(KINDS)('every field of %s says what it is for, and every text has an end', (kind) => {
  const found: string[] = []
  const look = (schema: StructuralSchema, path: string): void => {
    if (schema.description === undefined) found.push(`${path} has no description`)
    if (
      schema.type === 'string' &&
      [schema.maxLength, schema.enum, schema.format].every((limit) => limit === undefined)
    )
      found.push(`${path} may be of any length`)
    for (const [name, property] of Object.entries(schema.properties ?? {})) look(property, `${path}.${name}`)
    for (const [name, property] of Object.entries(schema.items?.properties ?? {})) look(property, `${path}[].${name}`)
  }
  for (const part of ['spec', 'status']) look(at(schemaOf(kind), part), part)
  expect(found).toEqual([])
})

// an object in which each section is opened, so that the defaults inside are asked for too
const OPENED: Readonly<Record<KindName, readonly unknown[]>> = {
  VDITemplate: [
    {},
    Object.fromEntries(
      [
        ...['streaming', 'resources', 'gpu', 'storage', 'display', 'security', 'lifecycle', 'access'],
        ...['startAhead', 'warmPool'],
      ].map((section) => [section, {}]),
    ),
    { storage: { home: { size: '1Gi' } } },
    { streaming: { port: 3000 }, lifecycle: { onIdle: 'None' } },
  ],
  VDISession: [{}, { home: { reclaim: 'Delete' } }],
  VDIUser: [{}, { quota: {} }],
}
const opened = KINDS.flatMap((kind) => OPENED[kind].map((part) => [kind, part] as const))

test.each(opened)('the API server gives %s with %j the defaults that we read into it', (kind, part) => {
  const written = { ...GOOD_SPEC[kind], ...(part as object) }
  const stored = withDefaults(specOf(kind), written)
  expect(stored).toEqual(z.parse(SPECS[kind] as z.ZodMiniType, written))
  expect(stored).not.toEqual(written)
})

test.each(KINDS)('a good %s is taken by both', (kind) => {
  expect(violations(specOf(kind), GOOD_SPEC[kind], 'spec')).toEqual([])
  expect(z.safeParse(SPECS[kind] as z.ZodMiniType, GOOD_SPEC[kind]).success).toBe(true)
})

const bySchema = BAD_OBJECTS.filter(({ by }) => by === 'schema')
test.each(bySchema)('the schema of $kind refuses $what', ({ kind, spec, field }) => {
  const found = violations(specOf(kind), json(spec), 'spec')
  expect(found).not.toEqual([])
  for (const sentence of found) expect(sentence).toContain(field)
})

const read = { VDITemplate: parseVdiTemplate, VDISession: parseVdiSession, VDIUser: parseVdiUser }
const readable = BAD_OBJECTS.filter(({ by, says }) => by !== 'name' && says !== 'unknown field')
test.each(readable)('whoever reads a $kind with $what is told which field', ({ kind, spec, field }) => {
  const metadata = { name: 'one' }
  const result = read[kind]({ apiVersion: 'vdi.kasm-operator.io/v1alpha1', kind, metadata, spec: json(spec) })
  expect(result.ok).toBe(false)
  // the API server writes a list's index in brackets
  const path = field.replaceAll(/\[(\d+)\]/g, '.$1')
  expect(result.ok ? '' : result.problem).toMatch(new RegExp(`^${path.replaceAll('.', String.raw`\.`)}\\b`))
})

test.each(BAD_OBJECTS.filter(({ by }) => by === 'rule'))('only a rule can refuse a template with $what', ({ spec }) => {
  expect(violations(specOf('VDITemplate'), json(spec), 'spec')).toEqual([])
})

test('the templates that are built in can be stored', () => {
  const found = builtinTemplates().flatMap(({ id, spec }) => violations(specOf('VDITemplate'), json(spec), id))
  expect(found).toEqual([])
  expect(builtinTemplates().length).toBeGreaterThan(3)
})

test('quantities may be numbers, and are read as text', () => {
  const spec = { ...GOOD_SPEC.VDITemplate, resources: { limits: { cpu: 2, memory: '4Gi' } } }
  expect(violations(specOf('VDITemplate'), spec, 'spec')).toEqual([])
  expect(z.parse(templateSpecSchema, spec).resources.limits).toEqual({ cpu: '2', memory: '4Gi' })
})

test.each(KINDS)('conditions as the operator writes them can be stored in a %s', (kind) => {
  const message = 'The image is fetched.'
  const wanted = [{ type: 'Ready', status: 'False', reason: 'Starting', message }] as const
  const conditions = conditionsOf([], wanted, 1, new Date(0).toISOString())
  expect(violations(at(schemaOf(kind), 'status'), { observedGeneration: 1, conditions }, 'status')).toEqual([])
})

test.each(KINDS)('kubectl can name a %s shortly and shows columns that exist', (kind) => {
  const { spec } = crdOf(kind)
  const shortNames = spec.names['shortNames'] as readonly string[]
  expect(spec.names['categories']).toEqual(['vdi'])
  expect(shortNames).toEqual([{ VDITemplate: 'vdt', VDISession: 'vds', VDIUser: 'vdu' }[kind]])
  const [version] = spec.versions
  const columns = version['additionalPrinterColumns'] as readonly { readonly jsonPath: string }[]
  const paths = columns.map(({ jsonPath }) => jsonPath).filter((path) => !path.startsWith('.metadata.'))
  for (const path of paths) {
    const [own, inCondition] = path.slice(1).split(/\[.*\]\./)
    const schema = at(schemaOf(kind), own ?? '')
    expect(inCondition === undefined ? schema.type : schema.items?.properties?.[inCondition]?.type).toBeDefined()
  }
  expect(paths.length).toBeGreaterThan(3)
})

test('sessions can be selected by owner, template and phase, which are texts', () => {
  const fields = crdOf('VDISession').spec.versions[0]['selectableFields'] as readonly { readonly jsonPath: string }[]
  const paths = fields.map(({ jsonPath }) => jsonPath.slice(1))
  expect(paths).toEqual(['spec.owner', 'spec.templateRef.name', 'status.phase'])
  expect(paths.map((path) => at(schemaOf('VDISession'), path).type)).toEqual(['string', 'string', 'string'])
})

test('the chart and the manifests hold the same objects, and helm leaves them when the chart goes', () => {
  const [all, ...rest] = crds().toReversed()
  const single = rest.toReversed().map(({ text }) => parse(text) as CustomResource)
  expect(parseAllDocuments(all?.text ?? '').map((document) => document.toJS() as unknown)).toEqual(single)
  expect(single.map(({ metadata }) => metadata['annotations'])).toEqual(
    KINDS.map(() => ({ 'helm.sh/resource-policy': 'keep' })),
  )
})

test.each([
  ['a union', z.object({ a: z.union([z.string(), z.boolean()]) })],
  ['a tuple', z.object({ a: z.tuple([z.string()]) })],
  ['a shortest list', z.object({ a: z.array(z.string()).check(z.minLength(1)) })],
])('%s, which our CRDs cannot say, ends the generation', (_, schema) => {
  expect(() => structuralSchema(schema, 'spec')).toThrow(/^spec\.a: a structural schema cannot say/)
})
