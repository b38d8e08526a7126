// Addresses behind a door. The base may be absolute (Electron) or a path (web host).

/** @param path relative to the door, e.g. `api/status` */
export function doorHttp(base: string, path: string, page: string = location.href): string {
  return new URL(path, new URL(base, page)).href
}

/** The same for a WebSocket. */
export function doorSocket(base: string, path: string, page: string = location.href): string {
  const url = new URL(path, new URL(base, page))
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}
