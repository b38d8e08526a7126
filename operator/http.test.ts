// What the listener reads from a proxy's question, whichever proxy asks, and what a browser cannot make up.
import { afterEach, expect, it } from 'vitest'
import type { AuthRequest } from './auth.ts'
import { listenHttp, type HttpListener } from './http.ts'

const OK = { ok: true, problems: [] }
let listener: HttpListener | undefined
afterEach(() => listener?.close())

/** @returns what the auth endpoint was asked; an empty object when it was not */
async function asked(headers: Readonly<Record<string, string>>, query = ''): Promise<Partial<AuthRequest>> {
  let request: Partial<AuthRequest> = {}
  listener = await listenHttp(
    {
      alive: () => OK,
      ready: () => OK,
      metrics: () => '',
      auth: (question) => {
        request = question
        return { status: 200, headers: {} }
      },
    },
    0,
    '127.0.0.1',
  )
  await fetch(`http://127.0.0.1:${listener.port}/auth${query}`, { headers })
  return request
}

it('reads what Traefik tells', async () => {
  const headers = {
    'x-forwarded-uri': '/s/a/b/?x=1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'desktops.example:8443',
    origin: 'https://desktops.example:8443',
    cookie: 'a=1',
  }
  expect(await asked(headers, '?session=a%2Fb')).toEqual({
    uri: '/s/a/b/?x=1',
    secure: true,
    host: 'desktops.example:8443',
    origin: 'https://desktops.example:8443',
    cookie: 'a=1',
    session: 'a/b',
  })
})

it('reads what nginx tells', async () => {
  const url = 'http://desktops.example/s/a/b/?x=1'
  expect(await asked({ 'x-original-url': url })).toMatchObject({
    uri: '/s/a/b/?x=1',
    secure: false,
    host: 'desktops.example',
  })
})

it('takes plain HTTP for what it is', async () => {
  expect(await asked({ 'x-forwarded-uri': '/s/a/b/', 'x-forwarded-proto': 'http' })).toMatchObject({ secure: false })
})

it.each([
  { 'x-forwarded-uri': '/s/a/b/', 'x-original-url': 'https://desktops.example/s/c/d/' },
  { 'x-forwarded-uri': '/s/a/b/', 'x-original-uri': '/s/c/d/' },
  {},
])('knows no path when the proxy’s word and a browser’s differ, or there is none: %j', async (headers) => {
  expect((await asked(headers)).uri).toBeUndefined()
})

it.each(['evil.example/x', 'a@b', 'a b', '', '[::1', 'a:123456'])('takes %j for no host', async (host) => {
  expect((await asked({ 'x-forwarded-uri': '/s/a/b/', 'x-forwarded-host': host })).host).toBeUndefined()
})
it.each(['[fd00::1]:8443', '10.0.0.1', 'desktops.example'])('takes %j for a host', async (host) => {
  expect((await asked({ 'x-forwarded-uri': '/s/a/b/', 'x-forwarded-host': host })).host).toBe(host)
})
