// The operator as a whole: stores, leader election, work queue, planners, executor, poller, relay and HTTP, put together.
// Policy: every replica keeps its stores warm and answers HTTP; only the leader plans and writes; who has lost the lease writes nothing more.
import { createLeaderElection } from '../kube/leader-election.ts'
import type { Timers } from '../kube/retry-budget.ts'
import type { KubeClient } from '../kube/types.ts'
import { createWorkQueue, type WorkQueue } from '../kube/work-queue.ts'
import { accessName } from '../shared/domain/names.ts'
import { PRODUCT_ID } from '../shared/product.ts'
import { createActivity, type DesktopTarget } from './activity.ts'
import { checkAuth, type AuthSession } from './auth.ts'
import { allKeys, unansweredKeys, watchChanges } from './changes.ts'
import type { OperatorConfig } from './config.ts'
import { createCountingClient } from './counting-client.ts'
import { createEventRecorder } from './events.ts'
import { createFigures } from './figures.ts'
import { listenHttp, type Health, type HttpListener } from './http.ts'
import { parseKey, sessionKey } from './keys.ts'
import { createLeftRoutes } from './left-routes.ts'
import type { Logger } from './log.ts'
import { claimOf, isOfPool, type Claim } from './pool.ts'
import { createRelay } from './relay.ts'
import { createRounds, type Controller } from './rounds.ts'
import { createSessionController } from './session/controller.ts'
import { planSession } from './session/plan.ts'
import { createStores } from './stores.ts'
import { observeTemplate } from './template/observe.ts'
import { planTemplate } from './template/plan.ts'
import { observeUser } from './user/observe.ts'
import { planUser } from './user/plan.ts'

export interface OperatorDeps {
  readonly client: KubeClient
  readonly config: OperatorConfig
  readonly timers: Timers
  /** @returns that many random bytes */
  readonly randomBytes: (count: number) => Uint8Array
  readonly log: Logger
  /** The platform's namespace, in which the Lease and the relay's Secret are. */
  readonly namespace: string
  /** The operator's account there; unknown outside a cluster, where it needs no rights of its own in the warm pool. */
  readonly serviceAccount?: string | undefined
  /** Unlike any other, restarts of the same pod included: `<pod>_<uuid>`. */
  readonly identity: string
  /** Whether the holder of a lease is an earlier process of this very pod, which has ended; nobody is when left out. */
  readonly isPredecessor?: ((identity: string) => boolean) | undefined
  /** No listener when left out; port 0 for any free one. */
  readonly http?: { readonly port: number; readonly host?: string | undefined } | undefined
  /** Who is connected to a desktop; asked over the pod network when left out. */
  readonly ask?: ((target: DesktopTarget, signal: AbortSignal) => Promise<number>) | undefined
  /** The lease is lost: the process has to end. */
  readonly onLost: () => void
}

export interface Operator {
  /** Listens, fills the stores and runs for leader. Rejects when the port is taken. */
  start(): Promise<void>
  /** Ends what is under way, then gives the lease back. */
  stop(): Promise<void>
  readonly isLeader: boolean
  readonly isReady: boolean
  /** Port of the HTTP listener; undefined when there is none. */
  readonly httpPort: number | undefined
  /** Resolves when the leader has nothing left that it could do now. */
  idle(): Promise<void>
  metrics(): string
}

/** Every object is looked at again in this time although nothing changed, ms: a safety net. */
const FULL_ROUND_MS = 600_000
/** Counts over many sessions are brought up to date this much later, ms. */
const SOON_MS = 2000
/** A pod that is on its way is looked at this much later, ms: by then it mostly has its place. */
const SETTLE_MS = 200
/** Of the rounds at the same time, those that nobody waits for; while somebody does, one: statuses must not hold up starts. */
const ORDINARY_PART = 1 / 2
/** A round that takes so long hangs, ms: first the replica is not ready, then it is not alive. */
const STUCK_MS = { notReady: 120_000, notAlive: 300_000 }
/** A watch may be away for so long, ms, before the replica is not ready: an API server restarts in less. */
const STALE_MS = 60_000

