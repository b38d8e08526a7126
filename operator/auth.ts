// Who may pass through the ingress proxy to a desktop: the answer to its forwardAuth question, pure.
// A ticket is `<purpose>.<expiry, unix s>.<HMAC>`, keyed from the session's own password: whoever may read the session's Secret (its user, by RBAC)
// can make a link, a new start ends every ticket, and nothing has to be remembered. The link's ticket is exchanged for a cookie of that path alone.
// Policy: on any doubt 401. Browsers see one origin for all sessions of a host: a person's desktops are not walled off from each other there.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { DESKTOP_USER } from '../shared/product.ts'

export interface AuthRequest {
  /** Path and query that the browser asked for, as the proxy tells it. */
  readonly uri: string | undefined
  /** The browser came by HTTPS. */
  readonly secure: boolean
  /** Host that the browser asked, with a port that is not the scheme's own. */
  readonly host: string | undefined
  /** Origin of the page that asks, as browsers tell it with a WebSocket or a change. */
  readonly origin: string | undefined
  readonly cookie: string | undefined
  /** `<namespace>/<name>` that the route is for, where the proxy's configuration names it: must be the path's own. */
  readonly session: string | undefined
}
export interface AuthAnswer {
  readonly status: 200 | 302 | 401
  readonly headers: Readonly<Record<string, string>>
}
/** What a ticket is bound to. */
export interface AuthSession {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** Of the desktop, from its access Secret. */
  readonly password: string
}
export interface AuthContext {
  /** As in the settings, `/s`. */
  readonly pathPrefix: string
  /** The proxy hands a redirect on (Traefik); others take nothing but yes and no (nginx), and the cookie comes along with the yes. */
  readonly redirects: boolean
  /** @returns undefined when there is no such session, or it has no password now */
  readonly find: (namespace: string, name: string) => AuthSession | undefined
  /** Epoch ms. */
  readonly now: number
}

/** Query parameter of a link, and name of the cookie. */
export const TICKET_PARAMETER = 'kasm-ticket'
export const TICKET_COOKIE = 'kasm-operator-session'
/** A link is good for this long, s; a cookie for this long. */
export const LINK_SECONDS = 60
export const COOKIE_SECONDS = 12 * 3600

type Purpose = 'link' | 'cookie'

/**
 * Makes a ticket. The app makes links with it too.
 * @param expires unix time, s
 */
export function mintTicket(session: AuthSession, purpose: Purpose, expires: number): string {
  const { namespace, name, uid, password } = session
  const key = createHmac('sha256', password).update('kasm-operator ingress ticket').digest()
  const mac = createHmac('sha256', key).update([purpose, namespace, name, uid, expires].join('\n')).digest('base64url')
  return `${purpose}.${expires}.${mac}`
}

/** The path under which a session is served: `/s/<namespace>/<name>/`. */
export function sessionPath(pathPrefix: string, { namespace, name }: Pick<AuthSession, 'namespace' | 'name'>): string {
  return `${pathPrefix}/${namespace}/${name}/`
}

/**
 * Answers the proxy. 200 carries the `Authorization` that the desktop's own login asks for: the proxy has to hand it on
 * (Traefik: `authResponseHeaders`), so that the browser never knows it. 302 exchanges a link's ticket for the cookie; its address is whole,
 * since Traefik makes a path one of the auth endpoint's own host (pkg/middlewares/auth/forward.go).
 */
export function checkAuth(request: AuthRequest, context: AuthContext): AuthAnswer {
  const { pathPrefix, redirects, find, now } = context
  const asked = readUri(request.uri, pathPrefix)
  if (asked === undefined) return REFUSED
  if (request.session !== undefined && request.session !== `${asked.namespace}/${asked.name}`) return REFUSED
  const session = find(asked.namespace, asked.name)
  if (session === undefined || session.password === '') return REFUSED
  // SameSite does not keep a page of a sibling domain from opening a WebSocket with the cookie
  if (request.origin !== undefined && !isOwn(request.origin, request.host)) return REFUSED
  const seconds = Math.floor(now / 1000)

  if (asked.ticket !== undefined) {
    if (!isGood(asked.ticket, session, 'link', seconds)) return REFUSED
    const path = sessionPath(pathPrefix, session)
    const value = mintTicket(session, 'cookie', seconds + COOKIE_SECONDS)
    // Lax: a link from the app or a mail is followed from elsewhere; requests that other sites make carry no cookie
    const flags = `Path=${path}; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax${request.secure ? '; Secure' : ''}`
    const cookie = { 'set-cookie': `${TICKET_COOKIE}=${value}; ${flags}` }
    if (!redirects) return { status: 200, headers: { ...cookie, ...login(session) } }
    const base = request.host === undefined ? '' : `http${request.secure ? 's' : ''}://${request.host}`
    return { status: 302, headers: { ...cookie, location: `${base}${asked.clean}` } }
  }
  if (!cookiesOf(request.cookie).some((value) => isGood(value, session, 'cookie', seconds))) return REFUSED
  return { status: 200, headers: login(session) }
}

function login({ password }: AuthSession): AuthAnswer['headers'] {
  return { authorization: `Basic ${Buffer.from(`${DESKTOP_USER}:${password}`).toString('base64')}` }
}

function isOwn(origin: string, host: string | undefined): boolean {
  // a page without an origin says `null`, which is no address
  return host !== undefined && URL.parse(origin)?.host === host.toLowerCase()
}

const REFUSED: AuthAnswer = { status: 401, headers: {} }
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/

interface Asked {
  readonly namespace: string
  readonly name: string
  readonly ticket: string | undefined
  /** The same path without the ticket. */
  readonly clean: string
}

function readUri(uri: string | undefined, pathPrefix: string): Asked | undefined {
  // a path that names a host would redirect there; one with steps up would leave the session's own
  if (uri === undefined || !uri.startsWith(`${pathPrefix}/`) || /[\\\r\n]/.test(uri)) return undefined
  const [path = '', ...queries] = uri.split('?')
  if (/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path) || path.includes('//')) return undefined
  const [namespace = '', name = '', ...rest] = path.slice(pathPrefix.length + 1).split('/')
  if (!NAME.test(namespace) || !NAME.test(name) || rest.length === 0) return undefined
  const query = new URLSearchParams(queries.join('?'))
  const ticket = query.get(TICKET_PARAMETER) ?? undefined
  query.delete(TICKET_PARAMETER)
  return { namespace, name, ticket, clean: query.size === 0 ? path : `${path}?${query.toString()}` }
}

function cookiesOf(header: string | undefined): readonly string[] {
  return (header ?? '').split(';').flatMap((part) => {
    const [name = '', ...value] = part.split('=')
    return name.trim() === TICKET_COOKIE ? [value.join('=').trim()] : []
  })
}

function isGood(ticket: string, session: AuthSession, purpose: Purpose, seconds: number): boolean {
  const expires = Number(/^[a-z]+\.(\d{1,12})\.[\w-]+$/.exec(ticket)?.[1])
  if (!Number.isSafeInteger(expires) || expires <= seconds) return false
  // a ticket that outlives its kind was made by nobody who knows the rules
  if (expires > seconds + (purpose === 'link' ? LINK_SECONDS * 10 : COOKIE_SECONDS + 60)) return false
  const [given, wanted] = [Buffer.from(ticket), Buffer.from(mintTicket(session, purpose, expires))]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
