// The chart's values.yaml against its schema and against what the operator takes for granted.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { builtinTemplates } from '../../../shared/domain/builtin-templates.ts'
import { DEFAULT_OPERATOR_IMAGE, DEFAULT_RELAY_IMAGE, PRODUCT_ID } from '../../../shared/product.ts'
import { chartValuesSchema } from './chart-values.ts'
import { DEFAULT_NAMES } from './names.ts'
import { defaultConfig } from './operator.ts'

const CHART = join(import.meta.dirname, '..', '..', '..', 'charts', 'kasm-operator')
const text = await readFile(join(CHART, 'values.yaml'), 'utf8')
const values = chartValuesSchema.parse(parse(text))

test('the settings in values.yaml are those that the operator has by itself', () => {
  expect(values.config).toEqual(defaultConfig())
})

test('names and images are those of the product', async () => {
  const { appVersion, name } = parse(await readFile(join(CHART, 'Chart.yaml'), 'utf8')) as Record<string, string>
  expect(name).toBe(PRODUCT_ID)
  expect(`${values.image.repository}:${appVersion}`).toBe(DEFAULT_OPERATOR_IMAGE)
  expect(`${values.relay.image.repository}:${values.relay.image.tag}`).toBe(DEFAULT_RELAY_IMAGE)
  expect(values.serviceAccount.name).toBe(DEFAULT_NAMES.serviceAccount)
})

test('the templates that are installed are built in, and the comment names all of them', () => {
  const known = builtinTemplates().map(({ id }) => id)
  expect(known).toEqual(expect.arrayContaining([...values.templates.names]))
  const comment = /# Which of them: (.*)\./.exec(text)?.[1]?.split(', ')
  expect(comment).toEqual([...known].sort())
})

test('every value has a comment', () => {
  const lines = text.split('\n')
  const bare = lines.flatMap((line, index) => {
    const [, indent = '', key = ''] = /^( *)([A-Za-z]+):/.exec(line) ?? []
    if (key === '') return []
    // a value may share the comment of its group or of the value right above it
    for (let at = index - 1; at >= 0; at -= 1) {
      const above = lines[at] ?? ''
      if (above.trim() === '') break
      if (above.trim().startsWith('#')) return []
      if (!above.startsWith(indent)) return indent === '' ? [key] : []
    }
    return [key]
  })
  expect(bare).toEqual([])
})

test.each([
  ['an unknown value', { replica: 2 }],
  ['a value that the operator does not know', { config: { relay: { url: [] } } }],
  ['a digest that is none', { image: { ...values.image, digest: 'sha256:abc' } }],
  ['a user without a name for the API server', { users: [{ name: 'alice', spec: {} }] }],
])('%s is refused', (_what, change) => {
  expect(chartValuesSchema.safeParse({ ...values, ...change }).success).toBe(false)
})
