// The generated files in the repository are what the generator writes, and the Role gives exactly the rights it promises.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { readRecord } from '../main/sessions/session-record.ts'
import { ownerHash } from '../shared/domain/hash.ts'
import type { KubeObject } from '../shared/render/types.ts'
import { phases } from './generate/phases.ts'
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

test('the manifests hold no Secret of their own, and no password', () => {
  const files = phases().filter(({ path }) => path.endsWith('.yaml'))
  const objects = files.flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as KubeObject))
  expect(objects.length).toBeGreaterThan(20)
  expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([])
  expect(files.filter(({ text }) => /^ *(password|static-auth-secret):/m.test(text))).toEqual([])
})

test.each(['phase-0', 'phase-1/alice', 'phase-1/bob'])(
  'the Secret that %s lets kustomize make is a record for its person',
  (folder) => {
    const file = phases().find(({ path }) => path === `manifests/${folder}/kustomization.yaml`)
    const { secretGenerator } = parse(file?.text ?? '') as {
      secretGenerator: {
        name: string
        namespace: string
        options: Pick<KubeObject['metadata'], 'labels' | 'annotations'>
      }[]
    }
    const [made] = secretGenerator
    if (made === undefined) throw new Error('no Secret is made')
    const metadata = { name: made.name, namespace: made.namespace, ...made.options }
    const user = folder.endsWith('bob') ? 'bob' : 'alice'
    expect(readRecord({ apiVersion: 'v1', kind: 'Secret', metadata })).toMatchObject({
      name: `light-desktop-${user}`,
      namespace: `desktops-${user}`,
      owner: user,
      ownerHash: ownerHash(user),
      templateId: 'light-desktop',
      displayName: 'Light desktop',
      startedAt: undefined,
      spec: { image: 'localhost/kasm-operator/desktop:0.1.0', storage: { home: { size: '5Gi' } } },
    })
  },
)
