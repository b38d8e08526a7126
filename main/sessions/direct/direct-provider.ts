// Direct mode: desktops in a cluster in which nothing is installed. The app applies the rendered objects itself, with the person's own
// rights in one namespace; a session's record is its access Secret. Operations on one session follow each other, never overlap.
import { Buffer } from 'node:buffer'
import { AppError } from '../../../shared/errors.ts'
import { ownerHash } from '../../../shared/domain/hash.ts'
import {
  accessName,
  homeName,
  mediaName,
  parseSessionId,
  SESSION_NAME_BYTES,
  sessionId,
  sessionName,
} from '../../../shared/domain/names.ts'
import type { Template, TemplateSpec } from '../../../shared/domain/template.ts'
import { ANNOTATION, DEFAULT_DESKTOP_IMAGE, FIELD_MANAGER_DESKTOP } from '../../../shared/product.ts'
import type { RenderInput } from '../../../shared/render/render-session.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { CLAIM, POD, SECRET, SERVICE } from '../../../kube/types.ts'
import { annotation, isFinished, isTerminating } from '../kube-read.ts'
import type { DesktopAccess, ProviderSnapshot, SessionProvider, StartRequest } from '../provider.ts'
import { desktopAccess } from '../access.ts'
import { createClusterState } from './cluster-state.ts'
import { createTemplateCatalogue } from './configmap-templates.ts'
import { createHomeGuard } from './home-guard.ts'
import { deleteExactly, laterThan, launch, undoLaunch, untilGone, type LaunchWorld } from './launch.ts'
import type { DirectProviderDeps } from './provider-deps.ts'
import { createQuotaWatch } from '../quota-watch.ts'
import { quotaBlock } from '../quota.ts'
import { readRelay } from '../relay.ts'
import { refusal } from '../refusals.ts'
import { nodeAddress } from './node-address.ts'
import { createKeeper, type KeptSession } from './session-keeper.ts'
import { createTell } from '../tell.ts'
import { HOST_TIMERS, sleep } from '../timers.ts'
import { abortable, createTurns, within } from '../turns.ts'

export type { DirectProviderDeps } from './provider-deps.ts'

/** How long a click waits for a cluster that has not told yet what is there, ms: it must not start something much later. */
const SYNC_PATIENCE_MS = 20_000
/** How long a failed start is held back while its objects are taken back, ms. */
const TAKE_BACK_PATIENCE_MS = 30_000

