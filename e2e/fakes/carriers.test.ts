// One contract, two carriers: the same suite runs over the web host's WebSocket (real sockets) and over Electron's IPC with the real
// preload script (in memory). The browser's carrier may not be more lenient than Electron's.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startLocalGateway } from '../../gateway/local.ts'
import { createApp } from '../../main/app.ts'
import { connectIpc } from '../../main/electron/ipc-adapter.ts'
import { fakeClusters, fakeProxy, type FakeClusters } from '../../main/testing/fakes.ts'
import { createElectronBridge } from '../../renderer/bridge/electron-bridge.ts'
import { createWebSocketBridge, type BridgeSocket } from '../../renderer/bridge/web-socket-bridge.ts'
import { DEFAULT_SETTINGS } from '../../shared/domain/settings.ts'
import { ELECTRON_API, type Bridge, type ElectronApi } from '../../shared/ipc/bridge.ts'
import { UI_ORIGIN } from '../../shared/product.ts'
import { createFakeIpc, type FakeIpc } from './electron-ipc.ts'

const current = vi.hoisted(() => ({ ipc: undefined as unknown }))
vi.mock('electron', () => ({
  get ipcRenderer() {
    return (current.ipc as FakeIpc).ipcRenderer
  },
  get contextBridge() {
    return (current.ipc as FakeIpc).contextBridge
  },
}))

interface Carrier {
  readonly bridge: Bridge
  /** The page loads anew. */
  reload(): Promise<Bridge>
  close(): Promise<void>
}

let dataDir: string
let clusters: FakeClusters
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'kasm-carriers-'))
  clusters = fakeClusters()
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))
const parts = () => ({ openClusters: () => clusters, openProxy: () => Promise.resolve(fakeProxy()) })

async function web(): Promise<Carrier> {
  const gateway = await startLocalGateway({
    host: { version: '1', platform: 'linux' },
    dataDir,
    env: {},
    staticDir: dataDir,
    createApp: (deps) => createApp({ ...deps, ...parts() }),
  })
  const login = await fetch(gateway.url, { redirect: 'manual' })
  const headers = { cookie: login.headers.get('set-cookie')?.split(';')[0] ?? '', origin: gateway.origin }
  const url = `${gateway.origin.replace('http', 'ws')}/bridge`
  const open = () =>
    createWebSocketBridge({ connect: () => new WebSocket(url, { headers }) as unknown as BridgeSocket })
  let bridge = open()
  return {
    bridge,
    reload() {
      bridge.close()
      bridge = open()
      return Promise.resolve(bridge)
    },
    async close() {
      bridge.close()
      await gateway.close()
    },
  }
}

async function electron(): Promise<Carrier> {
  const host = { kind: 'electron' as const, version: '1', platform: 'linux', uiOrigin: UI_ORIGIN }
  const app = await createApp({ host, dataDir, env: {}, doors: 'loopback', ...parts() })
  const ipc = createFakeIpc({ id: 1, origin: UI_ORIGIN })
  current.ipc = ipc
  connectIpc({ ipcMain: ipc.ipcMain, app, knows: (id) => id === 1 })
  const load = async (): Promise<Bridge> => {
    vi.resetModules()
    await import('../../preload/index.ts')
    return createElectronBridge(ipc.page.get(ELECTRON_API) as ElectronApi)
  }
  return {
    bridge: await load(),
    async reload() {
      ipc.reload()
      await app.closeWindow('1')
      return load()
    },
    close: () => app.dispose(),
  }
}

describe.each([
  ['the web host’s WebSocket', web],
  ['Electron’s IPC', electron],
])('over %s', (_name, open) => {
  let carrier: Carrier
  beforeEach(async () => void (carrier = await open()))
  afterEach(() => carrier.close())

  it('a call is answered with a value', async () => {
    expect(await carrier.bridge.call('app.info', {})).toMatchObject({ ok: true, value: { version: '1' } })
  })
  it('an error is a value with words', async () => {
    const answer = await carrier.bridge.call('sessions.stop', { sessionId: 'c/ns/one' })
    expect(answer).toMatchObject({ ok: false, error: { code: 'cluster-unknown' } })
    expect(answer).toHaveProperty('error.sentence')
    expect(answer).toHaveProperty('error.nextStep')
  })
  it('what is undefined is left out', async () => {
    expect(await carrier.bridge.call('settings.set', { theme: 'dark', sound: undefined })).toMatchObject({ ok: true })
  })
  it.each([
    ['a wrong type', { clusterId: 7 }],
    ['a missing field', {}],
    ['a field too many', { clusterId: 'c', more: true }],
    ['not a number', { clusterId: NaN }],
    ['nothing', null],
  ])('bad input is refused alike: %s', async (_case, input) => {
    expect(await carrier.bridge.call('clusters.select', input as never)).toMatchObject({
      ok: false,
      error: { code: 'bad-request' },
    })
    expect(clusters.calls).toStrictEqual([])
  })
  it('many calls at once each get their own answer', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `c${index}`)
    const answers = await Promise.all(names.map((clusterId) => carrier.bridge.call('clusters.select', { clusterId })))
    expect(answers.every(({ ok }) => ok)).toBe(true)
    expect(clusters.calls).toStrictEqual(names.map((clusterId) => ['select', clusterId]))
  })
  it('text of every kind crosses unchanged, and a lot of it', async () => {
    const text = `${'x'.repeat(5_000_000)} ä 漢字 🖥 \u2028 \u0000 </script> "\\`
    expect(await carrier.bridge.call('clusters.addText', { name: 'n', text })).toMatchObject({ ok: true })
    expect(clusters.calls).toStrictEqual([['addText', 'n', text]])
  })
  it('a topic comes at once, then at every change, and to a late listener too', async () => {
    const one = vi.fn<(value: unknown) => void>()
    const stop = carrier.bridge.subscribe('settings', one)
    await vi.waitFor(() => expect(one).toHaveBeenCalledWith(DEFAULT_SETTINGS))
    await carrier.bridge.call('settings.set', { theme: 'dark' })
    await vi.waitFor(() => expect(one).toHaveBeenLastCalledWith({ ...DEFAULT_SETTINGS, theme: 'dark' }))
    const two = vi.fn<(value: unknown) => void>()
    carrier.bridge.subscribe('settings', two)
    await vi.waitFor(() => expect(two).toHaveBeenLastCalledWith({ ...DEFAULT_SETTINGS, theme: 'dark' }))
    stop()
    const before = one.mock.calls.length
    await carrier.bridge.call('settings.set', { theme: 'light' })
    await vi.waitFor(() => expect(two).toHaveBeenLastCalledWith({ ...DEFAULT_SETTINGS, theme: 'light' }))
    expect(one.mock.calls).toHaveLength(before)
  })
  it('a page that loads anew, while something changes, has the present state', async () => {
    carrier.bridge.subscribe('settings', () => undefined)
    const changed = carrier.bridge.call('settings.set', { theme: 'dark' })
    await changed
    const bridge = await carrier.reload()
    const push = vi.fn<(value: unknown) => void>()
    bridge.subscribe('settings', push)
    await vi.waitFor(() => expect(push).toHaveBeenLastCalledWith({ ...DEFAULT_SETTINGS, theme: 'dark' }))
  })
})
