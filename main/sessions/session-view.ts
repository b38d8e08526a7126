// What people see of a session, from the cluster's objects and what this app has seen itself. Pure: same input, same view.
import { assertNever } from '../../shared/assert-never.ts'
import { sessionId } from '../../shared/domain/names.ts'
import { parseQuantity } from '../../shared/domain/quantity.ts'
import type { SessionPhase, SessionView, Stage, StageName } from '../../shared/domain/session.ts'
import type { AppErrorView } from '../../shared/errors.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import {
  condition,
  isFinished,
  isReady,
  isTerminating,
  isUp,
  timeOf,
  type Claim,
  type KubeEvent,
  type Pod,
} from './kube-read.ts'
import type { SessionRecord } from './session-record.ts'
import { stagesOf } from './stages.ts'
import { findReason, type StartReason } from './start-reasons.ts'

/** The cluster's objects of one session. */
export interface SessionParts {
  readonly clusterId: string
  readonly record: SessionRecord
  /** The Secret itself is being deleted. */
  readonly recordTerminating: boolean
  readonly pod: Pod | undefined
  readonly claim: Claim | undefined
}

/** What only this app knows of a session. Times are epoch ms by its own clock. */
export interface LocalFacts {
  /** The click, when it was made here. */
  readonly askedAt?: number | undefined
  readonly seen: Readonly<Partial<Record<StageName, number>>>
  /** Every container runs since. */
  readonly upSince?: number | undefined
  /** The desktop's server answered this app. */
  readonly answers?: boolean | undefined
  /** The kubelet called this very pod ready before. */
  readonly wasReady?: boolean | undefined
  /** What this app is doing with it right now. */
  readonly action?: 'starting' | 'stopping' | 'removing' | undefined
  /** Why there is no pod to read from, in the word of whoever makes it. */
  readonly told?: StartReason | undefined
  /** The start ended for good, and why. */
  readonly failure?: StartReason | undefined
  /** When its pod was seen to be gone. */
  readonly goneAt?: number | undefined
  readonly usual?: Readonly<Partial<Record<StageName, number>>> | undefined
}

/** Nothing is known beyond the cluster's objects. */
export const NO_FACTS: LocalFacts = { seen: {} }

const HELPED_WITHOUT_GPU: readonly string[] = [
  'start-no-slice',
  'start-home-node',
  'start-quota',
  'start-runtime-class',
  'start-admission',
]

/**
 * The view of one session.
 * @param events events about its pod and its claim, oldest first; others are left out by uid and name
 * @param now epoch ms
 */
export function sessionView(
  parts: SessionParts,
  events: readonly KubeEvent[],
  local: LocalFacts,
  now: number,
): SessionView {
  const { record, pod, claim } = parts
  const own = ownEvents(parts, events)
  const found = reasonOf(parts, events, local, now)
  const phase = phaseOf(parts, local, found)
  // a server that this app has reached is started, whatever the probes say so far
  const reason = phase === 'starting' || phase === 'failed' ? found : undefined
  const base = {
    id: sessionId({ clusterId: parts.clusterId, namespace: record.namespace, name: record.name }),
    clusterId: parts.clusterId,
    namespace: record.namespace,
    name: record.name,
    displayName: record.displayName,
    templateId: record.templateId,
    templateName: record.spec.displayName,
    icon: record.spec.icon,
    phase,
    slices: slicesOf(parts),
    hasHome: record.home !== undefined,
    openable: isOpenable(pod, local, phase, found),
    canStartWithoutGpu: canStartWithoutGpu(parts, reason),
    stages: showsStages(phase)
      ? stagesOf(
          {
            record,
            pod,
            claim,
            events: own,
            askedAt: local.askedAt,
            seen: local.seen,
            usual: local.usual ?? {},
            reason,
            failed: phase === 'failed',
          },
          now,
        )
      : ([] as Stage[]),
  }
  return { ...base, ...optional(parts, local, phase, reason?.error, now) }
}

