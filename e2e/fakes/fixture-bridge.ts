// A bridge with set topics, for looking at states of the UI and for its component tests: calls are kept and answered as told.
import type { Bridge, CallResult } from '../../shared/ipc/bridge.ts'
import type { TopicValue } from '../../shared/ipc/contract.ts'
import type { CallName, TopicName } from '../../shared/ipc/names.ts'

export type FixtureTopics = { readonly [N in TopicName]?: TopicValue<N> }

export interface FixtureBridge extends Bridge {
  /** Every call so far but `app.info`. */
  readonly calls: readonly { readonly name: CallName; readonly input: unknown }[]
  /** Sets a topic's snapshot and pushes it. */
  push<N extends TopicName>(name: N, value: TopicValue<N>): void
  /** Answers calls of this name with this from now on. */
  answer(name: CallName, result: CallResult<unknown>): void
}

export function createFixtureBridge(topics: FixtureTopics): FixtureBridge {
  const values = new Map<string, unknown>(Object.entries(topics))
  const listeners = new Map<string, Set<(value: never) => void>>()
  const calls: { name: CallName; input: unknown }[] = []
  const answers = new Map<CallName, CallResult<unknown>>([
    ['app.info', { ok: true, value: { version: '0.1.0', host: 'web', platform: 'linux' } }],
    ['sessions.start', { ok: true, value: { sessionId: 'lab/desktops/new' } }],
    ['clusters.addText', { ok: true, value: { clusterIds: ['lab'] } }],
  ])
  return {
    calls,
    async call(name, input) {
      if (name !== 'app.info') calls.push({ name, input })
      // a desktop goes on under its own id unless a test says otherwise
      const value = name === 'sessions.resume' || name === 'sessions.startWithoutGpu' ? input : {}
      return (answers.get(name) ?? { ok: true, value }) as CallResult<never>
    },
    subscribe(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set)
      set.add(listener as (value: never) => void)
      if (values.has(name)) (listener as (value: unknown) => void)(values.get(name))
      return () => void set.delete(listener as (value: never) => void)
    },
    push(name, value) {
      values.set(name, value)
      for (const listener of listeners.get(name) ?? []) listener(value as never)
    },
    answer: (name, result) => void answers.set(name, result),
  }
}
