// Joins the providers of all connected clusters into the topics `library` and `sessions`, and sends what people do to the
// provider that has the session. Doors end when their session does. A provider that goes away takes its sessions along.
import type { LibrarySnapshot } from '../../shared/domain/cluster.ts'
import type { Door, SessionView } from '../../shared/domain/session.ts'
import { AppError } from '../../shared/errors.ts'
import type { SessionsSnapshot } from '../../shared/ipc/contract.ts'
import type { Clock, Sender } from '../app-host.ts'
import type { Clusters } from '../core-services.ts'
import type { DesktopProxy } from '../desktop-proxy/types.ts'
import type { Logger } from '../logging/logger.ts'
import type { ProviderSnapshot, SessionProvider, StartRequest } from '../sessions/provider.ts'
import { clusterOf } from './session-id.ts'
import { templateView } from './template-view.ts'
import { createThumbnails } from './thumbnails.ts'
import { measureStart, type UsualTimes } from './usual-times.ts'

export interface LibraryServiceOptions {
  readonly clusters: Pick<Clusters, 'snapshot' | 'onChange' | 'providers'>
  readonly proxy: Pick<DesktopProxy, 'open' | 'closeDoor' | 'closeSession'>
  readonly usualTimes: UsualTimes
  readonly clock: Clock
  readonly log: Logger
  readonly publishLibrary: (snapshot: LibrarySnapshot) => void
  readonly publishSessions: (snapshot: SessionsSnapshot) => void
  /** @param pictures by session */
  readonly publishPictures: (pictures: Readonly<Record<string, string>>) => void
  /** Electron's hidden window that draws a demo desktop; absent where the page does it. */
  readonly runDemoDesktop?: ((sessionId: string, attach: string) => void) | undefined
}

export interface LibraryService {
  start(clusterId: string, request: StartRequest): Promise<string>
  cancel(sessionId: string): Promise<void>
  /** @returns id of the session that starts, as `resume` of a provider does */
  startWithoutGpu(sessionId: string): Promise<string>
  stop(sessionId: string): Promise<void>
  resume(sessionId: string): Promise<string>
  remove(sessionId: string, deleteHome: boolean): Promise<void>
  keepRunning(sessionId: string): Promise<void>
  open(sessionId: string, sender: Sender): Promise<Door>
  firstFrame(sessionId: string): void
  setThumbnail(sessionId: string, dataUrl: string): void
  /** A window is gone: what it was about to open is not opened. */
  closeWindow(windowId: string): void
  dispose(): void
}

interface Watched {
  readonly provider: SessionProvider
  snapshot: ProviderSnapshot | undefined
  readonly stop: () => void
}

