// Where each spec of the test cluster runs.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clusterRounds } from './cluster-groups.ts'

const FILES = ['chart', 'failures', 'new-one', 'operator-chaos', 'viewer-input', 'viewer-new'].map(
  (name) => `${name}.spec.ts`,
)

test('direct mode runs beside the platform, chaos beside the viewer unless it is the long one', () => {
  const viewer = { name: 'viewer', files: ['viewer-input.spec.ts'] }
  const features = { name: 'features', files: ['viewer-new.spec.ts'] }
  const chaos = { name: 'chaos', files: ['operator-chaos.spec.ts'] }
  expect(clusterRounds(FILES, [])).toEqual([
    [
      { name: 'direct', files: ['failures.spec.ts', 'new-one.spec.ts'] },
      { name: 'platform', files: ['chart.spec.ts'] },
    ],
    [viewer, chaos],
    [features],
  ])
  expect(clusterRounds(FILES, [], true).slice(1)).toEqual([[viewer], [chaos], [features]])
})

test('wanted files run in their own group, and no empty round is left', () => {
  expect(clusterRounds(FILES, ['operator'])).toEqual([[{ name: 'chaos', files: ['operator-chaos.spec.ts'] }]])
  expect(clusterRounds(FILES, ['nothing'])).toEqual([])
})

test('every spec is run once, and every name of the groups is a file', () => {
  const files = readdirSync(join(import.meta.dirname, '../e2e/specs/cluster')).filter((name) => name.endsWith('.ts'))
  const groups = clusterRounds(files, []).flat()
  expect(groups.flatMap((group) => group.files).toSorted()).toEqual(files.toSorted())
  expect(groups.find(({ name }) => name === 'viewer')?.files).toHaveLength(2)
  expect(groups.find(({ name }) => name === 'platform')?.files).toHaveLength(9)
})
