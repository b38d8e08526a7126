// Every privileged call of Electron, with fakes that are typed against Electron's own types. No Electron is loaded.
import type { BrowserWindow } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import { UI_ORIGIN, UI_SCHEME } from '../../shared/product.ts'
import type { App, Sender } from '../app-host.ts'
import { createLogger, SILENT } from '../logging/logger.ts'
import { customScheme, serveAppProtocol } from './app-protocol.ts'
import { pickKubeconfig } from './file-dialog.ts'
import { refuseCertificates } from './certificates.ts'
import { connectIpc } from './ipc-adapter.ts'
import { menuTemplate } from './menu.ts'
import { guardNavigation, type GuardedContents } from './navigation-guard.ts'
import { createOpenExternal, mayOpenExternal } from './open-external.ts'
import { claimSingleInstance } from './single-instance.ts'
import { emitter } from './testing/emitter.ts'

const page = `${UI_ORIGIN}/index.html`

describe('the navigation guard', () => {
  function guarded() {
    const source = emitter()
    let openHandler: ((details: { url: string }) => unknown) | undefined
    const contents = { on: source.on, setWindowOpenHandler: (handler: typeof openHandler) => (openHandler = handler) }
    const openExternal = vi.fn<(url: string) => void>()
    guardNavigation(contents as unknown as GuardedContents, { uiOrigin: UI_ORIGIN, openExternal })
    const prevented = (event: string, details: object): boolean => {
      const preventDefault = vi.fn<() => void>()
      source.emit(event, { ...details, preventDefault })
      return preventDefault.mock.calls.length > 0
    }
    return { prevented, openExternal, open: (url: string) => openHandler?.({ url }) }
  }
  it.each(['will-navigate', 'will-redirect'])('stays on our pages: %s', (event) => {
    const { prevented } = guarded()
    for (const url of [
      'https://example.org/',
      'file:///etc/passwd',
      `${UI_ORIGIN}.evil/`,
      'javascript:1',
      'data:text/html,x',
    ])
      expect(prevented(event, { url })).toBe(true)
    expect(prevented(event, { url: page })).toBe(false)
  })
  it('loads nothing into a frame, and attaches no webview', () => {
    const { prevented } = guarded()
    expect(prevented('will-frame-navigate', { url: page, isMainFrame: false })).toBe(true)
    expect(prevented('will-frame-navigate', { url: 'https://example.org', isMainFrame: true })).toBe(true)
    expect(prevented('will-frame-navigate', { url: page, isMainFrame: true })).toBe(false)
    expect(prevented('will-attach-webview', {})).toBe(true)
  })
  it('opens no window, and hands the link to the wrapper that checks it', () => {
    const { open, openExternal } = guarded()
    expect(open('https://example.org/help')).toStrictEqual({ action: 'deny' })
    expect(openExternal).toHaveBeenCalledExactlyOnceWith('https://example.org/help')
  })
})

