// The operator's own figures: what is counted while it works, and what is read from the stores when somebody asks.
import type { KubeObject, Resource } from '../kube/types.ts'
import {
  countOf,
  epochOf,
  hasEnded,
  requestOf,
  type NodeObject,
  type PodObject,
} from '../shared/domain/cluster-objects.ts'
import type { VdiSessionStatus } from '../shared/domain/vdi-session.ts'
import { createMetrics, type Metrics, type Sample } from './metrics.ts'
import { claimOf, isOfPool } from './pool.ts'
import type { Stores } from './stores.ts'
import { ofPeople } from './template/observe-pool.ts'

export interface Figures {
  /** @param seconds that a round took */
  round(kind: string, seconds: number, failed: boolean): void
  /** @param object as the API server has it now, where that is told */
  write(verb: string, resource: Resource, object?: KubeObject): void
  request(verb: string): void
  /** A session has become ready: how long each part of its start took. */
  ready(status: VdiSessionStatus): void
  /** Adds what is read at each scrape. */
  watch(sources: FigureSources): void
  text(): string
}

export interface FigureSources {
  readonly stores: Stores
  readonly sliceResource: string
  readonly isLeader: () => boolean
  readonly queue: () => {
    readonly depth: number
    readonly running: number
    readonly waiting: number
    readonly longestRunningMs: number
  }
  readonly refused: () => number
}

/** Bounds of a round, s, and of the parts of a start, s. */
const ROUND_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const START_SECONDS = [0.5, 1, 2, 3, 5, 8, 12, 20, 30, 60, 120, 300]
const PREFIX = 'kasm_operator'

/** Makes the page. */
export function createFigures(metrics: Metrics = createMetrics()): Figures {
  const rounds = metrics.histogram(
    `${PREFIX}_reconcile_seconds`,
    'Time of one round, by kind of object.',
    ROUND_SECONDS,
  )
  const failures = metrics.counter(`${PREFIX}_reconcile_failures_total`, 'Rounds that are tried again.')
  const writes = metrics.counter(`${PREFIX}_writes_total`, 'Writes that the API server took, by verb and resource.')
  const requests = metrics.counter(`${PREFIX}_api_requests_total`, 'Requests to the API server, by verb.')
  const claims = metrics.counter(
    `${PREFIX}_warm_claims_total`,
    'Desktops of the warm pool that were claimed, by template.',
  )
  const starts = metrics.histogram(
    `${PREFIX}_start_seconds`,
    'Time from asking for a desktop to each stage of its start.',
    START_SECONDS,
  )
  return {
    round: (kind, seconds, failed) => {
      rounds.observe(seconds, { kind })
      if (failed) failures.add({ kind })
    },
    write: (verb, { plural }, object) => {
      writes.add({ verb, resource: plural })
      if (verb === 'claim') claims.add({ template: templateOf(object) })
    },
    request: (verb) => requests.add({ verb }),
    ready: ({ startedAt, readyAt, conditions = [] }) => {
      const from = epochOf(startedAt)
      const stages = [
        ['placed', conditions.find(({ type }) => type === 'Scheduled')?.lastTransitionTime],
        ['ready', readyAt],
      ] as const
      for (const [stage, text] of stages) {
        const at = epochOf(text)
        if (from !== undefined && at !== undefined) starts.observe(Math.max(0, at - from) / 1000, { stage })
      }
    },
    watch: ({ stores, sliceResource, isLeader, queue, refused }) => {
      metrics.gauge(`${PREFIX}_leader`, '1 on the replica that works.', () => [{ value: isLeader() ? 1 : 0 }])
      metrics.gauge(`${PREFIX}_queue_depth`, 'Objects that wait for a round.', () => [{ value: queue().depth }])
      metrics.gauge(`${PREFIX}_queue_running`, 'Rounds under way.', () => [{ value: queue().running }])
      metrics.gauge(`${PREFIX}_queue_waiting`, 'Objects with a deadline.', () => [{ value: queue().waiting }])
      metrics.gauge(`${PREFIX}_queue_longest_seconds`, 'Age of the longest round under way.', () => [
        { value: queue().longestRunningMs / 1000 },
      ])
      metrics.gauge(`${PREFIX}_refused`, 'Objects whose writes the API server refuses.', () => [{ value: refused() }])
      metrics.gauge(`${PREFIX}_sessions`, "People's VDISessions by phase.", () =>
        [...countBy(ofPeople(stores.sessions.items), phaseOf)].map(([phase, value]) => ({ labels: { phase }, value })),
      )
      metrics.gauge(`${PREFIX}_warm_members`, 'Desktops of the warm pool by template and state.', () =>
        warmMembers(stores),
      )
      metrics.gauge(`${PREFIX}_users`, 'VDIUsers.', () => [{ value: stores.users.items.length }])
      metrics.gauge(`${PREFIX}_slices`, 'GPU slices of all nodes, and those that desktops hold.', () =>
        slicesOf(stores, sliceResource),
      )
      metrics.gauge(`${PREFIX}_watch_live`, '1 while every watch that is needed is live.', () => [
        { value: stores.notLive().length === 0 ? 1 : 0 },
      ])
    },
    text: () => metrics.text(),
  }
}

function warmMembers(stores: Stores): readonly Sample[] {
  const key = (desktop: KubeObject): string => {
    const state = claimOf(desktop) ? 'claimed' : phaseOf(desktop) === 'Ready' ? 'ready' : 'coming'
    return `${templateOf(desktop)} ${state}`
  }
  return [...countBy(stores.sessions.items.filter(isOfPool), key)].map(([text, value]) => {
    const [template = '', state = ''] = text.split(' ')
    return { labels: { template, state }, value }
  })
}

function templateOf(session: KubeObject | undefined): string {
  const { templateRef } = (session?.['spec'] ?? {}) as { readonly templateRef?: { readonly name?: string } }
  return templateRef?.name ?? ''
}

function phaseOf({ status }: KubeObject): string {
  return (status as VdiSessionStatus | undefined)?.phase ?? 'Pending'
}

function countBy(items: readonly KubeObject[], key: (item: KubeObject) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return counts
}

function slicesOf(
  stores: Stores,
  resource: string,
): readonly { readonly labels: Record<string, string>; readonly value: number }[] {
  const total = stores.nodes.items.reduce(
    (sum, node) => sum + countOf((node as NodeObject).status?.capacity, resource),
    0,
  )
  const used = (stores.pods.items as readonly PodObject[]).reduce(
    (sum, pod) => sum + (pod.spec?.nodeName === undefined || hasEnded(pod) ? 0 : requestOf(pod, resource)),
    0,
  )
  return [
    { labels: { resource, state: 'total' }, value: total },
    { labels: { resource, state: 'used' }, value: used },
  ]
}
