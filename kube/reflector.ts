// Keeps a copy of one kind of object: lists it, watches it, and comes back from every fault by itself.
// Policy: what was known is kept until a new list replaces it, and the state says how good it is. Nothing but `stop` ends it.
import type { ErrorCode } from '../shared/error-catalog.ts'
import { AppError } from '../shared/errors.ts'
import { createRetryBudget, REAL_TIMERS, sleep, type RetryBudget, type Timers, type Turn } from './retry-budget.ts'
import {
  ApiError,
  type KubeClient,
  type KubeObject,
  type Reflector,
  type ReflectorState,
  type Resource,
} from './types.ts'
import { BrokenWatchError } from './watch-stream.ts'

export interface ReflectorOptions {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  /** Shared by all reflectors of a cluster; one of its own when left out. */
  readonly budget?: RetryBudget | undefined
  readonly timers?: Timers | undefined
  /** What is kept of an object: all when left out. Identity and version have to stay. */
  readonly keep?: ((object: KubeObject) => KubeObject) | undefined
  /** Called when it has been stopped. */
  readonly onStop?: (() => void) | undefined
  /** 0 to 1. */
  readonly random?: (() => number) | undefined
}

/** Seconds that a watch is asked to last: spread, so that the watches of many clients do not end together. */
const WATCH_SECONDS = { least: 240, spread: 60 }
/** Without an event or bookmark (the server sends about one a minute) the connection counts as dead, ms. */
const IDLE_MS = 90_000
/** Before what was refused is asked again, ms. */
const REFUSED_MS = 30_000
/** A version that is too old once more within this, ms, is a fault: a list should have helped. */
const EXPIRED_AGAIN_MS = 60_000
/** A watch that ends in order sooner than this, ms, is a fault: without it an odd server gets a storm. */
const TOO_SHORT_MS = 1000

