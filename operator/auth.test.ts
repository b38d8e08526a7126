// Who gets through the ingress proxy: the owner's ticket for that very session and start, and nobody else.
import { describe, expect, it } from 'vitest'
import {
  checkAuth,
  COOKIE_SECONDS,
  LINK_SECONDS,
  mintTicket,
  TICKET_COOKIE,
  TICKET_PARAMETER,
  type AuthAnswer,
  type AuthRequest,
  type AuthSession,
} from './auth.ts'

const NOW = 1_790_000_000
const ONE: AuthSession = { namespace: 'vdi-u-aa', name: 'office-x1', uid: 'uid-1', password: 'first-password' }
const OTHER: AuthSession = { namespace: 'vdi-u-bb', name: 'office-y2', uid: 'uid-2', password: 'second-password' }

const PLAIN: AuthRequest = {
  uri: '/s/vdi-u-aa/office-x1/',
  secure: true,
  host: 'desktops.example',
  origin: undefined,
  cookie: undefined,
  session: undefined,
}

function ask(
  request: Partial<AuthRequest>,
  sessions: readonly AuthSession[] = [ONE, OTHER],
  now = NOW,
  redirects = true,
): AuthAnswer {
  return checkAuth(
    { ...PLAIN, ...request },
    {
      pathPrefix: '/s',
      redirects,
      now: now * 1000,
      find: (namespace, name) => sessions.find((one) => one.namespace === namespace && one.name === name),
    },
  )
}
function link(session = ONE, expires = NOW + LINK_SECONDS): string {
  return `/s/${session.namespace}/${session.name}/?${TICKET_PARAMETER}=${mintTicket(session, 'link', expires)}`
}
function cookie(session = ONE, expires = NOW + COOKIE_SECONDS): string {
  return `other=1; ${TICKET_COOKIE}=${mintTicket(session, 'cookie', expires)}`
}

describe('a link', () => {
  it('is exchanged for a cookie of its path alone, and the ticket leaves the address', () => {
    const { status, headers } = ask({ uri: `${link()}&theme=dark` })
    expect(status).toBe(302)
    expect(headers['location']).toBe('https://desktops.example/s/vdi-u-aa/office-x1/?theme=dark')
    expect(headers['set-cookie']).toMatch(/; Path=\/s\/vdi-u-aa\/office-x1\/; .*HttpOnly; SameSite=Lax; Secure$/)
    const value = headers['set-cookie']?.split(';')[0] ?? ''
    expect(ask({ cookie: value }).status).toBe(200)
  })
  it('gives a plain cookie where there is no TLS', () => {
    const { headers } = ask({ uri: link(), secure: false, host: 'desktops.example:8080' })
    expect(headers['set-cookie']).not.toContain('Secure')
    expect(headers['location']).toBe('http://desktops.example:8080/s/vdi-u-aa/office-x1/')
  })
  it('leads to its path alone where the proxy does not say which host was asked', () => {
    expect(ask({ uri: link(), host: undefined }).headers['location']).toBe('/s/vdi-u-aa/office-x1/')
  })
  it('lets in at once, with its cookie, where the proxy knows no redirect', () => {
    const { status, headers } = ask({ uri: link() }, [ONE], NOW, false)
    expect(status).toBe(200)
    expect(headers['authorization']).toBe(`Basic ${btoa('desktop:first-password')}`)
    expect(ask({ cookie: headers['set-cookie']?.split(';')[0] }).status).toBe(200)
    expect(ask({ uri: link(ONE, NOW) }, [ONE], NOW, false).status).toBe(401)
  })
  it.each([
    ['has ended', link(ONE, NOW), 0],
    ['ends later than any link does', link(ONE, NOW + 3600), 0],
    ['is another session’s', link().replace('vdi-u-aa/office-x1', 'vdi-u-bb/office-y2'), 0],
    ['was ended by a new start', link({ ...ONE, password: 'earlier' }), 0],
    ['is of a session that was made anew under its name', link({ ...ONE, uid: 'earlier' }), 0],
    ['is a cookie’s ticket', `/s/vdi-u-aa/office-x1/?${TICKET_PARAMETER}=${mintTicket(ONE, 'cookie', NOW + 60)}`, 0],
    ['is damaged', link().slice(0, -1), 0],
    ['is nothing', `/s/vdi-u-aa/office-x1/?${TICKET_PARAMETER}=`, 0],
  ])('that %s is refused', (_what, uri) => {
    expect(ask({ uri }).status).toBe(401)
  })
})

