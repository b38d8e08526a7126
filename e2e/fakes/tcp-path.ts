// The way to a server, which may stop carrying anything without a word: a firewall that forgot its connections, a machine that fell.
//
//   const path = await createTcpPath(new URL(api.url).port); client of https://127.0.0.1:${path.port}
//   path.swallow()   // what is open stays open and silent; what is dialled from now on works
//   path.shut(); await path.reopen()   // nobody listens for a while; what is open stays as it is
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export interface TcpPath {
  readonly port: number
  /** Connections that were made through it so far. */
  readonly dialled: number
  swallow(): void
  /** Takes no more connections. */
  shut(): void
  /** Takes connections again, on the same port. */
  reopen(): Promise<void>
  close(): Promise<void>
}

/** @param target a port on loopback */
export async function createTcpPath(target: number): Promise<TcpPath> {
  const open = new Set<Socket>()
  let dialled = 0
  const carry = (near: Socket): void => {
    dialled += 1
    const far = connect(target, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }
  const listen = async (at: number): Promise<Server> => {
    const made = createServer(carry)
    await new Promise<void>((resolve) => made.listen(at, '127.0.0.1', resolve))
    return made
  }
  let listener = await listen(0)
  const { port } = listener.address() as AddressInfo
  return {
    port,
    get dialled() {
      return dialled
    },
    swallow: () => {
      for (const socket of open) {
        socket.unpipe()
        socket.resume()
      }
    },
    // it listens no more at once; that it is closed is said when its connections are, too
    shut: () => void listener.close(),
    reopen: async () => {
      listener = await listen(port)
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
