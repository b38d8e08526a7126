// The core as its hosts see it: calls, topics, windows, and an end that leaves nothing.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEFAULT_SETTINGS } from '../shared/domain/settings.ts'
import type { InventorySnapshot } from '../shared/domain/gpu.ts'
import { CALL_NAMES } from '../shared/ipc/names.ts'
import type { App, AppDeps, Sender } from './app-host.ts'
import { createApp } from './app.ts'
import { aSession, aSnapshot, fakeClusters, fakeProvider, fakeProxy } from './testing/fakes.ts'

const page: Sender = { windowId: 'w1', origin: 'app://bundle', isMainFrame: true }
let dataDir: string
let app: App | undefined
beforeEach(() => void (dataDir = join(mkdtempSync(join(tmpdir(), 'kasm-app-')), 'data')))
afterEach(async () => {
  await app?.dispose()
  rmSync(join(dataDir, '..'), { recursive: true, force: true })
})

const host: AppDeps['host'] = { kind: 'web', version: '1.2.3', platform: 'linux', uiOrigin: 'app://bundle' }

async function setUp(change: Partial<AppDeps['host']> = {}) {
  const clusters = fakeClusters()
  const proxy = fakeProxy()
  app = await createApp({
    host: { ...host, ...change },
    dataDir,
    env: {},
    doors: 'host',
    openClusters: () => clusters,
    openProxy: () => Promise.resolve(proxy),
  })
  return { app, clusters, proxy }
}

describe('the core', () => {
  it('makes its folder for its owner alone, and logs its start', async () => {
    await setUp()
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(dataDir, 'logs', 'app.log'), 'utf8')).toContain('"started"')
  })
  it('says who it is', async () => {
    const { app } = await setUp({ hostNote: 'No Electron here.' })
    expect(await app.call(page, 'app.info', {})).toStrictEqual({
      ok: true,
      value: { version: '1.2.3', host: 'web', platform: 'linux', hostNote: 'No Electron here.' },
    })
  })
  it('answers every call of the contract, whatever is asked, and never rejects', async () => {
    const { app } = await setUp()
    for (const name of CALL_NAMES) {
      const answer = await app.call(page, name, {})
      expect(answer).toHaveProperty('ok')
    }
  })
  it('brings settings to everyone who listens, and keeps them', async () => {
    const { app } = await setUp()
    const push = vi.fn<(value: unknown) => void>()
    app.subscribe(page, 'settings', push)
    expect(push).toHaveBeenLastCalledWith(DEFAULT_SETTINGS)
    expect(await app.call(page, 'settings.set', { theme: 'dark' })).toStrictEqual({ ok: true, value: {} })
    await vi.waitFor(() => expect(push).toHaveBeenLastCalledWith({ ...DEFAULT_SETTINGS, theme: 'dark' }))
    expect(existsSync(join(dataDir, 'settings.json'))).toBe(true)
  })
  it('shows what the clusters have, and opens their desktops for the window that asks', async () => {
    const { app, clusters, proxy } = await setUp()
    const provider = fakeProvider()
    clusters.set(new Map([['c1', provider]]), { activeId: 'c1' })
    provider.emit(aSnapshot({ sessions: [aSession()] }))
    const push = vi.fn<(value: unknown) => void>()
    app.subscribe(page, 'sessions', push)
    expect(push).toHaveBeenLastCalledWith({ loading: false, sessions: [aSession()] })
    expect(await app.call(page, 'sessions.open', { sessionId: 'c1/ns/one' })).toMatchObject({ ok: true })
    await app.closeWindow('w1')
    expect(proxy.calls).toStrictEqual([
      ['open', 'c1/ns/one', 'w1'],
      ['closeWindow', 'w1'],
    ])
  })
  it('lets no stranger listen', async () => {
    const { app } = await setUp()
    const push = vi.fn<(value: unknown) => void>()
    expect(app.subscribe({ ...page, origin: 'https://example.org' }, 'settings', push)).toMatchObject({
      code: 'bad-request',
    })
    expect(push).not.toHaveBeenCalled()
  })
  it('answers tab where a host has no windows, and uses its dialog where it has one', async () => {
    const { app } = await setUp()
    expect(await app.call(page, 'windows.openViewer', { sessionId: 'a/b/c' })).toMatchObject({
      value: { opened: 'tab' },
    })
    expect(await app.call(page, 'clusters.pickFile', {})).toMatchObject({ error: { code: 'bad-request' } })
    await app.dispose()
    const opened = vi.fn<(sessionId: string) => Promise<void>>(() => Promise.resolve())
    const other = await setUp({ openViewer: opened, pickKubeconfig: () => Promise.resolve('/home/me/kubeconfig') })
    expect(await other.app.call(page, 'windows.openViewer', { sessionId: 'a/b/c' })).toMatchObject({
      value: { opened: 'window' },
    })
    expect(opened).toHaveBeenCalledExactlyOnceWith('a/b/c', 'primary', undefined)
    expect(await other.app.call(page, 'clusters.pickFile', {})).toStrictEqual({
      ok: true,
      value: { clusterIds: ['k-2'] },
    })
    expect(other.clusters.calls).toStrictEqual([['addFile', '/home/me/kubeconfig']])
  })
  it('writes lines of the UI into its log, without secrets', async () => {
    const { app } = await setUp()
    const message = 'failed with Bearer canary-4711'
    expect(await app.call(page, 'app.log', { level: 'warn', scope: 'viewer', message })).toMatchObject({ ok: true })
    const log = readFileSync(join(dataDir, 'logs', 'app.log'), 'utf8')
    expect(log).toContain('"scope":"viewer"')
    expect(log).not.toContain('canary')
  })
  it('ends once and whole', async () => {
    const { app, clusters, proxy } = await setUp()
    await Promise.all([app.dispose(), app.dispose()])
    expect(clusters.calls).toStrictEqual([['dispose']])
    expect(proxy.calls).toStrictEqual([['dispose']])
  })
})

