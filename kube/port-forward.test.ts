import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { dialPodPort, type PodDialOptions, type PodDialSource } from './port-forward.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

interface Api {
  readonly source: PodDialSource
  readonly server: Server
  readonly requests: IncomingMessage[]
  readonly tunnels: WebSocket[]
  dial(options?: PodDialOptions & { signal?: AbortSignal; port?: number }): Promise<Duplex>
  /** Waits for the server's side of the next tunnel. */
  tunnel(): Promise<WebSocket>
}

/** The API server's half of a port-forward, as far as a client can see it. */
async function api(greet: (ws: WebSocket, port: number) => void = greeting): Promise<Api> {
  const server = createServer()
  const wss = new WebSocketServer({ server, handleProtocols: (offered) => [...offered][0] ?? false, autoPong: false })
  const tunnels: WebSocket[] = []
  const requests: IncomingMessage[] = []
  wss.on('connection', (ws, request) => {
    tunnels.push(ws)
    requests.push(request)
    greet(ws, Number(new URL(request.url ?? '', 'http://x').searchParams.get('ports')))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  cleanups.push(() => {
    for (const ws of wss.clients) ws.terminate()
    server.closeAllConnections()
    server.close()
  })
  const source: PodDialSource = {
    getCurrentCluster: () => ({ server: `http://127.0.0.1:${port}/prefix` }),
    applyToHTTPSOptions: (options) => {
      options.headers = { Authorization: 'Bearer t' }
      return Promise.resolve()
    },
  }
  return {
    source,
    server,
    tunnels,
    requests,
    async dial({ signal = new AbortController().signal, port: podPort = 8080, ...options } = {}) {
      const stream = await dialPodPort(source, 'alice', 'desk', podPort, signal, options)
      cleanups.push(() => void stream.destroy())
      return stream
    },
    async tunnel() {
      if (tunnels.length === 0) await once(wss, 'connection')
      return tunnels.at(-1)!
    },
  }
}

function greeting(ws: WebSocket, port: number): void {
  for (const channel of [0, 1]) ws.send(Buffer.from([channel, port & 0xff, port >> 8]))
}

const data = (text: string): Buffer => Buffer.concat([Buffer.from([0]), Buffer.from(text)])
const failure = (text: string): Buffer => Buffer.concat([Buffer.from([1]), Buffer.from(text)])

async function all(stream: Duplex): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}

describe('dialPodPort', () => {
  it('asks for one port of one pod with the user’s credentials, and carries bytes both ways', async () => {
    const server = await api()
    const stream = await server.dial({ port: 28081 })
    const tunnel = await server.tunnel()
    const [request] = server.requests
    expect(request?.url).toBe('/prefix/api/v1/namespaces/alice/pods/desk/portforward?ports=28081')
    expect(request?.headers['sec-websocket-protocol']).toBe('v4.channel.k8s.io')
    expect(request?.headers.authorization).toBe('Bearer t')
    const heard = once(tunnel, 'message') as Promise<[Buffer]>
    stream.write('ping')
    expect((await heard)[0].toString('latin1')).toBe('\0ping')
    tunnel.send(data('pong'))
    tunnel.send(Buffer.from([0]))
    tunnel.send(data('!'))
    tunnel.close(1000)
    expect(await all(stream)).toBe('pong!')
  })

  it('escapes names', async () => {
    const server = await api()
    const { source } = server
    const stream = await dialPodPort(source, 'a/b', '../secrets', 1, new AbortController().signal)
    stream.destroy()
    expect(server.requests[0]?.url).toBe('/prefix/api/v1/namespaces/a%2Fb/pods/..%2Fsecrets/portforward?ports=1')
  })

  it('tells why the pod’s port cannot be reached', async () => {
    const server = await api()
    const stream = await server.dial()
    const error = once(stream, 'error') as Promise<[Error]>
    ;(await server.tunnel()).send(failure('connection refused'))
    expect((await error)[0]).toMatchObject({ code: 'desktop-unreachable', detail: 'connection refused' })
    expect(stream.destroyed).toBe(true)
  })

  it('survives a refusal that comes before anybody can listen', async () => {
    const server = await api((ws, port) => {
      greeting(ws, port)
      ws.send(failure('connection refused'))
    })
    const stream = await server.dial()
    if (!stream.destroyed) await once(stream, 'close')
    expect(stream.errored).toMatchObject({ detail: 'connection refused' })
  })

  it.each([
    [401, 'signed-out', '{"kind":"Status","message":"Unauthorized"}', '401 Unauthorized'],
    [403, 'cluster-forbidden', '{"kind":"Status","message":"no create"}', '403 no create'],
    [
      404,
      'desktop-unreachable',
      '{"kind":"Status","message":"pods \\"desk\\" not found"}',
      '404 pods "desk" not found',
    ],
    [502, 'desktop-unreachable', '<h1>Bad gateway</h1>', '502 <h1>Bad gateway</h1>'],
  ])('turns a %i into %s', async (status, code, body, detail) => {
    const server = await api()
    server.server.removeAllListeners('upgrade')
    server.server.on('upgrade', (_request, socket) =>
      socket.end(`HTTP/1.1 ${status} X\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    )
    await expect(server.dial()).rejects.toMatchObject({ code, detail })
  })

  it('tells an unreachable API server from a slow one', async () => {
    const server = await api()
    server.server.removeAllListeners('upgrade')
    server.server.on('upgrade', () => {})
    await expect(server.dial({ timeoutMs: 20 })).rejects.toMatchObject({ code: 'cluster-slow' })
    const silent = await api(() => {})
    await expect(silent.dial({ timeoutMs: 20 })).rejects.toMatchObject({ code: 'cluster-slow' })
    const source = { ...server.source, getCurrentCluster: () => ({ server: 'http://127.0.0.1:1' }) }
    const dial = dialPodPort(source, 'a', 'b', 1, new AbortController().signal)
    await expect(dial).rejects.toMatchObject({ code: 'cluster-unreachable' })
  })

  it('can be cancelled, and leaves nothing behind', async () => {
    const server = await api(() => {})
    const cancel = new AbortController()
    const dial = server.dial({ signal: cancel.signal })
    const tunnel = await server.tunnel()
    const closed = once(tunnel, 'close')
    cancel.abort()
    await expect(dial).rejects.toMatchObject({ code: 'cancelled' })
    await closed
    await expect(server.dial({ signal: cancel.signal })).rejects.toMatchObject({ code: 'cancelled' })
    expect(server.tunnels.length).toBe(1)
  })

  it('ends with its stream, and the stream with it', async () => {
    const server = await api()
    const stream = await server.dial()
    const closed = once(await server.tunnel(), 'close')
    stream.destroy()
    await closed
    const other = await server.dial()
    const error = once(other, 'error') as Promise<[Error]>
    ;(await server.tunnel()).terminate()
    expect((await error)[0]).toMatchObject({ code: 'desktop-unreachable' })
    const last = await server.dial()
    const heard: string[] = []
    const tunnel = await server.tunnel()
    tunnel.on('message', (message: Buffer) => heard.push(message.toString('latin1', 1)))
    const ended = once(tunnel, 'close')
    last.end('the last words')
    await ended
    expect(heard).toEqual(['the last words'])
  })

  it('keeps what the pod said before it closed for a reader who comes late', async () => {
    const server = await api()
    const stream = await server.dial()
    const tunnel = await server.tunnel()
    tunnel.send(data('413 too large'))
    tunnel.close(1000)
    await once(tunnel, 'close')
    await new Promise<void>((done) => stream.write('more of the upload', () => done()))
    expect(await all(stream)).toBe('413 too large')
  })

  it('makes the writer wait while the API server does not read', async () => {
    const server = await api()
    const stream = await server.dial()
    const tunnel = await server.tunnel()
    tunnel.pause()
    const chunk = Buffer.alloc(64 * 1024)
    let taken = 0
    let waiting = 0
    // one write after the other is done: stops when back-pressure reaches us
    const pump = (): void => {
      waiting += 1
      stream.write(chunk, () => {
        waiting -= 1
        taken += chunk.length
        if (taken < 64 * 1024 * 1024) pump()
      })
    }
    pump()
    await still(() => taken)
    expect(waiting).toBe(1)
    expect(taken).toBeLessThan(32 * 1024 * 1024)
    expect((stream as Duplex & { bufferedAmount: number }).bufferedAmount).toBeLessThan(2 * 1024 * 1024)
    const before = taken
    tunnel.resume()
    await vi.waitUntil(() => taken >= 64 * 1024 * 1024, { timeout: 10_000 })
    expect(before).toBeLessThan(taken)
  })

  it('makes the API server wait while nobody reads', async () => {
    const server = await api()
    const stream = await server.dial()
    const tunnel = await server.tunnel()
    let sent = 0
    const total = 64 * 1024 * 1024
    const frame = data('x'.repeat(64 * 1024))
    const flood = (): void => {
      if (sent >= total) return tunnel.close(1000)
      tunnel.send(frame, () => {
        sent += frame.length - 1
        flood()
      })
    }
    flood()
    await still(() => sent)
    expect(sent).toBeLessThan(32 * 1024 * 1024)
    expect(stream.readableLength).toBeLessThan(2 * 1024 * 1024)
    let received = 0
    stream.on('data', (chunk: Buffer) => (received += chunk.length))
    await once(stream, 'end')
    expect(received).toBe(sent)
  })

  it('pings, and takes silence for a cut', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    cleanups.push(() => void vi.useRealTimers())
    const server = await api()
    const stream = await server.dial()
    const tunnel = await server.tunnel()
    for (let beat = 0; beat < 3; beat += 1) {
      const ping = once(tunnel, 'ping')
      vi.advanceTimersByTime(20_000)
      await ping
      // an answered ping is a sign of life
      tunnel.pong()
      const heard = once(stream, 'data')
      tunnel.send(data('.'))
      await heard
    }
    const error = once(stream, 'error') as Promise<[Error]>
    vi.advanceTimersByTime(60_000)
    expect((await error)[0]).toMatchObject({
      code: 'desktop-unreachable',
      detail: expect.stringContaining('life') as string,
    })
  })

  it('keeps no listener and no timer after the end', async () => {
    const cancel = new AbortController()
    const remove = vi.spyOn(cancel.signal, 'removeEventListener')
    const add = vi.spyOn(cancel.signal, 'addEventListener')
    const server = await api()
    const stream = await server.dial({ signal: cancel.signal })
    expect(add.mock.calls.length).toBe(1)
    expect(remove.mock.calls.length).toBe(1)
    const closed = once(stream, 'close')
    cancel.abort()
    expect(stream.destroyed).toBe(false)
    stream.destroy()
    await closed
  })
})

/** Waits until a number has not moved for a while of event loop turns. */
async function still(value: () => number): Promise<void> {
  let last = -1
  for (let same = 0; same < 200;) {
    const now = value()
    same = now === last ? same + 1 : 0
    last = now
    await new Promise((turn) => setImmediate(turn))
  }
}
