// Connections to one desktop: some dialled ahead (a dial through the API server costs 15 ms), used ones kept alive.
// Policy: what broke while idle is thrown away in silence; a failed dial is the error of whoever waits for it, and nothing dials by itself after it.
import { Agent, type AgentOptions, type ClientRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { AppError } from '../../shared/errors.ts'

export interface TunnelPoolOptions {
  /** A new connection. Rejects with an AppError. */
  readonly dial: (signal: AbortSignal) => Promise<Duplex>
  /** Connections that are dialled before they are needed. */
  readonly spares: number
  /** How long a used connection waits for its next request, ms. */
  readonly idleMs: number
}

export interface TunnelPool {
  /** Takes a kept-alive connection, else one dialled ahead, else a new one. */
  readonly pooled: Agent
  /** Always a new connection, closed after one request: for what must not be sent twice, and for second tries. */
  readonly fresh: Agent
  /** Whether a connection had been lying idle before this use, so that its death may have gone unnoticed. */
  wasIdle(socket: Duplex): boolean
  /** Throws away every idle connection: one of them turned out to be dead. */
  purge(): void
  /** Dials ahead. */
  fill(): void
  /** Connections that are open, idle or in use. */
  readonly size: number
  /** Destroys every connection, also those in use. */
  close(): void
}

/** Makes the pool of one door. */
export function createTunnelPool(options: TunnelPoolOptions): TunnelPool {
  const closing = new AbortController()
  const open = new Set<Duplex>()
  const spares = new Set<Duplex>()
  const idled = new WeakSet<Duplex>()
  let dialling = 0

  const dial = async (): Promise<Duplex> => {
    const socket = await options.dial(closing.signal)
    if (closing.signal.aborted) {
      socket.destroy()
      throw new AppError('cancelled')
    }
    // it may have ended on the way to us (a port that refuses is known only after the dial), and will not say so again
    if (socket.destroyed) throw socket.errored ?? new AppError('desktop-unreachable')
    open.add(socket)
    // requests see their own connection's errors; an idle one has nobody to tell
    socket.on('error', ignore)
    socket.once('close', () => {
      open.delete(socket)
      spares.delete(socket)
    })
    return socket
  }

  const fill = (): void => {
    while (!closing.signal.aborted && spares.size + dialling < options.spares) {
      dialling += 1
      dial().then(
        (socket) => {
          dialling -= 1
          idled.add(socket)
          spares.add(socket)
          // a spare speaks only when it ends; without a reader that would never be seen
          socket.once('end', endSpare)
          socket.resume()
        },
        () => {
          // the next request dials again and hears why; dialling on here would be a storm
          dialling -= 1
        },
      )
    }
  }

  const take = async (): Promise<Duplex> => {
    for (const socket of spares) {
      spares.delete(socket)
      if (socket.destroyed || socket.readableEnded || !socket.writable) continue
      // it flows on: pausing it by hand would keep the HTTP parser's reader from starting it
      socket.off('end', endSpare)
      fill()
      return socket
    }
    const socket = await dial()
    fill()
    return socket
  }

  const pooled = new TunnelAgent(take, { keepAlive: true, maxSockets: 32, maxFreeSockets: 4 }, (socket) => {
    idled.add(socket)
    const timer = setTimeout(() => socket.destroy(), options.idleMs)
    timer.unref()
    return () => clearTimeout(timer)
  })
  const fresh = new TunnelAgent(dial, { keepAlive: false, maxSockets: 32 })

  const purge = (): void => {
    for (const socket of spares) socket.destroy()
    spares.clear()
    for (const sockets of Object.values(pooled.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy()
    }
  }

  return {
    pooled,
    fresh,
    wasIdle: (socket) => idled.has(socket),
    purge,
    fill,
    get size() {
      return open.size
    },
    close() {
      closing.abort()
      for (const socket of open) socket.destroy()
      open.clear()
      spares.clear()
      pooled.destroy()
      fresh.destroy()
    },
  }
}

/** An http.Agent over connections that need not be net.Sockets, so it must not count on what only those have (timeouts, keep-alive). */
class TunnelAgent extends Agent {
  readonly #connect: () => Promise<Duplex>
  readonly #onIdle: ((socket: Duplex) => () => void) | undefined
  readonly #wake = new WeakMap<Duplex, () => void>()

  constructor(connect: () => Promise<Duplex>, options: AgentOptions, onIdle?: (socket: Duplex) => () => void) {
    super(options)
    this.#connect = connect
    this.#onIdle = onIdle
  }

  override createConnection(_options: unknown, done?: (error: Error | null, socket: Duplex) => void): undefined {
    this.#connect().then(
      (socket) => done?.(null, 'ref' in socket ? socket : Object.assign(socket, { ref: () => socket })),
      (error: unknown) => {
        // the callback takes no socket with an error
        const failed = done as ((error: Error) => void) | undefined
        failed?.(error instanceof Error ? error : new Error(String(error)))
      },
    )
    return undefined
  }

  override getName(): string {
    return 'desktop'
  }

  override keepSocketAlive(socket: Duplex): boolean {
    if (this.#onIdle === undefined || socket.destroyed) return false
    this.#wake.set(socket, this.#onIdle(socket))
    return true
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    this.#wake.get(socket)?.()
    this.#wake.delete(socket)
    // takes away the guard that cuts an idle connection on which the server speaks unasked
    super.reuseSocket(socket, request)
  }
}

function endSpare(this: Duplex): void {
  this.destroy()
}

function ignore(): void {}
