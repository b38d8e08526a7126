import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { listenForMedia, type MediaListener } from './media-listener.ts'
import { dial, startDesktop, until, type TestDesktop } from './test-desktop.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function given(
  dialMedia?: (signal: AbortSignal) => Promise<Duplex>,
): Promise<{ listener: MediaListener; desktop: TestDesktop }> {
  const desktop = await startDesktop({ raw: (socket) => void socket.pipe(socket) })
  const listener = await listenForMedia(dialMedia ?? (() => dial(desktop.port)))
  cleanups.push(
    () => desktop.close(),
    () => listener.close(),
  )
  return { listener, desktop }
}

async function open(listener: MediaListener): Promise<Socket> {
  const socket = connect({ host: listener.host, port: listener.port })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text)
  const [data] = (await once(socket, 'data')) as [Buffer]
  return data.toString()
}

describe('the media port', () => {
  it('carries what was sent before the tunnel stood, and everything after', async () => {
    const { listener, desktop } = await given()
    const socket = await open(listener)
    expect(await echo(socket, 'STUN')).toBe('STUN')
    expect(await echo(socket, 'DTLS')).toBe('DTLS')
    expect(desktop.sockets.length).toBe(1)
    socket.destroy()
    await until(() => desktop.openSockets.size === 0)
  })

  it('shows a cut tunnel and a failed dial as a cut', async () => {
    let works = true
    const { listener, desktop } = await given(() =>
      works ? dial(desktop.port) : Promise.reject(new Error('the pod is gone')),
    )
    const socket = await open(listener)
    await echo(socket, 'a')
    for (const remote of desktop.openSockets) remote.resetAndDestroy()
    await once(socket, 'close')
    works = false
    await once(await open(listener), 'close')
  })

  it('gives up a dial whose connection went away', async () => {
    let cancelled = false
    const { listener } = await given(
      (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            cancelled = true
            reject(new Error('cancelled'))
          }),
        ),
    )
    const socket = await open(listener)
    await until(() => listener.size === 1)
    socket.resetAndDestroy()
    await until(() => cancelled)
    expect(listener.size).toBe(0)
  })

  it('displaces the quietest connection when there are too many', async () => {
    const { listener } = await given()
    const sockets: Socket[] = []
    for (let nth = 0; nth < 4; nth += 1) sockets.push(await open(listener))
    await Promise.all(sockets.map((socket, nth) => echo(socket, nth === 2 ? 'x' : 'much more than one byte')))
    const quiet = once(sockets[2]!, 'close')
    const fifth = await open(listener)
    await quiet
    expect(await echo(fifth, 'new')).toBe('new')
    expect(listener.size).toBe(4)
  })

  it('ends with everything it carries', async () => {
    const { listener, desktop } = await given()
    const socket = await open(listener)
    await echo(socket, 'a')
    const cut = once(socket, 'close')
    await listener.close()
    await cut
    await until(() => desktop.openSockets.size === 0)
    await expect(dial(listener.port)).rejects.toThrow()
  })
})
