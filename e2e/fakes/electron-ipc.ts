// Electron's IPC between one page and the main process, in memory: values cross by structured clone, as they do in Electron.
// Typed against Electron's own types, so that a change of its API breaks the build.
import type { ContextBridge, IpcMain, IpcMainEvent, IpcRenderer } from 'electron'

type MainListener = (event: IpcMainEvent, ...args: unknown[]) => unknown
type PageListener = Parameters<IpcRenderer['on']>[1]

export interface FakeIpc {
  readonly ipcMain: Pick<IpcMain, 'handle' | 'on'>
  readonly ipcRenderer: Pick<IpcRenderer, 'invoke' | 'send' | 'on' | 'removeListener'>
  readonly contextBridge: Pick<ContextBridge, 'exposeInMainWorld'>
  /** What the preload script gave the page. */
  readonly page: ReadonlyMap<string, unknown>
  /** A reload: the page's listeners are gone, its WebContents stays. */
  reload(): void
}

/** @param frame of the page, as Electron would tell it */
export function createFakeIpc(frame: { readonly id: number; readonly origin: string }): FakeIpc {
  const handlers = new Map<string, MainListener>()
  const mainListeners = new Map<string, MainListener>()
  const pageListeners = new Map<string, Set<PageListener>>()
  const page = new Map<string, unknown>()
  const sender = {
    id: frame.id,
    isDestroyed: () => false,
    once: () => undefined,
    send: (channel: string, ...args: unknown[]) => {
      const copies = structuredClone(args)
      // a push arrives later, never within the call that caused it
      queueMicrotask(() => {
        for (const listener of pageListeners.get(channel) ?? []) listener({} as Parameters<PageListener>[0], ...copies)
      })
    },
  }
  const event = { sender, senderFrame: { origin: frame.origin, parent: null } } as unknown as IpcMainEvent
  const ipcMain: Pick<IpcMain, 'handle' | 'on'> = {
    handle: (channel, handler) => void handlers.set(channel, handler as unknown as MainListener),
    on(channel: string, listener: (...args: never[]) => void) {
      mainListeners.set(channel, listener as MainListener)
      return this as IpcMain
    },
  }
  const ipcRenderer: FakeIpc['ipcRenderer'] = {
    async invoke(channel, ...args) {
      const handler = handlers.get(channel)
      if (!handler) throw new Error(`No handler registered for '${channel}'`)
      return structuredClone(await handler(event, ...structuredClone(args)))
    },
    send: (channel, ...args) => void mainListeners.get(channel)?.(event, ...structuredClone(args)),
    on(channel, listener) {
      pageListeners.set(channel, (pageListeners.get(channel) ?? new Set()).add(listener))
      return this as IpcRenderer
    },
    removeListener(channel: string, listener: PageListener) {
      pageListeners.get(channel)?.delete(listener)
      return this as IpcRenderer
    },
  }
  return {
    ipcMain,
    ipcRenderer,
    contextBridge: { exposeInMainWorld: (name, api) => void page.set(name, api) },
    page,
    reload: () => pageListeners.clear(),
  }
}
