// A start that is under way or runs: what its pod says, what is missing of it, what ends it. Pure.
// A pod that ends by itself is made again, ever later and not for ever; one that was deleted is made again at once.
import type { Reason } from '../../shared/domain/conditions.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'
import type { Plan } from '../plan.ts'
import { deadlinesOf, failsTooOften, failuresWith, nextPodAt, restartAsked } from './ends.ts'
import type { Start } from './facts.ts'
import { foreignVerdict, homeGate, homeInUse, refusalGate } from './gates.ts'
import { idleOf, type Idle } from './idle.ts'
import { endDeletes, podDeletes, repairWrites, surplusDeletes } from './objects.ts'
import { changedAt, endedAt, type SessionPod } from './pod-read.ts'
import { endOfPod, podVerdict } from './pod-state.ts'
import { relayRefreshAt, secretText } from './relay-credential.ts'
import { earliest, type Round } from './round.ts'
import { readyTime, runningStatus, waitingStatus } from './status.ts'
import { planEnd, stoppedByUser } from './stop.ts'
import { event, transitions } from './transitions.ts'
import { going, stalled, withDetail, type Verdict } from './verdict.ts'

/** Plans a start that has begun. */
export function planRunning(round: Round, start: Start): Plan {
  const { observed, facts, config, now } = round
  const { spec } = facts
  // neither its copy nor the template can be read: what runs is left alone
  if (spec === undefined) return planUnreadable(round, start)
  const [pod] = facts.pods
  if (pod === undefined && isBroken(start)) return planRestart(round)
  const state = pod ? podState(round, start, spec, pod) : missingPod(round, start, spec)
  const readyAt = readyTime(facts, start, pod, pod && changedAt(pod, 'Ready'), now)
  const idle = readyAt === undefined ? undefined : idleOf(observed, config, spec, facts.before, readyAt, now)
  const { end, nextAt } = deadlinesOf(observed, { start, spec, pod, readyAt, idle, verdict: state.verdict }, now)
  if (observed.spec.desiredState === 'Stopped') return planEnd(round, start, end ?? stoppedByUser(spec))
  if (end) return planEnd(round, start, end)
  if (state.failed) return planEnd(round, start, state.verdict)
  if (restartAsked(observed, start, now)) return planRestart(round)

  const { writes, retryAt } = repairs(round, start, state.wanted)
  const input = { ...round, start, verdict: state.verdict, pod: state.ending ? undefined : pod, readyAt, idle }
  const status = runningStatus({ ...input, podFailures: state.failures })
  return {
    writes,
    deletes: [
      ...(state.ending && pod ? podDeletes([pod]) : []),
      ...podDeletes(facts.leaving),
      ...surplusDeletes(observed, config),
    ],
    status,
    events: [...(state.again ? [state.again] : []), ...transitions(observed.status, status)],
    nextAt: earliest(
      ...nextAt,
      ...future(now, idle?.warnAt, relayAt(round, start), idle && askAgainAt(round, idle)),
      state.nextAt,
      retryAt,
    ),
  }
}

interface State {
  readonly verdict: Verdict
  /** A pod is to be made. */
  readonly wanted: boolean
  /** The pod has to go. */
  readonly ending: boolean
  /** It failed too often: the run ends. */
  readonly failed: boolean
  readonly failures: readonly string[]
  readonly again?: Plan['events'][number] | undefined
  readonly nextAt?: number | undefined
}

function podState({ observed, facts }: Round, start: Start, spec: TemplateSpec, pod: SessionPod): State {
  const failures = facts.before.podFailures ?? []
  const rest = { wanted: false, ending: false, failed: false, failures }
  if (facts.pods.length > 1) {
    const names = facts.pods.map(({ metadata }) => metadata.name).join(' and ')
    return {
      ...rest,
      verdict: stalled('MultiplePods', `More than one pod is this desktop: ${names}. An admin has to remove one.`),
    }
  }
  const used = homeInUse(observed, spec, start.ms)
  if (used) return { ...rest, verdict: used, ending: true }
  const ended = endOfPod(pod)
  if (ended === undefined) return { ...rest, verdict: podVerdict(observed, pod, spec) }

  const counted = failuresWith(facts, endedAt(pod) ?? start.ms)
  const failed = failsTooOften(counted)
  const next = failed
    ? `It failed ${counted.length} times within 10 minutes and is not tried again. Show this to your admin, or start it again.`
    : 'It is made again by itself.'
  const message = withDetail(`${ended.message} ${next}`, ended.detail)
  return {
    ...rest,
    verdict: failed ? stalled(ended.reason, message) : going('Starting', ended.reason, message),
    ending: true,
    failed,
    failures: counted,
    again: failed ? undefined : event(ended.reason, 'Recreate', message),
  }
}

