// One handler for each call of the contract: the router has checked who asks and what; here it only reaches the right service.
import type { AppInfo } from '../shared/ipc/contract.ts'
import { AppError } from '../shared/errors.ts'
import type { HostServices } from './app-host.ts'
import type { Clusters } from './core-services.ts'
import type { DesktopProxy } from './desktop-proxy/types.ts'
import type { InventoryService } from './gpu/inventory-service.ts'
import type { LibraryService } from './library/library-service.ts'
import type { Logger } from './logging/logger.ts'
import type { Papers } from './papers/papers.ts'
import type { Handlers } from './router.ts'
import type { SettingsStore } from './settings/store.ts'

export interface HandlerServices {
  readonly host: HostServices
  readonly info: AppInfo
  readonly clusters: Clusters
  readonly library: LibraryService
  readonly inventory: InventoryService
  readonly proxy: DesktopProxy
  readonly papers: Papers
  readonly settings: SettingsStore
  /** The log of the UI's own lines. */
  readonly uiLog: Logger
}

/** Makes the handlers over the services. What they throw becomes an error value in the router. */
export function createHandlers(services: HandlerServices): Handlers {
  const { host, info, clusters, library, inventory, proxy, papers, settings, uiLog } = services
  return {
    'app.info': () => info,
    'app.log': ({ level, scope, message }) => {
      uiLog.scope(scope)[level](message)
      return {}
    },

    'clusters.refresh': async () => done(clusters.refresh()),
    'clusters.select': async ({ clusterId }) => done(clusters.select(clusterId)),
    'clusters.addText': async ({ name, text }) => ({ clusterIds: [...(await clusters.addText(name, text))] }),
    'clusters.pickFile': async () => {
      // the web host's page reads a file itself and sends its text
      if (!host.pickKubeconfig) throw new AppError('bad-request', {}, { detail: 'There is no file dialog here.' })
      const path = await host.pickKubeconfig()
      return { clusterIds: path === null ? null : [...(await clusters.addFile(path))] }
    },
    'clusters.remove': async ({ clusterId }) => done(clusters.remove(clusterId)),
    'clusters.setNamespace': async ({ clusterId, namespace }) => done(clusters.setNamespace(clusterId, namespace)),
    'clusters.trustPlugin': async ({ clusterId, fingerprint }) => done(clusters.trustPlugin(clusterId, fingerprint)),

    'sessions.start': async ({ clusterId, ...request }) => ({ sessionId: await library.start(clusterId, request) }),
    'sessions.cancel': async ({ sessionId }) => done(library.cancel(sessionId)),
    'sessions.startWithoutGpu': async ({ sessionId }) => ({ sessionId: await library.startWithoutGpu(sessionId) }),
    'sessions.stop': async ({ sessionId }) => done(library.stop(sessionId)),
    'sessions.resume': async ({ sessionId }) => ({ sessionId: await library.resume(sessionId) }),
    'sessions.remove': async ({ sessionId, deleteHome }) => done(library.remove(sessionId, deleteHome)),
    'sessions.keepRunning': async ({ sessionId }) => done(library.keepRunning(sessionId)),
    'sessions.open': ({ sessionId }, sender) => library.open(sessionId, sender),
    'sessions.closeDoor': async ({ ticket }, sender) => done(proxy.closeDoor(ticket, sender.windowId)),
    'sessions.firstFrame': ({ sessionId }) => {
      library.firstFrame(sessionId)
      return {}
    },
    'sessions.setThumbnail': ({ sessionId, dataUrl }) => {
      library.setThumbnail(sessionId, dataUrl)
      return {}
    },

    'papers.take': ({ ticket, name }, sender) => papers.take(sender, ticket, name),
    'papers.act': async ({ paperId, what }, sender) => ({ done: await papers.act(sender, paperId, what) }),

    'inventory.stop': async ({ clusterId, namespace, pod }) => done(inventory.stop(clusterId, namespace, pod)),

    'settings.set': async (patch) => done(settings.set(patch)),
    'settings.setLayout': async ({ sessionId, patch }) => done(settings.setLayout(sessionId, patch)),

    'windows.openViewer': async ({ sessionId, display = 'primary' }) => {
      if (!host.openViewer) return { opened: 'tab' }
      await host.openViewer(sessionId, display, settings.current.layouts[sessionId]?.[display]?.bounds)
      return { opened: 'window' }
    },
    'windows.grabKeys': ({ on }, sender) => ({ held: host.grabKeys?.(sender.windowId, on) ?? false }),
    'windows.moveTo': ({ monitor }, sender) => ({ moved: host.moveTo?.(sender.windowId, monitor) ?? false }),
  }
}

/** The empty answer of a call that only does something. */
async function done(work: Promise<unknown>): Promise<Record<string, never>> {
  await work
  return {}
}
