import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { AppError } from '../../shared/errors.ts'
import { dial, get, openDoor, startDesktop, until, type TestDesktop, type TestDoor } from './test-desktop.ts'
import type { DoorTimes } from './door.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

interface Given extends TestDoor {
  readonly desktop: TestDesktop
  readonly dials: Duplex[]
}

/** A desktop that says over which of its connections each request came. */
async function given(
  times?: Partial<DoorTimes>,
  dialHttp?: (port: number, nth: number) => Promise<Duplex>,
): Promise<Given> {
  const numbers = new Map<Duplex, number>()
  const desktop = await startDesktop({
    http: (server) => {
      server.on('connection', (socket) => numbers.set(socket, numbers.size))
      server.on('request', (request, response) => response.end(String(numbers.get(request.socket))))
    },
  })
  const dials: Duplex[] = []
  const access = desktop.access({
    async dialHttp() {
      const socket = await (dialHttp ?? dial)(desktop.port, dials.length)
      dials.push(socket)
      return socket
    },
  })
  const opened = await openDoor(access, times)
  cleanups.push(
    () => desktop.close(),
    () => opened.close(),
  )
  return { ...opened, desktop, dials }
}

const ask = async (door: Given): Promise<string> => (await get(`${door.door.base}api/status`)).body

describe('connections to a desktop', () => {
  it('are dialled ahead, reused, and replaced when taken', async () => {
    const door = await given()
    await until(() => door.dials.length === 2)
    const first = await ask(door)
    expect(['0', '1']).toContain(first)
    await until(() => door.dials.length === 3)
    expect(await ask(door)).toBe(first)
    expect(await ask(door)).toBe(first)
    expect(door.dials.length).toBe(3)
  })

  it('are forgotten when they end while idle, without a dial in their place', async () => {
    const door = await given()
    await until(() => door.desktop.openSockets.size === 2)
    for (const socket of door.desktop.openSockets) socket.end()
    await until(() => door.dials.every((socket) => socket.destroyed))
    expect(door.dials.length).toBe(2)
    expect(await ask(door)).toBe('2')
  })

  it('are kept no longer than their time', async () => {
    const door = await given({ idleMs: 10 })
    await ask(door)
    await until(() => door.dials.filter((socket) => !socket.destroyed).length === 2)
  })

  it('are tried once more when an idle one died unnoticed', async () => {
    const door = await given()
    await until(() => door.desktop.openSockets.size === 2)
    // reset on the first byte of the next request: the door cannot know before it asks
    for (const socket of door.desktop.openSockets) {
      socket.removeAllListeners('data')
      socket.on('data', () => socket.resetAndDestroy())
    }
    expect(Number(await ask(door))).toBeGreaterThanOrEqual(2)
  })

  it('are raced by a new one when an idle one stays silent', async () => {
    const door = await given({ hedgeMs: 10 })
    await until(() => door.desktop.openSockets.size === 2)
    const silent = [...door.desktop.openSockets]
    for (const socket of silent) {
      socket.removeAllListeners('data')
      socket.on('data', () => {})
    }
    expect(Number(await ask(door))).toBeGreaterThanOrEqual(2)
    // the silent one, and the other that lay idle beside it, are given up
    await until(() => silent.every((socket) => socket.destroyed))
  })

  it('are never dialled in a loop when dialling fails', async () => {
    let tries = 0
    const door = await given({}, () => {
      tries += 1
      return Promise.reject(new Error('no way'))
    })
    await until(() => tries === 2)
    expect((await get(`${door.door.base}api/status`)).status).toBe(502)
    await new Promise((turn) => setImmediate(turn))
    expect(tries).toBe(3)
  })

  it('are told apart from ones that ended before they were handed out', async () => {
    const door = await given({}, async (port) => {
      const socket = await dial(port)
      socket.destroy(new AppError('desktop-unreachable', {}, { detail: 'refused' }))
      socket.on('error', () => {})
      return socket
    })
    const got = await get(`${door.door.base}api/status`)
    expect([got.status, got.body.includes('refused')]).toEqual([502, true])
  })

  it('are new for what must not be sent twice', async () => {
    const door = await given()
    await until(() => door.dials.length === 2)
    const got = await get(`${door.door.base}api/switch`, { method: 'POST', body: '{}' })
    expect(got.body).toBe('2')
  })
})
