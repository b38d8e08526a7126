// The built-in demo behind the same interface as a real cluster: a cluster in memory, and desktops that a page draws.
// Policy: nothing leaves this process; a start that fails or is cancelled leaves exactly what was there before it.
import { AppError } from '../../shared/errors.ts'
import type { Fault } from '../../shared/demo/attach.ts'
import { parseSessionId, SESSION_NAME_BYTES, sessionId, sessionName } from '../../shared/domain/names.ts'
import type { Template } from '../../shared/domain/template.ts'
import type { Clock } from '../app-host.ts'
import type { Logger } from '../logging/logger.ts'
import { HOST_TIMERS, sleep, type Timers } from '../sessions/timers.ts'
import type { DesktopAccess, ProviderSnapshot, SessionProvider } from '../sessions/provider.ts'
import type { InventorySource } from '../gpu/inventory-source.ts'
import { createDemoCluster, type DemoInventory } from './demo-cluster.ts'
import { createDemoInventory } from './demo-inventory.ts'
import {
  DEMO_NAMESPACE,
  demoView,
  IDLE_WARNING_MS,
  idleEnd,
  newSession,
  setStage,
  untouchedStages,
  type DemoSession,
} from './demo-session.ts'
import { runStart, type StartTrace } from './demo-start.ts'
import { createDesktopServer } from './desktop-server.ts'
import { startNeighbours } from './neighbours.ts'
import { createRandom, randomBytes, type Random } from './random.ts'
import { DEMO_TEMPLATES } from './templates.ts'

export interface DemoProviderDeps {
  readonly clusterId: string
  readonly clock: Clock
  readonly log: Logger
  readonly timers?: Timers | undefined
  /** Decides names, times and what other people do; the same numbers make the same demo. */
  readonly random?: Random | undefined
  /** The cluster's time runs this many times faster (tests). The desktops' own times do not. */
  readonly speed?: number | undefined
}

/** A provider with a look behind the curtain. */
export interface DemoProvider extends SessionProvider {
  readonly mode: 'demo'
  /** Machines, slices and everybody's sessions now. */
  inventory(): DemoInventory
  readonly inventorySource: InventorySource
  /** Switches a fault of a running desktop on. @throws AppError when it does not run */
  fault(sessionId: string, fault: Fault): void
}

/** The desktop that stands there stopped from the first moment, with its home kept; stopped this long ago, ms. */
const KEPT = { templateId: 'ubuntu-desktop', name: 'ubuntu-desktop-wk4tq2', stoppedAgoMs: 18 * 3_600_000 } as const
const STOP_MS = 900
const REMOVE_MS = 500

