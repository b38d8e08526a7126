// The clusters that the app knows: found kubeconfigs, added ones and the demo; which is active, and the provider of each connected one.
// Policy: one broken source hides nothing else, and a source that became unreadable keeps its last contexts and says so.
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import {
  defaultSource,
  loadSource,
  type Environment,
  type FoundContext,
  type KubeconfigSource,
  type LoadedSource,
  type SourceProblem,
} from '../../kube/kubeconfig/sources.ts'
import { watchFiles } from '../../kube/kubeconfig/watch-files.ts'
import { REAL_TIMERS, type Timers } from '../../kube/retry-budget.ts'
import type { ClustersSnapshot } from '../../shared/domain/cluster.ts'
import { AppError, toErrorView } from '../../shared/errors.ts'
import type { Clusters } from '../core-services.ts'
import type { Logger } from '../logging/logger.ts'
import type { SessionProvider } from '../sessions/provider.ts'
import { createDemoEntry, type DemoSource } from './demo-entry.ts'
import { createKubeCluster, type ClientLimits, type ConnectedCluster, type KubeCluster } from './kube-cluster.ts'
import { openClusterStore } from './store.ts'

export interface ClustersOptions {
  readonly env: Environment
  /** Folder for what is remembered. */
  readonly dataDir: string
  readonly log: Logger
  /** Makes the provider of desktops for a cluster that has just been connected; it is disposed of here. */
  createProvider(cluster: ConnectedCluster): SessionProvider
  /** The built-in demo cluster; none when left out. */
  readonly demo?: DemoSource | undefined
  /** `process.platform` when left out. */
  readonly platform?: string | undefined
  readonly timers?: Timers | undefined
  readonly limits?: ClientLimits | undefined
  /** Quiet time after the last change of a file, ms. */
  readonly debounceMs?: number | undefined
}

interface Known {
  readonly cluster: KubeCluster
  readonly sourceKey: string
}

