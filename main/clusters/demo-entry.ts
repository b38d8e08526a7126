// The built-in demo cluster in the list of clusters: always there, connected when it is chosen.
import type { ClusterState, ClusterView } from '../../shared/domain/cluster.ts'
import type { AppErrorView } from '../../shared/errors.ts'
import type { Timers } from '../../kube/retry-budget.ts'
import type { SessionProvider } from '../sessions/provider.ts'
import { stateOfProvider } from './cluster-state.ts'

/** Where the demo comes from. */
export interface DemoSource {
  readonly id: string
  readonly name: string
  createProvider(): SessionProvider
}

export interface DemoEntry {
  readonly id: string
  readonly view: ClusterView
  readonly provider: SessionProvider | undefined
  connect(): void
  dispose(): Promise<void>
}

/** @param changed called when the view or the provider is another one */
export function createDemoEntry(source: DemoSource, timers: Timers, changed: () => void): DemoEntry {
  let provider: SessionProvider | undefined
  let stop: () => void = () => undefined
  let state: ClusterState = 'idle'
  let since = timers.now()
  let error: AppErrorView | undefined
  let namespace: string | undefined
  return {
    id: source.id,
    get view(): ClusterView {
      return {
        id: source.id,
        kind: 'demo',
        name: source.name,
        source: 'built in',
        state,
        since,
        removable: false,
        mode: 'demo',
        ...(namespace !== undefined && { namespace }),
        ...(error && { error }),
      }
    },
    get provider() {
      return provider
    },
    connect: () => {
      if (provider) return
      provider = source.createProvider()
      stop = provider.watch((snapshot) => {
        const next = stateOfProvider(snapshot, state)
        const isNew = next.state !== state || next.error?.code !== error?.code || snapshot.namespace !== namespace
        if (next.state !== state) since = timers.now()
        state = next.state
        error = next.error
        namespace = snapshot.namespace
        if (isNew) changed()
      })
      changed()
    },
    dispose: async () => {
      stop()
      await provider?.dispose()
      provider = undefined
    },
  }
}
