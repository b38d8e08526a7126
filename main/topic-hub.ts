// Topics: whole snapshots, pushed to whoever listens. The last one is pushed on subscribing; pushes are coalesced;
// a snapshot that does not fit its schema is logged and the last good one stays.
import type * as z from 'zod/mini'
import { topics, type TopicValue } from '../shared/ipc/contract.ts'
import { TOPIC_NAMES, type TopicName } from '../shared/ipc/names.ts'
import { toJsonValue } from './json-value.ts'
import type { Logger } from './logging/logger.ts'

export interface TopicHubOptions {
  readonly log: Logger
  /** Runs a flush soon: at most one push a topic per frame (16 ms). Tests give their own. */
  readonly schedule?: ((flush: () => void) => void) | undefined
  /** Told when a topic gets its first listener and when it has lost its last one. */
  readonly onListening?: ((name: TopicName, listening: boolean) => void) | undefined
}

export interface TopicHub {
  /** Takes a new snapshot; listeners get it with the next flush, unless it says the same as the last one. */
  publish<N extends TopicName>(name: N, value: TopicValue<N>): void
  /** Listens; the present snapshot is pushed at once, when there is one. @returns stops */
  subscribe(windowId: string, name: TopicName, push: (value: unknown) => void): () => void
  closeWindow(windowId: string): void
  dispose(): void
}

interface Subscription {
  readonly windowId: string
  readonly push: (value: unknown) => void
}

interface TopicState {
  readonly subscriptions: Set<Subscription>
  value: unknown
  /** JSON text of the value: two equal snapshots are one push. */
  text: string | undefined
  pending: { readonly value: unknown } | undefined
}

/** Makes the hub with one state for each topic of the contract. */
export function createTopicHub(options: TopicHubOptions): TopicHub {
  const { log } = options
  const schedule = options.schedule ?? ((flush) => void setTimeout(flush, 16))
  const states = new Map<TopicName, TopicState>(
    TOPIC_NAMES.map((name) => [
      name,
      { subscriptions: new Set(), value: undefined, text: undefined, pending: undefined },
    ]),
  )
  let scheduled = false
  let disposed = false

  /** Takes what is pending as the value. @returns whether it differs from the last one */
  function settle(name: TopicName, state: TopicState): boolean {
    const { pending } = state
    if (!pending) return false
    state.pending = undefined
    const schema: z.ZodMiniType = topics[name]
    const checked = schema.safeParse(pending.value)
    if (!checked.success) {
      const issues = checked.error.issues
        .slice(0, 5)
        .map((issue) => `${issue.path.map(String).join('.')}: ${issue.code}`)
      log.error('a snapshot does not fit the contract', { topic: name, issues: issues.join('; ') })
      return false
    }
    const text = JSON.stringify(checked.data)
    if (text === state.text) return false
    state.text = text
    state.value = toJsonValue(checked.data)
    return true
  }

  function leave(name: TopicName, state: TopicState, subscription: Subscription): void {
    if (state.subscriptions.delete(subscription) && state.subscriptions.size === 0) options.onListening?.(name, false)
  }

  function deliver(name: TopicName, state: TopicState, subscription: Subscription): void {
    try {
      subscription.push(state.value)
    } catch (thrown) {
      // a window that cannot take a push is gone: it must not keep others from theirs
      leave(name, state, subscription)
      log.warn('a push failed; its window no longer listens', { topic: name, error: String(thrown) })
    }
  }

  function flush(): void {
    scheduled = false
    if (disposed) return
    for (const [name, state] of states)
      if (settle(name, state)) for (const subscription of [...state.subscriptions]) deliver(name, state, subscription)
  }

  return {
    publish(name, value) {
      const state = states.get(name)
      if (disposed || !state) return
      state.pending = { value }
      if (scheduled) return
      scheduled = true
      schedule(flush)
    },
    subscribe(windowId, name, push) {
      const state = states.get(name)
      if (!state) return () => undefined
      // whoever listens already gets what is pending now, so that everyone sees the same order
      if (settle(name, state)) for (const subscription of [...state.subscriptions]) deliver(name, state, subscription)
      const subscription: Subscription = { windowId, push }
      state.subscriptions.add(subscription)
      if (state.subscriptions.size === 1) options.onListening?.(name, true)
      if (state.text !== undefined) deliver(name, state, subscription)
      return () => leave(name, state, subscription)
    },
    closeWindow(windowId) {
      for (const [name, state] of states)
        for (const subscription of [...state.subscriptions])
          if (subscription.windowId === windowId) leave(name, state, subscription)
    },
    dispose() {
      disposed = true
      for (const { subscriptions } of states.values()) subscriptions.clear()
    },
  }
}

/** Whether a string names a topic of the contract. */
export function isTopicName(name: unknown): name is TopicName {
  return typeof name === 'string' && (TOPIC_NAMES as readonly string[]).includes(name)
}