/** Starts reflecting at once. Rules: list first, then watch from its version with bookmarks; 410 and broken lines list again. */
export function createReflector(client: KubeClient, resource: Resource, options: ReflectorOptions = {}): Reflector {
  const timers = options.timers ?? REAL_TIMERS
  const random = options.random ?? Math.random
  const budget = options.budget ?? createRetryBudget(timers, random)
  const selection = {
    namespace: options.namespace,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
  }
  const keep = options.keep ?? ((object: KubeObject): KubeObject => object)
  const listeners = new Set<() => void>()
  const objectListeners = new Set<(before: KubeObject | undefined, after: KubeObject | undefined) => void>()
  const ended = new AbortController()
  const store = new Map<string, KubeObject>()
  let items: readonly KubeObject[] | undefined
  let state: ReflectorState = 'syncing'
  let since = timers.now()
  let error: unknown
  /** Up to here everything is known; the next watch goes on from it, unless there has to be a list first. */
  let version: string | undefined
  let mustList = true
  /** When the version last was too old. */
  let expiredAt = -Infinity
  let listed = false
  /** Own writes that the watch has not told of yet: their versions, by key. */
  const ahead = new Map<string, string>()
  /** Ends the present wait or watch, to try at once. */
  let attempt = new AbortController()
  const { promise: synced, resolve: onSynced, reject: onNeverSynced } = Promise.withResolvers<void>()
  // nobody has to wait for it
  synced.catch(() => undefined)

  void run()
  return {
    get state() {
      return state
    },
    get since() {
      return since
    },
    get error() {
      return error
    },
    get items() {
      return (items ??= [...store.values()])
    },
    get: (name, namespace = '') => store.get(`${namespace}/${name}`),
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onObject: (listener) => {
      objectListeners.add(listener)
      return () => objectListeners.delete(listener)
    },
    wrote: (object) => {
      const key = keyOf(object)
      const known = store.get(key)
      // what the watch has passed it has told of, also that the object has been deleted since
      const isKnown = version !== undefined && !isLater(versionOf(object), version)
      if (ended.signal.aborted || isKnown || (known && !isNewer(object, known))) return
      ahead.set(key, versionOf(object))
      place(key, keep(object))
      tell()
    },
    synced,
    retryNow: () => {
      budget.retryNow()
      attempt.abort()
    },
    stop: () => {
      ended.abort()
      attempt.abort()
      listeners.clear()
      objectListeners.clear()
      onNeverSynced(new AppError('cancelled'))
      options.onStop?.()
    },
  }

  async function run(): Promise<void> {
    let slow = false
    while (!ended.signal.aborted) {
      attempt = new AbortController()
      const { signal } = attempt
      let turn: Turn | undefined
      try {
        turn = await (slow ? budget.slowTurn(signal) : budget.turn(signal))
        slow = false
        if (mustList) await list(turn, signal)
        else await watch(turn, signal)
      } catch (thrown) {
        if (signal.aborted) {
          // stopped, or told to try at once
          turn?.dropped()
          slow = false
        } else if (take(thrown, turn) === 'refused') {
          // a wait that `retryNow` ends goes on at once, like every other
          await sleep(REFUSED_MS, signal, timers).catch(() => undefined)
          slow = !signal.aborted
        }
      }
    }
  }

  async function list(turn: Turn, signal: AbortSignal): Promise<void> {
    const answer = await inTime(turn, signal, (either) => client.list(resource, { ...selection, signal: either }))
    turn.succeeded()
    version = answer.resourceVersion
    mustList = false
    listed = true
    // an own write that came after the list was made is neither gone nor as the list has it
    for (const [key, written] of ahead) if (!isLater(written, version)) ahead.delete(key)
    const listedKeys = new Set(answer.items.map(keyOf))
    for (const key of [...store.keys()]) if (!listedKeys.has(key) && !ahead.has(key)) place(key, undefined)
    for (const object of answer.items) if (!ahead.has(keyOf(object))) place(keyOf(object), keep(object))
    onSynced()
    if (!become('live', undefined)) tell()
  }

  async function watch(turn: Turn, signal: AbortSignal): Promise<void> {
    const silence = new AbortController()
    let cancelIdle = timers.after(IDLE_MS, () => silence.abort())
    const late = limitOf(turn)
    let openedAt: number | undefined
    const heard = (): void => {
      cancelIdle()
      cancelIdle = timers.after(IDLE_MS, () => silence.abort())
    }
    try {
      const events = client.watch(resource, {
        ...selection,
        resourceVersion: version ?? '',
        timeoutSeconds: WATCH_SECONDS.least + Math.floor(random() * WATCH_SECONDS.spread),
        signal: AbortSignal.any([signal, silence.signal, late.signal]),
        onOpen: () => {
          late.cancel()
          openedAt = timers.now()
          turn.succeeded()
          heard()
          become('live', undefined)
        },
      })
      for await (const event of events) {
        heard()
        if (event.type === 'ERROR') throw errorOf(event.object)
        version = event.object.metadata.resourceVersion ?? version
        if (event.type === 'BOOKMARK') continue
        const key = keyOf(event.object)
        const known = store.get(key)
        // an own write may be ahead of the watch, also one that made the object anew after the deletion that this tells of
        if (known && isNewer(known, event.object)) continue
        ahead.delete(key)
        place(key, event.type === 'DELETED' ? undefined : keep(event.object))
        tell()
      }
      if (openedAt === undefined || timers.now() - openedAt < TOO_SHORT_MS) budget.broke()
      else budget.ended()
    } catch (thrown) {
      if (silence.signal.aborted && !signal.aborted) throw new AppError('cluster-slow', { host: hostOf(client) })
      throw thrown
    } finally {
      cancelIdle()
      late.cancel()
    }
  }

  async function inTime<T>(turn: Turn, signal: AbortSignal, ask: (either: AbortSignal) => Promise<T>): Promise<T> {
    const late = limitOf(turn)
    try {
      return await ask(AbortSignal.any([signal, late.signal]))
    } finally {
      late.cancel()
    }
  }

  /** Ends a request that is not answered in its turn's time, so that the next one dials anew. */
  function limitOf({ answerWithinMs }: Turn): { readonly signal: AbortSignal; readonly cancel: () => void } {
    const limit = new AbortController()
    if (answerWithinMs === undefined) return { signal: limit.signal, cancel: () => undefined }
    const end = (): void => limit.abort(new DOMException(`no answer within ${answerWithinMs} ms`, 'TimeoutError'))
    return { signal: limit.signal, cancel: timers.after(answerWithinMs, end) }
  }

  /** Puts an object in its place, or takes it away, and tells of it. */
  function place(key: string, after: KubeObject | undefined): void {
    const before = store.get(key)
    if (after) store.set(key, after)
    else store.delete(key)
    items = undefined
    if (before === after || (before && after && before.metadata.resourceVersion === after.metadata.resourceVersion))
      return
    for (const listener of objectListeners) listener(before, after)
  }

  /** What a failure means. @returns `refused` when it is to be asked again only slowly */
  function take(thrown: unknown, turn: Turn | undefined): 'again' | 'refused' {
    if (thrown instanceof ApiError && (thrown.status === 410 || thrown.reason === 'Expired')) {
      turn?.succeeded()
      return expired(thrown)
    }
    if (thrown instanceof BrokenWatchError) return relist(thrown)
    // a server that has just started does not know yet either that there is a kind which was there
    const isDoubtful = isRefusal(thrown) || (listed && thrown instanceof ApiError && thrown.status === 404)
    if (isDoubtful && budget.doubtMs > 0) {
      become(listed ? 'stale' : 'syncing', thrown)
      return fault(turn, undefined)
    }
    if (thrown instanceof AppError && isSignIn(thrown.code)) {
      become('signed-out', thrown)
      return fault(turn, REFUSED_MS)
    }
    if (thrown instanceof ApiError && (thrown.status === 403 || thrown.status === 404)) {
      turn?.succeeded()
      become('forbidden', thrown)
      return 'refused'
    }
    become(listed ? 'stale' : 'syncing', thrown)
    if (thrown instanceof ApiError && thrown.status >= 400 && thrown.status < 500 && !retried(thrown.status)) {
      turn?.succeeded()
      return 'refused'
    }
    // of a server that takes connections and says nothing no more is known than of one that is away
    if (thrown instanceof AppError && NO_ANSWER.has(thrown.code)) turn?.unreached()
    return fault(turn, thrown instanceof ApiError ? thrown.retryAfterMs : undefined)
  }

  function expired(cause: unknown): 'again' {
    const now = timers.now()
    const isAgain = now - expiredAt < EXPIRED_AGAIN_MS
    expiredAt = now
    mustList = true
    become('stale', cause)
    budget.expired(isAgain)
    return 'again'
  }

  function relist(cause: unknown): 'again' {
    mustList = true
    become('stale', cause)
    budget.broke()
    return 'again'
  }

  function fault(turn: Turn | undefined, retryAfterMs: number | undefined): 'again' {
    turn?.failed(retryAfterMs)
    // a watch's turn was over when it opened: then it is the stream that broke
    budget.broke()
    return 'again'
  }

  /** @returns whether listeners were told */
  function become(next: ReflectorState, cause: unknown): boolean {
    const changed = next !== state
    if (!changed && (cause === error || next === 'live')) return false
    if (changed) since = timers.now()
    state = next
    error = cause
    tell()
    return true
  }

  function tell(): void {
    for (const listener of listeners) listener()
  }
}

