// The glue between clusters and UI: one list of sessions, each call to the provider that has it, doors that end in time.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { LibrarySnapshot } from '../../shared/domain/cluster.ts'
import { AppError } from '../../shared/errors.ts'
import type { SessionsSnapshot } from '../../shared/ipc/contract.ts'
import { SILENT } from '../logging/logger.ts'
import type { DesktopAccess } from '../sessions/provider.ts'
import { aSession, aSnapshot, anAccess, fakeClusters, fakeProvider, fakeProxy } from '../testing/fakes.ts'
import { createLibraryService } from './library-service.ts'
import type { MeasuredStart, UsualTimes } from './usual-times.ts'

const sender = { windowId: 'w1', origin: 'app://bundle', isMainFrame: true }
const running = aSession()
const waiting = aSession({ id: 'c1/ns/two', name: 'two', displayName: 'My two', phase: 'starting', openable: false })

function setUp(options: { readonly door?: Parameters<typeof fakeProxy>[0]; readonly demo?: boolean } = {}) {
  const clusters = fakeClusters()
  const proxy = fakeProxy(options.door)
  const published = {
    library: [] as LibrarySnapshot[],
    sessions: [] as SessionsSnapshot[],
    pictures: [] as Readonly<Record<string, string>>[],
  }
  const added: MeasuredStart[] = []
  const usualTimes: UsualTimes = {
    of: (_cluster, template) => (template === 'full' ? { readyMs: 6_000, stages: { image: 900 } } : undefined),
    add: (_cluster, _template, start) => void added.push(start),
    flush: () => Promise.resolve(),
  }
  const runDemoDesktop = vi.fn<(sessionId: string, attach: string) => void>()
  const service = createLibraryService({
    clusters,
    proxy,
    usualTimes,
    clock: { now: () => 9_000 },
    log: SILENT,
    publishLibrary: (snapshot) => published.library.push(snapshot),
    publishSessions: (snapshot) => published.sessions.push(snapshot),
    publishPictures: (pictures) => published.pictures.push(pictures),
    runDemoDesktop: options.demo ? runDemoDesktop : undefined,
  })
  const last = () => ({
    library: published.library.at(-1),
    sessions: published.sessions.at(-1),
    pictures: published.pictures.at(-1),
  })
  return { clusters, proxy, service, last, added, runDemoDesktop }
}

describe('what is shown', () => {
  it('is nothing before a cluster is there', () => {
    const { last } = setUp()
    expect(last().sessions).toStrictEqual({ sessions: [], loading: false })
    expect(last().library).toMatchObject({ templates: [], loading: false })
  })
  it('joins the sessions of all connected clusters, and the templates of the active one', () => {
    const { clusters, last } = setUp()
    const [one, two] = [fakeProvider(), fakeProvider()]
    clusters.set(
      new Map([
        ['c1', one],
        ['c2', two],
      ]),
      { activeId: 'c2' },
    )
    expect(last().sessions?.loading).toBe(true)
    one.emit(aSnapshot({ sessions: [running] }))
    two.emit(aSnapshot({ sessions: [aSession({ id: 'c2/ns/x', clusterId: 'c2' })] }))
    expect(last().sessions).toMatchObject({ loading: false, sessions: [{ id: 'c1/ns/one' }, { id: 'c2/ns/x' }] })
    expect(last().library).toMatchObject({ clusterId: 'c2', loading: false })
  })
  it('lets go of a provider that is gone, and of its sessions', () => {
    const { clusters, last } = setUp()
    const one = fakeProvider()
    clusters.set(new Map([['c1', one]]))
    one.emit(aSnapshot({ sessions: [running] }))
    clusters.set(new Map())
    expect(one.isWatched).toBe(false)
    expect(last().sessions?.sessions).toStrictEqual([])
  })
  it('watches a provider that took another’s place', () => {
    const { clusters, last } = setUp()
    const [old, fresh] = [fakeProvider(), fakeProvider()]
    clusters.set(new Map([['c1', old]]))
    old.emit(aSnapshot({ sessions: [running] }))
    clusters.set(new Map([['c1', fresh]]))
    fresh.emit(aSnapshot({ sessions: [waiting] }))
    old.emit(aSnapshot({ sessions: [running, waiting] }))
    expect(last().sessions?.sessions.map(({ id }) => id)).toStrictEqual(['c1/ns/two'])
  })
  it('shows the picture of a session, and forgets it with the session', () => {
    const { clusters, service, last } = setUp()
    const one = fakeProvider()
    clusters.set(new Map([['c1', one]]))
    one.emit(aSnapshot({ sessions: [running] }))
    service.setThumbnail(running.id, 'data:image/webp;base64,AAAA')
    expect(last().pictures).toStrictEqual({ [running.id]: 'data:image/webp;base64,AAAA' })
    one.emit(aSnapshot({ sessions: [] }))
    one.emit(aSnapshot({ sessions: [running] }))
    expect(last().pictures).toStrictEqual({})
  })
  it('takes no picture for a session that it does not know', () => {
    const { service } = setUp()
    expect(() => service.setThumbnail('c1/ns/none', 'data:image/webp;base64,AAAA')).toThrow(/session-unknown/)
  })
})

