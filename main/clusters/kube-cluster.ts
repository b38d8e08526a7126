// One context of a kubeconfig as a cluster of the app: vetted, connected on demand, watched while connected.
// Policy: nothing runs and nothing is dialled before `connect`; what cannot be reached is tried again, at most 4 times a minute,
// and at once when it listens again.
import { createHash } from 'node:crypto'
import { createComeback } from '../../kube/comeback.ts'
import { createKubeClient, type PooledClient } from '../../kube/client.ts'
import { pluginRequest, type ExecPlugin } from '../../kube/kubeconfig/plugin.ts'
import type { Environment, FoundContext } from '../../kube/kubeconfig/sources.ts'
import { filesOf, vetContext, type VettedContext } from '../../kube/kubeconfig/vet.ts'
import { createDoor, type Door } from '../../kube/knock.ts'
import { createReflector, type ReflectorOptions } from '../../kube/reflector.ts'
import { createRetryBudget, REAL_TIMERS, type Timers } from '../../kube/retry-budget.ts'
import type { KubeClient, Reflector, Resource } from '../../kube/types.ts'
import type { ClusterState, ClusterView } from '../../shared/domain/cluster.ts'
import { AppError, toErrorView, type AppErrorView } from '../../shared/errors.ts'
import type { Logger } from '../logging/logger.ts'
import { redactText } from '../../shared/redact.ts'
import type { ProviderSnapshot, SessionProvider } from '../sessions/provider.ts'
import { isRefusal, stateAfter, stateOfProvider } from './cluster-state.ts'
import { probeCluster, type ClusterUser } from './probe.ts'

/** What a provider of desktops is made from. */
export interface ConnectedCluster {
  readonly id: string
  readonly client: KubeClient
  readonly namespace: string
  readonly user: ClusterUser
  /** What the cluster offers beyond the plain API. */
  readonly offer: 'operator' | 'direct'
  /** Reflectors of this cluster: they share one request budget. */
  createReflector(resource: Resource, options?: Omit<ReflectorOptions, 'budget' | 'timers' | 'onStop'>): Reflector
}

/** Limits of a cluster's client, ms; its own defaults when left out. */
export interface ClientLimits {
  readonly connectTimeoutMs?: number
  readonly answerTimeoutMs?: number
  readonly pluginTimeoutMs?: number
}

export interface KubeClusterDeps {
  readonly id: string
  readonly removable: boolean
  readonly env: Environment
  readonly log: Logger
  readonly timers?: Timers | undefined
  isTrusted(fingerprint: string): boolean
  /** Namespace that the person chose for this cluster. */
  chosenNamespace(): string | undefined
  createProvider(cluster: ConnectedCluster): SessionProvider
  changed(): void
  readonly limits?: ClientLimits | undefined
}

export interface KubeCluster {
  readonly view: ClusterView
  readonly provider: SessionProvider | undefined
  /** Takes what the kubeconfig says now; a change reconnects what was connected. */
  update(found: FoundContext): Promise<void>
  /** Files that it depends on beside its kubeconfig. */
  readonly files: readonly string[]
  /** Rejects with the AppError that the view shows too. A connected cluster is left as it is. */
  connect(): Promise<void>
  /** Connects anew, with another namespace or a new trust. */
  reconnect(): Promise<void>
  /** Checks again what is not in order: waits end, reflectors try at once. */
  retryNow(): void
  dispose(): Promise<void>
}

/** Before each further try while a cluster cannot be reached, ms. */
const RETRY_MS = [2000, 4000, 15_000, 20_000, 30_000]

interface Live {
  readonly client: PooledClient
  readonly provider: SessionProvider
  readonly reflectors: Set<Reflector>
  readonly stop: () => void
}

