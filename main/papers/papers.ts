// Printed documents of desktops, for the windows that show those: taken once, then opened, saved or printed by the host.
// Policy: the app's own host does it with the system's programs; a browser gets an address of another origin. A window reaches its own alone.
import { AppError } from '../../shared/errors.ts'
import { safeFileName } from '../../shared/selkies/file-name.ts'
import type { HostServices, Sender } from '../app-host.ts'
import type { DesktopProxy } from '../desktop-proxy/types.ts'
import { createPaperShelf } from './paper-shelf.ts'
import { listenForPapers, type PaperListener } from './paper-listener.ts'

export interface PapersOptions {
  readonly proxy: Pick<DesktopProxy, 'takePaper'>
  readonly host: Pick<HostServices, 'papers'>
  readonly random: (bytes: number) => Buffer
  readonly now: () => number
}

/** A document that was taken. `address`: where a browser shows it; null where the host opens it itself. */
export interface TakenPaper {
  readonly paperId: string
  readonly bytes: number
  readonly address: string | null
}

export interface Papers {
  /** @throws AppError of the catalogue */
  take(sender: Sender, ticket: string, name: string): Promise<TakenPaper>
  /** @returns false when the person changed their mind. @throws AppError */
  act(sender: Sender, paperId: string, what: 'open' | 'save' | 'print'): Promise<boolean>
  closeWindow(windowId: string): void
  dispose(): Promise<void>
}

export function createPapers({ proxy, host, random, now }: PapersOptions): Papers {
  const shelf = createPaperShelf(random, now)
  let listener: Promise<PaperListener> | undefined
  const address = async (paper: ReturnType<typeof shelf.put>): Promise<string> => {
    // made with the first document: most never print
    listener ??= listenForPapers((id) => shelf.get(id))
    return (await listener).addressOf(paper)
  }
  return {
    async take({ windowId }, ticket, name) {
      const bytes = await proxy.takePaper(ticket, windowId, name)
      const paper = shelf.put(windowId, safeFileName(name), bytes)
      return {
        paperId: paper.id,
        bytes: bytes.length,
        address: host.papers === undefined ? await address(paper) : null,
      }
    },
    async act({ windowId }, paperId, what) {
      const paper = shelf.get(paperId)
      if (host.papers === undefined) throw new AppError('bad-request', {}, { detail: 'A browser opens it itself.' })
      if (paper === undefined || paper.windowId !== windowId) throw new AppError('paper-gone')
      return host.papers(what, paper.fileName, paper.bytes)
    },
    closeWindow: (windowId) => shelf.closeWindow(windowId),
    async dispose() {
      shelf.clear()
      await (await listener?.catch(() => undefined))?.stop()
    },
  }
}