/** Starts watching what is connected. */
export function createLibraryService(options: LibraryServiceOptions): LibraryService {
  const { clusters, proxy, usualTimes, clock, log } = options
  const thumbnails = createThumbnails()
  const watched = new Map<string, Watched>()
  /** Starts whose first picture is counted: `<session> <startedAt>`. */
  const measured = new Set<string>()
  /** What windows are opening now; a window that closes meanwhile gets no door. */
  const opening = new Map<string, Set<AbortController>>()

  function watchProviders(): void {
    for (const [clusterId, entry] of watched)
      if (clusters.providers.get(clusterId) !== entry.provider) {
        entry.stop()
        watched.delete(clusterId)
        // its doors dial with what has just been given up: their windows open new ones
        closeEnded(entry.snapshot?.sessions ?? [], [])
      }
    for (const [clusterId, provider] of clusters.providers) if (!watched.has(clusterId)) watchOne(clusterId, provider)
    publish()
  }

  function watchOne(clusterId: string, provider: SessionProvider): void {
    let stop: () => void = () => undefined
    const entry: Watched = { provider, snapshot: undefined, stop: () => stop() }
    watched.set(clusterId, entry)
    stop = provider.watch((snapshot) => {
      closeEnded(entry.snapshot?.sessions ?? [], snapshot.sessions)
      entry.snapshot = snapshot
      if (watched.get(clusterId) === entry) publish()
    })
  }

  /** A session that stopped or went away takes its doors along. */
  function closeEnded(before: readonly SessionView[], after: readonly SessionView[]): void {
    const usable = new Set(after.filter(isUsable).map(({ id }) => id))
    for (const { id } of before.filter(isUsable))
      if (!usable.has(id))
        void proxy
          .closeSession(id)
          .catch((thrown: unknown) => log.warn('doors did not close', { error: String(thrown) }))
  }

  function publish(): void {
    const { activeId, searching } = clusters.snapshot
    const active = activeId === undefined ? undefined : watched.get(activeId)
    const snapshot = active?.snapshot
    options.publishLibrary({
      ...(activeId === undefined ? {} : { clusterId: activeId }),
      loading: activeId === undefined ? searching : active !== undefined && (!snapshot || snapshot.state === 'syncing'),
      templates: (snapshot?.templates ?? []).map((template) =>
        templateView(
          activeId ?? '',
          template,
          usualTimes.of(activeId ?? '', template.id),
          snapshot?.blocked.get(template.id),
          snapshot?.notes?.get(template.id),
        ),
      ),
      problems: [...(snapshot?.problems ?? [])],
    })
    const sessions = [...watched.values()].flatMap((entry) => entry.snapshot?.sessions ?? [])
    const isWhole = [...watched.values()].every((entry) => entry.snapshot?.state === 'live')
    // they are megabytes: said when one changes, not with all that happens to sessions
    if (isWhole && thumbnails.keepOnly(new Set(sessions.map(({ id }) => id)))) options.publishPictures(thumbnails.all())
    options.publishSessions({
      sessions,
      loading: [...watched.values()].some(({ snapshot: each }) => !each || each.state === 'syncing'),
    })
  }

  function providerFor(clusterId: string): SessionProvider {
    const provider = clusters.providers.get(clusterId)
    if (!provider) throw new AppError('cluster-unknown', {}, { detail: 'The cluster is not connected.' })
    return provider
  }
  const providerOf = (sessionId: string) => providerFor(clusterOf(sessionId))
  const find = (sessionId: string) =>
    watched.get(clusterOf(sessionId))?.snapshot?.sessions.find(({ id }) => id === sessionId)

  async function open(sessionId: string, { windowId }: Sender): Promise<Door> {
    const controller = new AbortController()
    const mine = opening.get(windowId) ?? new Set()
    opening.set(windowId, mine.add(controller))
    const wasUsable = isUsable(find(sessionId))
    try {
      const access = await providerOf(sessionId).open(sessionId, controller.signal)
      controller.signal.throwIfAborted()
      const door = await proxy.open(access, windowId)
      // its window or its session went while it was made: nobody would ever close it
      const isEnded = wasUsable && !isUsable(find(sessionId))
      if (controller.signal.aborted || isEnded) {
        await proxy.closeDoor(door.ticket, windowId)
        throw new AppError('session-not-running')
      }
      if (!door.demo || !options.runDemoDesktop) return door
      options.runDemoDesktop(sessionId, door.demo.attach)
      const { demo: _ran, ...rest } = door
      return rest
    } catch (thrown) {
      throw controller.signal.aborted ? new AppError('door-closed', {}, { cause: thrown }) : thrown
    } finally {
      mine.delete(controller)
      if (mine.size === 0) opening.delete(windowId)
    }
  }

  async function startWithoutGpu(sessionId: string): Promise<string> {
    const provider = providerOf(sessionId)
    const session = find(sessionId)
    if (!session) throw new AppError('session-unknown')
    // a failed start has been taken back already, and the operator changes a start that is under way by itself
    if (session.phase !== 'failed' && provider.mode !== 'operator') await provider.cancel(sessionId)
    try {
      return await provider.resume(sessionId, { withoutGpu: true })
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.code === 'session-unknown')) throw thrown
      // it was a first start: nothing of it is left
      const { templateId, displayName } = session
      return provider.start({ templateId, displayName, withoutGpu: true })
    }
  }

  const stopListening = clusters.onChange(watchProviders)
  watchProviders()
  return {
    start: (clusterId, request) => providerFor(clusterId).start(request),
    cancel: (sessionId) => providerOf(sessionId).cancel(sessionId),
    startWithoutGpu,
    stop: (sessionId) => providerOf(sessionId).stop(sessionId),
    resume: (sessionId) => providerOf(sessionId).resume(sessionId),
    remove: (sessionId, deleteHome) => providerOf(sessionId).remove(sessionId, { deleteHome }),
    keepRunning: (sessionId) => providerOf(sessionId).keepRunning(sessionId),
    open,
    firstFrame(sessionId) {
      const before = find(sessionId)
      providerOf(sessionId).firstFrame(sessionId)
      const session = find(sessionId) ?? before
      const key = `${sessionId} ${session?.startedAt ?? 0}`
      // opened again later: the time since the click says nothing then
      if (!session || before?.stages.find(({ name }) => name === 'connected')?.state === 'done' || measured.has(key))
        return
      measured.add(key)
      const start = measureStart(session, clock.now())
      if (!start) return
      usualTimes.add(clusterOf(sessionId), session.templateId, start)
      publish()
    },
    setThumbnail(sessionId, dataUrl) {
      if (!find(sessionId)) throw new AppError('session-unknown')
      thumbnails.set(sessionId, dataUrl)
      options.publishPictures(thumbnails.all())
    },
    closeWindow(windowId) {
      for (const controller of opening.get(windowId) ?? []) controller.abort()
    },
    dispose() {
      stopListening()
      for (const { stop } of watched.values()) stop()
      watched.clear()
    },
  }
}

/** May have doors: it runs, or its start may be opened already. */
function isUsable(session: SessionView | undefined): boolean {
  return session?.phase === 'running' || (session?.phase === 'starting' && session.openable)
}
