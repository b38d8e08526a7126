// The bridge between the page and the core in Electron. It knows the contract's names and passes values on; nothing else
// of Electron or Node reaches the page. An unknown name is refused here already.
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron'
import { ELECTRON_API, type ElectronApi } from '../shared/ipc/bridge.ts'
import { CALL_NAMES, CHANNEL, TOPIC_NAMES } from '../shared/ipc/names.ts'

const calls: ReadonlySet<string> = new Set(CALL_NAMES)
const topics: ReadonlySet<string> = new Set(TOPIC_NAMES)
/** Listeners of each topic: the core is asked once, however many listen. */
const listening = new Map<string, number>()

const api: ElectronApi = {
  call(name, input) {
    if (!calls.has(name)) return Promise.reject(new Error('There is no such call.'))
    return ipcRenderer.invoke(CHANNEL.call, name, input)
  },
  subscribe(topic, listener) {
    if (!topics.has(topic)) return () => undefined
    // the event object stays here: it holds the sender, with all that it can do
    const receive = (_event: IpcRendererEvent, name: unknown, value: unknown): void => {
      if (name === topic) listener(value)
    }
    ipcRenderer.on(CHANNEL.topic, receive)
    listening.set(topic, (listening.get(topic) ?? 0) + 1)
    // each subscription is answered with the present snapshot
    ipcRenderer.send(CHANNEL.subscribe, topic)
    let ended = false
    return () => {
      if (ended) return
      ended = true
      ipcRenderer.removeListener(CHANNEL.topic, receive)
      const left = (listening.get(topic) ?? 1) - 1
      listening.set(topic, left)
      if (left === 0) ipcRenderer.send(CHANNEL.unsubscribe, topic)
    }
  },
}

contextBridge.exposeInMainWorld(ELECTRON_API, Object.freeze(api))
