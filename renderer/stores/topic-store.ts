// One topic of the bridge as a zustand store: the last snapshot, or undefined before the first.
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Bridge } from '../../shared/ipc/bridge.ts'
import type { TopicValue } from '../../shared/ipc/contract.ts'
import type { TopicName } from '../../shared/ipc/names.ts'

export interface TopicStore<N extends TopicName> extends StoreApi<{ readonly value: TopicValue<N> | undefined }> {
  /** Stops listening; the last snapshot stays. */
  dispose(): void
}

/**
 * Subscribes at once.
 * @param onNews told of each snapshot, after it is in the store
 */
export function createTopicStore<N extends TopicName>(bridge: Bridge, name: N, onNews?: () => void): TopicStore<N> {
  const store = createStore<{ readonly value: TopicValue<N> | undefined }>(() => ({ value: undefined }))
  const dispose = bridge.subscribe(name, (value) => {
    store.setState({ value }, true)
    onNews?.()
  })
  return { ...store, dispose }
}
