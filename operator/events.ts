// Writes Events that a person reads in `kubectl describe`. The same one within ten minutes is counted in its series, not written anew.
// Policy: an Event is a courtesy: one that cannot be written is logged and forgotten, no round waits for it, and few are written at a time,
// so that what matters more is not held up by them.
import { ApiError, NEW_EVENT, type KubeClient, type KubeObject } from '../kube/types.ts'
import { EVENT_REPORTER } from '../shared/product.ts'
import { microTime } from '../kube/leader-election.ts'
import type { Logger } from './log.ts'
import type { PlannedEvent } from './plan.ts'

export interface EventRecorder {
  /** @param regarding whom the Event is about */
  record(regarding: KubeObject, event: PlannedEvent): void
  /** Resolves when everything recorded so far was written or given up. */
  drained(): Promise<void>
}

export interface EventRecorderDeps {
  readonly client: KubeClient
  /** Epoch ms. */
  readonly now: () => number
  /** Name of this pod. */
  readonly identity: string
  /** @returns that many random bytes */
  readonly randomBytes: (count: number) => Uint8Array
  readonly log: Logger
}

/** How long the same thing counts as the same Event, ms. */
const SAME_MS = 600_000
/** Events remembered; the oldest are forgotten first, and then written anew. */
const REMEMBERED = 2000
/** Events that may be under way; what comes beyond is dropped. */
const UNDER_WAY = 200
/** Of them, those that are written at the same time. */
const AT_ONCE = 1
/** Source: validation of events.k8s.io/v1: a note has at most 1 kB, an action and a reason 128 bytes, a reportingInstance 128. */
const NOTE_LENGTH = 1000

interface Known {
  readonly name: string
  readonly namespace: string
  readonly at: number
  readonly count: number
}

/** Makes a recorder. */
export function createEventRecorder({ client, now, identity, randomBytes, log }: EventRecorderDeps): EventRecorder {
  const known = new Map<string, Known>()
  const underWay = new Map<string, Promise<void>>()
  const waiting: (() => void)[] = []
  let writing = 0

  async function write(regarding: KubeObject, event: PlannedEvent, key: string): Promise<void> {
    const at = now()
    const before = known.get(key)
    if (before && at - before.at < SAME_MS && (await repeat(before, at, key))) return
    const { name, namespace, uid } = regarding.metadata
    // of what stands in no namespace, Events stand in `default`
    const place = namespace ?? 'default'
    const own = `${name}.${Buffer.from(randomBytes(6)).toString('hex')}`
    remember(key, { name: own, namespace: place, at, count: 1 })
    await client.create(NEW_EVENT, {
      apiVersion: `${NEW_EVENT.group}/${NEW_EVENT.version}`,
      kind: NEW_EVENT.kind,
      metadata: { name: own, namespace: place },
      eventTime: microTime(at),
      reportingController: EVENT_REPORTER,
      reportingInstance: identity.slice(0, 128),
      type: event.type,
      reason: event.reason,
      action: event.action,
      note: event.note.length > NOTE_LENGTH ? `${event.note.slice(0, NOTE_LENGTH - 1)}…` : event.note,
      regarding: {
        apiVersion: regarding.apiVersion,
        kind: regarding.kind,
        name,
        ...(namespace !== undefined && { namespace }),
        ...(uid !== undefined && { uid }),
      },
    })
  }

  /** @returns false when the Event has gone meanwhile */
  async function repeat(before: Known, at: number, key: string): Promise<boolean> {
    const count = before.count + 1
    remember(key, { ...before, count })
    const series = { count, lastObservedTime: microTime(at) }
    try {
      await client.patch(NEW_EVENT, before.name, before.namespace, { series })
      return true
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false
      throw error
    }
  }

  function remember(key: string, entry: Known): void {
    known.delete(key)
    known.set(key, entry)
    for (const [oldest, { at }] of known) {
      if (known.size <= REMEMBERED && now() - at < SAME_MS) break
      known.delete(oldest)
    }
  }

  async function inTurn(task: () => Promise<void>): Promise<void> {
    if (writing >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
    else writing += 1
    try {
      await task()
    } finally {
      // whoever waits takes this one's place
      const next = waiting.shift()
      if (next) next()
      else writing -= 1
    }
  }

  return {
    record: (regarding, event) => {
      const { type, reason, action, note } = event
      const key = JSON.stringify([regarding.metadata.uid ?? regarding.metadata.name, type, reason, action, note])
      // one after the other for the same key, so that the count is right
      const previous = underWay.get(key)
      if (previous === undefined && underWay.size >= UNDER_WAY) return
      const task = (previous ?? Promise.resolve())
        .then(() => inTurn(() => write(regarding, event, key)))
        .catch((error: unknown) => log.warn('an Event could not be written', { reason, error }))
        .finally(() => {
          if (underWay.get(key) === task) underWay.delete(key)
        })
      underWay.set(key, task)
    },
    drained: async () => {
      await Promise.all(underWay.values())
    },
  }
}
