// The signalling of one demo session: clients on one side, the page that runs the desktop on the other; lines pass between them.
// Policy: the grammar, the takeovers and the 3 s grace are the genuine server's (Selkies 2.1); what does not fit is dropped or closed as there.
import { randomUUID } from 'node:crypto'
import type { WebSocket } from 'ws'
import { parseFromDesktop, REPLACED, type Fault, type ToDesktop } from '../../shared/demo/attach.ts'
import { formatServerLine, parseClientLine, type ServerLine } from '../../shared/selkies/g2/signalling.ts'
import type { Clock } from '../app-host.ts'
import type { Timers } from '../sessions/timers.ts'
import { judgeHello, type HelloFacts } from './hello.ts'

/** A cut client is kept for this long, ms; so is a desktop's page. */
const GRACE_MS = 3_000
/** An offer waits this long for a desktop's page, ms. */
const ATTACH_WITHIN_MS = 10_000
const QUEUE_LINES = 256
const TAKEOVER_WINDOW_MS = 5_000
const TAKEOVERS = 3
const PING_AFTER_MS = 30_000

export interface HubOptions {
  readonly clock: Clock
  readonly timers: Timers
  /** Told when a client comes or goes. */
  onClients(count: number): void
  /** Something was printed. @returns where it waits */
  onPrinted(name: string, bytes: Buffer): { readonly name: string; readonly bytes: number }
}

/** One row of `GET /api/sessions`. */
export interface ClientRow {
  readonly id: string
  readonly transport: 'webrtc'
  readonly role: string
  readonly slot: number | null
  readonly display: string
  readonly connected_at: number
  readonly rtt_ms: number | null
}

export interface SignallingHub {
  /** A client's socket has been upgraded. */
  accept(socket: WebSocket): void
  /** The desktop's page has opened its socket. */
  attach(socket: WebSocket): void
  clients(): readonly ClientRow[]
  /** Ends a client's peer connection; its socket stays, as in the genuine server. @returns false when there is none */
  end(id: string): boolean
  fault(fault: Fault): void
  dispose(): void
}

interface Client {
  readonly peer: string
  readonly hello: HelloFacts
  readonly connectedAt: number
  socket: WebSocket | null
  queue: string[]
  /** asked: SESSION was said and no desktop has it yet. */
  session: 'none' | 'asked' | 'running' | 'over'
  askedAt: number
  callOff: () => void
}

