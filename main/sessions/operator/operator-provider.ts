// Operator mode: the app says in VDISessions what is wanted, the operator does it, and the view is read from pod, claim and status.
// Every write is one change of one VDISession; operations on one session follow each other, never overlap.
import { ApiError, QUOTA, SECRET, type KubeObject } from '../../../kube/types.ts'
import { AppError } from '../../../shared/errors.ts'
import { ownerHash } from '../../../shared/domain/hash.ts'
import { homeName, parseSessionId, SESSION_NAME_BYTES, sessionId, sessionName } from '../../../shared/domain/names.ts'
import type { Template } from '../../../shared/domain/template.ts'
import type { VdiSessionObject } from '../../../shared/domain/vdi-objects.ts'
import { ANNOTATION } from '../../../shared/product.ts'
import { desktopAccess } from '../access.ts'
import { isTerminating } from '../kube-read.ts'
import type { ProviderDeps } from '../provider-deps.ts'
import type { DesktopAccess, ProviderSnapshot, SessionProvider, StartRequest } from '../provider.ts'
import { createQuotaWatch } from '../quota-watch.ts'
import { quotaBlock } from '../quota.ts'
import { readOnce } from '../read-once.ts'
import { isNotFound, refusal } from '../refusals.ts'
import { relayOfSession } from '../relay.ts'
import { readRecord } from '../session-record.ts'
import { createTell } from '../tell.ts'
import { HOST_TIMERS, sleep } from '../timers.ts'
import { abortable, createTurns, within } from '../turns.ts'
import { createOperatorSessions } from './operator-sessions.ts'
import { createOperatorState } from './operator-state.ts'
import { offeredTemplates } from './operator-templates.ts'
import { isWanted, nextRestart, nodeEndpoint, placeOf, recordOf, type DesktopPlace } from './session-object.ts'
import { createSessionWrites } from './session-writes.ts'
import { startedAhead, startsAhead } from './start-ahead.ts'

/** How long a click waits for a cluster that has not told yet what is there, ms: it must not start something much later. */
const SYNC_PATIENCE_MS = 20_000
/** How often, and with which pause, ms, a right that has just been given is tried. */
const RIGHTS_TRIES = 10
const RIGHTS_PAUSE_MS = 200