/** Makes the provider; it begins to watch at once. */
export function createDirectProvider(deps: DirectProviderDeps): SessionProvider {
  const { clusterId, client, namespace, clock, log, timers = HOST_TIMERS } = deps
  const desktopImage = deps.desktopImage ?? DEFAULT_DESKTOP_IMAGE
  const hash = ownerHash(deps.user.username)
  const now = (): number => clock.now()
  const turns = createTurns()
  let isSynced = false
  let disposed = false

  const state = createClusterState(deps.createReflector, namespace, hash, () => {
    if (isSynced) keeper.refresh()
    else tell.soon()
  })
  const world: LaunchWorld = { client, namespace, state, timers, now, log }
  const tell = createTell(() => snapshot())
  const keeper = createKeeper({ world, clusterId, usual: deps.usual ?? (() => undefined), changed: tell.soon })
  const homes = createHomeGuard(world, keeper, hash)
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
      keeper.refresh()
      quotas.refresh()
    },
    () => undefined, // disposed before
  )
  // without the right to make Services desktops simply have no node port
  const mayServices = client.canI({ verb: 'create', resource: 'services', namespace }).then(
    (may) => {
      if (may && !disposed) state.watchServices()
      return may
    },
    () => false,
  )

  const catalogue = createTemplateCatalogue(desktopImage)
  const templates = (): readonly Template[] => catalogue(state.configMaps).templates
  const snapshot = (): ProviderSnapshot => {
    const health = state.health()
    const { templates: all, problems } = catalogue(state.configMaps)
    const blocked = new Map<string, { sentence: string; canWait: boolean }>()
    for (const { id, spec } of all) {
      const block = quotaBlock(quotas.items, spec, state.claims.find(homeName(id, hash)) === undefined)
      if (block) blocked.set(id, block)
    }
    return {
      ...health,
      state: isSynced || health.state !== 'live' ? health.state : 'syncing',
      namespace,
      templates: all,
      blocked,
      problems,
      sessions: keeper.views,
    }
  }
  const explain = (thrown: unknown, spec?: TemplateSpec): AppError =>
    refusal(thrown, { namespace, host: client.server, spec })
  const nameOf = (id: string): string => {
    const ref = parseSessionId(id)
    if (!ref || ref.clusterId !== clusterId || ref.namespace !== namespace) throw new AppError('session-unknown')
    return ref.name
  }
  const sessionOf = (name: string): KeptSession => {
    const session = keeper.find(name)
    if (!session) throw new AppError('session-unknown')
    return session
  }
  /** One operation at a time for a session. */
  const inTurn = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await turns.take(name, run)
    } catch (thrown) {
      throw explain(thrown, keeper.find(name)?.record.spec)
    } finally {
      homes.release(name)
      keeper.refresh()
      quotas.refresh()
    }
  }

  /** Makes a start's objects, and takes them back when that fails. */
  const begin = async (
    name: string,
    template: Template,
    session: { readonly displayName: string; readonly withoutGpu: boolean; readonly created: string | undefined },
    before: KubeObject | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    const askedAt = now()
    const stamp = laterThan(askedAt, before && annotation(before, ANNOTATION.lastStopped))
    const password = Buffer.from(deps.random(32)).toString('base64url')
    const abort = new AbortController()
    const settled = Promise.withResolvers<void>()
    const memory = keeper.memory(name)
    const input: RenderInput = {
      template,
      session: {
        name,
        namespace,
        owner: deps.user.username,
        ownerHash: hash,
        displayName: session.displayName,
        withoutGpu: session.withoutGpu,
        created: session.created ?? stamp,
        lastStarted: stamp,
      },
      platform: {
        nodePort: false,
        fieldManager: FIELD_MANAGER_DESKTOP,
        desktopImage,
        relayImage: deps.relayImage,
      },
      secrets: { password },
    }
    Object.assign(memory, { action: 'starting', stamp, askedAt, seen: {}, failed: undefined, goneAt: undefined })
    memory.start = {
      input,
      before,
      abort,
      askedAt,
      settled: settled.promise,
      launched: false,
      ending: false,
      retries: [],
      remaking: undefined,
      takingBack: undefined,
    }
    let touched = false
    try {
      const nodePort = await mayServices
      const full = { ...input, platform: { ...input.platform, nodePort } }
      await launch(world, full, signal ? AbortSignal.any([abort.signal, signal]) : abort.signal, () => {
        touched = true
      })
      memory.start.launched = true
    } catch (thrown) {
      const error = abort.signal.aborted || signal?.aborted ? new AppError('cancelled') : explain(thrown, template.spec)
      const back = keeper.takeBack(name, touched).then(
        () => (before ? undefined : keeper.forget(name)),
        () => undefined, // disposed: what is left bears its mark
      )
      // a cluster that is out of reach is waited for in the background: the person hears of the failure now
      await Promise.race([back, sleep(timers, TAKE_BACK_PATIENCE_MS)])
      throw error
    } finally {
      settled.resolve()
      keeper.refresh()
    }
  }

  const stopNow = async (name: string): Promise<void> => {
    await keeper.letGo(name)
    const session = sessionOf(name)
    const { record, pod } = session
    const memory = keeper.memory(name)
    memory.failed = undefined
    memory.action = pod ? 'stopping' : undefined
    keeper.refresh()
    try {
      // the record first: a pod that then goes away was stopped by its owner
      const patch = { metadata: { annotations: { [ANNOTATION.lastStopped]: laterThan(now(), record.lastStarted) } } }
      state.secrets.wrote(await client.patch(SECRET, accessName(record.name), namespace, patch), now())
      await removeRuntime(session)
    } catch (thrown) {
      memory.action = undefined
      throw thrown
    }
  }
  const removeRuntime = async ({ pod, record }: KeptSession): Promise<void> => {
    const service = (await mayServices) ? client.delete(SERVICE, mediaName(record.name), namespace) : undefined
    await Promise.all([pod ? deleteExactly(world, POD, pod) : undefined, service])
  }

  const provider: SessionProvider = {
    mode: 'direct',
    watch: tell.watch,
    async start(request: StartRequest, signal) {
      const silent = () => new AppError('cluster-slow', { host: client.server })
      await within(abortable(state.synced, signal), SYNC_PATIENCE_MS, timers, silent)
      const template = templates().find(({ id }) => id === request.templateId)
      if (!template) throw new AppError('template-unknown')
      const name = sessionName(template.id, deps.random(SESSION_NAME_BYTES))
      for (const [old, memory] of keeper.memories)
        if (memory.failed?.templateId === template.id && !keeper.find(old)) keeper.forget(old)
      await inTurn(name, async () => {
        await homes.hold(template, name, signal)
        const displayName = request.displayName?.trim() || template.spec.displayName
        const withoutGpu = request.withoutGpu === true
        await begin(name, template, { displayName, withoutGpu, created: undefined }, undefined, signal)
      })
      return sessionId({ clusterId, namespace, name })
    },
    async cancel(id) {
      const name = nameOf(id)
      const start = keeper.memories.get(name)?.start
      if (start && !start.launched) {
        start.abort.abort()
        return start.settled
      }
      await inTurn(name, async () => {
        const memory = keeper.memory(name)
        if (memory.start && memory.seen.connected === undefined) {
          memory.action = memory.start.before ? 'stopping' : 'removing'
          memory.failed = undefined
          keeper.refresh()
          const isFirst = memory.start.before === undefined
          await keeper.takeBack(name)
          if (isFirst) keeper.forget(name)
          return
        }
        const session = sessionOf(name)
        const { record, pod } = session
        const young = pod && !memory.wasReady && record.lastStarted !== undefined
        if (!young) return stopNow(name)
        const { templateId, lastStarted: stamp = '' } = record
        await undoLaunch(world, { name, templateId, ownerHash: hash, stamp })
      })
    },
    async stop(id) {
      const name = nameOf(id)
      await inTurn(name, () => stopNow(name))
    },
    async resume(id, options = {}) {
      const name = nameOf(id)
      const { failed, start } = keeper.memories.get(name) ?? {}
      // what a failed start made is taken back first: only then is it known what there is to resume
      if (failed && start) await keeper.takenBack(start)
      if (failed && !keeper.find(name)) {
        const { templateId, displayName } = failed
        return provider.start({ templateId, displayName, ...options })
      }
      await inTurn(name, () => resumeNow(name, options.withoutGpu === true))
      return id
    },
    async remove(id, { deleteHome }) {
      const name = nameOf(id)
      if (keeper.memories.get(name)?.failed && !keeper.find(name)) return keeper.forget(name)
      await inTurn(name, () => removeNow(name, deleteHome))
    },
    // nothing in direct mode stops a desktop for being idle
    keepRunning: (id) => Promise.resolve(void nameOf(id)),
    async open(id, signal): Promise<DesktopAccess> {
      const session = sessionOf(nameOf(id))
      const { record, secret, pod } = session
      const view = keeper.views.find((candidate) => candidate.id === id)
      if (!pod || !view?.openable) throw new AppError('session-not-running')
      const service = state.services.find(mediaName(record.name))
      const relay = await readRelay(client, namespace, now(), signal)
      return desktopAccess({ client, clusterId, record, secret, node: nodeAddress(pod, service), relay })
    },
    firstFrame(id) {
      const memory = keeper.memories.get(nameOf(id))
      if (memory?.askedAt === undefined || memory.seen.connected !== undefined) return
      memory.seen.connected = now()
      keeper.refresh()
    },
    async dispose() {
      disposed = true
      keeper.dispose()
      quotas.dispose()
      state.dispose()
      tell.dispose()
      await turns.idle()
    },
  }

  const resumeNow = async (name: string, withoutGpu: boolean): Promise<void> => {
    const memory = keeper.memory(name)
    const isOn = ({ pod }: KeptSession): boolean =>
      pod !== undefined && !isTerminating(pod) && !isFinished(pod) && (!withoutGpu || memory.wasReady)
    if (isOn(sessionOf(name)) && !memory.start?.ending) return
    // it waits for a slice: the same session goes on without one
    await keeper.letGo(name)
    const session = sessionOf(name)
    if (isOn(session)) return
    const { record, pod } = session
    memory.failed = undefined
    memory.action = 'starting'
    const template = templates().find(({ id }) => id === record.templateId) ?? pinned(record.templateId, record.spec)
    try {
      if (pod) {
        if (!isTerminating(pod)) await deleteExactly(world, POD, pod)
        await untilGone(world, [[POD, pod]])
      }
      await homes.hold(template, name)
    } catch (thrown) {
      memory.action = undefined
      throw thrown
    }
    const { displayName } = record
    const created = record.created ?? record.lastStarted ?? ''
    await begin(name, template, { displayName, withoutGpu, created }, sessionOf(name).secret, undefined)
  }

  const removeNow = async (name: string, deleteHome: boolean): Promise<void> => {
    const { record } = sessionOf(name)
    const home = deleteHome && record.home !== undefined ? state.claims.find(record.home) : undefined
    if (home) {
      await homes.hold({ id: record.templateId, spec: record.spec }, record.name)
    }
    await keeper.letGo(name)
    const memory = keeper.memory(name)
    const session = keeper.find(name)
    memory.failed = undefined
    memory.action = 'removing'
    keeper.refresh()
    try {
      if (session) await removeRuntime(session)
      if (home) await deleteExactly(world, CLAIM, home)
      if (session) {
        await deleteExactly(world, SECRET, session.secret)
        state.secrets.gone(session.secret)
      }
      keeper.forget(name)
    } catch (thrown) {
      memory.action = undefined
      throw thrown
    }
  }
  return provider
}

/** The template as it was at the last start, when it is no longer offered. */
function pinned(id: string, spec: TemplateSpec): Template {
  return { id, origin: 'configmap', spec }
}
