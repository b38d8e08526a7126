// Composition root of the Electron app: the only place where the core meets Electron. Thin on purpose: what decides stands in
// main/electron/ with its tests. What fails before a window is there ends the app with a message, never with a blank window.
import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  app,
  BrowserWindow,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  systemPreferences,
} from 'electron'
import packageJson from '../package.json' with { type: 'json' }
import { DEFAULT_SETTINGS, type Settings } from '../shared/domain/settings.ts'
import { PRODUCT_NAME, UI_ORIGIN, UI_SCHEME } from '../shared/product.ts'
import { createApp } from './app.ts'
import { defaultDataDir } from './data-dir.ts'
import { customScheme, serveAppProtocol } from './electron/app-protocol.ts'
import { createDemoWindows } from './electron/demo-windows.ts'
import { pickKubeconfig } from './electron/file-dialog.ts'
import { refuseCertificates } from './electron/certificates.ts'
import { connectIpc } from './electron/ipc-adapter.ts'
import { guardDownloads } from './electron/downloads.ts'
import { createElectronPapers } from './electron/papers.ts'
import { createKeyGrabs } from './electron/key-grabs.ts'
import { menuTemplate } from './electron/menu.ts'
import { guardNavigation } from './electron/navigation-guard.ts'
import { createOpenExternal } from './electron/open-external.ts'
import { moveTo, placeOn } from './electron/monitors.ts'
import { installPermissions } from './electron/permissions.ts'
import { claimSingleInstance } from './electron/single-instance.ts'
import { shellEnvironment } from './electron/shell-environment.ts'
import { createWindowFactory } from './electron/window-factory.ts'
import { createStaticFiles } from './static-files.ts'

async function start(): Promise<void> {
  const dataDir = defaultDataDir(process.platform, process.env, homedir())
  // Chromium's profile stands apart from our own few files
  app.setPath('userData', join(dataDir, 'browser'))
  if (!claimSingleInstance(app, () => windows.showMain())) {
    app.quit()
    return
  }
  const env = shellEnvironment(process.env, { platform: process.platform })
  refuseCertificates(app)
  app.on('web-contents-created', (_event, contents) =>
    guardNavigation(contents, { uiOrigin: UI_ORIGIN, openExternal: (url) => openExternal(url) }),
  )
  const keyGrabs = createKeyGrabs({ globalShortcut, platform: process.platform })
  const windows = createWindowFactory({
    BrowserWindow,
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    uiOrigin: UI_ORIGIN,
    title: PRODUCT_NAME,
    isPackaged: app.isPackaged,
    onPageEnd: (windowId) => {
      keyGrabs.set(windowId, false)
      void core.running?.closeWindow(windowId)
    },
    onViewer: keyGrabs.watch,
    place: (bounds) => placeOn(screen.getAllDisplays(), bounds),
    onViewerClosed: (sessionId) => demos.stop(sessionId),
  })
  const demos = createDemoWindows((page) => windows.open('demo', page))
  // the core is there after its windows' factory
  const core: { running?: Awaited<ReturnType<typeof createApp>> } = {}

  const papers = createElectronPapers({
    dialog,
    shell,
    parent: () => BrowserWindow.getFocusedWindow(),
    temporary: app.getPath('temp'),
    downloads: app.getPath('downloads'),
  })

  await app.whenReady()
  const running = await createApp({
    host: {
      kind: 'electron',
      version: packageJson.version,
      platform: process.platform,
      uiOrigin: UI_ORIGIN,
      openViewer: async (sessionId, display, bounds) => windows.openViewer(sessionId, display, bounds),
      moveTo: (windowId, monitor) =>
        moveTo(
          screen.getAllDisplays(),
          BrowserWindow.getAllWindows().find(({ webContents }) => String(webContents.id) === windowId) ?? null,
          monitor,
        ),
      grabKeys: keyGrabs.set,
      papers: papers.act,
      pickKubeconfig: () => pickKubeconfig(dialog, BrowserWindow.getFocusedWindow()),
      runDemoDesktop: (sessionId, attach) => demos.run(sessionId, attach),
    },
    dataDir,
    env: await env,
    doors: 'loopback',
  })
  core.running = running
  const openExternal = createOpenExternal(shell, running.log.scope('links'))
  let settings: Settings = DEFAULT_SETTINGS
  running.subscribe({ windowId: 'shell', origin: UI_ORIGIN, isMainFrame: true }, 'settings', (value) => {
    settings = value as Settings
  })
  installPermissions(session.defaultSession, {
    uiOrigin: UI_ORIGIN,
    mayReadClipboard: () => settings.clipboard === 'both' || settings.clipboard === 'to-desktop',
    mayCapture: () => settings.capture !== 'off',
    // the other systems have no such question
    askSystem: async (what) => process.platform !== 'darwin' || systemPreferences.askForMediaAccess(what),
  })
  guardDownloads(session.defaultSession, {
    uiOrigin: UI_ORIGIN,
    knows: windows.knows,
    downloads: app.getPath('downloads'),
  })
  const files = createStaticFiles({
    root: join(import.meta.dirname, '../renderer'),
    connectTo: () => (running.doorOrigin === undefined ? [] : [running.doorOrigin]),
  })
  serveAppProtocol(protocol, UI_ORIGIN, files)
  connectIpc({ ipcMain, app: running, knows: windows.knows })
  const menu = menuTemplate({ platform: process.platform, isPackaged: app.isPackaged, showMain: windows.showMain })
  Menu.setApplicationMenu(menu === null ? null : Menu.buildFromTemplate(menu))
  powerMonitor.on('resume', () => running.wake())

  app.on('activate', () => windows.showMain())
  app.on('window-all-closed', () => app.quit())
  let ended = false
  app.on('will-quit', (event) => {
    if (ended) return
    // doors and watches end before the process does; a core that hangs must not keep the app open
    event.preventDefault()
    const patience = new Promise((resolve) => setTimeout(resolve, 3_000))
    void Promise.race([Promise.all([running.dispose(), papers.dispose()]), patience]).finally(() => {
      ended = true
      app.quit()
    })
  })
  windows.showMain()
}

app.enableSandbox()
protocol.registerSchemesAsPrivileged([customScheme(UI_SCHEME)])
start().catch((thrown: unknown) => {
  dialog.showErrorBox(`${PRODUCT_NAME} cannot start`, thrown instanceof Error ? thrown.message : String(thrown))
  app.exit(1)
})
