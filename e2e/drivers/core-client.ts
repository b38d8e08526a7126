// The contract spoken straight to the web host, as one more window of the signed-in browser: for what a spec needs before the page
// that it is about. An error value of the core is thrown with its code.
import type { BrowserContext } from '@playwright/test'
import { WebSocket } from 'ws'
import type { CallInput, CallOutput, TopicValue } from '../../shared/ipc/contract.ts'
import type { ClientMessage, ServerMessage } from '../../shared/ipc/bridge.ts'
import type { CallName, TopicName } from '../../shared/ipc/names.ts'

export interface CoreClient {
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>
  /**
   * Waits until a topic's snapshot gives a value.
   * @param pick null or undefined: go on waiting
   * @throws with the last snapshot when nothing came in `timeoutMs`
   */
  wait<N extends TopicName, T>(
    name: N,
    pick: (snapshot: TopicValue<N>) => T | null | undefined,
    timeoutMs?: number,
  ): Promise<T>
  close(): void
}

/** @param context a browser context that is signed in at `origin` */
export async function openCoreClient(context: BrowserContext, origin: string): Promise<CoreClient> {
  const cookies = await context.cookies(origin)
  const headers = { Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '), Origin: origin }
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/bridge`, { headers })
  const calls = new Map<number, (message: ServerMessage & { type: 'result' }) => void>()
  const snapshots = new Map<string, unknown>()
  const listeners = new Set<(topic: string) => void>()
  let lastId = 0
  const send = (message: ClientMessage): void => socket.send(JSON.stringify(message))
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as ServerMessage
    if (message.type === 'result') {
      calls.get(message.id)?.(message)
      calls.delete(message.id)
    } else {
      snapshots.set(message.topic, message.value)
      for (const listener of listeners) listener(message.topic)
    }
  })
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  for (const topic of ['clusters', 'library', 'sessions', 'settings']) send({ type: 'subscribe', topic })
  return {
    call(name, input) {
      const id = ++lastId
      return new Promise((resolve, reject) => {
        calls.set(id, ({ result }) => {
          if (result.ok) resolve(result.value as never)
          else reject(new Error(`${name}: ${JSON.stringify(result.error)}`))
        })
        send({ type: 'call', id, name, input })
      })
    },
    wait(name, pick, timeoutMs = 30_000) {
      return new Promise((resolve, reject) => {
        const look = (topic: string): void => {
          if (topic !== name || !snapshots.has(name)) return
          const found = pick(snapshots.get(name) as never)
          if (found === null || found === undefined) return
          finish()
          resolve(found)
        }
        const timer = setTimeout(() => {
          finish()
          reject(new Error(`${name} after ${timeoutMs} ms: ${JSON.stringify(snapshots.get(name))}`))
        }, timeoutMs)
        const finish = (): void => {
          clearTimeout(timer)
          listeners.delete(look)
        }
        listeners.add(look)
        look(name)
      })
    },
    close: () => socket.close(),
  }
}
