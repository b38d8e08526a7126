// What counts as drift: more open or different does, what the API server adds or spells its own way does not.
import { expect, test } from 'vitest'
import type { KubeObject } from '../shared/render/types.ts'
import { drifted } from './drift.ts'

const object = (spec: unknown, metadata: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'thing', ...metadata },
  spec,
})

test('what is not there has drifted, and what says the same has not', () => {
  const wanted = object({ a: [1, { b: 'x' }], empty: [] }, { labels: { ours: 'yes' } })
  expect(drifted(undefined, wanted)).toBe(true)
  expect(drifted(wanted, wanted)).toBe(false)
  // left out because it is empty, and others' labels beside ours
  expect(drifted(object({ a: [1, { b: 'x' }] }, { labels: { ours: 'yes', more: 'too' }, uid: 'u' }), wanted)).toBe(
    false,
  )
})

test.each([
  ['a value is another', object({ a: 1 }), object({ a: 2 })],
  ['something was added', object({ a: 1, extra: true }), object({ a: 1 })],
  ['a list has grown', object({ a: [1, 2] }), object({ a: [1] })],
  [
    'a selector of everything was narrowed',
    object({ podSelector: { matchLabels: { a: 'b' } } }),
    object({ podSelector: {} }),
  ],
  ['a label is gone', object({}), object({}, { labels: { ours: 'yes' } })],
  [
    'its owner is another',
    object({}, { ownerReferences: [{ apiVersion: 'v1', kind: 'A', name: 'a', uid: 'old' }] }),
    object({}, { ownerReferences: [{ apiVersion: 'v1', kind: 'A', name: 'a', uid: 'new' }] }),
  ],
])('%s: drifted', (_what, found, wanted) => {
  expect(drifted(found, wanted)).toBe(true)
})

test('one amount in two spellings is the same', () => {
  expect(drifted(object({ hard: { m: '1Gi', c: '1' } }), object({ hard: { m: '1024Mi', c: '1000m' } }))).toBe(false)
  expect(drifted(object({ hard: { m: '1Gi' } }), object({ hard: { m: '1G' } }))).toBe(true)
})

test('defaults that the API server adds are no drift where they are expected', () => {
  const found = object({ containers: [{ image: 'a', terminationMessagePath: '/dev/x' }], restartPolicy: 'Always' })
  const wanted = object({ containers: [{ image: 'a' }] })
  expect(drifted(found, wanted, true)).toBe(false)
  expect(drifted(found, wanted)).toBe(true)
  expect(drifted(found, object({ containers: [{ image: 'b' }] }), true)).toBe(true)
})
