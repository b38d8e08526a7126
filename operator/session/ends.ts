// Why a desktop that runs or starts has to end although nobody stopped it: expiry, idleness, a start that takes too long, pods that
// keep failing, a person who may no longer. Pure; and the restart that somebody asked for.
import { epochOf } from '../../shared/domain/cluster-objects.ts'
import type { Reason } from '../../shared/domain/conditions.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'
import { timeInWords } from '../../shared/domain/time-words.ts'
import type { VdiSessionSpec } from '../../shared/domain/vdi-session.ts'
import { isOfPool } from '../pool.ts'
import type { Facts, Start } from './facts.ts'
import { personGate } from './gates.ts'
import { CLOCK_SKEW_MS, type Idle } from './idle.ts'
import type { ObservedSession } from './observed.ts'
import { placedAt, type SessionPod } from './pod-read.ts'
import { say, type Verdict } from './verdict.ts'

/** It ends, and why. */
export interface End {
  readonly reason: Reason
  readonly message: string
}

/** Reasons that are a failure: the session stays Stalled until somebody starts it again. */
const FAILURES: ReadonlySet<string> = new Set<Reason>([
  'StartTimeout',
  'UnexpectedAdmissionError',
  'PodFailed',
  'Evicted',
  'NodeLost',
])

/** Whether a stored stop reason is a failure. */
export function isFailure(reason: string): boolean {
  return FAILURES.has(reason)
}

/** How a running start goes on: what may end it, with the time at which it would (epoch ms). */
export interface Deadlines {
  readonly end: End | undefined
  readonly nextAt: readonly number[]
}

export interface EndInput {
  readonly start: Start
  readonly spec: TemplateSpec
  readonly pod: SessionPod | undefined
  /** The pod was ready before; epoch ms. */
  readonly readyAt: number | undefined
  readonly idle: Idle | undefined
  /** What holds the pod up. */
  readonly verdict: Verdict
}

/** What ends a start now, and when something else might. */
export function deadlinesOf(observed: ObservedSession, input: EndInput, now: number): Deadlines {
  // one of the pool waits for as long as it takes; whose it becomes has the times, and ends it by them
  const rules = isOfPool(observed.session)
    ? [timeout(input)]
    : [expiry(observed.spec), lifetime(input), unopened(observed, input), timeout(input), idleness(observed, input)]
  const person = personGate(observed)
  const timed = rules.filter((rule) => rule !== undefined)
  const due = timed.find(({ at, holds = true }) => now >= at && holds)
  return {
    end: person ? { reason: person.reason, message: person.message } : due?.end,
    nextAt: timed.map(({ at }) => at).filter((at) => at > now),
  }
}

interface Rule {
  /** Epoch ms. */
  readonly at: number
  /** False: its time may have come, but something else is missing. */
  readonly holds?: boolean
  readonly end: End
}

function expiry({ expiresAt }: VdiSessionSpec): Rule | undefined {
  const at = epochOf(expiresAt)
  return at === undefined ? undefined : { at, end: EXPIRED }
}

const EXPIRED: End = {
  reason: 'Expired',
  message: 'The time of this desktop is over. Ask your admin for more time.',
}

/** A session whose time is over starts no more. */
export function expired({ expiresAt }: VdiSessionSpec, now: number): End | undefined {
  const at = epochOf(expiresAt)
  return at !== undefined && now >= at ? EXPIRED : undefined
}

function lifetime({ start, spec }: EndInput): Rule | undefined {
  const { maxLifetimeSeconds } = spec.lifecycle
  if (maxLifetimeSeconds === 0) return undefined
  const message = `It ran for ${timeInWords(maxLifetimeSeconds)}, the longest that its template allows. ${startAgain(spec)}`
  return { at: start.ms + maxLifetimeSeconds * 1000, end: { reason: 'MaxLifetime', message } }
}

/** Started before anybody clicked, and nobody came. */
function unopened({ spec: wish }: ObservedSession, { start, spec, readyAt, idle }: EndInput): Rule | undefined {
  if (!wish.startAhead || idle?.lastActivityTime !== undefined || (idle?.clients ?? 0) > 0) return undefined
  return {
    at: (readyAt ?? start.ms) + spec.startAhead.unopenedSeconds * 1000,
    end: { reason: 'NotOpened', message: 'It was started ahead, and nobody opened it. Open it, and it starts again.' },
  }
}

