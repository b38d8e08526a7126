// The fake API server's port-forward: the WebSocket framing of `v4.channel.k8s.io`, one port a connection, with cuts and stalls.
// Policy: a v5 offer is answered with v4, as API servers do for port-forward.
import { connect, type Socket } from 'node:net'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'

/** Where a forward leads: an echo, a TCP listener, or nowhere (as when nothing listens in the pod). */
export type ForwardTarget = 'echo' | 'refuse' | { readonly host: string; readonly port: number }

/** The channels of the protocol: data and error text of the first (only) port. */
const DATA = 0
const ERROR = 1

export class FakePortForward {
  readonly #server = new WebSocketServer({ noServer: true, handleProtocols: (offered) => pick(offered) })
  readonly #open = new Set<{ readonly socket: Duplex; readonly ws: WebSocket; readonly target: Socket | undefined }>()
  #stalled = false

  /** Forwards that are open now. */
  get count(): number {
    return this.#open.size
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer, port: number, target: ForwardTarget): void {
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#serve(ws, socket, port, target))
  }

  /** Resets every open forward, in the middle of whatever it carries. */
  cut(): void {
    for (const { socket } of this.#open) socket.destroy()
  }

  /** Holds every forward: nothing is read or sent, nothing is closed. */
  stall(stalled: boolean): void {
    this.#stalled = stalled
    for (const { socket, ws, target } of this.#open) {
      if (stalled) {
        ws.pause()
        target?.pause()
        socket.pause()
      } else {
        socket.resume()
        ws.resume()
        target?.resume()
      }
    }
  }

  close(): void {
    for (const { ws, target } of this.#open) {
      ws.terminate()
      target?.destroy()
    }
    this.#server.close()
  }

  #serve(ws: WebSocket, socket: Duplex, port: number, target: ForwardTarget): void {
    const number = Buffer.alloc(2)
    number.writeUInt16LE(port)
    ws.send(frame(DATA, number))
    ws.send(frame(ERROR, number))
    if (target === 'refuse') {
      ws.send(frame(ERROR, Buffer.from(`failed to connect to localhost:${port} inside namespace: connection refused`)))
    }
    const tcp = typeof target === 'object' ? connect(target) : undefined
    const entry = { socket, ws, target: tcp }
    this.#open.add(entry)
    if (this.#stalled) this.stall(true)
    ws.on('message', (message: Buffer) => {
      if (message[0] !== DATA) return
      if (target === 'echo') ws.send(message)
      else if (tcp && !tcp.write(message.subarray(1))) {
        ws.pause()
        tcp.once('drain', () => ws.resume())
      }
    })
    tcp?.on('data', (chunk) => {
      tcp.pause()
      ws.send(frame(DATA, chunk), () => {
        if (!this.#stalled) tcp.resume()
      })
    })
    tcp?.on('end', () => ws.close(1000))
    tcp?.on('error', (error) => {
      ws.send(frame(ERROR, Buffer.from(error.message)))
    })
    ws.on('error', () => undefined)
    ws.on('close', () => {
      this.#open.delete(entry)
      tcp?.destroy()
    })
  }
}

function pick(offered: ReadonlySet<string>): string | false {
  return offered.has('v4.channel.k8s.io') ? 'v4.channel.k8s.io' : ([...offered][0] ?? false)
}

function frame(channel: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([channel]), content])
}