/** Makes the demo; other people begin to come and go at once. */
export function createDemoProvider(deps: DemoProviderDeps): DemoProvider {
  const { clusterId, clock, log, speed = 1 } = deps
  const hostTimers = deps.timers ?? HOST_TIMERS
  const timers: Timers = { after: (ms, run) => hostTimers.after(ms / speed, run) }
  const random = deps.random ?? createRandom(20_261_124)
  const since = clock.now()
  const cluster = createDemoCluster()
  const sessions = new Map<string, DemoSession>()
  const homes = new Set<string>([KEPT.templateId])
  const listeners = new Set<(snapshot: ProviderSnapshot) => void>()
  let disposed = false
  let telling = false

  const snapshot = (): ProviderSnapshot => ({
    state: 'live',
    since,
    namespace: DEMO_NAMESPACE,
    templates: DEMO_TEMPLATES,
    blocked: new Map(DEMO_TEMPLATES.flatMap((template) => blockOf(template))),
    problems: [],
    sessions: [...sessions.values()].map((session) => demoView(clusterId, session, clock.now(), speed)),
  })
  const blockOf = ({ id, spec }: Template): [string, { sentence: string; canWait: boolean }][] => {
    const shortage = cluster.shortage(spec, spec.gpu.slices)
    if (shortage === null) return []
    const line = shortage.waiting === 0 ? '' : `; ${shortage.waiting} ${shortage.waiting === 1 ? 'waits' : 'wait'}`
    return [[id, { sentence: `All ${shortage.slices} slices are in use${line}.`, canWait: true }]]
  }
  const changed = (): void => {
    inventory.changed()
    if (telling || disposed) return
    telling = true
    queueMicrotask(() => {
      telling = false
      if (disposed) return
      const value = snapshot()
      for (const listener of listeners) listener(value)
    })
  }
  const inventory = createDemoInventory({
    clusterId,
    clock,
    timers: hostTimers,
    cluster,
    own: (name) => {
      const session = sessions.get(name)
      if (session === undefined) return undefined
      const { displayName, phase } = session
      const ending = phase === 'stopping' || phase === 'removing'
      return { displayName, phase: ending ? 'ending' : phase === 'running' ? 'running' : 'starting' }
    },
    stopOwn: async (name) => {
      const session = sessions.get(name)
      if (session !== undefined) await stopNow(session, 'Stopped from outside.')
    },
  })
  cluster.onChange(changed)
  const goHome = startNeighbours(cluster, clock, timers, random)

  const find = (id: string): DemoSession => {
    const ref = parseSessionId(id)
    const session = ref?.clusterId === clusterId ? sessions.get(ref.name) : undefined
    if (session === undefined) throw new AppError('session-unknown')
    return session
  }
  const claimHome = (template: Template, except: string): void => {
    if (template.spec.storage.home === undefined) return
    for (const other of sessions.values()) {
      const busy = other.phase === 'starting' || other.phase === 'running' || other.phase === 'stopping'
      if (other.name !== except && busy && other.template.id === template.id)
        throw new AppError('home-in-use', {
          session: `“${other.displayName}”`,
          node: other.node === undefined ? '' : ` on ${other.node}`,
        })
    }
  }
  const letGo = (session: DemoSession): void => {
    session.server?.dispose()
    session.server = undefined
    session.callOffIdle()
    session.idleSince = undefined
    session.node = undefined
    cluster.release(session.name)
  }
  /** Watches for the end of use: a warning first, then a stop that says why. */
  const watchIdle = (session: DemoSession): void => {
    session.callOffIdle()
    const end = idleEnd(session, speed)
    if (end === undefined) return
    // `end` is in real time already, whatever the cluster's own pace
    const left = end - clock.now()
    const warning = IDLE_WARNING_MS / speed
    if (left > warning) {
      session.callOffIdle = hostTimers.after(left - warning, () => {
        changed()
        watchIdle(session)
      })
      return
    }
    session.callOffIdle = hostTimers.after(Math.max(0, left), () => {
      const minutes = Math.round(session.template.spec.lifecycle.idleTimeoutSeconds / 60)
      void stopNow(session, `Stopped after ${minutes} min without use.`)
    })
  }
  const serve = (session: DemoSession): void => {
    session.server = createDesktopServer({
      clock,
      timers: hostTimers,
      onClients: (count) => {
        session.idleSince = count > 0 ? undefined : clock.now()
        watchIdle(session)
        changed()
      },
    })
    session.phase = 'running'
    session.readyAt = clock.now()
    session.idleSince = clock.now()
    watchIdle(session)
  }
  const begin = (session: DemoSession): void => {
    const abort = new AbortController()
    const trace: StartTrace = { madeHome: false }
    const { phase } = session
    if (phase === 'stopped' && sessions.has(session.name)) session.before = { stoppedAt: session.stoppedAt }
    session.phase = 'starting'
    session.stages = untouchedStages()
    Object.assign(session, { note: undefined, error: undefined, readyAt: undefined, startedAt: clock.now() })
    sessions.set(session.name, session)
    const world = { cluster, clock, timers, random, homes, changed, serve: () => serve(session) }
    const over = runStart(session, world, trace, abort.signal)
      .catch((thrown: unknown) => {
        if (trace.madeHome) homes.delete(session.template.id)
        letGo(session)
        if (!(thrown instanceof AppError) || thrown.code === 'cancelled') return
        log.warn('demo start failed', { session: session.name, code: thrown.code })
        session.phase = 'failed'
        session.error = thrown
        const stuck = session.stages.find(({ state }) => state === 'active' || state === 'waiting')
        if (stuck)
          setStage(session, stuck.name, {
            state: 'failed',
            endedAt: clock.now(),
            // what it did is no longer of use: the error's sentence says why it ended
            note: undefined,
            error: thrown.toView(),
          })
      })
      .finally(() => {
        session.starting = undefined
        changed()
      })
    session.starting = { abort, over }
    changed()
  }
  const endStart = async (session: DemoSession): Promise<void> => {
    session.starting?.abort.abort(new AppError('cancelled'))
    await session.starting?.over
  }
  const stopNow = async (session: DemoSession, note?: string): Promise<void> => {
    await endStart(session)
    if (session.phase === 'stopped') return
    session.phase = 'stopping'
    session.server?.dispose()
    session.server = undefined
    session.callOffIdle()
    changed()
    await sleep(timers, STOP_MS)
    letGo(session)
    Object.assign(session, { phase: 'stopped', stoppedAt: clock.now(), note, error: undefined, withoutGpu: false })
    changed()
  }

  const kept = DEMO_TEMPLATES.find(({ id }) => id === KEPT.templateId)
  if (kept) {
    const session = newSession(KEPT.name, kept, 'My Ubuntu')
    session.stoppedAt = since - KEPT.stoppedAgoMs
    sessions.set(session.name, session)
  }

  return {
    mode: 'demo',
    watch(listener) {
      listeners.add(listener)
      listener(snapshot())
      return () => void listeners.delete(listener)
    },
    async start(request, signal) {
      if (signal?.aborted) throw new AppError('cancelled')
      const template = DEMO_TEMPLATES.find(({ id }) => id === request.templateId)
      if (template === undefined) throw new AppError('template-unknown')
      const name = sessionName(template.id, randomBytes(random, SESSION_NAME_BYTES))
      claimHome(template, name)
      for (const old of sessions.values())
        if (old.phase === 'failed' && old.template.id === template.id) sessions.delete(old.name)
      const session = newSession(name, template, request.displayName?.trim() || template.spec.displayName)
      session.withoutGpu = request.withoutGpu === true
      begin(session)
      return sessionId({ clusterId, namespace: DEMO_NAMESPACE, name })
    },
    async cancel(id) {
      const session = find(id)
      if (session.phase === 'running') return stopNow(session)
      await endStart(session)
      letGo(session)
      if (session.before === undefined) sessions.delete(session.name)
      else Object.assign(session, { phase: 'stopped', stoppedAt: session.before.stoppedAt, error: undefined })
      changed()
    },
    stop: async (id) => stopNow(find(id)),
    async resume(id, options = {}) {
      const session = find(id)
      if (session.phase === 'running') return id
      if (session.starting) {
        if (options.withoutGpu !== true) return id
        await endStart(session)
      }
      claimHome(session.template, session.name)
      session.withoutGpu = options.withoutGpu === true
      begin(session)
      return id
    },
    async remove(id, { deleteHome }) {
      const session = find(id)
      if (deleteHome) claimHome(session.template, session.name)
      await endStart(session)
      session.phase = 'removing'
      session.server?.dispose()
      session.server = undefined
      changed()
      await sleep(timers, REMOVE_MS)
      letGo(session)
      if (deleteHome) homes.delete(session.template.id)
      sessions.delete(session.name)
      changed()
    },
    async keepRunning(id) {
      const session = find(id)
      if (session.idleSince === undefined) return
      session.idleSince = clock.now()
      watchIdle(session)
      changed()
    },
    async open(id): Promise<DesktopAccess> {
      const { server, phase } = find(id)
      if (server === undefined || phase !== 'running') throw new AppError('session-not-running')
      return {
        sessionId: id,
        dialHttp: () => Promise.resolve(server.dial()),
        authorization: server.authorization,
        iceServers: [],
        generation: 'selkies2',
        transport: 'webrtc',
        demo: true,
      }
    },
    firstFrame(id) {
      const session = find(id)
      const connected = session.stages.find(({ name }) => name === 'connected')
      if (connected?.state !== 'active') return
      setStage(session, 'connected', { state: 'done', endedAt: clock.now() })
      changed()
    },
    inventory: () => cluster.inventory(),
    inventorySource: inventory,
    fault(id, fault) {
      const { server } = find(id)
      if (server === undefined) throw new AppError('session-not-running')
      server.fault(fault)
    },
    async dispose() {
      disposed = true
      goHome()
      listeners.clear()
      await inventory.dispose()
      await Promise.all([...sessions.values()].map((session) => endStart(session)))
      for (const session of sessions.values()) letGo(session)
    },
  }
}
