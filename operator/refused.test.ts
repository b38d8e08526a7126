// What the API server's refusals mean, in the words of the admission plugins of Kubernetes 1.36.
import { describe, expect, it } from 'vitest'
import { ApiError, POD } from '../kube/types.ts'
import { AppError } from '../shared/errors.ts'
import { readRefusal } from './refused.ts'

describe('a refusal', () => {
  it.each([
    [
      'quota',
      403,
      'pods "a" is forbidden: exceeded quota: limits, requested: requests.nvidia.com/gpu.shared=1, used: 1, limited: 1',
    ],
    [
      'namespace-terminating',
      403,
      'pods "a" is forbidden: unable to create new content in namespace x because it is being terminated',
    ],
    ['namespace-terminating', 404, 'namespaces "x" not found'],
    ['runtime-class', 403, 'pods "a" is forbidden: pod rejected: RuntimeClass "nvidia" not found'],
    [
      'admission',
      403,
      'pods "a" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
    ],
    [
      'admission',
      422,
      "pods \"a\" is forbidden: ValidatingAdmissionPolicy 'x' with binding 'x' denied request: not yours",
    ],
    ['admission', 400, 'admission webhook "policy.test" denied the request: no'],
    ['invalid', 422, 'Pod "a" is invalid: spec.containers[0].image: Required value'],
    [
      'other',
      403,
      'User "system:serviceaccount:x:y" cannot create resource "pods" in API group "" in the namespace "x"',
    ],
    ['other', 404, 'the server could not find the requested resource'],
  ] as const)('is %s for %i %s', (kind, status, message) => {
    expect(readRefusal(new ApiError(status, 'Forbidden', message), POD, 7)).toEqual({ kind, message, of: 'Pod', at: 7 })
  })

  it.each([
    ['signed out', new ApiError(401, 'Unauthorized', 'no')],
    ['conflict', new ApiError(409, 'Conflict', 'the object has been modified')],
    ['too many requests', new ApiError(429, 'TooManyRequests', 'storage is (re)initializing')],
    ['server error', new ApiError(500, 'InternalError', 'exceeded quota')],
    ['unavailable', new ApiError(503, 'ServiceUnavailable', 'no')],
    ['no answer', new AppError('cluster-slow', { host: 'x' })],
  ])('is none when it may pass by itself: %s', (_what, error) => {
    expect(readRefusal(error, POD, 7)).toBeUndefined()
  })
})
