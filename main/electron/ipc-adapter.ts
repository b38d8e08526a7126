// Electron's IPC as a carrier of the contract. Who calls is taken from Electron, never from the message; a frame that is gone,
// a frame inside a page and a window that is not ours have no origin, so the router refuses them.
import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron'
import { CHANNEL, TOPIC_NAMES } from '../../shared/ipc/names.ts'
import type { App, Sender } from '../app-host.ts'
import { isTopicName } from '../topic-hub.ts'

export interface IpcAdapterOptions {
  readonly ipcMain: Pick<IpcMain, 'handle' | 'on'>
  readonly app: Pick<App, 'call' | 'subscribe'>
  /** Whether our factory made this WebContents. */
  readonly knows: (webContentsId: number) => boolean
}

/** Who sent an event, as Electron tells it. */
export function senderOf(
  event: Pick<IpcMainEvent | IpcMainInvokeEvent, 'sender' | 'senderFrame'>,
  knows: (webContentsId: number) => boolean,
): Sender {
  const { sender, senderFrame } = event
  const ours = senderFrame !== null && knows(sender.id)
  return {
    windowId: String(sender.id),
    origin: ours ? senderFrame.origin : null,
    isMainFrame: ours && senderFrame.parent === null,
  }
}

/** Joins IPC and the core. Subscriptions end with their window. */
export function connectIpc({ ipcMain, app, knows }: IpcAdapterOptions): void {
  const subscriptions = new Map<string, () => void>()
  const followed = new WeakSet<WebContents>()
  const end = (key: string): void => {
    subscriptions.get(key)?.()
    subscriptions.delete(key)
  }
  /** What a window listened to is forgotten with it. */
  const follow = (contents: WebContents): void => {
    if (followed.has(contents)) return
    followed.add(contents)
    const { id } = contents
    contents.once('destroyed', () => {
      for (const topic of TOPIC_NAMES) end(`${id} ${topic}`)
    })
  }
  ipcMain.handle(CHANNEL.call, (event, name: unknown, input: unknown) =>
    app.call(senderOf(event, knows), String(name), input),
  )
  ipcMain.on(CHANNEL.subscribe, (event, topic: unknown) => {
    if (!isTopicName(topic)) return
    const sender = senderOf(event, knows)
    const contents = event.sender
    const key = `${sender.windowId} ${topic}`
    // a page that reloads subscribes again: the old subscription would push everything twice
    end(key)
    const stop = app.subscribe(sender, topic, (value) => {
      if (contents.isDestroyed()) end(key)
      else contents.send(CHANNEL.topic, topic, value)
    })
    if (typeof stop !== 'function') return
    subscriptions.set(key, stop)
    follow(contents)
  })
  ipcMain.on(CHANNEL.unsubscribe, (event, topic: unknown) => end(`${event.sender.id} ${String(topic)}`))
}
