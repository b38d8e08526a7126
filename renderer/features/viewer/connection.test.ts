// The connection with a desktop, a core and a clock of the test's own.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Door } from '../../../shared/domain/session.ts'
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import { closeMeaning } from '../../../shared/selkies/g2/close-codes.ts'
import { createConnection } from './connection.ts'
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

function set(desktop: { mode: string | null; sessions: number; doorClosed?: boolean }) {
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
  const bridge: Bridge = {
    call: (name) => {
      calls.push(name)
      return Promise.resolve({ ok: true, value: name === 'sessions.open' ? door : {} }) as never
    },
    subscribe: () => () => undefined,
  }
  const connection = createConnection({
    bridge,
    sessionId: 's',
    paths: new Set(['direct', 'node', 'relay', 'tunnel']),
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
        close: () => undefined,
      }
    },
    onLost: () => undefined,
    onStatus: (status) => statuses.push(status),
  })
  return { connection, calls, made, statuses }
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
    expect(statuses.at(-1)).toEqual({ kind: 'ask-websocket', others: 2 })
    expect(calls).not.toContain('POST api/switch')
    connection.allowWebSocket()
    await vi.advanceTimersByTimeAsync(1000)
    expect(made.at(-1)?.mode).toBe('websocket')
  })

  it('ends for good when another page took over, and begins anew when asked', async () => {
    const { connection, calls, made, statuses } = set({ mode: 'webrtc', sessions: 0 })
    connection.start()
    await vi.advanceTimersByTimeAsync(10)
    made[0]?.lost({ kind: 'closed', meaning: closeMeaning(4001, 'Superseded by a new connection.', true) })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(made).toHaveLength(1)
    expect(statuses.at(-1)).toMatchObject({ kind: 'ended', offer: 'reconnect' })
    expect(calls).toContain('sessions.closeDoor')
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
})
