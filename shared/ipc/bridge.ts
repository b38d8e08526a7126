// The bridge as the UI sees it: two carriers (Electron IPC, one WebSocket), one shape. Values cross as JSON.
import type { AppErrorView } from '../errors.ts'
import type { CallInput, CallOutput, TopicValue } from './contract.ts'
import type { CallName, TopicName } from './names.ts'

/** The answer to a call: errors are values at this border. */
export type CallResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: AppErrorView }

export interface Bridge {
  /** Calls the core. Never rejects: a lost carrier is an error value too. */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallResult<CallOutput<N>>>
  /**
   * Listens to a topic. The present snapshot comes first, then each new one; after a reconnect the present one again.
   * @returns stops listening
   */
  subscribe<N extends TopicName>(name: N, listener: (value: TopicValue<N>) => void): () => void
}

/** Messages on the WebSocket carrier (web host), JSON text frames. Source: this file is the protocol. */
export type ClientMessage =
  | { readonly type: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly type: 'subscribe' | 'unsubscribe'; readonly topic: string }
export type ServerMessage =
  | { readonly type: 'result'; readonly id: number; readonly result: CallResult<unknown> }
  | { readonly type: 'topic'; readonly topic: string; readonly value: unknown }

/** What the preload script shows the page in Electron (`window.kasm`): the contract's two verbs and nothing else. */
export interface ElectronApi {
  /** Rejects only when the core is gone. */
  call(name: string, input: unknown): Promise<unknown>
  /** @returns stops listening */
  subscribe(topic: string, listener: (value: unknown) => void): () => void
}
/** The name under which the page finds it. */
export const ELECTRON_API = 'kasm'
