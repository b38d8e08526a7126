// What the API server's refusals mean for a start, in the catalogue's words. Errors that have words already pass through.
import { ApiError } from '../../kube/types.ts'
import { AppError } from '../../shared/errors.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'

export interface RefusalContext {
  readonly namespace: string
  readonly host: string
  readonly spec?: TemplateSpec | undefined
}

/** An AppError for anything thrown by the client while a desktop was started, stopped or removed. */
export function refusal(thrown: unknown, { namespace, host, spec }: RefusalContext): AppError {
  if (thrown instanceof AppError) return thrown
  if (!(thrown instanceof ApiError)) {
    if (thrown instanceof Error && thrown.name === 'AbortError') return new AppError('cancelled', {}, { cause: thrown })
    return new AppError(
      'internal',
      {},
      { detail: thrown instanceof Error ? thrown.message : String(thrown), cause: thrown },
    )
  }
  const options = { detail: thrown.message, cause: thrown }
  const { status, message } = thrown
  if (status === 401) return new AppError('signed-out', {}, options)
  if (/exceeded quota|must specify .* for:/i.test(message) && status === 403)
    return new AppError('start-quota', {}, options)
  if (/RuntimeClass.*not found|RuntimeClass .* does not exist/i.test(message))
    return new AppError('start-runtime-class', { name: spec?.gpu.runtimeClassName ?? '' }, options)
  if (/is being terminated/i.test(message)) return new AppError('no-namespace', { namespace }, options)
  const level = /violates PodSecurity "(\w+)/i.exec(message)?.[1]
  if (level !== undefined) return new AppError('start-pod-security', { namespace, level }, options)
  if (/denied the request|admission webhook/i.test(message)) return new AppError('start-refused', {}, options)
  if (status === 404 && /namespaces? /i.test(message)) return new AppError('no-namespace', { namespace }, options)
  if (status === 403) {
    const match = /cannot (\w+) resource "([^"]+)"/.exec(message)
    if (match)
      return new AppError('cluster-forbidden', { verb: match[1] ?? '', resource: match[2] ?? '', namespace }, options)
    return new AppError('start-refused', {}, options)
  }
  if (status === 429 || status >= 500) return new AppError('cluster-slow', { host }, options)
  return new AppError('start-refused', {}, options)
}

/** The object is not there. */
export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.status === 404
}
/** The object is there already. */
export function isConflict(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.status === 409
}
