// Who is connected to each desktop: the leader asks the desktops' own servers in turn, spread evenly over the interval.
// Policy: a desktop that does not answer is asked more rarely, and what it said last stands: silence never counts as "nobody there".
import { request as httpRequest } from 'node:http'
import * as z from 'zod/mini'
import type { Timers } from '../kube/retry-budget.ts'
import { conditionOf, isEnding, type PodObject } from '../shared/domain/cluster-objects.ts'
import { accessName } from '../shared/domain/names.ts'
import { serverPath } from '../shared/domain/server-path.ts'
import { DESKTOP_USER, LABEL } from '../shared/product.ts'
import type { KubeObject } from '../shared/render/types.ts'
import { sessionKey } from './keys.ts'
import type { ObservedSession } from './session/observed.ts'
import { pinnedOf } from './session/pinned.ts'
import type { Stores } from './stores.ts'

export interface DesktopTarget {
  readonly namespace: string
  readonly session: string
  readonly podUid: string
  readonly host: string
  readonly port: number
  /** Under which its server serves; '' for the root. */
  readonly path: string
  readonly password: string
}

export interface Activity {
  of(namespace: string, session: string): ObservedSession['activity']
  start(): void
  stop(): void
}

export interface ActivityDeps {
  readonly stores: Pick<Stores, 'pods' | 'secrets'>
  readonly timers: Timers
  /** Between two questions to the same desktop, s. */
  readonly seconds: number
  /** @returns how many clients are connected. Rejects when there is no such answer. Default: GET /api/sessions */
  readonly ask?: ((target: DesktopTarget, signal: AbortSignal) => Promise<number>) | undefined
  /** The session is to be looked at: somebody is connected, or came or went. */
  readonly onNews: (key: string) => void
}

/** Questions under way at once, and how long one may take, ms. */
const AT_ONCE = 32
const PATIENCE_MS = 3000
/** A desktop that failed is left out for this many turns, twice as many each time, at most so many. */
const SKIP = { first: 1, last: 16 }
/** Of an answer, bytes: a list of clients is small, whatever the desktop sends. */
const ANSWER_BYTES = 64 * 1024

interface Known {
  readonly podUid: string
  readonly clients: number | undefined
  readonly at: number
  readonly skip: number
  readonly failures: number
}

/** Makes the poller; nothing is asked before `start`. */
export function createActivity(deps: ActivityDeps): Activity {
  const { stores, timers, seconds, onNews, ask = askClients } = deps
  const known = new Map<string, Known>()
  let waiting: string[] = []
  let perSecond = 1
  let underWay = 0
  let second = 0
  let ended = new AbortController()
  let cancel: () => void = () => undefined

  return {
    of: (namespace, session) => {
      const entry = known.get(`${namespace}/${session}`)
      return entry?.clients === undefined ? undefined : { clients: entry.clients, at: entry.at }
    },
    start: () => {
      ended = new AbortController()
      tick()
    },
    stop: () => {
      ended.abort()
      cancel()
      known.clear()
      waiting = []
      second = 0
    },
  }

  /** Once a second a part of all: ten thousand questions at once would starve the rest of the operator. */
  function tick(): void {
    if (second === 0) beginTurn()
    second = (second + 1) % seconds
    for (let count = 0; count < perSecond && underWay < AT_ONCE; count += 1) {
      const place = waiting.shift()
      if (place === undefined) break
      void question(place)
    }
    cancel = timers.after(1000, tick)
  }

  function beginTurn(): void {
    const running = new Set(stores.pods.items.filter(isAsked).map(placeOf))
    for (const place of known.keys()) if (!running.has(place)) known.delete(place)
    // what the last turn did not get to comes first
    waiting = [...new Set([...waiting.filter((place) => running.has(place)), ...running])]
    perSecond = Math.max(1, Math.ceil(waiting.length / seconds))
  }

  async function question(place: string): Promise<void> {
    const target = targetOf(stores, place)
    if (target === undefined) return
    const last = known.get(place)
    const before = last?.podUid === target.podUid ? last : undefined
    if (before && before.skip > 0) {
      known.set(place, { ...before, skip: before.skip - 1 })
      return
    }
    const { signal } = ended
    underWay += 1
    try {
      const clients = await ask(target, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]))
      if (signal.aborted) return
      known.set(place, { podUid: target.podUid, clients, at: timers.now(), skip: 0, failures: 0 })
      if (clients > 0 || clients !== before?.clients) onNews(sessionKey(target.namespace, target.session))
    } catch {
      // it does not answer, or not this: the next turns leave it out
      if (signal.aborted) return
      const failures = (before?.failures ?? 0) + 1
      const skip = Math.min(SKIP.last, SKIP.first * 2 ** (failures - 1))
      known.set(place, { podUid: target.podUid, clients: before?.clients, at: before?.at ?? 0, skip, failures })
    } finally {
      underWay -= 1
    }
  }
}

function isAsked(pod: KubeObject): boolean {
  return (
    pod.metadata.labels?.[LABEL.session] !== undefined &&
    !isEnding(pod) &&
    conditionOf(pod as PodObject, 'Ready')?.status === 'True'
  )
}

function placeOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

/** @returns undefined where there is nothing to ask: the older server generation has no list of its clients */
function targetOf(stores: ActivityDeps['stores'], place: string): DesktopTarget | undefined {
  const [namespace = '', session = ''] = place.split('/')
  const pod = stores.pods.get(session, namespace)
  const secret = stores.secrets.get(accessName(session), namespace)
  const host = (pod as (KubeObject & { readonly status?: { readonly podIP?: string } }) | undefined)?.status?.podIP
  const spec = secret && pinnedOf(secret)?.spec
  const password = ((secret?.['data'] ?? {}) as { readonly password?: string }).password
  if (pod === undefined || host === undefined || spec === undefined || password === undefined) return undefined
  if (spec.streaming.generation !== 'selkies2') return undefined
  const { port } = spec.streaming
  const path = serverPath(spec)
  return { namespace, session, podUid: pod.metadata.uid ?? '', host, port, path, password: atob(password) }
}

const answerSchema = z.object({ sessions: z.array(z.unknown()) })

/** Source: Selkies 2.1, `GET /api/sessions`: `{"sessions": [{id, transport, role, ...}]}`. The image is hostile: its answer is counted, not kept. */
function askClients({ host, port, path, password }: DesktopTarget, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Basic ${Buffer.from(`${DESKTOP_USER}:${password}`).toString('base64')}` }
    const request = httpRequest(
      { host, port, path: `${path}/api/sessions`, headers, signal, agent: false },
      (response) => {
        if (response.statusCode !== 200) {
          response.destroy()
          reject(new Error(`answered ${response.statusCode}`))
          return
        }
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
          if (text.length > ANSWER_BYTES) response.destroy(new Error('too long an answer'))
        })
        response.on('error', reject)
        response.on('end', () => {
          try {
            resolve(answerSchema.parse(JSON.parse(text)).sessions.length)
          } catch (error) {
            reject(error instanceof Error ? error : new Error('no list'))
          }
        })
      },
    )
    request.on('error', reject)
    request.end()
  })
}