const NO_ANSWER: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['cluster-unreachable', 'cluster-slow'])

function isRefusal(thrown: unknown): boolean {
  return thrown instanceof ApiError ? thrown.status === 403 : thrown instanceof AppError && thrown.code === 'signed-out'
}

/** Errors that only a new sign-in ends. */
function isSignIn(code: ErrorCode): boolean {
  return code === 'signed-out' || code === 'client-certificate-expired' || code.startsWith('plugin-')
}

function retried(status: number): boolean {
  return status === 408 || status === 429
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

function versionOf({ metadata }: KubeObject): string {
  return metadata.resourceVersion ?? ''
}

function isNewer(a: KubeObject, b: KubeObject): boolean {
  return isLater(versionOf(a), versionOf(b))
}

/** Versions are compared as numbers, which Kubernetes promises since 1.35 and has always done with etcd. Of others none is later. */
function isLater(a: string, b: string): boolean {
  return /^\d+$/.test(a) && /^\d+$/.test(b) && BigInt(a) > BigInt(b)
}

/** An ERROR event carries a Status. */
function errorOf(status: KubeObject): ApiError {
  const { code, reason, message } = status
  const text = typeof message === 'string' ? message : 'the watch failed'
  return new ApiError(Number(code ?? 500), typeof reason === 'string' ? reason : '', text)
}

function hostOf(client: KubeClient): string {
  return URL.parse(client.server)?.host ?? client.server
}