describe('what people do', () => {
  it('reaches the provider of the session’s cluster', async () => {
    const { clusters, service } = setUp()
    const [one, two] = [fakeProvider(), fakeProvider()]
    clusters.set(
      new Map([
        ['c1', one],
        ['c2', two],
      ]),
    )
    await service.start('c2', { templateId: 'full' })
    await service.stop('c1/ns/one')
    await service.resume('c1/ns/one')
    await service.remove('c2/ns/x', true)
    await service.keepRunning('c1/ns/one')
    await service.cancel('c1/ns/one')
    expect(two.calls).toStrictEqual([
      ['start', { templateId: 'full' }],
      ['remove', 'c2/ns/x', { deleteHome: true }],
    ])
    expect(one.calls.map(([name]) => name)).toStrictEqual(['stop', 'resume', 'keepRunning', 'cancel'])
  })
  it.each(['c9/ns/one', 'one', '', '//'])('knows no session %j', async (sessionId) => {
    const { service } = setUp()
    await expect(async () => service.stop(sessionId)).rejects.toThrow(/cluster-unknown|session-unknown/)
  })
  const unknown = () => Promise.reject(new AppError('session-unknown'))
  it('starts without GPU after the cancel, with the same name', async () => {
    const { clusters, service } = setUp()
    const one = fakeProvider({ resume: unknown })
    clusters.set(new Map([['c1', one]]))
    one.emit(aSnapshot({ sessions: [waiting] }))
    // under the new one's id, so that who asked can follow it
    expect(await service.startWithoutGpu(waiting.id)).toBe('c1/ns/new')
    expect(one.calls).toStrictEqual([
      ['cancel', waiting.id],
      ['resume', waiting.id, { withoutGpu: true }],
      ['start', { templateId: 'full', displayName: 'My two', withoutGpu: true }],
    ])
  })
  it('goes on without GPU with the same desktop when it was there before the start', async () => {
    const { clusters, service } = setUp()
    const one = fakeProvider()
    clusters.set(new Map([['c1', one]]))
    one.emit(aSnapshot({ sessions: [waiting] }))
    expect(await service.startWithoutGpu(waiting.id)).toBe(waiting.id)
    expect(one.calls.map(([name]) => name)).toStrictEqual(['cancel', 'resume'])
  })
  it('has nothing to cancel of a start that has failed', async () => {
    const { clusters, service } = setUp()
    const one = fakeProvider({ cancel: unknown })
    clusters.set(new Map([['c1', one]]))
    one.emit(aSnapshot({ sessions: [aSession({ ...waiting, phase: 'failed' })] }))
    await service.startWithoutGpu(waiting.id)
    expect(one.calls.map(([name]) => name)).toStrictEqual(['resume'])
  })
  it('leaves it to the operator to change a start that is under way', async () => {
    const { clusters, service } = setUp()
    const one = fakeProvider({ mode: 'operator' })
    clusters.set(new Map([['c1', one]]))
    one.emit(aSnapshot({ sessions: [waiting] }))
    expect(await service.startWithoutGpu(waiting.id)).toBe(waiting.id)
    expect(one.calls).toStrictEqual([['resume', waiting.id, { withoutGpu: true }]])
  })
  it('starts nothing when the cancel fails', async () => {
    const { clusters, service } = setUp()
    const one = fakeProvider({ cancel: () => Promise.reject(new Error('no')) })
    clusters.set(new Map([['c1', one]]))
    one.emit(aSnapshot({ sessions: [waiting] }))
    await expect(service.startWithoutGpu(waiting.id)).rejects.toThrow('no')
    expect(one.calls.map(([name]) => name)).toStrictEqual(['cancel'])
  })
})

