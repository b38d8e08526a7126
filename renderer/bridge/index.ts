// The one bridge of a page: Electron's when the preload script is there, else the web host's WebSocket.
import { ELECTRON_API, type Bridge, type ElectronApi } from '../../shared/ipc/bridge.ts'
import { createElectronBridge } from './electron-bridge.ts'
import { createWebSocketBridge } from './web-socket-bridge.ts'

/** Makes the bridge for this page. Call it once. */
export function createBridge(): Bridge {
  const api = (window as unknown as Readonly<Record<string, ElectronApi | undefined>>)[ELECTRON_API]
  if (api) return createElectronBridge(api)
  const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/bridge`
  return createWebSocketBridge({ connect: () => new WebSocket(url) })
}
