// What the chart's Job does with the templates and users of its values.
import { expect, test } from 'vitest'
import { ApiError, type KubeObject } from '../../kube/types.ts'
import { API_GROUP, API_VERSION } from '../../shared/product.ts'
import { applyAll, chartObject } from './apply-all.ts'

const user = (name: string): KubeObject => ({
  apiVersion: `${API_GROUP}/${API_VERSION}`,
  kind: 'VDIUser',
  metadata: { name },
})

/** A server that answers each question with the next of these, then with yes. */
function server(answers: readonly (Error | null)[]): {
  readonly applied: string[]
  readonly waits: number[]
  run(objects: readonly KubeObject[]): Promise<readonly string[]>
} {
  const left = [...answers]
  const applied: string[] = []
  const waits: number[] = []
  return {
    applied,
    waits,
    run: (objects) =>
      applyAll(objects, {
        client: {
          async apply(resource, object, { force }) {
            const answer = left.shift() ?? null
            if (answer !== null) throw answer
            applied.push(`${resource.plural}/${object.metadata.name}${force === true ? ' forced' : ''}`)
            return object
          },
        },
        wait: async (ms) => void waits.push(ms),
        log: () => undefined,
        attempts: 4,
      }),
  }
}

test('a kind that is not served yet and a pausing server are waited for', async () => {
  const api = server([
    new ApiError(404, 'NotFound', 'no such path'),
    new ApiError(429, 'TooManyRequests', 'later', 3000),
  ])
  expect(await api.run([user('alice')])).toEqual([])
  expect(api.applied).toEqual(['vdiusers/alice forced'])
  expect(api.waits).toEqual([1000, 3000])
})

test('one refusal is told with its name and keeps no other object from being applied', async () => {
  const api = server([new ApiError(422, 'Invalid', 'spec.username: Required value')])
  expect(await api.run([user('alice'), user('bob')])).toEqual(['VDIUser alice: spec.username: Required value'])
  expect(api.applied).toEqual(['vdiusers/bob forced'])
  expect(api.waits).toEqual([])
})

test('a server that never answers ends as a refusal', async () => {
  const api = server(Array.from({ length: 4 }, () => new Error('no answer')))
  expect(await api.run([user('alice')])).toEqual(['VDIUser alice: no answer'])
  expect(api.waits).toHaveLength(3)
})

test('nothing but our own kinds is taken', () => {
  expect(chartObject(JSON.stringify(user('alice')), 'x').metadata.name).toBe('alice')
  expect(() => chartObject(JSON.stringify({ ...user('alice'), kind: 'VDISession' }), 'x.json')).toThrow('x.json')
  expect(() => chartObject(JSON.stringify({ ...user('alice'), apiVersion: 'v1' }), 'x.json')).toThrow('x.json')
})
