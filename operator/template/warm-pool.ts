// The desktops of one template that wait for whoever asks next: how many there should be, which of them go, what is said of them. Pure.
// They are VDISessions of the operator's own in the pool's namespace; their own plans start and mend them. A claimed one is its person's:
// it is left alone here until the session that has it is gone.
// Policy: the pool gives way. It starts one after the other, with slices left over; it leaves its slices to a person who waits for one;
// what fails before anybody had it comes back ever later.
import { VDI_SESSION, type KubeObject } from '../../kube/types.ts'
import { epochOf } from '../../shared/domain/cluster-objects.ts'
import type { Reason, WantedCondition } from '../../shared/domain/conditions.ts'
import { base32 } from '../../shared/domain/hash.ts'
import { WARM_POOL_NAMESPACE } from '../../shared/domain/names.ts'
import { sha256 } from '../../shared/domain/sha256.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'
import type { VdiTemplateStatus } from '../../shared/domain/vdi-template.ts'
import { API_GROUP, API_VERSION, LABEL, WARM_POOL_USER } from '../../shared/product.ts'
import type { Plan, PlannedDelete, PlannedWrite, Refusal } from '../plan.ts'
import { retryAt } from '../refusal.ts'

/** One that is there. */
export interface PoolMember {
  readonly session: KubeObject
  /** `orphaned`: whoever had it is gone. `failed`: it does not come by itself. `coming`: on its way to ready. */
  readonly state: 'claimed' | 'orphaned' | 'ending' | 'failed' | 'coming' | 'ready'
  /** Of the template that it was started from; undefined while it has not begun. */
  readonly hash: string | undefined
  /** What its pod holds or waits for: nothing without one. */
  readonly pod: 'none' | 'waiting' | 'placed'
  /** Why it is not ready. */
  readonly told: { readonly reason: string; readonly message: string } | undefined
}

export interface ObservedPool {
  /** The pool's namespace stands, with its limits and walls. */
  readonly isThere: boolean
  /** Oldest first. */
  readonly members: readonly PoolMember[]
  /** Slices of this template's resource that people's desktops wait for and that are not free. */
  readonly wantedElsewhere: number
}

export interface PoolInput {
  readonly name: string
  readonly uid: string
  /** Undefined where the template is gone or cannot be read: nothing of it is kept for anybody. */
  readonly spec: TemplateSpec | undefined
  /** Of that spec. */
  readonly hash: string
  readonly pool: ObservedPool
  readonly status: VdiTemplateStatus
  readonly refusal: Refusal | undefined
}

export interface PoolPlan extends Pick<Plan, 'nextAt'> {
  readonly writes: readonly PlannedWrite[]
  readonly deletes: readonly PlannedDelete[]
  readonly status: Pick<VdiTemplateStatus, 'warm' | 'warmFailures'>
  readonly conditions: readonly WantedCondition[]
}

/** Failures of the last hour count; the pause after the first of them, and the longest, ms. */
const FAILURES_WITHIN_MS = 3_600_000
const PAUSE_MS = { first: 30_000, last: 900_000 }
const MOST_FAILURES = 8

/** @param now epoch ms */
export function planPool(input: PoolInput, now: number): PoolPlan {
  const { spec, pool, status, refusal } = input
  const wanted = spec === undefined || spec.storage.home !== undefined || !pool.isThere ? 0 : spec.warmPool.replicas
  const nobodys = pool.members.filter(({ state }) => state === 'ready' || state === 'coming')
  const failed = pool.members.filter(({ state }) => state === 'failed')
  const orphaned = pool.members.filter(({ state }) => state === 'orphaned')
  const [current, old] = split(nobodys, ({ hash }) => hash === undefined || hash === input.hash)
  // ready ones are worth most, and of two the older one
  const ranked = current.toSorted((a, b) => Number(b.state === 'ready') - Number(a.state === 'ready'))
  const yielded = ranked
    .filter(({ pod }) => pod !== 'none')
    .toReversed()
    .slice(0, spec && spec.gpu.slices > 0 ? pool.wantedElsewhere : 0)
  const kept = ranked.filter((member) => !yielded.includes(member)).slice(0, wanted)
  const surplus = ranked.filter((member) => !kept.includes(member))

  const failures = failuresOf(status, failed.length > 0 ? now : undefined, now)
  const pauseEnd = pauseAfter(failures)
  const refused = refusal?.of === VDI_SESSION.kind ? refusal : undefined
  const notBefore = Math.max(pauseEnd, refused ? retryAt(refused) : 0)
  // one after the other: the next one is to see what this one took
  const isFree = kept.every(({ pod }) => pod === 'placed') && yielded.length === 0
  const missing = kept.length < wanted
  const makes = missing && isFree && now >= notBefore
  const ready = kept.filter(({ state }) => state === 'ready').length
  const asked = (spec?.warmPool.replicas ?? 0) > 0
  return {
    writes: makes ? [{ verb: 'create', resource: VDI_SESSION, object: memberObject(input, now) }] : [],
    deletes: [...old, ...surplus, ...failed, ...orphaned].map(deleteOf),
    status: {
      ...(asked ? { warm: ready } : {}),
      ...(failures.length > 0 && wanted > 0 ? { warmFailures: [...failures] } : {}),
    },
    conditions: asked ? [condition(input, { wanted, ready, kept, refused, pauseEnd, now })] : [],
    nextAt: missing && now < notBefore ? notBefore : undefined,
  }
}

