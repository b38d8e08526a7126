// Session ids are `<clusterId>/<namespace>/<name>`. Namespaces and names hold no slash; a cluster's id may.
import { AppError } from '../../shared/errors.ts'

/** The cluster of a session. @throws AppError `session-unknown` when it is not a session's id */
export function clusterOf(sessionId: string): string {
  const match = /^(.+)\/[^/]+\/[^/]+$/.exec(sessionId)
  if (!match?.[1]) throw new AppError('session-unknown', {}, { detail: 'The id is not a session’s.' })
  return match[1]
}
