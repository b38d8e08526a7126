// The app's core: router and services joined together. No Electron in it; the web host runs the same one.
// It ends whole: `dispose` closes doors, watches and files, and a start that fails half-way leaves nothing running.
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { toErrorView } from '../shared/errors.ts'
import type { AppInfo } from '../shared/ipc/contract.ts'
import type { App, AppDeps } from './app-host.ts'
import type { Clusters, ServiceDeps } from './core-services.ts'
import { createDesktopProxy } from './desktop-proxy/desktop-proxy.ts'
import type { DesktopProxy } from './desktop-proxy/types.ts'
import { createInventoryService } from './gpu/inventory-service.ts'
import { createHandlers } from './handlers.ts'
import { createLibraryService } from './library/library-service.ts'
import { openUsualTimes } from './library/usual-times.ts'
import { createLogger, type Logger } from './logging/logger.ts'
import { createRotatingFile } from './logging/rotating-file.ts'
import { createPapers } from './papers/papers.ts'
import { createRouter } from './router.ts'
import { openClusters } from './open-clusters.ts'
import { openSettings } from './settings/store.ts'
import { createTopicHub } from './topic-hub.ts'

/** The services that reach outside; tests give their own. */
export interface AppParts {
  readonly openClusters?: ((service: ServiceDeps) => Clusters) | undefined
  readonly openProxy?: ((service: ServiceDeps) => Promise<DesktopProxy & { readonly origin?: string }>) | undefined
}

const LOG_BYTES = 2_000_000
const LOGS_KEPT = 3

/**
 * Starts the core.
 * @throws when the data folder cannot be made or the doors' listener cannot start
 */
export async function createApp(deps: AppDeps & AppParts): Promise<App & { readonly log: Logger }> {
  const { host, dataDir } = deps
  const clock = deps.clock ?? { now: () => Date.now() }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const file = createRotatingFile({ path: join(dataDir, 'logs', 'app.log'), maxBytes: LOG_BYTES, keep: LOGS_KEPT })
  const log = createLogger(file)
  const usualTimes = openUsualTimes({ dataDir, clock, log: log.scope('usual-times') })
  const service: ServiceDeps = { deps, clock, log, usualTimes }
  const proxy = await (deps.openProxy ?? openProxy)(service).catch((thrown: unknown) => {
    file.close()
    throw thrown
  })
  const papers = createPapers({ proxy, host, random: randomBytes, now: () => clock.now() })
  const clusters = (deps.openClusters ?? openClusters)(service)

  const hub = createTopicHub({
    log: log.scope('topics'),
    onListening: (name, listening) => {
      if (name === 'inventory') inventory.setLooking(listening)
      if (name === 'pictures') hub.publish('wishes', { pictures: listening })
    },
  })
  const settings = openSettings({ dataDir, clock, log: log.scope('settings') })
  const library = createLibraryService({
    clusters,
    proxy,
    usualTimes,
    clock,
    log: log.scope('library'),
    publishLibrary: (snapshot) => hub.publish('library', snapshot),
    publishSessions: (snapshot) => hub.publish('sessions', snapshot),
    publishPictures: (pictures) => hub.publish('pictures', { pictures }),
    runDemoDesktop: host.runDemoDesktop?.bind(host),
  })
  const inventory = createInventoryService({
    clusters,
    clock,
    publish: (snapshot) => hub.publish('inventory', snapshot),
  })
  const stops = [
    clusters.onChange(() => hub.publish('clusters', clusters.snapshot)),
    settings.onChange((values) => hub.publish('settings', values)),
  ]
  hub.publish('clusters', clusters.snapshot)
  hub.publish('settings', settings.current)
  hub.publish('wishes', { pictures: false })

  const info: AppInfo = {
    version: host.version,
    host: host.kind,
    platform: host.platform,
    ...(host.hostNote === undefined ? {} : { hostNote: host.hostNote }),
    ...(proxy.origin === undefined ? {} : { doorOrigin: proxy.origin }),
  }
  const uiLog = log.scope('ui')
  const handlers = createHandlers({ host, info, clusters, library, inventory, proxy, papers, settings, uiLog })
  const router = createRouter({ uiOrigin: host.uiOrigin, handlers, log: log.scope('router') })
  log.info('started', { version: host.version, host: host.kind, platform: host.platform })

  let disposed: Promise<void> | undefined
  async function dispose(): Promise<void> {
    for (const stop of stops) stop()
    library.dispose()
    inventory.dispose()
    hub.dispose()
    const ends = await Promise.allSettled([papers.dispose(), proxy.dispose(), clusters.dispose(), usualTimes.flush()])
    for (const end of ends)
      if (end.status === 'rejected') log.warn('did not end well', { error: toErrorView(end.reason) })
    log.info('ended')
    file.close()
  }

  return {
    call: (sender, name, input) => router.call(sender, name, input),
    subscribe: (sender, topic, push) => router.refuse(sender) ?? hub.subscribe(sender.windowId, topic, push),
    async closeWindow(windowId) {
      hub.closeWindow(windowId)
      library.closeWindow(windowId)
      papers.closeWindow(windowId)
      await proxy.closeWindow(windowId)
    },
    wake: () =>
      void clusters.refresh().catch((thrown: unknown) => log.warn('refresh failed', { error: toErrorView(thrown) })),
    proxy,
    doorOrigin: proxy.origin,
    log,
    dispose: () => (disposed ??= dispose()),
  }
}

function openProxy({ deps, log }: ServiceDeps): Promise<DesktopProxy & { readonly origin?: string }> {
  const proxyLog = log.scope('doors')
  return createDesktopProxy({
    serve: deps.doors,
    uiOrigin: deps.host.uiOrigin,
    log: { warn: (fields, message) => proxyLog.warn(message, { ...fields }) },
  })
}
