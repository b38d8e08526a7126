// docs/templates.md explains every field, and what it shows can be written; the commented examples beside it too.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { violations } from '../../e2e/fakes/structural.ts'
import { templateSpecSchema } from '../../shared/domain/template.ts'
import { parseVdiSession, parseVdiTemplate, parseVdiUser } from '../../shared/domain/vdi-objects.ts'
import { API_GROUP, API_VERSION } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { StructuralSchema } from './crd-schema.ts'
import { customResources } from './crds.ts'
import { templateDocs, templateExample } from './template-docs.ts'

const EXAMPLES = join(import.meta.dirname, '../../docs/examples')
const page = templateDocs()[0]?.text ?? ''
const schemaOf = (kind: string): StructuralSchema | undefined =>
  customResources().find(({ spec }) => spec.names.kind === kind)?.spec.versions[0].schema.openAPIV3Schema
const specOf = (kind: string): StructuralSchema => schemaOf(kind)?.properties?.['spec'] ?? {}

/** Names of the fields, one level of sections deep. */
function fieldsOf(schema: StructuralSchema): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    name,
    ...Object.keys((property.items ?? property).properties ?? {}),
  ])
}

test('every field has its row or its section', () => {
  const fields = fieldsOf(specOf('VDITemplate'))
  expect(fields.filter((name) => !page.includes(`| \`${name}\` |`) && !page.includes(`## ${name}\n`))).toEqual([])
  expect(fields.length).toBeGreaterThan(50)
})

test('every row has an example, or a field inside that has one', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const without = rows.filter((line) => line.endsWith('|  |')).map((line) => /`(.*?)`/.exec(line)?.[1] ?? '')
  expect(without.filter((name) => !rows.some((line) => line.startsWith(`| \`${name}.`)))).toEqual([])
  expect(rows.length).toBeGreaterThan(40)
})

test('all examples together are a template', () => {
  expect(templateSpecSchema.safeParse(templateExample()).error?.issues).toBeUndefined()
  expect(violations(specOf('VDITemplate'), templateExample(), 'spec')).toEqual([])
})

test('each section shows YAML that is valid in a template', () => {
  const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(
    ([, block]) => parse(block ?? '') as Record<string, unknown>,
  )
  const [whole, ...sections] = blocks
  expect(whole).toMatchObject({ apiVersion: `${API_GROUP}/${API_VERSION}`, kind: 'VDITemplate' })
  const least = whole?.['spec'] as Record<string, unknown>
  expect(templateSpecSchema.safeParse(least).success).toBe(true)
  expect(sections.length).toBeGreaterThan(8)
  const problems = sections.flatMap(
    (section) => templateSpecSchema.safeParse({ ...least, ...section }).error?.issues ?? [],
  )
  expect(problems).toEqual([])
})

const parsers = { VDITemplate: parseVdiTemplate, VDISession: parseVdiSession, VDIUser: parseVdiUser }

test('the commented examples are of every kind, strictly valid, and read as they are written', async () => {
  const names = (await readdir(EXAMPLES)).filter((name) => name.startsWith('vdi'))
  const texts = await Promise.all(names.map((name) => readFile(join(EXAMPLES, name), 'utf8')))
  const objects = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as KubeObject))
  expect(objects.map(({ kind }) => kind).toSorted()).toEqual(['VDISession', 'VDITemplate', 'VDIUser'])
  for (const object of objects) {
    expect(object.apiVersion).toBe(`${API_GROUP}/${API_VERSION}`)
    expect(violations(specOf(object.kind), object['spec'], 'spec')).toEqual([])
    const read = parsers[object.kind as keyof typeof parsers](object)
    expect(read.ok ? '' : read.problem).toBe('')
  }
  expect(texts.every((text) => text.startsWith('# '))).toBe(true)
})