describe('a cookie', () => {
  it('lets in and hands the desktop’s own login to the proxy', () => {
    const { status, headers } = ask({ cookie: cookie() })
    expect(status).toBe(200)
    expect(headers['authorization']).toBe(`Basic ${btoa('desktop:first-password')}`)
  })
  it('counts beside another one of the same name', () => {
    expect(ask({ cookie: `${TICKET_COOKIE}=old; ${cookie()}` }).status).toBe(200)
  })
  it('is good until it ends', () => {
    expect(ask({ cookie: cookie() }, [ONE], NOW + COOKIE_SECONDS - 1).status).toBe(200)
    expect(ask({ cookie: cookie() }, [ONE], NOW + COOKIE_SECONDS).status).toBe(401)
  })
  it.each([
    ['of another session', cookie(OTHER)],
    ['of an earlier start', cookie({ ...ONE, password: 'earlier' })],
    ['that is a link’s ticket', `${TICKET_COOKIE}=${mintTicket(ONE, 'link', NOW + 60)}`],
    ['that outlives its kind', cookie(ONE, NOW + 10 * COOKIE_SECONDS)],
    ['that is no ticket', `${TICKET_COOKIE}=1`],
  ])('%s is refused', (_what, value) => {
    expect(ask({ cookie: value }).status).toBe(401)
  })
  it('of a session that has no password now is refused', () => {
    expect(ask({ cookie: cookie() }, []).status).toBe(401)
    expect(ask({ cookie: cookie({ ...ONE, password: '' }) }, [{ ...ONE, password: '' }]).status).toBe(401)
  })
})

describe('the page that asks', () => {
  it.each([
    ['https://desktops.example', 'desktops.example', 200],
    ['https://desktops.example:8443', 'desktops.example:8443', 200],
    ['https://Desktops.example', 'desktops.Example', 200],
    ['https://evil.example', 'desktops.example', 401],
    ['https://desktops.example:8443', 'desktops.example', 401],
    ['https://desktops.example', undefined, 401],
    ['null', 'desktops.example', 401],
    ['null', undefined, 401],
  ])('of %s at the host %s: %i', (origin, host, status) => {
    expect(ask({ cookie: cookie(), origin, host }).status).toBe(status)
  })
})

describe('a path', () => {
  it.each([
    undefined,
    '',
    '/',
    '/s/vdi-u-aa/office-x1',
    '/s/vdi-u-aa//office-x1/',
    '/s/vdi-u-aa/office-x1/../../vdi-u-bb/office-y2/',
    '/s/vdi-u-aa/office-x1/%2e%2e/x',
    '/other/vdi-u-aa/office-x1/',
    '/s/VDI/office-x1/',
    'https://elsewhere.test/s/vdi-u-aa/office-x1/',
    '/s/vdi-u-aa/office-x1/\r\nx: y',
  ])('%j that leads to no session, or out of it, is refused', (uri) => {
    expect(ask({ uri, cookie: cookie() }).status).toBe(401)
  })
  it('deep inside a session is its session’s', () => {
    expect(ask({ uri: '/s/vdi-u-aa/office-x1/api/files/a.txt?x=1', cookie: cookie() }).status).toBe(200)
  })
  it('must be that of the route which asks', () => {
    expect(ask({ session: 'vdi-u-aa/office-x1', cookie: cookie() }).status).toBe(200)
    expect(ask({ session: 'vdi-u-bb/office-y2', cookie: cookie() }).status).toBe(401)
  })
})
