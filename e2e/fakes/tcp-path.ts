// The way to a server, which may stop carrying anything without a word: a firewall that forgot its connections, a machine that fell.
//
//   const path = await createTcpPath(new URL(api.url).port); client of https://127.0.0.1:${path.port}
//   path.swallow()   // what is open stays open and silent; what is dialled from now on works
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface TcpPath {
  readonly port: number
  /** Connections that were made through it so far. */
  readonly dialled: number
  swallow(): void
  close(): Promise<void>
}

/** @param target a port on loopback */
export async function createTcpPath(target: number): Promise<TcpPath> {
  const open = new Set<Socket>()
  let dialled = 0
  const listener = createServer((near) => {
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
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  return {
    port: (listener.address() as AddressInfo).port,
    get dialled() {
      return dialled
    },
    swallow: () => {
      for (const socket of open) {
        socket.unpipe()
        socket.resume()
      }
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
