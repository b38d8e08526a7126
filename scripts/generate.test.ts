// The generated files in the repository are what the generator writes, and the Role gives exactly the rights it promises.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { differences, generatedFiles } from './generate.ts'

test('every generated file is up to date, and none is left over', async () => {
  expect(await differences()).toEqual([])
})

test('an empty tree misses every generated file', async () => {
  const missing = await differences(join(import.meta.dirname, 'no-such-folder'))
  expect(missing.map(({ path }) => path)).toEqual(generatedFiles().map(({ path }) => path))
})

test('the Role of direct mode gives these rights and no others', async () => {
  const text = await readFile(join(import.meta.dirname, '../manifests/direct-role/role.yaml'), 'utf8')
  const role = parse(text) as { rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[] }
  const rights = role.rules.flatMap(({ resources, verbs }) => resources.map((resource) => [resource, verbs.join(' ')]))
  const full = 'get list watch create patch delete'
  expect(Object.fromEntries(rights)).toEqual({
    pods: full,
    'pods/portforward': 'get create',
    'pods/log': 'get',
    persistentvolumeclaims: full,
    secrets: full,
    configmaps: full,
    events: 'get list watch',
    resourcequotas: 'get list',
    services: full,
  })
  expect(role.rules.every(({ apiGroups }) => apiGroups.length === 1 && apiGroups[0] === '')).toBe(true)
})