describe('doors', () => {
  const gate = () => {
    let openGate: () => void = () => undefined
    const opened = new Promise<void>((resolve) => (openGate = resolve))
    return { opened, openGate: () => openGate() }
  }
  let hold: ReturnType<typeof gate>
  beforeEach(() => void (hold = gate()))

  it('open for the window that asks', async () => {
    const { clusters, service, proxy } = setUp()
    clusters.set(new Map([['c1', fakeProvider()]]))
    expect(await service.open(running.id, sender)).toMatchObject({ ticket: 't' })
    expect(proxy.calls).toStrictEqual([['open', running.id, 'w1']])
  })
  it.each([
    ['stopped', [aSession({ phase: 'stopping' })]],
    ['removed', []],
    ['started anew', [aSession({ phase: 'starting', openable: false })]],
  ])('close when the session is %s', (_name, sessions) => {
    const { clusters, proxy } = setUp()
    const one = fakeProvider()
    clusters.set(new Map([['c1', one]]))
    one.emit(aSnapshot({ sessions: [running] }))
    one.emit(aSnapshot({ sessions: [running] }))
    expect(proxy.calls).toStrictEqual([])
    one.emit(aSnapshot({ sessions }))
    expect(proxy.calls).toStrictEqual([['closeSession', running.id]])
  })
  it('do not open for a window that closed meanwhile', async () => {
    const { clusters, service, proxy } = setUp()
    const open = (id: string): Promise<DesktopAccess> => hold.opened.then(() => anAccess(id))
    clusters.set(new Map([['c1', fakeProvider({ open })]]))
    const opening = service.open(running.id, sender)
    service.closeWindow('w1')
    hold.openGate()
    await expect(opening).rejects.toThrow(/door-closed/)
    expect(proxy.calls).toStrictEqual([])
  })
  it('close alone when their window’s page went meanwhile: the next page of that window keeps its own', async () => {
    const { clusters, service, proxy } = setUp()
    clusters.set(new Map([['c1', fakeProvider()]]))
    const open = proxy.open.bind(proxy)
    proxy.open = (access, windowId) => hold.opened.then(() => open(access, windowId))
    const opening = service.open(running.id, sender)
    await Promise.resolve()
    service.closeWindow('w1')
    hold.openGate()
    await expect(opening).rejects.toThrow(/door-closed/)
    expect(proxy.calls).toStrictEqual([
      ['open', running.id, 'w1'],
      ['closeDoor', 't', 'w1'],
    ])
  })
  it.each([
    ['stopped', aSnapshot({ sessions: [aSession({ phase: 'stopping' })] })],
    ['was removed', aSnapshot()],
  ])('close when their session %s while they were made', async (_name, next) => {
    const { clusters, service, proxy } = setUp()
    const one = fakeProvider()
    clusters.set(new Map([['c1', one]]))
    one.emit(aSnapshot({ sessions: [running] }))
    const open = proxy.open.bind(proxy)
    proxy.open = (access, windowId) => hold.opened.then(() => open(access, windowId))
    const opening = service.open(running.id, sender)
    one.emit(next)
    hold.openGate()
    await expect(opening).rejects.toThrow(/session-not-running/)
    expect(proxy.calls.at(-1)).toStrictEqual(['closeDoor', 't', 'w1'])
  })
  it('close when the cluster of their session goes, or is connected anew: what they dial with is gone', () => {
    const { clusters, proxy } = setUp()
    const one = fakeProvider()
    clusters.set(new Map([['c1', one]]))
    one.emit(aSnapshot({ sessions: [running, waiting] }))
    clusters.set(new Map([['c1', fakeProvider()]]))
    expect(proxy.calls).toStrictEqual([['closeSession', running.id]])
  })
  it('hand a demo desktop to the host that runs it, else to the page', async () => {
    const door = { demo: { attach: 'ws://127.0.0.1:1/d/t/demo/attach' } }
    const electron = setUp({ door, demo: true })
    electron.clusters.set(new Map([['c1', fakeProvider()]]))
    expect(await electron.service.open(running.id, sender)).not.toHaveProperty('demo')
    expect(electron.runDemoDesktop).toHaveBeenCalledExactlyOnceWith(running.id, door.demo.attach)
    const web = setUp({ door })
    web.clusters.set(new Map([['c1', fakeProvider()]]))
    expect(await web.service.open(running.id, sender)).toMatchObject(door)
  })
})

describe('the first picture', () => {
  it('counts once a start, and not when the desktop is only opened again', () => {
    const { clusters, service, added } = setUp()
    const one = fakeProvider()
    clusters.set(new Map([['c1', one]]))
    one.emit(aSnapshot({ sessions: [aSession({ startedAt: 4_000 })] }))
    service.firstFrame(running.id)
    service.firstFrame(running.id)
    expect(added).toStrictEqual([{ readyMs: 5_000, stages: {} }])
    const connected = { name: 'connected' as const, state: 'done' as const, startedAt: 5_000, endedAt: 6_000 }
    one.emit(aSnapshot({ sessions: [aSession({ startedAt: 4_500, stages: [connected] })] }))
    service.firstFrame(running.id)
    expect(added).toHaveLength(1)
    expect(one.calls.filter(([name]) => name === 'firstFrame')).toHaveLength(3)
  })
})