/**
 * When a start that nobody asked for yet has waited for its beginning as long as it would wait to be opened; undefined while it does not wait.
 * Counted from when it was first said to wait: a condition comes anew with each wish.
 */
export function inVain({
  spec,
  status,
  template,
}: ObservedSession): { readonly at: number; readonly end: End } | undefined {
  const waits = status.conditions?.find(({ type }) => type === 'Reconciling' || type === 'Stalled')
  const since = epochOf(waits?.lastTransitionTime)
  if (!spec.startAhead || since === undefined || template === undefined) return undefined
  const message = 'It was to be started ahead, and could not be in time. Open it, and it starts.'
  return { at: since + template.spec.startAhead.unopenedSeconds * 1000, end: { reason: 'NotOpened', message } }
}

/** Counted from the moment it has its place: waiting for room has no limit. */
function timeout({ spec, pod, readyAt, verdict }: EndInput): Rule | undefined {
  if (pod === undefined || readyAt !== undefined || verdict.reason === 'NodeLost') return undefined
  const placed = placedAt(pod)
  if (placed === undefined) return undefined
  const { startTimeoutSeconds } = spec.lifecycle
  const why = verdict.kind === 'ready' ? '' : verdict.message
  const time = timeInWords(startTimeoutSeconds)
  const message = say('start-timeout', { time, reason: why }).replaceAll('  ', ' ')
  return {
    at: placed + startTimeoutSeconds * 1000,
    holds: verdict.kind !== 'ready',
    end: { reason: 'StartTimeout', message },
  }
}

function idleness({ spec: wish }: ObservedSession, { spec, idle }: EndInput): Rule | undefined {
  if (idle?.stopAt === undefined) return undefined
  const known = [spec.lifecycle.idleTimeoutSeconds, wish.idleTimeoutSeconds ?? 0].filter((seconds) => seconds > 0)
  const why = `because nobody was connected for ${timeInWords(Math.min(...known))}`
  const message =
    spec.lifecycle.onIdle === 'Delete' ? `It was removed ${why}.` : `It was stopped ${why}. ${startAgain(spec)}`
  return { at: idle.stopAt, holds: idle.due, end: { reason: 'IdleTimeout', message } }
}

/** The next step after a stop. */
function startAgain({ storage }: TemplateSpec): string {
  return storage.home === undefined ? 'Start it again when you want.' : 'Start it again; its home is kept.'
}

/**
 * Whether a restart was asked for after this start began.
 * @returns its time, epoch ms: the new start is named by it where that clock is ahead, so that it is never done twice
 */
export function restartAsked({ spec }: ObservedSession, start: Start, now: number): boolean {
  const asked = epochOf(spec.restartRequestedAt)
  return asked !== undefined && asked > start.ms && asked <= now + CLOCK_SKEW_MS
}

/** When a start that begins now is said to have begun, epoch ms. */
export function startTime({ spec }: ObservedSession, now: number): number {
  const asked = epochOf(spec.restartRequestedAt)
  return asked !== undefined && asked > now && asked <= now + CLOCK_SKEW_MS ? asked : now
}

/** How often pods may end by themselves, and within which time. */
const FAILURES_WITHIN_MS = 600_000
const MOST_FAILURES = 5
const PAUSE_MS = 5_000

/** Failures that count, with a new one; RFC 3339, oldest first. @param endedAt epoch ms */
export function failuresWith(facts: Facts, endedAt: number): readonly string[] {
  const times = (facts.before.podFailures ?? []).filter((time) => (epochOf(time) ?? 0) > endedAt - FAILURES_WITHIN_MS)
  return [...new Set([...times, new Date(endedAt).toISOString()])].slice(-(MOST_FAILURES + 1))
}

/** More than can be chance. */
export function failsTooOften(failures: readonly string[]): boolean {
  return failures.length > MOST_FAILURES
}

/** When the next pod may be made, epoch ms: the first at once, then ever later. */
export function nextPodAt(failures: readonly string[]): number {
  const last = epochOf(failures.at(-1)) ?? 0
  return failures.length < 2 ? 0 : last + PAUSE_MS * 2 ** (failures.length - 2)
}