describe('the core with its own services', () => {
  it('offers the demo, starts a desktop in it and opens it', async () => {
    app = await createApp({ host, dataDir, env: { HOME: dataDir, KUBECONFIG: '' }, doors: 'loopback' })
    const running = app
    expect(running.doorOrigin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(await running.call(page, 'clusters.select', { clusterId: 'demo' })).toStrictEqual({ ok: true, value: {} })
    const library = vi.fn<(value: unknown) => void>()
    running.subscribe(page, 'library', library)
    await vi.waitFor(() =>
      expect(library).toHaveBeenLastCalledWith(expect.objectContaining({ clusterId: 'demo', loading: false })),
    )
    const shown = library.mock.lastCall?.[0] as { templates: { id: string; slices: number }[] } | undefined
    const templateId = shown?.templates.find(({ slices }) => slices === 0)?.id ?? ''
    const started = await running.call(page, 'sessions.start', { clusterId: 'demo', templateId })
    expect(started).toMatchObject({ ok: true })
    const { sessionId } = (started as { value: { sessionId: string } }).value
    expect(sessionId.startsWith('demo/')).toBe(true)
    const sessions = vi.fn<(value: unknown) => void>()
    running.subscribe(page, 'sessions', sessions)
    await vi.waitFor(() => expect(JSON.stringify(sessions.mock.lastCall?.[0])).toContain(sessionId))
    expect(await running.call(page, 'sessions.cancel', { sessionId })).toStrictEqual({ ok: true, value: {} })
    await vi.waitFor(() => expect(JSON.stringify(sessions.mock.lastCall?.[0])).not.toContain(sessionId))
  })
  it('shows the demo’s whole cluster, and stops somebody’s desktop there', async () => {
    app = await createApp({ host, dataDir, env: { HOME: dataDir, KUBECONFIG: '' }, doors: 'loopback' })
    const push = vi.fn<(value: unknown) => void>()
    app.subscribe(page, 'inventory', push)
    expect(push).toHaveBeenLastCalledWith(expect.objectContaining({ access: 'none', nodes: [] }))
    await app.call(page, 'clusters.select', { clusterId: 'demo' })
    const last = () => push.mock.lastCall?.[0] as InventorySnapshot
    await vi.waitFor(() => expect(last()).toMatchObject({ clusterId: 'demo', access: 'full', state: 'live' }))
    const { namespace = '', pod = '' } = last().sessions[0] ?? {}
    const stopped = await app.call(page, 'inventory.stop', { clusterId: 'demo', namespace, pod })
    expect(stopped).toStrictEqual({ ok: true, value: {} })
    await vi.waitFor(() => expect(last().sessions.map((session) => session.pod)).not.toContain(pod))
    expect(await app.call(page, 'inventory.stop', { clusterId: 'gone', namespace, pod })).toMatchObject({
      error: { code: 'cluster-unknown' },
    })
  })
})
