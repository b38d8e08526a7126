// The UI's files: what lies inside the root and has a known type, with one set of headers on every answer.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentSecurityPolicy, createStaticFiles, pathInside } from './static-files.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kasm-static-'))
  const root = join(folder, 'root')
  mkdirSync(join(root, 'assets'), { recursive: true })
  writeFileSync(join(root, 'index.html'), '<!doctype html>index')
  writeFileSync(join(root, 'viewer.html'), '<!doctype html>viewer')
  writeFileSync(join(root, 'assets', 'app-1a2b.js'), 'export {}')
  writeFileSync(join(root, 'notes.txt'), 'no type for it')
  writeFileSync(join(root, '.env.js'), 'hidden')
  writeFileSync(join(folder, 'secret.js'), 'outside')
  symlinkSync(join(folder, 'secret.js'), join(root, 'link.js'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const serve = (path: string, init?: RequestInit, connectTo?: () => string[]) =>
  createStaticFiles({ root: join(folder, 'root'), connectTo })(new Request(`http://127.0.0.1:1${path}`, init))

describe('the static files', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'index'],
    ['/?session=a', 'text/html; charset=utf-8', 'index'],
    ['/viewer?session=a%2Fb', 'text/html; charset=utf-8', 'viewer'],
    ['/viewer.html', 'text/html; charset=utf-8', 'viewer'],
    ['/assets/app-1a2b.js', 'text/javascript; charset=utf-8', 'export {}'],
  ])('serves %s', async (path, type, text) => {
    const answer = await serve(path)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe(type)
    expect(await answer.text()).toContain(text)
  })
  it.each([
    ['/..%2fsecret.js', 403],
    ['/%2e%2e%2fsecret.js', 403],
    ['/assets/..%5c..%5csecret.js', 403],
    ['/%00index.html', 403],
    ['/index.html%00.js', 403],
    ['/%2fetc/passwd', 403],
    ['/C:/index.html', 403],
    ['/%E0%A4%A', 403],
    ['/.env.js', 403],
    ['//secret.js', 403],
    ['/../secret.js', 404],
    ['/link.js', 404],
    ['/notes.txt', 404],
    ['/assets', 404],
    ['/absent.js', 404],
    ['/constructor', 404],
  ])('does not serve %s', async (path, status) => {
    const answer = await serve(path)
    expect(answer.status).toBe(status)
    expect(await answer.text()).not.toContain('outside')
  })
  it('refuses to be written to, and answers HEAD without a body', async () => {
    expect((await serve('/', { method: 'POST' })).status).toBe(405)
    const head = await serve('/', { method: 'HEAD' })
    expect([head.status, await head.text()]).toStrictEqual([200, ''])
  })
  it.each(['/', '/assets/app-1a2b.js', '/absent.js', '/..%2fx'])('protects every answer: %s', async (path) => {
    const { headers } = await serve(path, {}, () => ['http://127.0.0.1:4711'])
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('content-security-policy')).toBe(contentSecurityPolicy(['http://127.0.0.1:4711']))
  })
  it('lets hashed names be kept, pages never', async () => {
    expect((await serve('/assets/app-1a2b.js')).headers.get('cache-control')).toContain('immutable')
    expect((await serve('/')).headers.get('cache-control')).toBe('no-cache')
  })
})

describe('the policy', () => {
  it('allows no code but our own files, and no source beside what is named', () => {
    const policy = contentSecurityPolicy(['http://127.0.0.1:4711'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).toContain("connect-src 'self' http://127.0.0.1:4711 ws://127.0.0.1:4711;")
    expect(policy).not.toMatch(/unsafe|\*|https?:(?!\/\/127)/)
  })
})

describe('pathInside', () => {
  // what a URL parser would tidy away before a handler sees it
  it.each([
    'app://bundle/../x.js',
    'app://bundle/a/./b.js',
    'app://bundle\\..\\x.js',
    'app://bundle/a\\b.js',
    'nonsense',
  ])('refuses %s', (url) => expect(pathInside(url)).toBeNull())
  it.each([
    ['app://bundle', '/index.html'],
    ['app://bundle/viewer?session=../x', '/viewer.html'],
    ['app://bundle/assets/a-b_c.js#x', '/assets/a-b_c.js'],
  ])('takes %s', (url, path) => expect(pathInside(url)).toBe(path))
})
