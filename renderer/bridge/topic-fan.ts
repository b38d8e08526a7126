// One subscription of the carrier for many listeners in the page. A late listener gets the last snapshot at once.

export interface TopicFan {
  /** Adds a listener. @returns removes it */
  add(topic: string, listener: (value: unknown) => void): () => void
  /** Hands a snapshot to everyone who listens. */
  push(topic: string, value: unknown): void
  /** Topics that someone listens to. */
  readonly topics: readonly string[]
}

interface Listening {
  readonly listeners: Set<(value: unknown) => void>
  last: { readonly value: unknown } | undefined
  readonly stop: () => void
}

/** @param start begins the carrier's subscription of a topic with its first listener; what it returns ends it with the last */
export function createTopicFan(start: (topic: string) => () => void): TopicFan {
  const listening = new Map<string, Listening>()
  return {
    add(topic, listener) {
      let entry = listening.get(topic)
      if (entry) {
        entry.listeners.add(listener)
        if (entry.last) listener(entry.last.value)
      } else {
        // known before the carrier starts: it may push at once
        const listeners = new Set([listener])
        let stop: () => void = () => undefined
        entry = { listeners, last: undefined, stop: () => stop() }
        listening.set(topic, entry)
        stop = start(topic)
      }
      const { listeners } = entry
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return
        listening.get(topic)?.stop()
        listening.delete(topic)
      }
    },
    push(topic, value) {
      const entry = listening.get(topic)
      if (!entry) return
      entry.last = { value }
      for (const listener of [...entry.listeners]) listener(value)
    },
    get topics() {
      return [...listening.keys()]
    },
  }
}
