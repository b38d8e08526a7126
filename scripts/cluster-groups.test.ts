// Where each spec of the test cluster runs.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clusterGroups } from './cluster-groups.ts'

const FILES = ['chart', 'failures', 'new-one', 'operator-chaos', 'slices'].map((name) => `${name}.spec.ts`)

test('what needs the cluster for itself runs after the rest, and the operator last', () => {
  expect(clusterGroups(FILES, []).map(({ name, workers, files }) => [name, workers, files])).toEqual([
    ['together', 2, ['failures.spec.ts', 'new-one.spec.ts']],
    ['alone', 1, ['slices.spec.ts']],
    ['platform', 1, ['chart.spec.ts', 'operator-chaos.spec.ts']],
  ])
})

test('wanted files run in their own group, and no empty group is left', () => {
  expect(clusterGroups(FILES, ['operator'])).toEqual([
    { name: 'platform', workers: 1, files: ['operator-chaos.spec.ts'] },
  ])
  expect(clusterGroups(FILES, ['nothing'])).toEqual([])
})

test('every spec is run once, and every name of the groups is a file', () => {
  const files = readdirSync(join(import.meta.dirname, '../e2e/specs/cluster')).filter((name) => name.endsWith('.ts'))
  const groups = clusterGroups(files, [])
  expect(groups.flatMap((group) => group.files).toSorted()).toEqual(files.toSorted())
  expect(groups.find(({ name }) => name === 'alone')?.files).toHaveLength(4)
})
