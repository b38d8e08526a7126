// The preload script with a fake Electron: two verbs, frozen, known names only, and nothing of Electron in what the page gets.
import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ElectronApi } from '../shared/ipc/bridge.ts'
import { CALL_NAMES, CHANNEL, TOPIC_NAMES } from '../shared/ipc/names.ts'

type Listener = (event: unknown, ...args: unknown[]) => void
const electron = vi.hoisted(() => {
  const listeners = new Set<(event: unknown, ...args: unknown[]) => void>()
  const sent: unknown[][] = []
  const exposed = new Map<string, unknown>()
  return { listeners, sent, exposed }
})
vi.mock('electron', () => {
  const ipcRenderer = {
    invoke: (...args: unknown[]) => {
      electron.sent.push(['invoke', ...args])
      return Promise.resolve({ ok: true, value: {} })
    },
    send: (...args: unknown[]) => void electron.sent.push(args),
    on: (_channel: string, listener: Listener) => void electron.listeners.add(listener),
    removeListener: (_channel: string, listener: Listener) => void electron.listeners.delete(listener),
  }
  const contextBridge = {
    exposeInMainWorld: (name: string, api: unknown) => void electron.exposed.set(name, api),
  }
  return { ipcRenderer, contextBridge }
})

let api: ElectronApi
beforeEach(async () => {
  electron.sent.length = 0
  electron.listeners.clear()
  vi.resetModules()
  await import('./index.ts')
  api = electron.exposed.get('kasm') as ElectronApi
})
const push = (topic: string, value: unknown) => {
  for (const listener of electron.listeners) listener({ sender: 'the whole of Electron' }, topic, value)
}

describe('the preload script', () => {
  it('shows two functions and nothing else, and cannot be changed', () => {
    expect([...electron.exposed.keys()]).toStrictEqual(['kasm'])
    expect(Object.keys(api).toSorted()).toStrictEqual(['call', 'subscribe'])
    expect(Object.isFrozen(api)).toBe(true)
  })
  it('passes every call of the contract on one channel', async () => {
    for (const name of CALL_NAMES) expect(await api.call(name, { a: 1 })).toStrictEqual({ ok: true, value: {} })
    expect(electron.sent).toStrictEqual(CALL_NAMES.map((name) => ['invoke', CHANNEL.call, name, { a: 1 }]))
  })
  it.each(['__proto__', 'constructor', 'kasm:call', '', 'sessions.*'])('sends no call %j', async (name) => {
    await expect(api.call(name, {})).rejects.toThrow('no such call')
    expect(electron.sent).toStrictEqual([])
  })
  it('gives a listener the value and never the event', () => {
    const listener = vi.fn<(...args: unknown[]) => void>()
    for (const topic of TOPIC_NAMES) api.subscribe(topic, listener)
    push('settings', { theme: 'dark' })
    expect(listener.mock.calls).toStrictEqual([[{ theme: 'dark' }]])
  })
  it('ends a subscription with its last listener, once', () => {
    const [one, two] = [api.subscribe('settings', () => undefined), api.subscribe('settings', () => undefined)]
    one()
    one()
    expect(electron.sent).not.toContainEqual([CHANNEL.unsubscribe, 'settings'])
    two()
    expect(electron.sent.filter(([channel]) => channel === CHANNEL.unsubscribe)).toHaveLength(1)
    expect(electron.listeners.size).toBe(0)
  })
  it.each(['__proto__', 'Settings', ''])('listens to no topic %j', (topic) => {
    api.subscribe(topic, () => undefined)()
    expect(electron.sent).toStrictEqual([])
    expect(electron.listeners.size).toBe(0)
  })
  it('stays small enough to read at a glance', () => {
    expect(readFileSync(new URL('index.ts', import.meta.url), 'utf8').split('\n').length).toBeLessThan(60)
  })
})