/** What holds a session up now, or how its start ended. The parameters are those of `sessionView`. */
export function reasonOf(
  parts: SessionParts,
  events: readonly KubeEvent[],
  local: LocalFacts,
  now: number,
): StartReason | undefined {
  const { record, pod, claim } = parts
  if (local.failure) return local.failure
  if (!pod || isTerminating(pod)) return local.told
  const upForMs = isUp(pod) && local.upSince !== undefined && !local.answers ? now - local.upSince : undefined
  return findReason({ spec: record.spec, pod, claim, events: ownEvents(parts, events), upForMs })
}

function ownEvents({ pod, claim }: SessionParts, events: readonly KubeEvent[]): readonly KubeEvent[] {
  return events.filter(({ involvedObject }) => isAbout(involvedObject?.uid, pod, claim))
}

function optional(
  { record, pod }: SessionParts,
  local: LocalFacts,
  phase: SessionPhase,
  error: AppErrorView | undefined,
  now: number,
): Partial<SessionView> {
  const outside = phase === 'stopped' && stoppedFromOutside(record)
  const stoppedAt = phase === 'stopped' ? (outside ? local.goneAt : record.stoppedAt) : undefined
  const clicked = local.askedAt ?? record.startedAt
  // other clocks may be ahead of this one
  const startedAt = clicked === undefined ? undefined : Math.min(clicked, now)
  const ready =
    local.seen.started ?? (pod && isReady(pod) ? timeOf(condition(pod, 'Ready')?.lastTransitionTime) : undefined)
  const readyAt = ready === undefined ? undefined : Math.max(startedAt ?? 0, Math.min(ready, now))
  const node = pod?.spec?.nodeName
  return {
    ...(outside ? { note: 'Stopped from outside.' } : {}),
    ...(error ? { error } : {}),
    ...(node === undefined ? {} : { node }),
    ...(startedAt === undefined || phase === 'stopped' ? {} : { startedAt }),
    ...(readyAt === undefined || phase === 'stopped' ? {} : { readyAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
  }
}

/** The record was not told of an end, and yet nothing runs. */
function stoppedFromOutside({ startedAt, stoppedAt }: SessionRecord): boolean {
  return stoppedAt === undefined || (startedAt !== undefined && stoppedAt < startedAt)
}

function phaseOf(
  { pod, recordTerminating }: SessionParts,
  { action, failure, wasReady }: LocalFacts,
  reason: StartReason | undefined,
): SessionPhase {
  if (recordTerminating || action === 'removing') return 'removing'
  if (failure) return 'failed'
  if (action === 'starting' && (!pod || isTerminating(pod) || isFinished(pod))) return 'starting'
  if (!pod) return 'stopped'
  if (action === 'stopping' || isTerminating(pod)) return 'stopping'
  if (isFinished(pod) || reason?.kind === 'final') return 'failed'
  if (reason?.error.code === 'start-node-lost') return 'starting'
  // once it has run, a restart of its container is a hiccup of a running desktop
  return isReady(pod) || wasReady ? 'running' : 'starting'
}

function isOpenable(
  pod: Pod | undefined,
  local: LocalFacts,
  phase: SessionPhase,
  reason: StartReason | undefined,
): boolean {
  if (!pod || isTerminating(pod) || (phase !== 'running' && phase !== 'starting')) return false
  if (reason?.error.code === 'start-node-lost') return false
  return isReady(pod) || (isUp(pod) && local.answers === true)
}

function canStartWithoutGpu(parts: SessionParts, reason: StartReason | undefined): boolean {
  return reason !== undefined && slicesOf(parts) > 0 && HELPED_WITHOUT_GPU.includes(reason.error.code)
}

function slicesOf({ record, pod }: SessionParts): number {
  const { resourceName, slices } = record.spec.gpu
  if (!pod) return slices
  const held = (pod.spec?.containers ?? []).map(
    ({ resources }) => parseQuantity(resources?.limits?.[resourceName] ?? '0') ?? 0,
  )
  return held.reduce((sum, value) => sum + value, 0)
}

function showsStages(phase: SessionPhase): boolean {
  switch (phase) {
    case 'starting':
    case 'running':
    case 'failed':
      return true
    case 'stopping':
    case 'stopped':
    case 'removing':
      return false
    default:
      return assertNever(phase)
  }
}

function isAbout(uid: string | undefined, ...objects: readonly (KubeObject | undefined)[]): boolean {
  return uid !== undefined && objects.some((object) => object?.metadata.uid === uid)
}
