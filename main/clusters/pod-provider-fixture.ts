// A provider that watches pods and tells the state of that watch: as much as the clusters see of a real one. For tests.
import { POD } from '../../kube/types.ts'
import type { ProviderSnapshot, SessionProvider } from '../sessions/provider.ts'
import type { ConnectedCluster } from './kube-cluster.ts'

/** @param onDispose called when the provider is disposed of */
export function podProvider(cluster: ConnectedCluster, onDispose: () => void): SessionProvider {
  const reflector = cluster.createReflector(POD, { namespace: cluster.namespace })
  const refused = () => Promise.reject(new Error('a provider for tests starts nothing'))
  const now = (): ProviderSnapshot => ({
    state: reflector.state,
    since: reflector.since,
    namespace: cluster.namespace,
    templates: [],
    blocked: new Map(),
    problems: [],
    sessions: [],
  })
  return {
    mode: 'direct',
    watch: (listener) => {
      listener(now())
      return reflector.onChange(() => listener(now()))
    },
    start: refused,
    cancel: refused,
    stop: refused,
    resume: refused,
    remove: refused,
    keepRunning: refused,
    open: refused,
    firstFrame: () => undefined,
    dispose: () => {
      onDispose()
      reflector.stop()
      return Promise.resolve()
    },
  }
}
