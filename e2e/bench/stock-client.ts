// Selkies' own web client for the latency bench: the page that the desktop itself serves, in the same browser, through the same
// kind of tunnel as ours. A small HTTP server in between adds the login, which browsers do not send on WebSockets by themselves.
import { Agent, createServer, request as ask, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * Serves a desktop's own page on loopback.
 * @param dial a new connection to the desktop's HTTP port
 * @param authorization the header that the desktop wants
 */
export async function serveStockClient(
  dial: () => Promise<Duplex>,
  authorization: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const open = new Set<Duplex>()
  const connect = async (): Promise<Duplex> => {
    const socket = await dial()
    open.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => open.delete(socket))
    return socket
  }
  const agent = new DialAgent(connect)
  const options = (from: IncomingMessage) => ({
    agent,
    method: from.method ?? 'GET',
    path: from.url ?? '/',
    headers: { ...from.headers, authorization },
  })
  const server = createServer({ noDelay: true }, (from, to) => {
    const upstream = ask(options(from), (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(to)
    })
    upstream.on('error', () => to.destroy())
    from.pipe(upstream)
  })
  server.on('upgrade', (from: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => undefined)
    const upstream = ask(options(from))
    upstream.on('error', () => client.destroy())
    upstream.on('response', () => client.destroy())
    upstream.on('upgrade', (answer: IncomingMessage, socket: Duplex, first: Buffer) => {
      const lines = [`HTTP/1.1 101 ${answer.statusMessage ?? ''}`]
      for (let i = 0; i < answer.rawHeaders.length; i += 2)
        lines.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`)
      client.write(`${lines.join('\r\n')}\r\n\r\n`)
      if (first.length > 0) client.write(first)
      if (head.length > 0) socket.write(head)
      socket.pipe(client).pipe(socket)
      client.once('close', () => socket.destroy())
      socket.once('close', () => client.destroy())
    })
    upstream.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      for (const socket of open) socket.destroy()
      return closed
    },
  }
}

/** Agent over connections that are dialled through a tunnel. */
class DialAgent extends Agent {
  readonly #connect: () => Promise<Duplex>

  constructor(connect: () => Promise<Duplex>) {
    super({ keepAlive: false })
    this.#connect = connect
  }

  override createConnection(_: unknown, done?: (error: Error | null, socket: Duplex) => void): undefined {
    this.#connect().then(
      (socket) => done?.(null, socket),
      (error: unknown) => done?.(error as Error, undefined as never),
    )
  }
}
