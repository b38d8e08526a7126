// The cluster that a session's id names; what is no session's id is an error in words.
import { parseSessionId } from '../../shared/domain/names.ts'
import { AppError } from '../../shared/errors.ts'

/** The cluster of a session. @throws AppError `session-unknown` when it is not a session's id */
export function clusterOf(sessionId: string): string {
  const ref = parseSessionId(sessionId)
  if (!ref) throw new AppError('session-unknown', {}, { detail: 'The id is not a session’s.' })
  return ref.clusterId
}
