// The list of what a door leads to; everything else is 404 with our own answer, and nothing is asked of the desktop.
// Policy: paths are matched after strict parsing, so no encoding of `..` or `/` gets past the list.

/** How an answer leaves: `json` is read whole and checked; `file` is streamed as a download. */
export type AnswerKind =
  | { readonly kind: 'json' }
  | { readonly kind: 'file'; readonly contentType: string; readonly maxBytes?: number; readonly fileName: string }

export interface Route {
  readonly methods: readonly ('GET' | 'HEAD' | 'POST' | 'DELETE')[]
  /** May be upgraded to a WebSocket. */
  readonly socket: boolean
  readonly answer: AnswerKind
  /** Request bodies: none, small and read whole, or streamed without a limit. */
  readonly body: 'none' | 'small' | 'stream'
  /** Names of query parameters that are passed on. */
  readonly query: readonly string[]
  /** The session's token goes into the address, where there is one. */
  readonly takesToken?: true
}

/** A request's target behind the door, checked. */
export interface Target {
  readonly route: Route
  /** Path for the desktop, as it was encoded. */
  readonly path: string
}

export interface DoorKind {
  /** Demo desktops have one more socket: the page that runs the desktop attaches there. */
  readonly demo: boolean
  /** Media over WebSocket is forbidden: its socket is not there. */
  readonly noSocketMedia?: boolean
}

const JSON_ANSWER: AnswerKind = { kind: 'json' }
const CONTROL: Route = { methods: ['GET'], socket: false, answer: JSON_ANSWER, body: 'none', query: [] }
/** A plain GET of a signalling path tells whether its mode is active (Selkies 2.1: 204, 409, 503). */
const SIGNALLING: Route = { ...CONTROL, socket: true }
const SOCKET_MEDIA: Route = { ...SIGNALLING, query: ['role', 'slot'], takesToken: true }
const SCREENSHOT_MAX = 64 * 1024 * 1024

/** Selkies 2.1, relative to the server's root. */
const SELKIES2: ReadonlyMap<string, Route> = new Map([
  ['api/status', CONTROL],
  ['api/turn', CONTROL],
  ['api/webrtc/signaling', SIGNALLING],
  ['api/webrtc/signaling/', SIGNALLING],
  ['api/ws', SIGNALLING],
  ['api/websockets', SOCKET_MEDIA],
  ['api/websockets/', SOCKET_MEDIA],
  ['api/sessions', CONTROL],
  ['api/switch', { ...CONTROL, methods: ['POST'], body: 'small' }],
  ['api/upload', { ...CONTROL, methods: ['POST'], body: 'stream' }],
  [
    'api/screenshot',
    {
      ...CONTROL,
      query: ['display'],
      answer: { kind: 'file', contentType: 'image/png', maxBytes: SCREENSHOT_MAX, fileName: 'screenshot.png' },
    },
  ],
])

/** Selkies 1.6. It takes its signalling under any name that ends so; this is its own page's. */
const SELKIES1: ReadonlyMap<string, Route> = new Map([
  ['turn', CONTROL],
  ['health', CONTROL],
  ['webrtc/signalling/', SIGNALLING],
])

/**
 * Finds the route of a request.
 * @param rest what follows `/d/<ticket>/`, raw, with the query
 * @returns undefined when the door does not lead there
 */
export function matchRoute(door: DoorKind, rest: string): Target | undefined {
  const mark = rest.indexOf('?')
  const path = mark < 0 ? rest : rest.slice(0, mark)
  const segments = safeSegments(path)
  if (segments === undefined) return undefined
  const route = findRoute(door, path, segments)
  if (route === undefined) return undefined
  return { route, path: `/${path}${keptQuery(mark < 0 ? '' : rest.slice(mark + 1), route.query)}` }
}

function findRoute(door: DoorKind, path: string, segments: readonly string[]): Route | undefined {
  if (path === 'demo/attach') return door.demo ? SIGNALLING : undefined
  // of both generations: what a template says of its image may be wrong, and the viewer finds out by asking
  const known = SELKIES2.get(path) ?? SELKIES1.get(path)
  if (known === SOCKET_MEDIA && door.noSocketMedia === true) return undefined
  if (known !== undefined) return known
  const [api, area, name] = segments
  if (api !== 'api' || name === undefined) return undefined
  switch (area) {
    case 'files':
      return fileRoute(segments)
    case 'print':
      return segments.length === 3 && name !== ''
        ? { ...CONTROL, answer: { kind: 'file', contentType: 'application/pdf', fileName: name } }
        : undefined
    case 'sessions':
      return segments.length === 3 && /^[\w-]{1,128}$/.test(name) ? { ...CONTROL, methods: ['DELETE'] } : undefined
    default:
      return undefined
  }
}

/** Selkies 2.1 lists a folder as HTML (there is no other listing); it leaves as text, to be parsed and never shown. */
function fileRoute(segments: readonly string[]): Route {
  const name = segments.at(-1) ?? ''
  const answer: AnswerKind =
    name === ''
      ? { kind: 'file', contentType: 'text/plain; charset=utf-8', fileName: 'listing.txt', maxBytes: 16 * 1024 * 1024 }
      : { kind: 'file', contentType: 'application/octet-stream', fileName: name }
  return { ...CONTROL, methods: ['GET', 'HEAD'], answer }
}

/**
 * Splits and decodes a path.
 * @returns undefined for anything that a server could read in two ways
 */
function safeSegments(path: string): readonly string[] | undefined {
  if (path.length > 4096 || !/^[\w\-.~!$&'()*+,;=:@%/]*$/.test(path)) return undefined
  const parts = path.split('/')
  const segments: string[] = []
  for (const [index, part] of parts.entries()) {
    let decoded: string
    try {
      decoded = decodeURIComponent(part)
    } catch {
      // broken percent encoding
      return undefined
    }
    const isLast = index === parts.length - 1
    if ((decoded === '' && !isLast) || decoded === '.' || decoded === '..') return undefined
    // eslint-disable-next-line no-control-regex
    if (/[\u0000-\u001f\u007f/\\]/.test(decoded)) return undefined
    segments.push(decoded)
  }
  return segments
}

function keptQuery(query: string, names: readonly string[]): string {
  if (names.length === 0 || query === '') return ''
  const kept = new URLSearchParams()
  for (const [name, value] of new URLSearchParams(query)) {
    if (names.includes(name)) kept.append(name, value)
  }
  const text = kept.toString()
  return text === '' ? '' : `?${text}`
}
