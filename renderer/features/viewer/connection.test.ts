// The connection with a desktop, a core and a clock of the test's own.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ForbiddenPath } from '../../../shared/domain/media.ts'
import type { Door } from '../../../shared/domain/session.ts'
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import { closeMeaning } from '../../../shared/selkies/g2/close-codes.ts'
import { createConnection } from './connection.ts'
import { ICE_PATHS } from './transport/paths.ts'
import type { Loss, Transport } from './transport/transport.ts'
import type { ViewerStatus } from './viewer-state.ts'

const door: Door = {
  ticket: 't',
  base: '/d/t/',
  candidates: [{ path: 'node', protocol: 'udp', host: '192.0.2.1', port: 30_000 }],
  iceServers: [],
  generation: 'selkies2',
  transport: 'dual',
}

const ICE_SET = new Set(ICE_PATHS)

function set(desktop: {
  mode: string | null
  sessions: number
  doorClosed?: boolean
  strict?: boolean
  forbidden?: ForbiddenPath[]
}) {
  const calls: string[] = []
  const made: { readonly mode: string; readonly paths: readonly string[]; readonly lost: (loss: Loss) => void }[] = []
  const statuses: ViewerStatus[] = []
  vi.stubGlobal('location', { href: 'http://localhost/viewer' })
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const path = new URL(url).pathname.replace('/d/t/', '')
    calls.push(`${init.method ?? 'GET'} ${path}`)
    if (desktop.doorClosed === true) {
      desktop.doorClosed = false
      return Promise.resolve(new Response('{}', { status: 404, headers: { 'x-door-error': 'door-closed' } }))
    }
    if (path === 'api/sessions')
      return Promise.resolve(Response.json({ sessions: Array.from({ length: desktop.sessions }, () => ({})) }))
    if (path === 'api/switch') {
      desktop.mode = (JSON.parse(init.body as string) as { mode: string }).mode
      return Promise.resolve(Response.json({ status: 'success' }))
    }
    return Promise.resolve(Response.json({ current_mode: desktop.mode, enable_dual_mode: true }))
  })
  const opened: Door = desktop.forbidden === undefined ? door : { ...door, forbidden: desktop.forbidden }
  let checks = 0
  let closed = 0
  const bridge: Bridge = {
    call: (name) => {
      calls.push(name)
      return Promise.resolve({ ok: true, value: name === 'sessions.open' ? opened : {} }) as never
    },
    subscribe: () => () => undefined,
  }
  const connection = createConnection({
    bridge,
    sessionId: 's',
    paths: () => ICE_SET,
    mayWebSocket: () => desktop.strict !== true,
    wishedTransport: () => 'auto',
    connect(mode, _door, paths, lost): Transport {
      made.push({ mode, paths: [...paths], lost })
      return {
        mode: mode === 'websocket' ? 'websocket' : 'webrtc',
        send: () => true,
        waiting: () => 0,
        setSound: () => undefined,
        setOutput: () => undefined,
        setUplink: () => Promise.resolve(true),
        stats: () => Promise.reject(new Error('none')),
        check: () => checks++,
        close: () => closed++,
      }
    },
    onLost: () => undefined,
    onStatus: (status) => statuses.push(status),
  })
  return { connection, calls, made, statuses, checks: () => checks, closed: () => closed }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('connection', () => {
  it('opens the door, asks the mode and connects by it', async () => {
    const { connection, calls, made, statuses } = set({ mode: 'webrtc', sessions: 0 })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    expect(calls).toEqual(['sessions.open', 'GET api/status'])
    expect(made.map(({ mode, paths }) => [mode, ...paths])).toEqual([['webrtc', 'direct', 'node']])
    connection.pictureSeen()
    expect(statuses.at(-1)).toEqual({ kind: 'connected' })
  })

  it('comes back at once without the way that fell silent', async () => {
    const { connection, made, statuses } = set({ mode: 'webrtc', sessions: 0 })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    connection.pictureSeen()
    made[0]?.lost({ kind: 'stalled', path: 'node' })
    expect(statuses.at(-1)?.kind).toBe('reconnecting')
    await vi.advanceTimersByTimeAsync(10)
    expect(made[1]?.paths).toEqual(['direct'])
  })

  it('opens a new door when the old one is closed', async () => {
    const { connection, calls, made } = set({ mode: 'webrtc', sessions: 0, doorClosed: true })
    connection.start()
    await vi.advanceTimersByTimeAsync(1000)
    expect(calls.filter((call) => call === 'sessions.open')).toHaveLength(2)
    expect(made).toHaveLength(1)
  })

  it('switches to WebSocket when no way works and nobody else is there', async () => {
    const { connection, calls, made } = set({ mode: 'webrtc', sessions: 0 })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    made[0]?.lost({ kind: 'no-path' })
    await vi.advanceTimersByTimeAsync(1000)
    expect(calls).toContain('POST api/switch')
    expect(made[1]?.mode).toBe('websocket')
  })

  it('asks before it throws others out', async () => {
    const { connection, calls, made, statuses } = set({ mode: 'webrtc', sessions: 2 })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    made[0]?.lost({ kind: 'no-path' })
    await vi.advanceTimersByTimeAsync(6000)
    expect(statuses.at(-1)).toEqual({ kind: 'ask-websocket', others: 2, to: 'websocket' })
    expect(calls).not.toContain('POST api/switch')
    connection.allowOtherMode()
    await vi.advanceTimersByTimeAsync(1000)
    expect(made.at(-1)?.mode).toBe('websocket')
  })

  it('asks when another page took over, and begins anew when told to', async () => {
    const { connection, made, statuses } = set({ mode: 'webrtc', sessions: 0 })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    made[0]?.lost({ kind: 'closed', meaning: closeMeaning(4001, 'Superseded by a new connection.', true) })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(made).toHaveLength(1)
    expect(statuses.at(-1)).toMatchObject({ kind: 'ask-takeover', mayJoin: true })
    connection.wake('online')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(made).toHaveLength(1)
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    expect(made).toHaveLength(2)
  })

  it('waits between two modes, and stops when it is disposed', async () => {
    const desktop: { mode: string | null; sessions: number } = { mode: null, sessions: 0 }
    const { connection, made } = set(desktop)
    connection.start()
    await vi.advanceTimersByTimeAsync(2500)
    expect(made).toHaveLength(0)
    desktop.mode = 'webrtc'
    await vi.advanceTimersByTimeAsync(1000)
    expect(made).toHaveLength(1)
    connection.dispose()
    made[0]?.lost({ kind: 'channel' })
    connection.dispose()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(made).toHaveLength(1)
  })

  const strange = () => ({ kind: 'closed', meaning: closeMeaning(1000, '', true) }) as const

  it('never goes to WebSocket where a way is forced, and keeps trying that one', async () => {
    const { connection, calls, made, statuses } = set({ mode: 'webrtc', sessions: 0, strict: true })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    connection.pictureSeen()
    for (let i = 0; i < 20; i++) {
      made.at(-1)?.lost({ kind: 'no-path' })
      await vi.advanceTimersByTimeAsync(1100)
    }
    expect(calls).not.toContain('POST api/switch')
    expect(made.filter(({ mode }) => mode === 'webrtc').length).toBeGreaterThan(18)
    expect(statuses.at(-1)).toMatchObject({ kind: 'reconnecting', forced: true })
  })

  it('goes on at once when the network is back, and says while it is not', async () => {
    const { connection, made, statuses } = set({ mode: 'webrtc', sessions: 0 })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    connection.pictureSeen()
    for (let i = 0; i < 4; i++) {
      made.at(-1)?.lost(strange())
      await vi.advanceTimersByTimeAsync(1001)
    }
    made.at(-1)?.lost(strange())
    const before = made.length
    connection.wake('offline')
    expect(statuses.at(-1)).toMatchObject({ because: 'This computer is offline.' })
    await vi.advanceTimersByTimeAsync(100)
    expect(made).toHaveLength(before)
    connection.wake('online')
    await vi.advanceTimersByTimeAsync(10)
    expect(made).toHaveLength(before + 1)
    // a burst of signs is one
    connection.wake('network')
    await vi.advanceTimersByTimeAsync(10)
    expect(made).toHaveLength(before + 1)
  })

  it('asks a connection that stands for a sign of life, and leaves it alone', async () => {
    const { connection, made, checks } = set({ mode: 'webrtc', sessions: 0 })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    connection.pictureSeen()
    connection.wake('woke')
    await vi.advanceTimersByTimeAsync(1000)
    expect(checks()).toBe(1)
    expect(made).toHaveLength(1)
  })

  it('opens a new door with fresh credentials when the old ones are withdrawn, by itself', async () => {
    const { connection, calls, made } = set({ mode: 'webrtc', sessions: 0 })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    connection.pictureSeen()
    made[0]?.lost({ kind: 'closed', meaning: closeMeaning(4002, 'Token revoked', true) })
    await vi.advanceTimersByTimeAsync(400)
    expect(calls.filter((call) => call === 'sessions.open')).toHaveLength(2)
    expect(made).toHaveLength(2)
  })

  it('stops trying when a person says so, whatever the network does then', async () => {
    const { connection, made, statuses } = set({ mode: 'webrtc', sessions: 0 })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    made[0]?.lost(strange())
    connection.end('Enough.', 'reconnect')
    connection.wake('online')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(made).toHaveLength(1)
    expect(statuses.at(-1)).toEqual({ kind: 'ended', because: 'Enough.', offer: 'reconnect' })
  })

  it('hands over to a second connection before the first is closed', async () => {
    const { connection, made, closed } = set({ mode: 'webrtc', sessions: 0 })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    connection.pictureSeen()
    const first = connection.transport
    let end: ((loss: Loss) => void) | undefined
    const second = { ...first, mode: 'webrtc' } as Transport
    const shown: string[] = []
    const done = connection.handOver((_, lost) => {
      end = lost
      expect(closed()).toBe(0)
      return Promise.resolve({ transport: second, show: () => shown.push(`${closed()} closed`) })
    }, false)
    await expect(done).resolves.toBe(true)
    expect(shown).toEqual(['0 closed'])
    expect(closed()).toBe(1)
    expect(connection.transport).toBe(second)
    // the first one has nothing to say any more, the second one has
    made[0]?.lost(strange())
    await vi.advanceTimersByTimeAsync(10)
    expect(made).toHaveLength(1)
    end?.(strange())
    await vi.advanceTimersByTimeAsync(10)
    expect(made).toHaveLength(2)
  })

  it('goes on with the first one when the second has no picture, and anew when the desktop took only one', async () => {
    const { connection, made, statuses } = set({ mode: 'webrtc', sessions: 0 })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    connection.pictureSeen()
    await expect(connection.handOver(() => Promise.reject(new Error('none')), false)).resolves.toBe(false)
    expect(connection.transport).not.toBeNull()
    const superseded = { kind: 'closed', meaning: closeMeaning(4001, 'Superseded.', true) } as const
    const moving = connection.handOver(async () => {
      made[0]?.lost(superseded)
      expect(statuses.at(-1)).toMatchObject({ kind: 'reconnecting' })
      await Promise.resolve()
      throw new Error('none')
    }, false)
    await expect(moving).resolves.toBe(false)
    await vi.advanceTimersByTimeAsync(10)
    expect(made).toHaveLength(2)
  })

  it('never takes what the template forbids', async () => {
    const { connection, made, statuses } = set({ mode: 'webrtc', sessions: 0, forbidden: ['direct', 'websocket'] })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    expect(made[0]?.paths).toEqual(['node'])
    made[0]?.lost({ kind: 'no-path' })
    await vi.advanceTimersByTimeAsync(1000)
    expect(made[1]?.mode).toBe('webrtc')
    connection.end('', 'none')
    const none = set({ mode: 'webrtc', sessions: 0, forbidden: ['direct', 'node', 'websocket'] })
    none.connection.start()
    await vi.advanceTimersByTimeAsync(10)
    expect(none.made).toHaveLength(0)
    expect(none.statuses.at(-1)).toMatchObject({ kind: 'ended', offer: 'reconnect' })
    expect(statuses).not.toEqual([])
  })
})
