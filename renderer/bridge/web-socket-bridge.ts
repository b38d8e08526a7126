// The bridge over one WebSocket of the web host. A lost connection ends the calls that wait, as error values, and is made again:
// at once, then with growing pauses; topics are subscribed anew, so that every listener gets the present snapshot.
import type { Bridge, CallResult, ClientMessage, ServerMessage } from '../../shared/ipc/bridge.ts'
import { isCallResult, lostCarrier } from './lost-carrier.ts'
import { createTopicFan } from './topic-fan.ts'

/** The part of a WebSocket that the bridge uses. */
export type BridgeSocket = Pick<WebSocket, 'send' | 'close' | 'readyState'> & {
  addEventListener(type: 'open' | 'close', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

export interface WebSocketBridgeOptions {
  /** Opens a socket to `/bridge`. */
  readonly connect: () => BridgeSocket
  /** Runs something later (ms). @returns takes it back */
  readonly later?: ((run: () => void, ms: number) => () => void) | undefined
  /** Between 0 and 1, spreads the pauses of many tabs. */
  readonly random?: (() => number) | undefined
  /** How long a call waits for a connection that is not there, ms. */
  readonly patienceMs?: number | undefined
}

const OPEN = 1
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

type Waiting = {
  readonly message: ClientMessage
  readonly settle: (result: CallResult<unknown>) => void
  sent: boolean
}

/** Makes the bridge and connects. It lives as long as the page; `close` is for tests. */
export function createWebSocketBridge(options: WebSocketBridgeOptions): Bridge & { close(): void } {
  const { connect, later = timer, random = Math.random, patienceMs = 10_000 } = options
  const waiting = new Map<number, Waiting>()
  let socket: BridgeSocket | undefined
  let failures = 0
  let lastId = 0
  let closed = false
  let cancelRetry: () => void = () => undefined

  const fan = createTopicFan((topic) => {
    send({ type: 'subscribe', topic })
    return () => send({ type: 'unsubscribe', topic })
  })

  function send(message: ClientMessage): boolean {
    if (socket?.readyState !== OPEN) return false
    socket.send(JSON.stringify(message))
    return true
  }

  function open(): void {
    const mine = connect()
    socket = mine
    mine.addEventListener('open', () => {
      failures = 0
      for (const topic of fan.topics) send({ type: 'subscribe', topic })
      for (const call of waiting.values()) call.sent ||= send(call.message)
    })
    mine.addEventListener('message', ({ data }) => receive(data))
    mine.addEventListener('close', () => {
      if (socket !== mine) return
      socket = undefined
      // what was sent may have been done or not: only who asked can know what to do about it
      for (const [id, call] of waiting) if (call.sent) settle(id, lostCarrier('the connection to the app ended'))
      if (!closed) retry()
    })
  }

  /** The first try after a loss is immediate: most losses are a restart of the host or a sleep that ended. */
  function retry(): void {
    const pause = failures === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))
    failures += 1
    cancelRetry = later(open, pause === 0 ? 0 : pause * (0.5 + random() / 2))
  }

  function receive(data: unknown): void {
    const message = parse(data)
    if (message?.type === 'topic') fan.push(message.topic, message.value)
    if (message?.type === 'result')
      settle(message.id, isCallResult(message.result) ? message.result : lostCarrier('not an answer'))
  }

  function settle(id: number, result: CallResult<unknown>): void {
    const call = waiting.get(id)
    waiting.delete(id)
    call?.settle(result)
  }

  open()
  return {
    call(name, input) {
      lastId += 1
      const id = lastId
      const message: ClientMessage = { type: 'call', id, name, input }
      return new Promise<CallResult<unknown>>((resolve) => {
        const call: Waiting = { message, settle: resolve, sent: send(message) }
        waiting.set(id, call)
        if (call.sent) return
        const takeBack = later(() => {
          if (!call.sent) settle(id, lostCarrier('the app does not answer'))
        }, patienceMs)
        waiting.set(id, Object.assign(call, { settle: (result: CallResult<unknown>) => (takeBack(), resolve(result)) }))
      }) as Promise<CallResult<never>>
    },
    subscribe: (name, listener) => fan.add(name, listener as (value: unknown) => void),
    close() {
      closed = true
      cancelRetry()
      socket?.close()
    },
  }
}

function timer(run: () => void, ms: number): () => void {
  const handle = setTimeout(run, ms)
  return () => clearTimeout(handle)
}

function parse(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null
  try {
    const message = JSON.parse(data) as ServerMessage | null
    return typeof message === 'object' ? message : null
  } catch {
    // not of the protocol: ignored
    return null
  }
}
