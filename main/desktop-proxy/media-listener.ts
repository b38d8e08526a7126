// A loopback TCP port whose connections are carried to the desktop's media port: the `tunnel` candidate of ICE-TCP.
// Policy: bytes only, nothing is parsed; ICE's password and DTLS protect what crosses. Few connections: one past the limit displaces the quietest.
import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface MediaListener {
  readonly host: string
  readonly port: number
  /** Connections now. */
  readonly size: number
  /** Stops listening and cuts every connection. */
  close(): Promise<void>
}

const HOST = '127.0.0.1'
/**
 * A browser opens one per peer connection, and for a moment two while it reconnects; to a relay (1.6) one for each of two peer
 * connections and of this machine's networks.
 */
const MAX_CONNECTIONS = { port: 4, relay: 16 } as const

interface Carried {
  readonly local: Socket
  readonly dialling: AbortController
  /** Bytes read at the last look: what did not move since is quiet. */
  seen: number
}

/**
 * Listens on a random port of 127.0.0.1 until closed. Each connection gets a tunnel of its own; when that cannot be dialled or
 * is cut, the local side is cut as well, so that ICE sees it at once.
 * @param to what answers at its far end: the desktop's media port, or a relay beside it
 * @param dial a new connection to the media port
 * @throws the listener's error (no port left)
 */
export async function listenForMedia(
  dial: (signal: AbortSignal) => Promise<Duplex>,
  to: 'port' | 'relay' = 'port',
): Promise<MediaListener> {
  const carried = new Set<Carried>()
  // not paused while dialling: a socket that does not read would not see its own end
  const server = createServer({ noDelay: true }, (local) => {
    if (carried.size >= MAX_CONNECTIONS[to]) quietest(carried)?.local.destroy()
    const entry: Carried = { local, dialling: new AbortController(), seen: 0 }
    carried.add(entry)
    local.on('error', ignore)
    local.once('close', () => {
      carried.delete(entry)
      entry.dialling.abort()
    })
    dial(entry.dialling.signal).then(
      (remote) => join(local, remote),
      // the reason is the session's to tell (its HTTP tunnel fails alike); ICE only needs to see the cut
      () => local.destroy(),
    )
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(0, HOST, resolve)
  await promise
  const { port } = server.address() as AddressInfo
  return {
    host: HOST,
    port,
    get size() {
      return carried.size
    },
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()))
      for (const { local } of carried) local.destroy()
      await closed
    },
  }
}

/** Carries bytes both ways with back-pressure; the end of either side is the end of both. */
function join(local: Socket, remote: Duplex): void {
  remote.on('error', ignore)
  if (local.destroyed || remote.destroyed) {
    remote.destroy()
    local.destroy()
    return
  }
  local.once('close', () => remote.destroy())
  remote.once('close', () => local.destroySoon())
  local.pipe(remote)
  remote.pipe(local)
}

/** The connection that moved the fewest bytes since the last time somebody asked. */
function quietest(carried: ReadonlySet<Carried>): Carried | undefined {
  let least: Carried | undefined
  let leastMoved = Infinity
  for (const entry of carried) {
    const total = entry.local.bytesRead + entry.local.bytesWritten
    const moved = total - entry.seen
    entry.seen = total
    if (moved < leastMoved) {
      least = entry
      leastMoved = moved
    }
  }
  return least
}

function ignore(): void {}