/** Makes a cluster of which nothing is known yet: `update` gives it its context. */
export function createKubeCluster(deps: KubeClusterDeps): KubeCluster {
  const { id, log } = deps
  const timers = deps.timers ?? REAL_TIMERS
  let found: FoundContext | undefined
  let vetted: VettedContext | undefined
  let configId = ''
  let live: Live | undefined
  let connecting: { readonly promise: Promise<void>; readonly abort: AbortController } | undefined
  let cancelRetry: (() => void) | undefined
  let tries = 0
  /** Of a server that cannot be reached: watched between two tries. */
  let door: Door | undefined
  /** Of the same server. */
  let comeback = createComeback(timers)
  let status: { state: ClusterState; since: number; error?: AppErrorView | undefined } = {
    state: 'idle',
    since: timers.now(),
  }
  let known: { readonly user: string; readonly namespace: string } | undefined
  /** Somebody asked for it: it is connected whenever that is possible. */
  let wanted = false
  /** What is wrong with the kubeconfig of a cluster that is connected all the same. */
  let configError: AppErrorView | undefined
  let disposed = false

  return {
    get view() {
      return viewNow()
    },
    get provider() {
      return live?.provider
    },
    get files() {
      return found ? filesOf(found) : []
    },
    update,
    connect,
    reconnect,
    retryNow: () => {
      live?.client.redial()
      for (const reflector of live?.reflectors ?? []) reflector.retryNow()
      const consent = status.state === 'needs-consent'
      if (wanted && !consent && !live && !connecting) retry()
    },
    dispose: async () => {
      disposed = true
      await disconnect()
    },
  }

  async function update(next: FoundContext): Promise<void> {
    found = next
    let checked: VettedContext | undefined
    let problem: unknown
    try {
      checked = await vetContext(next, deps.env, timers.now())
    } catch (error) {
      problem = error
    }
    if (disposed) return
    if (!checked) {
      if (live) {
        // what is connected goes on with what it has, and says that its kubeconfig is broken
        configError = toErrorView(problem)
        deps.changed()
        return
      }
      vetted = undefined
      configId = ''
      become('invalid', problem)
      return
    }
    configError = undefined
    const nextId = idOf(checked)
    if (nextId === configId) return
    configId = nextId
    vetted = checked
    leaveDoor()
    if (wanted) {
      log.info('the kubeconfig changed: connecting anew', { cluster: id })
      await disconnect()
      // its outcome stands in the view
      connect().catch(() => undefined)
    } else rest(checked)
  }

  /** The state of a cluster that nobody has asked yet. */
  function rest(context: VettedContext): void {
    const plugin = pluginOf(context)
    if (plugin && plugin.path === undefined) become('signed-out', pluginMissing(plugin))
    else if (plugin && !deps.isTrusted(plugin.fingerprint)) become('needs-consent', notAllowed(plugin))
    else become('idle', undefined)
  }

  async function reconnect(): Promise<void> {
    await disconnect()
    await connect()
  }

  function connect(): Promise<void> {
    wanted = true
    // a sign-in that has run out is begun anew, from the kubeconfig on
    if (live) return status.state === 'signed-out' ? reconnect() : Promise.resolve()
    if (connecting) return connecting.promise
    cancelRetry?.()
    cancelRetry = undefined
    door?.leave()
    const abort = new AbortController()
    const promise = attempt(abort.signal).finally(() => {
      if (connecting?.abort === abort) connecting = undefined
    })
    connecting = { promise, abort }
    return promise
  }

  async function attempt(signal: AbortSignal): Promise<void> {
    let client: PooledClient | undefined
    try {
      if (!found) throw new AppError('cluster-unknown')
      // files and programs may have changed since they were looked at
      const context = await vetContext(found, deps.env, timers.now())
      vetted = context
      // another server has another door
      if (configId !== idOf(context)) leaveDoor()
      configId = idOf(context)
      const plugin = pluginOf(context)
      if (plugin && plugin.path === undefined) throw pluginMissing(plugin)
      if (plugin && !deps.isTrusted(plugin.fingerprint)) throw notAllowed(plugin)
      if (signal.aborted) throw new AppError('cancelled')
      become('connecting', undefined)
      const made = createKubeClient({
        ...deps.limits,
        context,
        env: deps.env,
        isTrusted: (fingerprint) => deps.isTrusted(fingerprint),
        now: () => timers.now(),
      })
      client = made
      door ??= made.knock && createDoor(made.knock, timers, onOpen)
      const place = { chosen: deps.chosenNamespace(), context: context.namespace }
      const probe = await probeCluster(made, place, found.userName, signal)
      if (signal.aborted) throw new AppError('cancelled')
      known = { user: probe.user.username, namespace: probe.namespace }
      live = begin(made, probe)
      tries = 0
      deps.changed()
    } catch (error) {
      await client?.close()
      if (signal.aborted || disposed) throw new AppError('cancelled', {}, { cause: error })
      if (error instanceof AppError && error.code === 'cluster-unreachable') comeback.wasAway()
      const { doubtMs } = comeback
      if (isRefusal(error) && doubtMs > 0) {
        // a server that is only half back refuses what it allows: what is shown stays what it was
        set('unreachable', status.error)
        retryLater(doubtMs)
      } else {
        become(stateAfter(error), error)
        if (status.state === 'unreachable') retryLater()
      }
      throw error
    }
  }

  function begin(client: PooledClient, probe: Awaited<ReturnType<typeof probeCluster>>): Live {
    const reflectors = new Set<Reflector>()
    const budget = createRetryBudget(timers, Math.random, { knock: client.knock, comeback })
    let snapshot: ProviderSnapshot | undefined
    const judge = (): void => {
      if (snapshot === undefined) return
      // one credential for all: whoever is refused first speaks for those that wait for the answer
      const refused = [...reflectors].find(({ state }) => state === 'signed-out')
      const error = refused?.error instanceof AppError ? toErrorView(refused.error) : undefined
      const next = stateOfProvider(refused ? { state: 'signed-out', error } : snapshot, status.state)
      if (next.state !== status.state || next.error?.code !== status.error?.code) set(next.state, next.error)
    }
    const provider = deps.createProvider({
      id,
      client,
      namespace: probe.namespace,
      user: probe.user,
      offer: probe.offer,
      createReflector: (resource, options = {}) => {
        const onStop = (): void => void reflectors.delete(reflector)
        const reflector = createReflector(client, resource, { ...options, budget, timers, onStop })
        reflectors.add(reflector)
        let { state } = reflector
        reflector.onChange(() => {
          const changed = reflector.state !== state
          ;({ state } = reflector)
          if (changed) judge()
        })
        return reflector
      },
    })
    const stop = provider.watch((next) => {
      snapshot = next
      judge()
    })
    return { client, provider, reflectors, stop }
  }

  async function disconnect(): Promise<void> {
    cancelRetry?.()
    cancelRetry = undefined
    leaveDoor()
    connecting?.abort.abort()
    await connecting?.promise.catch(() => undefined)
    const ended = live
    live = undefined
    if (!ended) return
    ended.stop()
    await ended.provider.dispose()
    for (const reflector of ended.reflectors) reflector.stop()
    await ended.client.close()
    if (!disposed) become('idle', undefined)
  }

  /** @param atMost ms */
  function retryLater(atMost = Infinity): void {
    const wait = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 30_000
    tries += 1
    cancelRetry = timers.after(Math.min(wait, atMost), retry)
    door?.watch()
  }

  function onOpen(): void {
    comeback.wasAway()
    tries = 0
    retry()
  }

  function leaveDoor(): void {
    door?.leave()
    door = undefined
    comeback = createComeback(timers)
  }

  function retry(): void {
    // the view shows how it ended
    connect().catch(() => undefined)
  }

  function become(state: ClusterState, error: unknown): void {
    set(state, error === undefined ? undefined : toErrorView(error))
  }

  function set(state: ClusterState, error: AppErrorView | undefined): void {
    const since = state === status.state ? status.since : timers.now()
    // trying again shows why, until it has worked
    // a program's own words stand in it, and what it printed may hold a token
    const shown = error?.detail === undefined ? error : { ...error, detail: redactText(error.detail) }
    status = { state, since, error: state === 'connecting' && error === undefined ? status.error : shown }
    deps.changed()
  }

  function viewNow(): ClusterView {
    const error = status.error ?? configError
    const plugin = vetted && pluginOf(vetted)
    const host = vetted?.host
    const namespace = known?.namespace ?? deps.chosenNamespace() ?? found?.namespace
    return {
      id,
      kind: 'kubeconfig',
      name: found?.name ?? '',
      source: found?.source ?? '',
      state: status.state,
      since: status.since,
      removable: deps.removable,
      ...(host !== undefined && { host }),
      ...(known && { user: known.user }),
      ...(namespace !== undefined && { namespace }),
      ...(error && { error }),
      ...(plugin && status.state === 'needs-consent' && { plugin: pluginRequest(plugin) }),
      ...(live && { mode: live.provider.mode }),
    }
  }
}

function pluginOf(context: VettedContext): ExecPlugin | undefined {
  return context.credential.type === 'exec' ? context.credential.plugin : undefined
}

function pluginMissing(plugin: ExecPlugin): AppError {
  return new AppError('plugin-missing', { command: plugin.command }, { detail: plugin.installHint })
}

function notAllowed(plugin: ExecPlugin): AppError {
  return new AppError('plugin-not-allowed', { command: plugin.path ?? plugin.command })
}

/** Tells two states of a context apart, credentials included. */
function idOf(context: VettedContext): string {
  return createHash('sha256').update(JSON.stringify(context)).digest('hex')
}
