// What the watches of a provider say together about its cluster: live only when each is.
import type { Reflector, Resource } from '../../kube/types.ts'
import { AppError, toErrorView, type AppErrorView } from '../../shared/errors.ts'
import type { ProviderSnapshot } from './provider.ts'

/** Makes a reflector that runs at once. */
export type CreateReflector = (
  resource: Resource,
  options: { readonly namespace?: string | undefined; readonly labelSelector?: string | undefined },
) => Reflector

export interface WatchHealth {
  readonly state: ProviderSnapshot['state']
  readonly since: number
  readonly error?: AppErrorView | undefined
}

const ORDER = ['signed-out', 'forbidden', 'syncing', 'stale', 'live'] as const

/** The state of what is watched: the worst of all, since what is shown needs them all. */
export function healthOf(reflectors: readonly Reflector[]): WatchHealth {
  for (const state of ORDER) {
    const found = reflectors.find((reflector) => reflector.state === state)
    if (!found) continue
    const error = state === 'live' || found.error === undefined ? undefined : errorView(found)
    // never listed, and a reason why: nothing answers there
    const unreachable = state === 'syncing' && found.error instanceof AppError
    return { state: unreachable ? 'unreachable' : state, since: found.since, ...(error ? { error } : {}) }
  }
  return { state: 'syncing', since: 0 }
}

function errorView({ error, state }: Reflector): AppErrorView {
  if (error instanceof AppError) return error.toView()
  if (state === 'signed-out') return new AppError('signed-out').toView()
  return toErrorView(error)
}
