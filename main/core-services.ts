// What the core's composition (app.ts) asks of the services that it joins. Each service may offer more.
import type { ClustersSnapshot } from '../shared/domain/cluster.ts'
import type { AppDeps, Clock } from './app-host.ts'
import type { UsualTimes } from './library/usual-times.ts'
import type { Logger } from './logging/logger.ts'
import type { SessionProvider } from './sessions/provider.ts'

/** What a service of the core is made from. */
export interface ServiceDeps {
  readonly deps: AppDeps
  readonly clock: Clock
  readonly log: Logger
  readonly usualTimes: UsualTimes
}

/** The known clusters, which of them is active, and a provider of desktops for each that is connected. */
export interface Clusters {
  readonly snapshot: ClustersSnapshot
  /** Called after every change of the snapshot or of the providers. @returns stops listening */
  onChange(listener: () => void): () => void
  /** Providers of the connected clusters, by cluster id; a provider that is gone from here is disposed by its owner. */
  readonly providers: ReadonlyMap<string, SessionProvider>
  /** Looks for kubeconfigs again and tries what failed. */
  refresh(): Promise<void>
  /** Connects to a cluster and makes it the active one. Rejects with an AppError. */
  select(clusterId: string): Promise<void>
  /** Adds a kubeconfig by its text. @returns the ids of its clusters */
  addText(name: string, text: string): Promise<readonly string[]>
  /** Adds a kubeconfig by its path. @returns the ids of its clusters */
  addFile(path: string): Promise<readonly string[]>
  remove(clusterId: string): Promise<void>
  setNamespace(clusterId: string, namespace: string): Promise<void>
  /** Allows the exec plugin with this fingerprint, then connects. */
  trustPlugin(clusterId: string, fingerprint: string): Promise<void>
  dispose(): Promise<void>
}
