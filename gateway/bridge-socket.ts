// The contract over one WebSocket: each connection is a window of its own. A message that is not of the protocol ends it;
// a page that does not read is closed rather than buffered for.
import type { RawData, WebSocket } from 'ws'
import * as z from 'zod/mini'
import type { App, Sender } from '../main/app-host.ts'
import { isTopicName } from '../main/topic-hub.ts'
import { AppError } from '../shared/errors.ts'
import type { ServerMessage } from '../shared/ipc/bridge.ts'

/** Bytes of one message: a pasted kubeconfig of 16 million characters and its escapes. */
export const MAX_MESSAGE_BYTES = 24 * 1024 * 1024
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024
const MAX_CALLS_AT_ONCE = 64

const clientMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id: z.int().check(z.gte(0)), name: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('subscribe'), topic: z.string() }),
  z.object({ type: z.literal('unsubscribe'), topic: z.string() }),
])

/** Serves the contract on a socket until it closes. @param sender the connection as a window, its origin checked by the host */
export function serveBridge(socket: WebSocket, app: App, sender: Sender): void {
  const subscriptions = new Map<string, () => void>()
  let calls = 0

  function send(message: ServerMessage): void {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.close(1013, 'does not read')
    else socket.send(JSON.stringify(message))
  }

  async function call(id: number, name: string, input: unknown): Promise<void> {
    if (calls >= MAX_CALLS_AT_ONCE) {
      const error = new AppError('bad-request', {}, { detail: 'Too many calls at once.' }).toView()
      send({ type: 'result', id, result: { ok: false, error } })
      return
    }
    calls += 1
    try {
      send({ type: 'result', id, result: await app.call(sender, name, input) })
    } finally {
      calls -= 1
    }
  }

  function subscribe(topic: string): void {
    if (!isTopicName(topic) || subscriptions.has(topic)) return
    const stop = app.subscribe(sender, topic, (value) => send({ type: 'topic', topic, value }))
    if (typeof stop === 'function') subscriptions.set(topic, stop)
    else socket.close(1008, stop.code)
  }

  function receive(data: RawData, isBinary: boolean): void {
    const message = isBinary ? null : parse(textOf(data))
    if (message === null) {
      socket.close(1008, 'not of the protocol')
      return
    }
    switch (message.type) {
      case 'call':
        void call(message.id, message.name, message.input)
        return
      case 'subscribe':
        subscribe(message.topic)
        return
      case 'unsubscribe':
        subscriptions.get(message.topic)?.()
        subscriptions.delete(message.topic)
    }
  }

  socket.on('message', receive)
  // what went wrong is told by `close`, which follows
  socket.on('error', () => undefined)
  socket.on('close', () => {
    for (const stop of subscriptions.values()) stop()
    void app.closeWindow(sender.windowId)
  })
}

/** A text frame as `ws` hands it over: one buffer, or parts of one. */
function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8')
}

function parse(text: string): z.infer<typeof clientMessageSchema> | null {
  try {
    const checked = clientMessageSchema.safeParse(JSON.parse(text))
    return checked.success ? checked.data : null
  } catch {
    // not JSON
    return null
  }
}