/** Opens the clusters and begins to look for kubeconfigs; the selected one of the last run connects by itself. */
export function createClusters(options: ClustersOptions): Clusters {
  const { env, log } = options
  const timers = options.timers ?? REAL_TIMERS
  const store = openClusterStore(options.dataDir, timers.now(), log)
  const demo = options.demo && createDemoEntry(options.demo, timers, changed)
  const listeners = new Set<() => void>()
  const known = new Map<string, Known>()
  const loaded = new Map<string, LoadedSource>()
  let activeId: string | undefined
  let searching = true
  let disposed = false
  let loading: Promise<void> = Promise.resolve()
  let stopWatching: () => void = () => undefined
  let watched = ''
  let snapshot: ClustersSnapshot | undefined
  let providers: ReadonlyMap<string, SessionProvider> | undefined

  const ready = load().then(() => {
    const last = store.values.selected
    // its outcome stands in the view
    if (last !== undefined && activeId === undefined && exists(last)) select(last, false).catch(() => undefined)
  })

  return {
    get snapshot() {
      return (snapshot ??= snapshotNow())
    },
    get providers() {
      return (providers ??= providersNow())
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    refresh: async () => {
      await load()
      for (const { cluster } of known.values()) cluster.retryNow()
    },
    select: async (clusterId) => {
      await ready
      await select(clusterId, true)
    },
    addText: async (name, text) => {
      const key = keyOf(`text ${text}`)
      const probe = await loadSource({ type: 'text', key, name, text })
      failWithoutContexts(probe)
      await store.keepText(key, text)
      return await add({ key, name }, probe)
    },
    addFile: async (path) => {
      const file = resolve(path)
      const usual = defaultSource(env, options.platform ?? process.platform)
      if (usual?.type === 'files' && usual.paths.includes(file)) {
        // it is read anyway: adding it would show its contexts twice
        await load()
        const own = await loadSource({ ...usual, paths: [file] })
        failWithoutContexts(own)
        return own.contexts.map(({ name }) => idOf(usual.key, name))
      }
      const key = keyOf(`file ${file}`)
      const probe = await loadSource({ type: 'files', key, paths: [file], optional: false })
      failWithoutContexts(probe)
      return await add({ key, name: file, path: file }, probe)
    },
    remove: async (clusterId) => {
      const entry = known.get(clusterId)
      if (!entry?.cluster.view.removable) throw new AppError('cluster-unknown')
      const { sourceKey } = entry
      const others = [...known].some(([id, other]) => id !== clusterId && other.sourceKey === sourceKey)
      if (others) await store.update({ hidden: [...store.values.hidden, clusterId] })
      else {
        const ids = (loaded.get(sourceKey)?.contexts ?? []).map(({ name }) => idOf(sourceKey, name))
        await store.update({
          added: store.values.added.filter(({ key }) => key !== sourceKey),
          hidden: store.values.hidden.filter((id) => !ids.includes(id)),
        })
        await store.forgetText(sourceKey)
      }
      await load()
    },
    setNamespace: async (clusterId, namespace) => {
      const { cluster } = clusterNamed(clusterId)
      await store.update({ namespaces: { ...store.values.namespaces, [clusterId]: namespace } })
      await cluster.reconnect()
    },
    trustPlugin: async (clusterId, fingerprint) => {
      const { cluster } = clusterNamed(clusterId)
      // trust is given to what was shown, not to what a caller names
      if (cluster.view.plugin?.fingerprint !== fingerprint) throw new AppError('bad-request')
      await store.update({ trusted: [...new Set([...store.values.trusted, fingerprint])] })
      await select(clusterId, true)
    },
    dispose: async () => {
      disposed = true
      stopWatching()
      listeners.clear()
      await loading.catch(() => undefined)
      await Promise.all([...known.values()].map(({ cluster }) => cluster.dispose()))
      await demo?.dispose()
    },
  }

  async function select(clusterId: string, remember: boolean): Promise<void> {
    if (!exists(clusterId)) throw new AppError('cluster-unknown')
    activeId = clusterId
    changed()
    if (remember) await store.update({ selected: clusterId })
    if (clusterId === demo?.id) demo.connect()
    else await clusterNamed(clusterId).cluster.connect()
  }

  async function add(entry: { key: string; name: string; path?: string }, probe: LoadedSource): Promise<string[]> {
    const ids = probe.contexts.map(({ name }) => idOf(entry.key, name))
    await store.update({
      added: [...store.values.added.filter(({ key }) => key !== entry.key), entry],
      // adding again brings back what was removed
      hidden: store.values.hidden.filter((id) => !ids.includes(id)),
    })
    await load()
    return ids
  }

  /** Reads every source again. Loads follow each other. */
  function load(): Promise<void> {
    loading = loading.catch(() => undefined).then(loadOnce)
    return loading
  }

  async function loadOnce(): Promise<void> {
    if (disposed) return
    searching = true
    changed()
    const found = defaultSource(env, options.platform ?? process.platform)
    const sources = [...(found ? [found] : []), ...(await store.sources())]
    const wanted = new Set<string>()
    const keys = new Set(sources.map(({ key }) => key))
    for (const key of loaded.keys()) if (!keys.has(key)) loaded.delete(key)
    for (const source of sources) {
      const fresh = keepLast(loaded.get(source.key), await loadSource(source))
      loaded.set(source.key, fresh)
      for (const context of fresh.contexts) {
        const id = idOf(source.key, context.name)
        if (disposed || store.values.hidden.includes(id)) continue
        wanted.add(id)
        await clusterFor(id, source, found?.key !== source.key).update(context)
      }
    }
    for (const [id, { cluster }] of [...known]) {
      if (wanted.has(id)) continue
      known.delete(id)
      if (activeId === id) activeId = undefined
      await cluster.dispose()
    }
    searching = false
    if (!disposed) follow(sources)
    changed()
  }

  function clusterFor(id: string, source: KubeconfigSource, removable: boolean): KubeCluster {
    const existing = known.get(id)
    if (existing) return existing.cluster
    const cluster = createKubeCluster({
      id,
      removable,
      env,
      log,
      timers,
      limits: options.limits,
      isTrusted: (fingerprint) => store.values.trusted.includes(fingerprint),
      chosenNamespace: () => store.values.namespaces[id],
      createProvider: (connected) => options.createProvider(connected),
      changed,
    })
    known.set(id, { cluster, sourceKey: source.key })
    return cluster
  }

  /** Watches the kubeconfigs and all that they point to. */
  function follow(sources: readonly KubeconfigSource[]): void {
    const own = sources.flatMap((source) => (source.type === 'files' ? source.paths : []))
    const paths = [...new Set([...own, ...[...known.values()].flatMap(({ cluster }) => cluster.files)])].sort()
    if (paths.join('\n') === watched) return
    watched = paths.join('\n')
    stopWatching()
    const onFiles = (): void => {
      load().catch((error: unknown) => log.warn('kubeconfigs cannot be read again', { error: toErrorView(error) }))
    }
    const quiet = options.debounceMs
    stopWatching = watchFiles(paths, onFiles, quiet === undefined ? {} : { debounceMs: quiet })
  }

  function exists(clusterId: string): boolean {
    return known.has(clusterId) || (demo !== undefined && clusterId === demo.id)
  }

  function clusterNamed(clusterId: string): Known {
    const entry = known.get(clusterId)
    if (!entry) throw new AppError('cluster-unknown')
    return entry
  }

  function changed(): void {
    snapshot = undefined
    providers = undefined
    for (const listener of listeners) listener()
  }

  function snapshotNow(): ClustersSnapshot {
    const views = [...known.values()].map(({ cluster }) => cluster.view)
    const problems = [...loaded.values()].flatMap((source) => source.problems)
    return {
      clusters: demo ? [...views, demo.view] : views,
      ...(activeId !== undefined && { activeId }),
      problems: problems.map(({ source, error }) => ({ source, error: error.toView() })),
      searching,
    }
  }

  function providersNow(): ReadonlyMap<string, SessionProvider> {
    const all: [string, SessionProvider | undefined][] = [...known].map(([id, { cluster }]) => [id, cluster.provider])
    if (demo) all.push([demo.id, demo.provider])
    return new Map(all.filter((pair): pair is [string, SessionProvider] => pair[1] !== undefined))
  }
}

/** The last contexts of a source of which a file cannot be used just now, beside the problem. */
function keepLast(last: LoadedSource | undefined, fresh: LoadedSource): LoadedSource {
  const unreadable = fresh.problems.some(({ error }) => error.code !== 'kubeconfig-no-context')
  if (!last || !unreadable) return fresh
  const names = new Set(fresh.contexts.map(({ name }) => name))
  const kept: FoundContext[] = last.contexts.filter(({ name }) => !names.has(name))
  return { contexts: [...fresh.contexts, ...kept], problems: fresh.problems }
}

function failWithoutContexts({ contexts, problems }: LoadedSource): void {
  const first: SourceProblem | undefined = problems[0]
  if (contexts.length === 0 && first) throw first.error
}

/** Opaque and short: context names hold slashes and colons, and ids stand in sessions' ids. */
function idOf(sourceKey: string, context: string): string {
  return `k-${keyOf(`${sourceKey} ${context}`)}`
}

function keyOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
