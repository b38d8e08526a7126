// Where each spec of the test cluster runs.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clusterRounds } from './cluster-groups.ts'

const FILES = ['chart', 'failures', 'new-one', 'operator-chaos', 'slices'].map((name) => `${name}.spec.ts`)

test('direct mode runs beside the platform; what needs the cluster for itself has a round of its own', () => {
  expect(clusterRounds(FILES, [])).toEqual([
    [
      { name: 'direct', files: ['failures.spec.ts', 'new-one.spec.ts'] },
      { name: 'platform', files: ['chart.spec.ts'] },
    ],
    [{ name: 'alone', files: ['slices.spec.ts'] }],
    [{ name: 'chaos', files: ['operator-chaos.spec.ts'] }],
  ])
})

test('wanted files run in their own group, and no empty round is left', () => {
  expect(clusterRounds(FILES, ['operator'])).toEqual([[{ name: 'chaos', files: ['operator-chaos.spec.ts'] }]])
  expect(clusterRounds(FILES, ['nothing'])).toEqual([])
})

test('every spec is run once, and every name of the groups is a file', () => {
  const files = readdirSync(join(import.meta.dirname, '../e2e/specs/cluster')).filter((name) => name.endsWith('.ts'))
  const groups = clusterRounds(files, []).flat()
  expect(groups.flatMap((group) => group.files).toSorted()).toEqual(files.toSorted())
  expect(groups.find(({ name }) => name === 'alone')?.files).toHaveLength(4)
  expect(groups.find(({ name }) => name === 'platform')?.files).toHaveLength(7)
})
