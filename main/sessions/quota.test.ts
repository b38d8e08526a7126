// What quotas leave room for: counted where a quota is about desktops, left alone where it is about something else.
import { expect, test } from 'vitest'
import { builtinTemplates } from '../../shared/domain/builtin-templates.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import { quotaBlock } from './quota.ts'

const spec = builtinTemplates()[0]?.spec
if (!spec) throw new Error('no template')
const quota = (hard: object, used: object, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q', namespace: 'alice' },
  spec: { hard, ...more },
  status: { hard, used },
})

test.each([
  ['pods', { pods: '2' }, { pods: '2' }],
  ['cores', { 'requests.cpu': '1' }, { 'requests.cpu': '900m' }],
  ['memory, by its limit', { 'limits.memory': '4Gi' }, { 'limits.memory': '3Gi' }],
  ['storage', { 'requests.storage': '10Gi' }, { 'requests.storage': '8Gi' }],
])('a quota of %s that is used up blocks', (_, hard, used) => {
  expect(quotaBlock([quota(hard, used)], spec, true)).toMatchObject({ canWait: false })
  expect(quotaBlock([quota(hard, {})], spec, true)).toBeUndefined()
})

test('a home that is there needs no storage', () => {
  expect(quotaBlock([quota({ persistentvolumeclaims: '1' }, { persistentvolumeclaims: '1' })], spec, false)).toBe(
    undefined,
  )
})

test.each([
  ['other priorities', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] } }],
  ['jobs that end by a deadline', { scopes: ['Terminating'] }],
  ['pods that ask for nothing', { scopes: ['BestEffort'] }],
])('a full quota for %s says nothing about desktops', (_, more) => {
  expect(quotaBlock([quota({ pods: '1' }, { pods: '1' }, more)], spec, true)).toBeUndefined()
})

test('a full quota for pods that ask for something and run on blocks', () => {
  const more = { scopes: ['NotTerminating', 'NotBestEffort'] }
  expect(quotaBlock([quota({ pods: '1' }, { pods: '1' }, more)], spec, true)).toBeDefined()
})