/** Makes the hub of one session. */
export function createSignallingHub({ clock, timers, onClients, onPrinted }: HubOptions): SignallingHub {
  const clients = new Set<Client>()
  let desktop: { readonly id: string; socket: WebSocket | null; callOff: () => void } | null = null
  let takeovers: number[] = []
  let refusing = false
  /** Faults that a page which attaches later has to know as well. */
  const lasting = new Map<string, Fault>()

  const toDesktop = (message: ToDesktop): void => desktop?.socket?.send(JSON.stringify(message))
  const say = (client: Client, line: ServerLine): void => {
    const text = formatServerLine(line)
    if (client.socket !== null) client.socket.send(text)
    else if (client.queue.length < QUEUE_LINES) client.queue.push(text)
  }
  const drop = (client: Client): void => {
    if (!clients.delete(client)) return
    client.callOff()
    if (client.session === 'running') toDesktop({ type: 'end', peer: client.peer })
    onClients(clients.size)
  }
  const dismiss = (client: Client, code: number, reason: string): void => {
    const { socket } = client
    client.socket = null
    drop(client)
    socket?.close(code, reason)
  }
  const begin = (client: Client): void => {
    if (desktop === null || desktop.socket === null) return
    client.session = 'running'
    const { role, slot, pageSize } = client.hello
    toDesktop({
      type: 'session',
      peer: client.peer,
      role,
      slot,
      pageSize: pageSize === null ? null : [pageSize[0], pageSize[1]],
    })
  }
  const resumed = (hello: HelloFacts, socket: WebSocket): Client | undefined => {
    if (hello.resumeKey === '') return undefined
    const held = [...clients].find(
      (client) =>
        client.hello.resumeKey === hello.resumeKey &&
        client.hello.role === hello.role &&
        client.hello.display === hello.display &&
        client.session !== 'none',
    )
    if (held === undefined) return undefined
    const old = held.socket
    held.callOff()
    held.socket = socket
    old?.close(1000, 'Resumed on a new connection.')
    say(held, { type: 'resumed', peer: held.peer })
    for (const text of held.queue.splice(0)) socket.send(text)
    return held
  }
  const takeOver = (hello: HelloFacts): boolean => {
    const rivals = [...clients].filter(
      (client) =>
        client.hello.role === 'controller' &&
        hello.role === 'controller' &&
        client.hello.slot === hello.slot &&
        (client.hello.tabId === '' || hello.tabId === '' || client.hello.tabId === hello.tabId),
    )
    if (rivals.length === 0) return true
    takeovers = takeovers.filter((at) => clock.now() - at < TAKEOVER_WINDOW_MS)
    if (takeovers.length >= TAKEOVERS) return false
    takeovers.push(clock.now())
    for (const rival of rivals) dismiss(rival, 4001, 'Superseded by a new connection for this player slot.')
    return true
  }
  const greet = (socket: WebSocket, text: string): Client | null => {
    const verdict = judgeHello(text)
    if (!verdict.ok) {
      socket.close(verdict.code, verdict.reason)
      return null
    }
    const { hello } = verdict
    const held = resumed(hello, socket)
    if (held !== undefined) return held
    if (!takeOver(hello)) {
      socket.close(4000, 'Player slot takeover loop detected; another page holds this session/slot.')
      return null
    }
    const client: Client = {
      peer: `server-${randomUUID()}`,
      hello,
      connectedAt: clock.now(),
      socket,
      queue: [],
      session: 'none',
      askedAt: 0,
      callOff: () => undefined,
    }
    clients.add(client)
    onClients(clients.size)
    say(client, { type: 'hello' })
    return client
  }
  const hear = (client: Client, text: string): void => {
    const line = parseClientLine(text)
    if (line.type === 'session') {
      if (line.peer !== 'server' || refusing) return say(client, { type: 'error', message: 'peer server not found' })
      // a second SESSION on the same socket is ignored
      if (client.session !== 'none') return
      client.session = 'asked'
      client.askedAt = clock.now()
      say(client, { type: 'session-ok', peer: client.peer })
      begin(client)
    } else if (line.type === 'peer' && line.peer === client.peer && client.session === 'running') {
      const { payload } = line
      if (payload.kind === 'ice' || payload.type === 'answer')
        toDesktop({ type: 'payload', peer: client.peer, payload })
    }
  }
  const hearDesktop = (text: string): void => {
    const message = parseFromDesktop(text)
    if (message === null || message.type === 'attach') return
    if (message.type === 'printed') {
      const { name, bytes } = onPrinted(message.name, Buffer.from(message.base64, 'base64'))
      return toDesktop({ type: 'spooled', name, bytes })
    }
    const client = [...clients].find(({ peer }) => peer === message.peer)
    if (client === undefined) return
    if (message.type === 'ended') client.session = 'over'
    else say(client, { type: 'peer', peer: client.peer, payload: message.payload })
  }
  const abandon = (reason: (client: Client) => boolean): void => {
    for (const client of clients) if (reason(client)) dismiss(client, 1001, 'Server going away.')
  }
  const enter = (id: string, socket: WebSocket): void => {
    const before = desktop
    before?.callOff()
    desktop = { id, socket, callOff: () => undefined }
    if (before !== null && before.id !== id) {
      before.socket?.close(REPLACED, 'Another page runs this desktop now.')
      abandon(({ session }) => session === 'running')
    } else if (before?.socket && before.socket !== socket) before.socket.terminate()
    for (const fault of lasting.values()) toDesktop({ type: 'fault', fault })
    for (const client of clients) {
      if (client.session !== 'asked') continue
      // too late: the genuine server's failed starts are silent as well
      if (clock.now() - client.askedAt > ATTACH_WITHIN_MS) client.session = 'over'
      else begin(client)
    }
  }

  return {
    accept(socket) {
      let client: Client | null = null
      let callOff = keepAlive(socket, timers)
      socket.on('error', ignore)
      socket.on('message', (data, isBinary) => {
        callOff()
        callOff = keepAlive(socket, timers)
        if (isBinary) return socket.close(1002, 'invalid protocol')
        const text = textOf(data)
        if (client === null) client = greet(socket, text)
        else if (client.socket === socket) hear(client, text)
      })
      socket.on('close', (code) => {
        callOff()
        const left = client
        if (left === null || left.socket !== socket) return
        left.socket = null
        // a cut, not a goodbye
        const held = code === 1006 && left.hello.resumeKey !== '' && left.session !== 'none'
        if (held) left.callOff = timers.after(GRACE_MS, () => drop(left))
        else drop(left)
      })
    },
    attach(socket) {
      socket.on('error', ignore)
      socket.on('message', (data, isBinary) => {
        if (isBinary) return
        const text = textOf(data)
        if (desktop?.socket === socket) return hearDesktop(text)
        const first = parseFromDesktop(text)
        if (first?.type === 'attach') enter(first.id, socket)
        else socket.close(1002, 'invalid protocol')
      })
      socket.on('close', () => {
        const left = desktop
        if (left?.socket !== socket) return
        left.socket = null
        left.callOff = timers.after(GRACE_MS, () => {
          if (desktop === left) desktop = null
          abandon(({ session }) => session === 'running')
        })
      })
    },
    clients: () =>
      [...clients].map(({ peer, hello, connectedAt }) => ({
        id: peer.slice('server-'.length),
        transport: 'webrtc',
        role: hello.role,
        slot: hello.slot,
        display: hello.display,
        connected_at: connectedAt / 1000,
        rtt_ms: null,
      })),
    end(id) {
      const client = [...clients].find(({ peer }) => peer === `server-${id}`)
      if (client === undefined) return false
      if (client.session === 'running') toDesktop({ type: 'end', peer: client.peer })
      client.session = 'over'
      return true
    },
    fault(fault) {
      switch (fault.kind) {
        case 'refuse-session':
          refusing = fault.on
          return
        case 'cut-signalling':
          for (const { socket } of clients) socket?.terminate()
          return
        case 'restart':
          abandon(() => true)
          return
        case 'drop-video':
        case 'stall':
        case 'delay-offer':
        case 'wrong-size':
          lasting.set(fault.kind, fault)
          break
        case 'uploads':
          // the server's own
          return
        case 'close-channels':
        case 'burst':
          break
      }
      toDesktop({ type: 'fault', fault })
    },
    dispose() {
      abandon(() => true)
      desktop?.callOff()
      desktop?.socket?.close(1001, 'Server going away.')
      desktop = null
    },
  }
}

/** The genuine server pings after 30 s without a frame and waits for no pong. */
function keepAlive(socket: WebSocket, timers: Timers): () => void {
  return timers.after(PING_AFTER_MS, () => {
    if (socket.readyState === socket.OPEN) socket.ping()
  })
}

function textOf(data: unknown): string {
  if (Array.isArray(data)) return Buffer.concat(data as readonly Buffer[]).toString('utf8')
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : String(data)
}

function ignore(): void {}
