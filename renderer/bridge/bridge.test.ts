// The bridge's promise on both carriers: calls never reject, topics come again after a loss, late listeners get the present snapshot.
import { describe, expect, it, vi } from 'vitest'
import { DEFAULT_SETTINGS } from '../../shared/domain/settings.ts'
import type { ClientMessage, ElectronApi, ServerMessage } from '../../shared/ipc/bridge.ts'
import { createElectronBridge } from './electron-bridge.ts'
import { createWebSocketBridge, type BridgeSocket } from './web-socket-bridge.ts'

class FakeSocket {
  readyState = 0
  readonly sent: ClientMessage[] = []
  readonly #listeners = new Map<string, ((event: never) => void)[]>()
  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener])
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage)
  }
  close(): void {
    this.drop()
  }
  open(): void {
    this.readyState = 1
    this.#emit('open', {})
  }
  drop(): void {
    this.readyState = 3
    this.#emit('close', {})
  }
  say(message: ServerMessage | string): void {
    this.#emit('message', { data: typeof message === 'string' ? message : JSON.stringify(message) })
  }
  #emit(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never)
  }
}

function setUp() {
  const sockets: FakeSocket[] = []
  const due: { run: () => void; ms: number }[] = []
  const bridge = createWebSocketBridge({
    connect: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket as unknown as BridgeSocket
    },
    later: (run, ms) => {
      const entry = { run, ms }
      due.push(entry)
      return () => void (due.includes(entry) && due.splice(due.indexOf(entry), 1))
    },
    random: () => 1,
  })
  const socket = () => {
    const last = sockets.at(-1)
    if (!last) throw new Error('no socket')
    return last
  }
  const runNext = () => due.shift()?.run()
  return { bridge, sockets, socket, due, runNext }
}
const dark = { ...DEFAULT_SETTINGS, theme: 'dark' as const }