/** Makes the provider; it begins to watch at once, and starts ahead what the templates ask for. */
export function createOperatorProvider(deps: ProviderDeps): SessionProvider {
  const { clusterId, client, namespace, clock, log, user, timers = HOST_TIMERS } = deps
  const hash = ownerHash(user.username)
  const now = (): number => clock.now()
  const turns = createTurns()
  const life = new AbortController()
  let isSynced = false

  const state = createOperatorState(deps.createReflector, namespace, hash, () => {
    if (isSynced) sessions.refresh()
    else tell.soon()
  })
  const offered = readOnce((objects) => offeredTemplates(objects, user))
  const templateOf = (id: string): Template | undefined =>
    offered(state.templates.items).templates.find((template) => template.id === id)
  const tell = createTell(() => snapshot())
  const sessions = createOperatorSessions({
    clusterId,
    client,
    namespace,
    owner: user.username,
    state,
    timers,
    now,
    templateOf: (id) => templateOf(id)?.spec,
    usual: deps.usual ?? (() => undefined),
    changed: tell.soon,
  })
  const writes = createSessionWrites({
    client,
    namespace,
    owner: user.username,
    state,
    timers,
    log,
    signal: life.signal,
  })
  const quotas = createQuotaWatch({
    client,
    namespace,
    timers,
    now,
    changed: tell.soon,
    isLive: () => isSynced && state.health().state === 'live',
  })
  state.synced.then(
    () => {
      isSynced = true
      sessions.refresh()
      quotas.refresh()
      void startAhead()
    },
    () => undefined, // disposed before
  )

  /** Those of an earlier day too: stopped, each still has its place among the desktops that a person may have. */
  const ahead = (): readonly VdiSessionObject[] =>
    sessions.all.filter((session) => session.spec.startAhead && !isTerminating(session))
  const isOverQuota = (
    { id, spec }: Template,
    items = quotas.items,
    again?: VdiSessionObject,
  ): ReturnType<typeof quotaBlock> =>
    quotaBlock(items, spec, state.claims.get(homeName(id, hash), namespace) === undefined, again === undefined)

  const snapshot = (): ProviderSnapshot => {
    const health = state.health()
    const { templates, notes, problems } = offered(state.templates.items)
    const blocked = new Map<string, { readonly sentence: string; readonly canWait: boolean }>()
    // what was started ahead is taken over, or gives way
    if (ahead().length === 0)
      for (const template of templates) {
        const block = isOverQuota(template)
        if (block) blocked.set(template.id, block)
      }
    return {
      ...health,
      state: isSynced || health.state !== 'live' ? health.state : 'syncing',
      namespace,
      templates,
      blocked,
      notes,
      problems,
      sessions: sessions.views,
    }
  }

  const nameOf = (id: string): string => {
    const ref = parseSessionId(id)
    if (!ref || ref.clusterId !== clusterId || ref.namespace !== namespace) throw new AppError('session-unknown')
    return ref.name
  }
  const sessionOf = (name: string): VdiSessionObject => {
    const session = sessions.find(name)
    if (!session || isTerminating(session)) throw new AppError('session-unknown')
    return session
  }
  /** One operation at a time for a session. */
  const inTurn = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await turns.take(name, run)
    } catch (thrown) {
      const known = sessions.find(name)
      if (known && isNotFound(thrown)) throw new AppError('session-unknown', {}, { cause: thrown })
      const spec = known && templateOf(known.spec.templateRef.name)?.spec
      throw refusal(thrown, { namespace, host: client.server, spec })
    } finally {
      sessions.refresh()
      quotas.refresh()
    }
  }

  /** What the operator would refuse or let wait anyway, said before anything is made. */
  const checkRoom = (template: Pick<Template, 'id' | 'spec'>, except?: string): void => {
    const others = sessions.all.filter(
      ({ metadata, spec }) => metadata.name !== except && spec.templateRef.name === template.id && !spec.startAhead,
    )
    const running = others.filter(isWanted)
    const { maxSessionsPerUser } = template.spec.access
    const [first] = running
    if (first && template.spec.storage.home) {
      const { displayName } = recordOf(first, template.spec)
      const node = first.status.nodeName
      const words = { session: `“${displayName}”`, node: node === undefined ? '' : ` on ${node}` }
      throw new AppError('home-in-use', words)
    }
    if (maxSessionsPerUser > 0 && running.length >= maxSessionsPerUser) throw new AppError('session-limit')
  }
  /** What nobody has asked for makes room for what somebody asks for now. */
  const makeRoom = async (template: Template): Promise<void> => {
    if (isOverQuota(template))
      for (const session of ahead()) if (session.spec.templateRef.name !== template.id) await removeNow(session, false)
  }
  const removeNow = async (session: VdiSessionObject, deleteHome: boolean): Promise<void> => {
    const template = templateOf(session.spec.templateRef.name)
    const memory = sessions.memory(session.metadata.name)
    memory.action = 'removing'
    sessions.refresh()
    try {
      await writes.remove(session, deleteHome, template?.spec.storage.home?.reclaim)
    } catch (thrown) {
      memory.action = undefined
      throw thrown
    }
  }

  const startAhead = async (): Promise<void> => {
    // without the right to list quotas nothing is known of them
    const { items } = await client.list(QUOTA, { namespace }).catch(() => ({ items: [] }))
    if (life.signal.aborted) return
    const wanted = startsAhead(offered(state.templates.items).templates, sessions.all, (template, again) =>
      Boolean(isOverQuota(template, items, again)),
    )
    for (const { template, again } of wanted)
      try {
        if (again) await writes.patch(again, { spec: runs(again) })
        else await writes.create(newName(template), template, { startAhead: true })
      } catch (thrown) {
        // nobody has asked for it: the click will say what is wrong
        log.info('not started ahead', { template: template.id, reason: String(thrown) })
      }
  }
  const newName = (template: Template): string => sessionName(template.id, deps.random(SESSION_NAME_BYTES))

  const provider: SessionProvider = {
    mode: 'operator',
    watch: tell.watch,
    async start(request: StartRequest, signal) {
      const silent = () => new AppError('cluster-slow', { host: client.server })
      await within(abortable(state.synced, signal), SYNC_PATIENCE_MS, timers, silent)
      const template = templateOf(request.templateId)
      if (!template) throw new AppError('template-unknown')
      const displayName = request.displayName?.trim() || template.spec.displayName
      const withoutGpu = request.withoutGpu === true
      const ahead = startedAhead(template.id, sessions.all)
      const name = ahead?.metadata.name ?? newName(template)
      await inTurn(name, async () => {
        checkRoom(template, name)
        if (ahead) return takeOver(sessionOf(name), { displayName, withoutGpu })
        await makeRoom(template)
        await writes.create(name, template, { displayName, withoutGpu }, signal)
        sessions.asked(name, undefined)
        sessions.memory(name).isFirst = true
      })
      return sessionId({ clusterId, namespace, name })
    },
    async cancel(id) {
      const name = nameOf(id)
      await inTurn(name, async () => {
        const session = sessionOf(name)
        const { status, metadata } = session
        // nobody has changed it since it was made
        const isUntouched = metadata.generation === 1 && status.stoppedAt === undefined
        const isFirst = status.readyAt === undefined && (isUntouched || sessions.memory(name).isFirst)
        if (!isFirst) return stopNow(session)
        // a first start leaves nothing, and the home that it made is empty
        const home = state.claims.get(homeName(session.spec.templateRef.name, hash), namespace)
        const isNew =
          home?.metadata.annotations?.[ANNOTATION.created] === status.startedAt && status.startedAt !== undefined
        await removeNow(session, isNew)
      })
    },
    async stop(id) {
      const name = nameOf(id)
      await inTurn(name, () => stopNow(sessionOf(name)))
    },
    async resume(id, options = {}) {
      const name = nameOf(id)
      await inTurn(name, () => resumeNow(sessionOf(name), options.withoutGpu === true))
      return id
    },
    async remove(id, { deleteHome }) {
      const name = nameOf(id)
      await inTurn(name, async () => {
        const session = sessionOf(name)
        const template = templateOf(session.spec.templateRef.name)
        if (deleteHome && template?.spec.storage.home) checkRoom(template, name)
        await removeNow(session, deleteHome)
      })
    },
    async keepRunning(id) {
      const name = nameOf(id)
      const annotations = { [ANNOTATION.heartbeat]: new Date(now()).toISOString() }
      await inTurn(name, () => writes.patch(sessionOf(name), { metadata: { annotations } }))
    },
    async open(id, signal): Promise<DesktopAccess> {
      const name = nameOf(id)
      const session = sessionOf(name)
      const view = sessions.views.find((candidate) => candidate.id === id)
      if (!view?.openable) throw new AppError('session-not-running')
      try {
        const place = placeOf(session)
        const secret = await readCredential(place, signal)
        const found = readRecord(secret) ?? recordOf(session, templateOf(session.spec.templateRef.name)?.spec)
        // the record of a claimed desktop names the desktop, not the session that has it
        const record = { ...found, name, namespace }
        const relay = relayOfSession(secret, now())
        const pod = { namespace: place.namespace, name: place.pod }
        return desktopAccess({ client, clusterId, record, pod, secret, node: nodeEndpoint(session), relay })
      } catch (thrown) {
        if (isNotFound(thrown)) throw new AppError('session-not-running', {}, { cause: thrown })
        throw refusal(thrown, { namespace, host: client.server })
      }
    },
    firstFrame(id) {
      const memory = sessions.memory(nameOf(id))
      if (memory.askedAt === undefined || memory.seen.connected !== undefined) return
      memory.seen.connected = now()
      sessions.refresh()
    },
    async dispose() {
      life.abort()
      sessions.dispose()
      quotas.dispose()
      state.dispose()
      tell.dispose()
      await turns.idle()
    },
  }

  /** The right to read it in the warm pool is as old as the claim: not every API server may know of it yet. */
  const readCredential = async ({ namespace: at, secret }: DesktopPlace, signal?: AbortSignal): Promise<KubeObject> => {
    for (let tries = at === namespace ? RIGHTS_TRIES : 1; ; tries++)
      try {
        return await client.get(SECRET, secret, at, signal)
      } catch (thrown) {
        if (tries >= RIGHTS_TRIES || !(thrown instanceof ApiError && thrown.status === 403)) throw thrown
        await sleep(timers, RIGHTS_PAUSE_MS, signal ?? life.signal)
      }
  }

  const stopNow = async (session: VdiSessionObject): Promise<void> => {
    const memory = sessions.memory(session.metadata.name)
    const before = memory.stoppedHere
    memory.stoppedHere = true
    memory.isFirst = false
    try {
      await writes.patch(session, { spec: { desiredState: 'Stopped' } })
    } catch (thrown) {
      memory.stoppedHere = before
      throw thrown
    }
  }

  const resumeNow = async (session: VdiSessionObject, withoutGpu: boolean): Promise<void> => {
    const isOn = isWanted(session) && (!withoutGpu || session.spec.withoutGpu)
    if (isOn) return
    const { name } = session.metadata
    const template = templateOf(session.spec.templateRef.name)
    if (template) {
      checkRoom(template, name)
      await makeRoom(template)
    }
    await writes.patch(session, { spec: { ...runs(session), withoutGpu } })
    sessions.asked(name, session.status.startedAt)
  }

  const takeOver = async (
    session: VdiSessionObject,
    wanted: { readonly displayName: string; readonly withoutGpu: boolean },
  ): Promise<void> => {
    const isSame = isWanted(session) && session.spec.withoutGpu === wanted.withoutGpu
    const start = isSame ? { desiredState: 'Running' } : runs(session)
    await writes.patch(session, { spec: { ...start, ...wanted, startAhead: false } })
    // its start is over, or goes on: no other will be told of
    sessions.asked(session.metadata.name, isSame ? undefined : session.status.startedAt)
    // before the click nobody knew of it: called off, it leaves nothing
    sessions.memory(session.metadata.name).isFirst = session.status.readyAt === undefined
  }
  return provider
}

/** What makes a session start anew, whatever it does now. */
function runs(session: VdiSessionObject): Readonly<Record<string, unknown>> {
  const isTold = session.spec.desiredState === 'Stopped'
  return { desiredState: 'Running', ...(isTold ? {} : { restartRequestedAt: nextRestart(session) }) }
}
