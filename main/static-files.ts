// The UI's own files as a pure Request -> Response handler: Electron's `app` protocol and the web host serve the same bytes
// with the same headers. Whatever does not lie inside the root, or has no type that the UI needs, does not exist.
import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

/** The types that a build of the UI holds; anything else is 404. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** Paths without an ending that are pages. */
const PAGES: Readonly<Record<string, string>> = { '/': '/index.html', '/viewer': '/viewer.html' }

export interface StaticFilesOptions {
  /** Absolute folder of the built UI. */
  readonly root: string
  /** Origins beside its own that the UI may connect to: the doors' (`http://127.0.0.1:<port>`), asked per request. */
  readonly connectTo?: (() => readonly string[]) | undefined
}

/**
 * The Content-Security-Policy of every answer. `require-trusted-types-for` turns every string that would become code into an
 * error; no policy may make one, since neither React nor the build needs it.
 * @param connectTo origins beside the UI's own, http and ws
 */
export function contentSecurityPolicy(connectTo: readonly string[]): string {
  const connect = connectTo.flatMap((origin) => [origin, origin.replace(/^http/, 'ws')])
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ["connect-src 'self'", ...connect].join(' '),
    "media-src 'self' blob:",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}

/** Headers of every answer that the UI's origin gives, whatever it holds. */
export function securityHeaders(connectTo: readonly string[]): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(connectTo),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'DENY',
  }
}

/** Makes the handler. It answers every request, and never rejects. */
export function createStaticFiles(options: StaticFilesOptions): (request: Request) => Promise<Response> {
  const { root, connectTo = () => [] } = options

  function answer(status: number, body: string): Response {
    const headers = {
      ...securityHeaders(connectTo()),
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    }
    return new Response(body, { status, headers })
  }

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'Method not allowed')
    const inside = pathInside(request.url)
    if (inside === null) return answer(403, 'Forbidden')
    const type = TYPES[extname(inside)]
    if (type === undefined) return answer(404, 'Not found')
    let bytes: Buffer<ArrayBuffer>
    try {
      const base = await realpath(root)
      const file = await realpath(join(base, inside))
      // a link that leads outside is not ours either
      if (!file.startsWith(base + sep)) return answer(404, 'Not found')
      bytes = (await readFile(file)) as Buffer<ArrayBuffer>
    } catch {
      // absent, a folder, unreadable: for a page that asks, it is not there
      return answer(404, 'Not found')
    }
    const headers = {
      ...securityHeaders(connectTo()),
      'content-type': type,
      'content-length': String(bytes.length),
      // names under assets/ hold a hash of their content
      'cache-control': inside.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache',
    }
    return new Response(request.method === 'HEAD' ? null : bytes, { status: 200, headers })
  }
}

/**
 * The path of a URL as a path below the root, or null when it is not plainly one.
 * Everything that could mean two things to two readers is refused: encoded slashes and dots, backslashes, NUL, drive letters.
 */
export function pathInside(url: string): string | null {
  // by hand, not by `URL`: what a parser would tidy away (`..`, `\`) is to be seen
  const match = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\\]*([^?#]*)/i.exec(url)
  if (!match) return null
  const raw = match[1] ?? ''
  let path: string
  try {
    path = decodeURIComponent(raw === '' ? '/' : raw)
  } catch {
    return null
  }
  if (/%(?:2f|5c|00|2e)/i.test(raw)) return null
  const page = Object.hasOwn(PAGES, path) ? PAGES[path] : undefined
  if (page !== undefined) return page
  if (!/^(?:\/[A-Za-z0-9_@~][A-Za-z0-9_.@~-]*)+$/.test(path)) return null
  return path.includes('..') ? null : path
}
