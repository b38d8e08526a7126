// The API server's own words, and what people are told.
import { expect, test } from 'vitest'
import { ApiError } from '../../kube/types.ts'
import { AppError } from '../../shared/errors.ts'
import { refusal } from './refusals.ts'

const context = { namespace: 'alice', host: 'https://k' }

test.each([
  [
    403,
    'pods "d" is forbidden: exceeded quota: q, requested: requests.nvidia.com/gpu.shared=1, used: 1, limited: 1',
    'start-quota',
  ],
  [403, 'pods "d" is forbidden: failed quota: q: must specify limits.cpu for: desktop', 'start-quota'],
  [403, 'pods "d" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true', 'start-pod-security'],
  [403, 'pods "d" is forbidden: pod rejected: RuntimeClass "nvidia" not found', 'start-runtime-class'],
  [400, 'admission webhook "policy.example" denied the request: no', 'start-refused'],
  [403, 'unable to create new content in namespace alice because it is being terminated', 'no-namespace'],
  [
    403,
    'pods is forbidden: User "bob" cannot create resource "pods" in API group "" in the namespace "alice"',
    'cluster-forbidden',
  ],
  [404, 'namespaces "alice" not found', 'no-namespace'],
  [422, 'Pod "d" is invalid: spec.containers[0].image: Required value', 'start-refused'],
  [401, 'Unauthorized', 'signed-out'],
  [429, 'too many requests', 'cluster-slow'],
  [503, 'apiserver is shutting down', 'cluster-slow'],
])('%i %s -> %s', (status, message, code) => {
  const error = refusal(new ApiError(status, 'Reason', message), context)
  expect(error.code).toBe(code)
  expect(error.detail).toBe(message)
})

test('the missing right is named', () => {
  const message = 'pods is forbidden: User "bob" cannot create resource "pods" in API group "" in the namespace "alice"'
  expect(refusal(new ApiError(403, 'Forbidden', message), context).sentence).toBe(
    'You may not create pods in the namespace alice.',
  )
})

test('an error that has its words keeps them', () => {
  const error = new AppError('cluster-unreachable', { host: 'k' })
  expect(refusal(error, context)).toBe(error)
})
