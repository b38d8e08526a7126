// What a refusal of the API server means, read from its status and its words: planners decide by its kind.
// Policy: what may pass by itself (no answer, conflict, too many requests, server errors) is no refusal; it is tried again.
import { ApiError, type Resource } from '../kube/types.ts'
import type { Refusal } from './plan.ts'

/** A refusal as it came; how often in a row is counted by whoever keeps it. */
export type NewRefusal = Omit<Refusal, 'count'>

/** Answers below 500 that a later try may not get: signed out, timeout, conflict, too many requests. */
const PASSING: ReadonlySet<number> = new Set([401, 408, 409, 429])

/**
 * Reads a failed write.
 * @param now epoch ms
 * @returns undefined when it is to be tried again
 */
export function readRefusal(error: unknown, resource: Resource, now: number): NewRefusal | undefined {
  if (!(error instanceof ApiError) || error.status < 400 || error.status >= 500 || PASSING.has(error.status))
    return undefined
  return { kind: kindOf(error), message: error.message, of: resource.kind, at: now }
}

/** Sources of the words: the quota, namespace lifecycle, RuntimeClass and Pod Security admission plugins, admission webhooks and policies. */
function kindOf({ status, message }: ApiError): Refusal['kind'] {
  if (/exceeded quota/.test(message)) return 'quota'
  // a namespace that is gone altogether is answered with 404
  if (/because it is being terminated/.test(message)) return 'namespace-terminating'
  if (status === 404 && /namespaces? ".*" not found/.test(message)) return 'namespace-terminating'
  if (/RuntimeClass/.test(message) && (status === 403 || status === 422)) return 'runtime-class'
  if (/denied (the )?request/.test(message) || /violates PodSecurity/.test(message)) return 'admission'
  return status === 400 || status === 422 ? 'invalid' : 'other'
}
