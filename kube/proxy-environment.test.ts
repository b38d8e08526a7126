// The environment's proxy, by the rules that kubectl follows.
import { expect, it } from 'vitest'
import { proxyFromEnvironment } from './proxy-environment.ts'

const PROXY = 'http://proxy.test:3128'
const of = (server: string, noProxy = '', proxy = PROXY): string | undefined =>
  proxyFromEnvironment(server, { HTTPS_PROXY: proxy, NO_PROXY: noProxy })

it('is what HTTPS_PROXY says, in upper case before lower', () => {
  const server = 'https://api.corp.test:6443'
  expect(proxyFromEnvironment(server, {})).toBeUndefined()
  expect(proxyFromEnvironment(server, { HTTP_PROXY: PROXY, ALL_PROXY: PROXY })).toBeUndefined()
  expect(proxyFromEnvironment(server, { https_proxy: PROXY })).toBe(PROXY)
  expect(proxyFromEnvironment(server, { https_proxy: 'http://other.test', HTTPS_PROXY: PROXY })).toBe(PROXY)
  expect(of(server, '', 'proxy.test:3128')).toBe(PROXY)
  expect(of(server, '', 'socks5://proxy.test:1080')).toBe('socks5://proxy.test:1080')
  expect(of(server, '', 'file:///etc/passwd')).toBeUndefined()
})

it.each(['https://localhost:6443', 'https://127.0.0.1:6443', 'https://127.1.2.3', 'https://[::1]:6443'])(
  'is never used for %s',
  (server) => expect(of(server)).toBeUndefined(),
)

it.each([
  ['https://api.corp.test', '*'],
  ['https://api.corp.test', 'other.test, corp.test'],
  ['https://corp.test', 'corp.test'],
  ['https://API.corp.test', '.CORP.test'],
  ['https://api.corp.test', '*.corp.test'],
  ['https://api.corp.test:6443', 'corp.test:6443'],
  ['https://api.corp.test', 'corp.test:443'],
  ['https://10.1.2.3:6443', '10.0.0.0/8'],
  ['https://10.1.2.3:6443', '10.1.2.3'],
  ['https://[fd00::5]:6443', 'fd00::/8'],
  ['https://[fd00::5]:6443', '[fd00::5]:6443'],
])('is left out for %s by NO_PROXY=%s', (server, noProxy) => expect(of(server, noProxy)).toBeUndefined())

it.each([
  ['https://api.corp.test', 'other.test'],
  ['https://notcorp.test', 'corp.test'],
  ['https://corp.test', '.corp.test'],
  ['https://api.corp.test:6443', 'corp.test:443'],
  ['https://11.1.2.3:6443', '10.0.0.0/8'],
  ['https://10.1.2.3:6443', '10.0.0.0/99'],
  ['https://10.1.2.3:6443', 'fd00::/8'],
  ['https://api.corp.test', ', ,'],
])('is used for %s in spite of NO_PROXY=%s', (server, noProxy) => expect(of(server, noProxy)).toBe(PROXY))