describe('the WebSocket bridge', () => {
  it('sends a call and gives its answer, whatever order answers have', async () => {
    const { bridge, socket } = setUp()
    socket().open()
    const one = bridge.call('clusters.refresh', {})
    const two = bridge.call('clusters.select', { clusterId: 'c' })
    expect(socket().sent).toMatchObject([
      { type: 'call', name: 'clusters.refresh', input: {} },
      { type: 'call', name: 'clusters.select', input: { clusterId: 'c' } },
    ])
    const ids = socket().sent.map((message) => (message.type === 'call' ? message.id : -1))
    socket().say({ type: 'result', id: ids[1] ?? -1, result: { ok: true, value: { second: 1 } } })
    socket().say({ type: 'result', id: ids[0] ?? -1, result: { ok: true, value: { first: 1 } } })
    expect(await one).toStrictEqual({ ok: true, value: { first: 1 } })
    expect(await two).toStrictEqual({ ok: true, value: { second: 1 } })
  })
  it('keeps calls and subscriptions of before the connection', async () => {
    const { bridge, socket } = setUp()
    const answer = bridge.call('clusters.refresh', {})
    bridge.subscribe('settings', () => undefined)
    expect(socket().sent).toStrictEqual([])
    socket().open()
    expect(
      socket()
        .sent.map(({ type }) => type)
        .toSorted(),
    ).toStrictEqual(['call', 'subscribe'])
    socket().say({ type: 'result', id: 1, result: { ok: true, value: {} } })
    expect(await answer).toMatchObject({ ok: true })
  })
  it('ends what was sent with an error value when the connection ends', async () => {
    const { bridge, socket } = setUp()
    socket().open()
    const answer = bridge.call('sessions.stop', { sessionId: 'a/b/c' })
    socket().drop()
    expect(await answer).toMatchObject({ ok: false, error: { code: 'core-lost' } })
  })
  it('lets a call wait only so long for a connection, and never sends it twice', async () => {
    const { bridge, socket, due, runNext } = setUp()
    const late = bridge.call('clusters.refresh', {})
    expect(due).toHaveLength(1)
    runNext()
    expect(await late).toMatchObject({ ok: false, error: { code: 'core-lost' } })
    socket().open()
    expect(socket().sent).toStrictEqual([])
  })
  it('connects again at once, then with growing pauses, and begins anew after a success', () => {
    const { sockets, socket, due, runNext } = setUp()
    socket().open()
    const pauses: number[] = []
    for (let index = 0; index < 8; index++) {
      socket().drop()
      pauses.push(due[0]?.ms ?? -1)
      runNext()
    }
    expect(pauses).toStrictEqual([0, 250, 500, 1000, 2000, 4000, 5000, 5000])
    expect(sockets).toHaveLength(9)
    socket().open()
    socket().drop()
    expect(due[0]?.ms).toBe(0)
  })
  it('subscribes anew after a loss, and only to what is listened to', () => {
    const { bridge, socket, runNext } = setUp()
    socket().open()
    const push = vi.fn<(value: unknown) => void>()
    bridge.subscribe('settings', push)
    bridge.subscribe('sessions', () => undefined)()
    socket().drop()
    runNext()
    socket().open()
    expect(socket().sent).toStrictEqual([{ type: 'subscribe', topic: 'settings' }])
    socket().say({ type: 'topic', topic: 'settings', value: dark })
    expect(push).toHaveBeenCalledExactlyOnceWith(dark)
  })
  it('asks once for many listeners, and gives a late one the present snapshot', () => {
    const { bridge, socket } = setUp()
    socket().open()
    const [one, two] = [vi.fn<(value: unknown) => void>(), vi.fn<(value: unknown) => void>()]
    const stopOne = bridge.subscribe('settings', one)
    socket().say({ type: 'topic', topic: 'settings', value: dark })
    const stopTwo = bridge.subscribe('settings', two)
    expect(two).toHaveBeenCalledExactlyOnceWith(dark)
    stopOne()
    stopOne()
    expect(socket().sent).toStrictEqual([{ type: 'subscribe', topic: 'settings' }])
    stopTwo()
    expect(socket().sent.at(-1)).toStrictEqual({ type: 'unsubscribe', topic: 'settings' })
    socket().say({ type: 'topic', topic: 'settings', value: DEFAULT_SETTINGS })
    expect(one).toHaveBeenCalledTimes(1)
    expect(two).toHaveBeenCalledTimes(1)
  })
  it.each(['not json', 'null', '7', '{}', '{"type":"result","id":99,"result":1}', '{"type":"topic","topic":"none"}'])(
    'does not mind a message that it does not know: %s',
    async (text) => {
      const { bridge, socket } = setUp()
      socket().open()
      const answer = bridge.call('clusters.refresh', {})
      socket().say(text)
      socket().say({ type: 'result', id: 1, result: { ok: true, value: {} } })
      expect(await answer).toMatchObject({ ok: true })
    },
  )
  it('stays closed once it is closed', () => {
    const { bridge, socket, sockets, due } = setUp()
    socket().open()
    bridge.close()
    expect(due).toStrictEqual([])
    expect(sockets).toHaveLength(1)
  })
})

describe('the Electron bridge', () => {
  const apiWith = (call: ElectronApi['call'], subscribe: ElectronApi['subscribe'] = () => () => undefined) =>
    createElectronBridge({ call, subscribe })

  it('passes JSON alone, as the other carrier does', async () => {
    const call = vi.fn<ElectronApi['call']>(() => Promise.resolve({ ok: true, value: { sessionId: 'a/b/c' } }))
    const input = { clusterId: 'c', templateId: 't', displayName: undefined }
    expect(await apiWith(call).call('sessions.start', input)).toStrictEqual({ ok: true, value: { sessionId: 'a/b/c' } })
    expect(call.mock.lastCall).toStrictEqual(['sessions.start', { clusterId: 'c', templateId: 't' }])
  })
  it.each([
    ['rejects', () => Promise.reject(new Error('the core is gone'))],
    ['answers nothing', () => Promise.resolve(undefined)],
    ['answers something else', () => Promise.resolve('yes')],
  ])('never rejects when the core %s', async (_name, call) => {
    expect(await apiWith(call).call('clusters.refresh', {})).toMatchObject({ ok: false, error: { code: 'core-lost' } })
  })
  it('takes pushes that come while it subscribes, and ends with the last listener', () => {
    const stop = vi.fn<() => void>()
    const bridge = apiWith(
      () => Promise.resolve(),
      (_topic, listener) => {
        listener(dark)
        return stop
      },
    )
    const push = vi.fn<(value: unknown) => void>()
    const end = bridge.subscribe('settings', push)
    expect(push).toHaveBeenCalledExactlyOnceWith(dark)
    end()
    expect(stop).toHaveBeenCalledTimes(1)
  })
})
