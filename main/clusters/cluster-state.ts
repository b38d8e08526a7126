// Which state of a cluster an error or a provider's snapshot means.
import type { ClusterState } from '../../shared/domain/cluster.ts'
import { AppError, type AppErrorView } from '../../shared/errors.ts'
import { assertNever } from '../../shared/assert-never.ts'
import type { ProviderSnapshot } from '../sessions/provider.ts'

/** The state in which a failed connect leaves a cluster. */
export function stateAfter(error: unknown): ClusterState {
  if (!(error instanceof AppError)) return 'invalid'
  switch (error.code) {
    case 'cluster-unreachable':
    case 'cluster-slow':
      return 'unreachable'
    case 'signed-out':
    case 'plugin-missing':
    case 'plugin-timeout':
    case 'plugin-output':
    case 'plugin-failed':
      return 'signed-out'
    case 'plugin-not-allowed':
      return 'needs-consent'
    case 'cluster-forbidden':
    case 'no-namespace':
    case 'not-admitted':
      return 'forbidden'
    default:
      return 'invalid'
  }
}

/** Whether the server answered that this person may not, or is nobody. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof AppError)) return false
  return stateAfter(error) === 'forbidden' || error.code === 'signed-out'
}

/** The state of a connected cluster. @param before what it was until now */
export function stateOfProvider(
  snapshot: Pick<ProviderSnapshot, 'state' | 'error'>,
  before: ClusterState,
): { readonly state: ClusterState; readonly error: AppErrorView | undefined } {
  const { state, error } = snapshot
  switch (state) {
    case 'syncing':
      // what was shown before is still shown
      return { state: before === 'live' || before === 'stale' ? 'stale' : 'connecting', error }
    case 'live':
      return { state: 'live', error: undefined }
    case 'stale':
    case 'signed-out':
    case 'forbidden':
    case 'unreachable':
      return { state, error }
    default:
      return assertNever(state)
  }
}