const FAILED_PODS: ReadonlySet<string> = new Set<Reason>([
  'Evicted',
  'UnexpectedAdmissionError',
  'PodFailed',
  'NodeLost',
])

/** No pod: it was deleted, it failed, or making it was refused. */
function missingPod({ observed, facts, now }: Round, start: Start, spec: TemplateSpec): State {
  const failures = facts.before.podFailures ?? []
  const at = nextPodAt(failures)
  const rest = { wanted: false, ending: false, failed: false, failures }
  if (facts.leaving.length > 0)
    return {
      ...rest,
      verdict: going('Pending', 'Stopping', 'Its last pod is still ending. The next one is made right after.'),
    }
  if (facts.foreign !== undefined)
    return { ...rest, verdict: foreignVerdict(facts.foreign.kind, facts.foreign.metadata.name) }
  const home = homeInUse(observed, spec) ?? homeGate(observed, spec)
  if (home) return { ...rest, verdict: home, nextAt: now + LOOK_AGAIN_MS }
  const refused = observed.refusal && refusalGate(observed.refusal, start.template?.spec, facts.namespace)
  if (refused) return { ...rest, verdict: refused.verdict, wanted: true }
  const told = observed.status.conditions?.find(({ type }) => type === 'Ready')
  if (now < at && told && FAILED_PODS.has(told.reason))
    return { ...rest, verdict: going('Pending', told.reason as Reason, told.message), nextAt: at }
  return {
    ...rest,
    verdict: going('Pending', 'Starting', 'The desktop is being started.'),
    wanted: now >= at,
    nextAt: now < at ? at : undefined,
  }
}

const LOOK_AGAIN_MS = 30_000

/** What is missing, unless the API server has just refused it. */
function repairs(
  { observed, facts, config, fresh, now }: Round,
  start: Start,
  pod: boolean,
): { readonly writes: Plan['writes']; readonly retryAt: number | undefined } {
  const writes = repairWrites(observed, config, fresh, start, pod, now)
  if (writes.length === 0 || observed.refusal === undefined) return { writes, retryAt: undefined }
  const { retryAt } = refusalGate(observed.refusal, start.template?.spec, facts.namespace)
  if (retryAt === undefined || now < retryAt) return { writes: [], retryAt }
  return { writes, retryAt: now + 1000 }
}

/** The old run ends as by a stop; the next plan finds nothing of it and starts anew, with the template as it is by then. */
function planRestart(round: Round): Plan {
  const { observed, facts } = round
  const status = waitingStatus({ ...round, verdict: going('Stopping', 'Stopping', 'The desktop is being restarted.') })
  return { writes: [], deletes: endDeletes(observed, facts), status, events: transitions(observed.status, status) }
}

/** Its Secret cannot make a pod any more: the copy of the template or the password is gone. */
function isBroken({ template, secret }: Start): boolean {
  return template === undefined || secretText(secret, 'password') === undefined
}

function planUnreadable(round: Round, start: Start): Plan {
  const { observed, facts } = round
  if (observed.spec.desiredState === 'Stopped') return planEnd(round, start, stoppedByUser({ storage: {} }))
  const { name } = observed.spec.templateRef
  const verdict = stalled(
    'TemplateNotFound',
    `There is no template ${name}, and the desktop's own copy cannot be read. Stop it, or ask your admin.`,
  )
  const status = waitingStatus({ ...round, verdict })
  return { writes: [], deletes: podDeletes(facts.leaving), status, events: transitions(observed.status, status) }
}

function relayAt({ fresh }: Round, start: Start): number | undefined {
  return fresh.relay === undefined || isBroken(start) ? undefined : relayRefreshAt(start.secret, fresh.relay)
}

/** Its time has come, and its server has not said just now that nobody is there. */
export function askAgainAt({ config, now }: Round, { stopAt, due }: Idle): number | undefined {
  return stopAt !== undefined && now >= stopAt && !due ? now + config.activitySeconds * 1000 : undefined
}

/** Those of the times that are still to come, epoch ms. */
export function future(now: number, ...times: readonly (number | undefined)[]): readonly (number | undefined)[] {
  return times.filter((time) => time !== undefined && time > now)
}
