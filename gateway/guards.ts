// What the web host asks of every request before anything reads it. Pure; anything unusual is refused.
import type { IncomingHttpHeaders } from 'node:http'

export type HostVerdict = 'ours' | 'localhost' | 'foreign'

/**
 * Whether a `Host` header names this host. A name that someone's DNS points at loopback ("rebinding") is foreign.
 * `localhost` is ours too, but has cookies and an origin of its own: it is sent to the one origin.
 */
export function judgeHost(host: string | undefined, port: number): HostVerdict {
  if (host === `127.0.0.1:${port}`) return 'ours'
  if (host?.toLowerCase() === `localhost:${port}`) return 'localhost'
  return 'foreign'
}

/** A request target that is a plain path; absolute forms and `//host` are refused. */
export function pathOf(target: string | undefined): { readonly path: string; readonly query: URLSearchParams } | null {
  if (target === undefined || !target.startsWith('/') || target.startsWith('//')) return null
  const [path = '/', query = ''] = target.split('#', 1)[0]?.split(/\?(.*)/s, 2) ?? []
  return { path, query: new URLSearchParams(query) }
}

/**
 * Whether a request may change something or open a socket: its `Origin` must be ours. A page on another port of 127.0.0.1 is the
 * same *site*, so SameSite cookies come with its requests; the origin tells it apart.
 */
export function isOwnOrigin(headers: IncomingHttpHeaders, origin: string): boolean {
  return headers.origin === origin
}

/** Whether the browser says that another site or port made this request. Typing an address or a link from the terminal is `none`. */
export function isForeignFetch(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return false
  // a link on some page may lead here; it only shows the app, and the cookie is SameSite=Strict
  return headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document'
}