interface Said {
  readonly wanted: number
  readonly ready: number
  readonly kept: readonly PoolMember[]
  readonly refused: Refusal | undefined
  readonly pauseEnd: number
  readonly now: number
}

function condition({ spec, pool }: PoolInput, said: Said): WantedCondition {
  const { wanted, ready, kept, refused, pauseEnd, now } = said
  const isNot = (reason: Reason, message: string): WantedCondition => ({
    type: 'WarmPool',
    status: 'False',
    reason,
    message,
  })
  if (spec?.storage.home !== undefined)
    return isNot(
      'NeedsHome',
      'A home cannot be mounted into a desktop that runs already, so none wait for somebody. Use startAhead: it starts them with their homes.',
    )
  if (!pool.isThere) return isNot('NoPool', 'There is no warm pool in this cluster: an admin turns it on (warmPool).')
  const count = `${ready} of ${wanted} wait for somebody.`
  if (ready >= wanted) return { type: 'WarmPool', status: 'True', reason: 'Ready', message: count }
  if (refused) {
    const reason = refused.kind === 'quota' ? 'QuotaExceeded' : 'AdmissionDenied'
    return isNot(reason, `${count} The API server refuses another one: ${refused.message}`)
  }
  if (now < pauseEnd)
    return isNot(
      'PodFailed',
      `${count} The last one failed; the next one is made at ${new Date(pauseEnd).toISOString()}.`,
    )
  const told = kept.find(({ state }) => state === 'coming')?.told
  return isNot((told?.reason as Reason | undefined) ?? 'Starting', told ? `${count} ${told.message}` : count)
}

/** Times that count, RFC 3339, oldest first. @param failedAt a failure that is new */
function failuresOf(
  { warmFailures = [] }: VdiTemplateStatus,
  failedAt: number | undefined,
  now: number,
): readonly string[] {
  const known = warmFailures.filter((time) => (epochOf(time) ?? 0) > now - FAILURES_WITHIN_MS)
  return [...known, ...(failedAt === undefined ? [] : [new Date(failedAt).toISOString()])].slice(-MOST_FAILURES)
}

/** Until when no other one is made, epoch ms. */
function pauseAfter(failures: readonly string[]): number {
  const last = epochOf(failures.at(-1))
  if (last === undefined) return 0
  return last + Math.min(PAUSE_MS.last, PAUSE_MS.first * 2 ** (failures.length - 1))
}

/** A name is never used twice: rights that were given on the last one of a name would be rights on this one. */
function memberObject({ name, uid }: PoolInput, now: number): KubeObject {
  const unique = base32(sha256(`${uid} ${now}`), 6)
  return {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: VDI_SESSION.kind,
    metadata: { name: `warm-${name}-${unique}`, namespace: WARM_POOL_NAMESPACE, labels: { [LABEL.warmPool]: 'true' } },
    spec: { templateRef: { name }, owner: WARM_POOL_USER },
  }
}

/** In this very version: one that somebody has just claimed stays theirs. */
function deleteOf({ session: { metadata } }: PoolMember): PlannedDelete {
  const { name, namespace, uid, resourceVersion } = metadata
  return { resource: VDI_SESSION, name, namespace, uid, resourceVersion }
}

function split<T>(items: readonly T[], holds: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [items.filter(holds), items.filter((item) => !holds(item))]
}
