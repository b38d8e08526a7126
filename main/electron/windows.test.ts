// The windows with a fake BrowserWindow: how they are made, when there is one, and what ends with them.
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import type { Bounds } from '../../shared/domain/display-layout.ts'
import { UI_ORIGIN } from '../../shared/product.ts'
import { createDemoWindows } from './demo-windows.ts'
import { emitter } from './testing/emitter.ts'
import { createWindowFactory, windowOptions } from './window-factory.ts'

function fakeWindows() {
  const made: (ReturnType<typeof oneWindow> & { readonly options: BrowserWindowConstructorOptions })[] = []
  function oneWindow(id: number) {
    const own = emitter()
    const contents = emitter()
    return {
      ...own,
      webContents: { id, on: contents.on },
      contents,
      loadURL: vi.fn<(url: string) => Promise<void>>(() => Promise.resolve()),
      reload: vi.fn<() => void>(),
      isMinimized: () => true,
      restore: vi.fn<() => void>(),
      show: vi.fn<() => void>(),
      focus: vi.fn<() => void>(),
      close: vi.fn<() => void>(),
    }
  }
  class FakeWindow {
    constructor(options: BrowserWindowConstructorOptions) {
      const window = { ...oneWindow(made.length + 1), options }
      made.push(window)
      return window as unknown as FakeWindow
    }
  }
  return {
    made,
    BrowserWindow: FakeWindow as unknown as new (options: BrowserWindowConstructorOptions) => BrowserWindow,
  }
}

describe('windows', () => {
  const setUp = () => {
    const { made, BrowserWindow } = fakeWindows()
    const onPageEnd = vi.fn<(windowId: string) => void>()
    const onViewerClosed = vi.fn<(sessionId: string) => void>()
    const rest = { preload: '/app/preload.cjs', uiOrigin: UI_ORIGIN, title: 'T', isPackaged: true }
    const place = (bounds: Bounds | undefined) => (bounds?.left === 5000 ? undefined : bounds)
    const factory = createWindowFactory({ BrowserWindow, ...rest, place, onPageEnd, onViewerClosed })
    const at = (index: number) => {
      const window = made[index]
      if (!window) throw new Error(`no window ${index}`)
      return window
    }
    return { made, factory, onPageEnd, onViewerClosed, at }
  }
  it.each(['main', 'viewer', 'demo'] as const)('are isolated and sandboxed: %s', (kind) => {
    const { webPreferences } = windowOptions(kind, { preload: '/p.cjs', title: 'T', isPackaged: true })
    expect(webPreferences).toStrictEqual({
      preload: '/p.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: false,
      backgroundThrottling: kind === 'main',
    })
  })
  it('hide the demo’s and show the others', () => {
    const shown = (kind: 'main' | 'viewer' | 'demo') =>
      windowOptions(kind, { preload: '', title: '', isPackaged: false }).show
    expect([shown('main'), shown('viewer'), shown('demo')]).toStrictEqual([true, true, false])
  })
  it('are one a session, and known until they close', () => {
    const { made, factory, onPageEnd, onViewerClosed, at } = setUp()
    factory.openViewer('c/ns/a b')
    factory.openViewer('c/ns/a b')
    expect(made).toHaveLength(1)
    expect(at(0).loadURL).toHaveBeenCalledExactlyOnceWith(`${UI_ORIGIN}/viewer.html?session=c%2Fns%2Fa%20b`)
    expect(at(0).restore).toHaveBeenCalledTimes(1)
    expect(at(0).focus).toHaveBeenCalledTimes(1)
    expect([factory.knows(1), factory.knows(2)]).toStrictEqual([true, false])
    at(0).emit('closed')
    expect(factory.knows(1)).toBe(false)
    expect(onPageEnd).toHaveBeenCalledExactlyOnceWith('1')
    expect(onViewerClosed).toHaveBeenCalledExactlyOnceWith('c/ns/a b')
    factory.openViewer('c/ns/a b')
    expect(made).toHaveLength(2)
  })
  it('are one a display too: the second one comes where it was, and goes with its desktop', () => {
    const { made, factory, onViewerClosed, at } = setUp()
    factory.openViewer('a')
    factory.openViewer('a', 'display2', { left: 10, top: 20, width: 900, height: 600 })
    factory.openViewer('a', 'display2')
    expect(made).toHaveLength(2)
    expect(at(1).loadURL).toHaveBeenCalledExactlyOnceWith(`${UI_ORIGIN}/viewer.html?session=a&display=display2`)
    expect(at(1).options).toMatchObject({ x: 10, y: 20, width: 900, height: 600, useContentSize: true })
    at(1).emit('closed')
    expect(onViewerClosed).not.toHaveBeenCalled()
    factory.openViewer('a', 'display2', { left: 5000, top: 20, width: 900, height: 600 })
    expect(at(2).options).toMatchObject({ width: 1280 })
    expect(at(2).options).not.toHaveProperty('x')
    at(0).emit('closed')
    expect(at(2).close).toHaveBeenCalledTimes(1)
  })
  it('open the main one once, and again after it closed', () => {
    const { made, factory, at } = setUp()
    factory.showMain()
    factory.showMain()
    expect(made).toHaveLength(1)
    at(0).emit('closed')
    factory.showMain()
    expect(made).toHaveLength(2)
  })
  it('load a page that crashed again, but not for ever', () => {
    const { factory, onPageEnd, at } = setUp()
    factory.showMain()
    at(0).contents.emit('render-process-gone', {}, { reason: 'clean-exit' })
    expect(at(0).reload).not.toHaveBeenCalled()
    for (let crash = 0; crash < 5; crash += 1) at(0).contents.emit('render-process-gone', {}, { reason: 'crashed' })
    expect(at(0).reload).toHaveBeenCalledTimes(3)
    expect(onPageEnd).toHaveBeenCalledTimes(5)
  })
  it('end what a page had when it loads anew, not when it only changes its hash', () => {
    const { factory, onPageEnd, at } = setUp()
    factory.showMain()
    at(0).contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true })
    expect(onPageEnd).not.toHaveBeenCalled()
    at(0).contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false })
    expect(onPageEnd).toHaveBeenCalledExactlyOnceWith('1')
  })
})

describe('demo windows', () => {
  it('are one a session: a new door replaces the old one', () => {
    const made: { page: string; destroy: ReturnType<typeof vi.fn<() => void>> }[] = []
    const demos = createDemoWindows((page) => {
      const window = { page, destroy: vi.fn<() => void>(), on: () => undefined }
      made.push(window)
      return window as unknown as Pick<BrowserWindow, 'destroy' | 'on'>
    })
    demos.run('demo/ns/a', 'ws://127.0.0.1:1/d/one/demo/attach')
    demos.run('demo/ns/a', 'ws://127.0.0.1:1/d/two/demo/attach')
    demos.run('demo/ns/b', 'ws://127.0.0.1:1/d/three/demo/attach')
    expect(made.map(({ destroy }) => destroy.mock.calls.length)).toStrictEqual([1, 0, 0])
    expect(made[1]?.page).toBe(`/demo.html?attach=${encodeURIComponent('ws://127.0.0.1:1/d/two/demo/attach')}`)
    demos.stop('demo/ns/a')
    demos.stop('demo/ns/a')
    expect(made.map(({ destroy }) => destroy.mock.calls.length)).toStrictEqual([1, 1, 0])
  })
})