describe('external links', () => {
  it.each([
    ['https://example.org/help?x=1', true],
    ['http://example.org/', false],
    ['https://user:secret@example.org/', false],
    ['https://user@example.org/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['smb://host/share', false],
    ['ms-settings:', false],
    ['kasm-operator://x', false],
    ['nonsense', false],
    ['', false],
  ])('%s: %s', (link, allowed) => {
    expect(mayOpenExternal(link)).toBe(allowed)
    const openExternal = vi.fn<(url: string) => Promise<void>>(() => Promise.resolve())
    createOpenExternal({ openExternal }, SILENT)(link)
    expect(openExternal).toHaveBeenCalledTimes(allowed ? 1 : 0)
  })
  it('logs what it refused without the link, and what failed', async () => {
    const lines: string[] = []
    const log = createLogger({ write: (line) => void lines.push(line) })
    const open = createOpenExternal({ openExternal: () => Promise.reject(new Error('no browser')) }, log)
    open('http://example.org/?private')
    open('https://example.org/')
    await vi.waitFor(() => expect(lines).toHaveLength(2))
    expect(lines.join('')).not.toContain('private')
    expect(lines.join('')).toContain('no browser')
  })
})

describe('the app protocol', () => {
  it('is a standard, secure scheme without a way around the policy', () => {
    const { privileges } = customScheme(UI_SCHEME)
    expect(privileges).toMatchObject({ standard: true, secure: true, supportFetchAPI: true })
    expect(privileges).not.toHaveProperty('bypassCSP')
    expect(privileges).not.toHaveProperty('allowServiceWorkers')
    expect(privileges).not.toHaveProperty('allowExtensions')
  })
  it('serves our host alone', async () => {
    let handler: ((request: Request) => Promise<Response> | Response) | undefined
    const handle = (scheme: string, serve: typeof handler) => {
      expect(scheme).toBe(UI_SCHEME)
      handler = serve
    }
    serveAppProtocol({ handle } as never, UI_ORIGIN, () => Promise.resolve(new Response('ours')))
    const ask = async (url: string) => (await handler?.({ url } as Request))?.status
    expect(await ask(page)).toBe(200)
    expect(await ask(UI_ORIGIN)).toBe(200)
    expect(await ask('app://other/index.html')).toBe(404)
    expect(await ask(`${UI_ORIGIN}.evil/index.html`)).toBe(404)
  })
})

describe('the IPC adapter', () => {
  function setUp() {
    const source = emitter()
    let handler: ((event: unknown, ...args: unknown[]) => unknown) | undefined
    const senders: Sender[] = []
    const pushes: ((value: unknown) => void)[] = []
    const stops: ReturnType<typeof vi.fn<() => void>>[] = []
    const app: Pick<App, 'call' | 'subscribe'> = {
      call: (sender) => {
        senders.push(sender)
        return Promise.resolve({ ok: true, value: {} })
      },
      subscribe: (sender, _topic, push) => {
        senders.push(sender)
        pushes.push(push)
        const stop = vi.fn<() => void>()
        stops.push(stop)
        return stop
      },
    }
    const ipcMain = { handle: (_channel: string, run: typeof handler) => (handler = run), on: source.on }
    connectIpc({ ipcMain: ipcMain as never, app, knows: (id) => id === 1 })
    const send = vi.fn<(...args: unknown[]) => void>()
    let destroyed = false
    const contents = emitter()
    const sender = (id: number) => ({ id, send, isDestroyed: () => destroyed, once: contents.on })
    const own = { sender: sender(1), senderFrame: { origin: UI_ORIGIN, parent: null } }
    const call = (event: unknown) => handler?.(event, 'clusters.refresh', {})
    return { source, senders, pushes, stops, send, sender, own, call, contents, destroy: () => (destroyed = true) }
  }
  it('says who calls by what Electron knows', () => {
    const { call, own, senders } = setUp()
    call(own)
    expect(senders).toStrictEqual([{ windowId: '1', origin: UI_ORIGIN, isMainFrame: true }])
  })
  it('gives no origin to a frame that is gone, or to a window that is not ours', () => {
    const { call, own, sender, senders } = setUp()
    call({ ...own, senderFrame: null })
    call({ ...own, sender: sender(2) })
    call({ ...own, senderFrame: { origin: UI_ORIGIN, parent: {} } })
    expect(senders.map(({ origin, isMainFrame }) => [origin, isMainFrame])).toStrictEqual([
      [null, false],
      [null, false],
      [UI_ORIGIN, false],
    ])
  })
  it('pushes a topic to its window, and once only after a reload', () => {
    const { source, own, pushes, stops, send } = setUp()
    source.emit('kasm:subscribe', own, 'settings')
    source.emit('kasm:subscribe', own, 'settings')
    expect(stops.map((stop) => stop.mock.calls.length)).toStrictEqual([1, 0])
    pushes[1]?.({ theme: 'dark' })
    expect(send).toHaveBeenCalledExactlyOnceWith('kasm:topic', 'settings', { theme: 'dark' })
    source.emit('kasm:unsubscribe', own, 'settings')
    expect(stops[1]).toHaveBeenCalledTimes(1)
  })
  it('ends what a window listened to when it is destroyed, without waiting for a push', () => {
    const { source, own, stops, contents } = setUp()
    for (const topic of ['settings', 'settings', 'sessions']) source.emit('kasm:subscribe', own, topic)
    contents.emit('destroyed')
    expect(stops.map((stop) => stop.mock.calls.length)).toStrictEqual([1, 1, 1])
  })
  it('sends nothing to a window that is destroyed, and knows no other topics', () => {
    const { source, own, pushes, stops, send, destroy } = setUp()
    source.emit('kasm:subscribe', own, '__proto__')
    source.emit('kasm:subscribe', own, { toString: () => 'settings' })
    expect(pushes).toHaveLength(0)
    source.emit('kasm:subscribe', own, 'settings')
    destroy()
    pushes[0]?.({})
    expect(send).not.toHaveBeenCalled()
    expect(stops[0]).toHaveBeenCalledTimes(1)
  })
})

describe('the rest of the shell', () => {
  it('runs once: a second start shows the first one’s window', () => {
    const source = emitter()
    const show = vi.fn<() => void>()
    const first = { requestSingleInstanceLock: () => true, on: source.on } as never
    expect(claimSingleInstance(first, show)).toBe(true)
    source.emit('second-instance')
    expect(show).toHaveBeenCalledTimes(1)
    expect(claimSingleInstance({ requestSingleInstanceLock: () => false, on: source.on } as never, show)).toBe(false)
  })
  it('accepts no bad certificate, and shows no server one of the person’s', () => {
    const source = emitter()
    refuseCertificates({ on: source.on } as never)
    const [preventDefault, answer] = [vi.fn<() => void>(), vi.fn<(...args: unknown[]) => void>()]
    source.emit('certificate-error', { preventDefault }, {}, 'https://x', 'net::ERR', {}, answer)
    source.emit('select-client-certificate', { preventDefault }, {}, 'https://x', [{ subjectName: 'me' }], answer)
    expect(preventDefault).toHaveBeenCalledTimes(2)
    expect(answer.mock.calls).toStrictEqual([[false], []])
  })
  it('has a menu on a Mac alone, and developer tools in it only before packaging', () => {
    const menu = (platform: string, isPackaged: boolean) =>
      menuTemplate({ platform, isPackaged, showMain: () => undefined })
    expect([menu('linux', false), menu('win32', true)]).toStrictEqual([null, null])
    expect(JSON.stringify(menu('darwin', false))).toContain('toggleDevTools')
    expect(JSON.stringify(menu('darwin', true))).not.toContain('toggleDevTools')
  })
  it.each([
    [{ canceled: true, filePaths: [] }, null],
    [{ canceled: false, filePaths: ['/home/me/config'] }, '/home/me/config'],
    [{ canceled: false, filePaths: [] }, null],
  ])('gives the file that was chosen: %j', async (answer, path) => {
    const showOpenDialog = vi.fn<(...args: unknown[]) => Promise<unknown>>(() => Promise.resolve(answer))
    const dialog = { showOpenDialog } as unknown as Parameters<typeof pickKubeconfig>[0]
    expect(await pickKubeconfig(dialog, null)).toBe(path)
    const parent = {} as BrowserWindow
    await pickKubeconfig(dialog, parent)
    expect(showOpenDialog.mock.calls.map((args) => args.length)).toStrictEqual([1, 2])
  })
})