/** Makes an operator; nothing happens before `start`. */
export function createOperator(deps: OperatorDeps): Operator {
  const { config, timers, randomBytes, log, namespace, identity } = deps
  const figures = createFigures()
  const client = createCountingClient(deps.client, figures.request)
  const now = (): number => timers.now()
  const newSecret = (): string => Buffer.from(randomBytes(32)).toString('base64url')
  let running: Running | undefined

  return {
    start: async () => {
      running ??= begin()
      await running.listening
    },
    stop: async () => {
      await running?.stop()
    },
    get isLeader() {
      return running?.isLeader ?? false
    },
    get isReady() {
      return running?.ready().ok ?? false
    },
    get httpPort() {
      return running?.httpPort
    },
    idle: async () => {
      await running?.idle()
    },
    metrics: () => figures.text(),
  }

  function begin(): Running {
    const stores = createStores({ client, config, namespace, timers })
    let queue: WorkQueue | undefined
    let http: HttpListener | undefined
    let stopped = false
    let cancelFullRound: () => void = () => undefined

    const requeueAll = (spreadMs: number): void => {
      const keys = allKeys(stores)
      // one after the other over the whole time: a cluster at rest has no rush hour
      for (const [index, key] of keys.entries()) queue?.addAt(key, now() + (spreadMs * index) / keys.length)
    }
    const claimIn = (about: { readonly namespace: string; readonly name: string }): Claim | undefined => {
      const session = stores.sessions.get(about.name, about.namespace)
      return session && claimOf(session)
    }
    const events = createEventRecorder({ client, now, identity: podOf(identity), randomBytes, log })
    const activity = createActivity({
      stores,
      timers,
      seconds: config.activitySeconds,
      ask: deps.ask,
      onNews: (key) => {
        queue?.add(key)
        const about = parseKey(key)
        const claim = about.kind === 'session' ? claimIn(about) : undefined
        if (claim) queue?.add(sessionKey(claim.namespace, claim.name))
      },
    })
    const relay = createRelay({
      client,
      config: config.relay,
      namespace,
      timers,
      newSecret,
      // each session's credential is minted from it
      onChange: () => requeueAll(SOON_MS),
      log,
    })
    const leftRoutes = createLeftRoutes({ client, config, timers, log })
    const platform = { namespace, serviceAccount: deps.serviceAccount }
    const users: Controller = {
      plan: (key, refusal) => {
        const observed = observeUser(stores, key.name, refusal)
        const plan = planUser(observed, config, now(), platform)
        return { object: observed.user, plan, basis: String(observed.user?.metadata.generation) }
      },
    }
    const templates: Controller = {
      plan: (key, refusal) => {
        const observed = observeTemplate(stores, key.name, refusal, platform)
        const plan = planTemplate(observed, now(), platform)
        return { object: observed.template, plan, basis: String(observed.template?.metadata.generation) }
      },
    }
    const sessions = createSessionController({
      stores,
      config,
      now,
      fresh: () => ({ password: newSecret(), relay: relay.current }),
      activityOf: activity.of,
      plan: planSession,
      onReady: figures.ready,
      log,
    })
    const rounds = createRounds({
      controllers: { session: sessions, user: users, template: templates },
      client,
      stores,
      events,
      now,
      onWrite: figures.write,
      timers,
      log,
    })
    const stopChanges = watchChanges(stores, {
      add: (key, lane) => queue?.add(key, lane),
      settle: (key) => queue?.addAt(key, now() + SETTLE_MS),
      soon: (key) => queue?.addAt(key, now() + SOON_MS),
    })
    figures.watch({
      stores,
      sliceResource: config.sliceResource,
      isLeader: () => election.isLeader,
      queue: () => queue ?? { depth: 0, running: 0, waiting: 0, longestRunningMs: 0 },
      refused: () => rounds.refused,
    })

    async function lead(): Promise<void> {
      log.info('this replica leads', { identity })
      try {
        await stores.synced
      } catch {
        // stopped before the first list was in
        return
      }
      if (stopped) return
      queue = createWorkQueue({
        concurrency: config.concurrency,
        ordinary: Math.max(1, Math.round(config.concurrency * ORDINARY_PART)),
        ordinaryBeside: 1,
        timers,
        // a process that slept past its lease is told so a moment later
        work: (key, signal) => (election.isLeader ? rounds.work(key, signal) : Promise.resolve()),
        onDone: (key, seconds, error) => {
          figures.round(parseKey(key).kind, seconds, error !== undefined)
          if (error !== undefined) log.warn('a round is tried again', { key, error })
        },
      })
      for (const key of unansweredKeys(stores)) queue.add(key, 'urgent')
      for (const key of allKeys(stores)) queue.add(key)
      activity.start()
      relay.lead()
      leftRoutes.lead()
      fullRound()
    }

    function fullRound(): void {
      cancelFullRound = timers.after(FULL_ROUND_MS, () => {
        requeueAll(FULL_ROUND_MS)
        fullRound()
      })
    }

    function endWork(graceMs: number): Promise<void> {
      cancelFullRound()
      activity.stop()
      leftRoutes.stop()
      const closing = queue?.close(graceMs)
      return closing ?? Promise.resolve()
    }

    function ready(): Health {
      const problems = stores.ready ? [] : ['not every kind of object was listed yet']
      for (const { plural, state, since } of stores.notLive())
        if (stores.ready && now() - since > STALE_MS) problems.push(`${plural}: ${state}`)
      if ((queue?.longestRunningMs ?? 0) > STUCK_MS.notReady) problems.push('a round hangs')
      return { ok: problems.length === 0, problems }
    }

    function alive(): Health {
      const hangs = (queue?.longestRunningMs ?? 0) > STUCK_MS.notAlive
      return { ok: !hangs, problems: hangs ? ['a round hangs'] : [] }
    }

    function findSession(place: string, name: string): AuthSession | undefined {
      const session = stores.sessions.get(name, place)
      const data = (stores.secrets.get(accessName(name), place)?.['data'] ?? {}) as { readonly password?: string }
      if (session === undefined || data.password === undefined) return undefined
      const claim = claimOf(session)
      // while nobody has it, nobody is let in
      if (isOfPool(session) && claim === undefined) return undefined
      // who has claimed it cannot read its session, but their own
      return { namespace: place, name, uid: claim?.uid ?? session.metadata.uid ?? '', password: atob(data.password) }
    }

    const listening = deps.http
      ? listenHttp(
          {
            alive,
            ready,
            metrics: figures.text,
            auth: (request) =>
              checkAuth(request, {
                pathPrefix: config.ingress.pathPrefix,
                redirects: config.ingress.kind === 'traefik',
                find: findSession,
                now: now(),
              }),
          },
          deps.http.port,
          deps.http.host,
        ).then((listener) => {
          http = listener
        })
      : Promise.resolve()

    const election = createLeaderElection({
      client,
      namespace,
      name: PRODUCT_ID,
      identity,
      isGone: deps.isPredecessor,
      ...config.leaderElection,
      timers,
      onElected: () => void lead(),
      onLost: () => {
        log.error('the lease is lost: another replica may lead now', { identity })
        // what is under way is cut off: the next leader does it again
        void endWork(0)
        deps.onLost()
      },
      onError: (error) => log.warn('the lease could not be read or renewed', { error }),
    })

    return {
      listening,
      ready,
      get isLeader() {
        return election.isLeader
      },
      get httpPort() {
        return http?.port
      },
      idle: async () => {
        await queue?.idle()
      },
      stop: async () => {
        if (stopped) return
        stopped = true
        stopChanges()
        await endWork(10_000)
        await events.drained()
        await election.stop()
        relay.stop()
        stores.stop()
        await http?.close()
      },
    }
  }
}

interface Running {
  readonly listening: Promise<void>
  readonly isLeader: boolean
  readonly httpPort: number | undefined
  ready(): Health
  idle(): Promise<void>
  stop(): Promise<void>
}

/** An identity is `<pod>_<uuid>`. */
function podOf(identity: string): string {
  return identity.split('_')[0] ?? identity
}
