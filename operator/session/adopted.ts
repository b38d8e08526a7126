// A session whose desktop comes from the warm pool: whether a start may take one, and what holds for it afterwards. Pure.
// The desktop is a VDISession of the operator's own; its plan makes and mends it. Here it is somebody's: their rights on it, their idle time,
// expiry, stop and restart. A desktop that had an owner is never given to another one: whatever ends the session's run deletes it.
// Policy: on any doubt the start is an ordinary one. What counts stands on the desktop itself (claimed-by, claimed-at), so that a new leader
// finds it again.
import { ROLE, ROLE_BINDING, VDI_SESSION } from '../../kube/types.ts'
import { isEnding } from '../../shared/domain/cluster-objects.ts'
import type { Reason } from '../../shared/domain/conditions.ts'
import type { Template } from '../../shared/domain/template.ts'
import type { Plan, PlannedDelete, PlannedWrite, Refusal } from '../plan.ts'
import { claimAnnotations, isOfPool } from '../pool.ts'
import { claimRights } from './adopted-rights.ts'
import { deadlinesOf, isFailure, restartAsked, type End } from './ends.ts'
import { hashOf, statusOf, type Facts, type Start } from './facts.ts'
import { idleOf } from './idle.ts'
import type { ObservedSession, PoolDesktop } from './observed.ts'
import { sessionReference } from './owner.ts'
import { changedAt, isReady, type SessionPod } from './pod-read.ts'
import { endOfPod, podVerdict } from './pod-state.ts'
import { RIGHTS_AGAIN_MS } from './rights-memory.ts'
import { earliest, type Round } from './round.ts'
import { askAgainAt, future } from './running.ts'
import { overShare } from './share.ts'
import { readyTime, runningStatus, waitingStatus } from './status.ts'
import { planEnd, stoppedByUser } from './stop.ts'
import { event, transitions } from './transitions.ts'
import { going, type Verdict } from './verdict.ts'

/** Those of the session's desktops in the pool that were not told to end. */
export function heldOf({ claimed }: ObservedSession): readonly PoolDesktop[] {
  return claimed.filter(({ session }) => !isEnding(session))
}

/** Takes them away from everybody: the desktops end, and what their person could do with them ends at once. */
export function letGo(held: readonly PoolDesktop[]): readonly PlannedDelete[] {
  return held.flatMap(({ session: { metadata }, rights }) => {
    const { name, namespace, uid } = metadata
    const own: PlannedDelete = { resource: VDI_SESSION, name, namespace, uid }
    return rights ? [own, { resource: ROLE_BINDING, name, namespace, uid: rights.metadata.uid }] : [own]
  })
}

/** What the API server refused was part of a claim: the start then does without. */
export function isOfClaim({ of }: Refusal): boolean {
  return of === VDI_SESSION.kind || of === ROLE.kind || of === ROLE_BINDING.kind
}

/** The desktop of the pool that a start takes, where one may be taken. @param template as it is now */
export function warmDesktop(
  observed: ObservedSession,
  { spec: template }: Template,
  config: Round['config'],
): PoolDesktop | undefined {
  const { spec, session, status, user, warm, refusal } = observed
  if (warm.length === 0 || refusal !== undefined || isOfPool(session)) return undefined
  if (spec.startAhead || spec.withoutGpu || template.storage.home !== undefined) return undefined
  // the last one was lost, or failed in their hands
  const told = status.conditions?.find(({ type }) => type === 'Ready')?.reason ?? ''
  if (status.desktopNamespace !== undefined || isFailure(told)) return undefined
  // in their own namespace it would be refused
  if (template.security.level !== 'restricted' && user?.spec.podSecurity === 'restricted') return undefined
  if (overShare(observed, template, config) !== undefined) return undefined
  const hash = hashOf(template)
  return warm.find(
    ({ claim, session: one, wanted, pods, pinned, secret }) =>
      claim === undefined &&
      !isEnding(one) &&
      wanted &&
      secret !== undefined &&
      pinned !== undefined &&
      hashOf(pinned.spec) === hash &&
      pods.length === 1 &&
      pods.every((pod) => isReady(pod as SessionPod)),
  )
}

/** Claims a desktop. @param ms when the start began, epoch ms */
export function planClaim(round: Round, desktop: PoolDesktop, ms: number): Plan {
  const { session } = desktop
  const { name, namespace = '', uid = '' } = round.observed.session.metadata
  const { metadata, apiVersion, kind } = session
  const claim: PlannedWrite = {
    verb: 'claim',
    resource: VDI_SESSION,
    object: {
      apiVersion,
      kind,
      metadata: {
        name: metadata.name,
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
        // exactly the one that nobody had
        ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
        annotations: claimAnnotations(round.observed.session, round.observed.spec.owner, ms),
      },
    },
  }
  const held = { ...desktop, claim: { namespace, name, uid, at: new Date(ms).toISOString(), ms } }
  const plan = planAdopted(round, held)
  const note = 'A desktop of the warm pool is taken.'
  return {
    ...plan,
    writes: [claim, ...plan.writes],
    events: [event('Starting', 'Start', note, 'Normal'), ...plan.events],
  }
}

/** Plans a session that has a desktop of the pool. */
export function planAdopted(round: Round, held: PoolDesktop): Plan {
  const { observed, config, now } = round
  const { claim, pinned, session } = held
  const spec = pinned?.spec ?? observed.template?.spec
  const refused = observed.refusal !== undefined && isOfClaim(observed.refusal)
  if (claim === undefined || spec === undefined) return planAway(round, held)
  const start: Start = {
    at: claim.at,
    ms: claim.ms,
    template: { id: observed.spec.templateRef.name, origin: 'crd', spec },
    hash: pinned && hashOf(pinned.spec),
    secret: held.secret ?? session,
  }
  const { name, namespace = '' } = session.metadata
  const before = statusOf(observed, start)
  // it was never usable: an ordinary start is
  if (refused && before.readyAt === undefined) return planAway(round, held)
  const facts: Facts = { ...round.facts, name, namespace, start, spec, before }
  const { pods, node, service, activity } = held
  const inner: Round = { ...round, facts, observed: { ...observed, pods, node, service, activity } }
  const pod = (pods as readonly SessionPod[]).find((one) => !isEnding(one))
  const verdict = verdictOf(inner, held, pod)
  const readyAt = readyTime(facts, start, pod, pod && changedAt(pod, 'Ready'), now)
  const idle = readyAt === undefined ? undefined : idleOf(inner.observed, config, spec, before, readyAt, now)
  const { end, nextAt } = deadlinesOf(inner.observed, { start, spec, pod, readyAt, idle, verdict }, now)
  const wish = observed.spec.desiredState === 'Stopped' ? stoppedByUser(spec) : undefined
  const over = end ?? wish ?? failure(held)
  if (over) {
    // its own of it, not the pool's: that goes with the desktop
    const plan = planEnd({ ...round, facts }, start, over)
    return { ...plan, deletes: [...plan.deletes, ...letGo([held])] }
  }
  if (restartAsked(observed, start, now)) return planAway(round, held)

  const status = runningStatus({ ...inner, start, verdict, pod, readyAt, idle, podFailures: [] })
  const rightsAt = held.rightsSeenAt === undefined ? undefined : held.rightsSeenAt + RIGHTS_AGAIN_MS
  const rights = !refused && (held.rights === undefined || (rightsAt !== undefined && now >= rightsAt))
  return {
    writes: rights ? claimRights(name, observed.spec.owner, sessionReference(held)) : [],
    deletes: [],
    status,
    events: transitions(observed.status, status),
    nextAt: earliest(...nextAt, ...future(now, rightsAt, idle?.warnAt, idle && askAgainAt(inner, idle))),
  }
}

/** Its own plan mends the desktop; here it is said in the words of its pod, or, without one, in its own. */
function verdictOf({ observed, facts }: Round, { status }: PoolDesktop, pod: SessionPod | undefined): Verdict {
  if (pod && facts.spec && endOfPod(pod) === undefined) return podVerdict(observed, pod, facts.spec)
  const told = status.conditions?.find(({ type, status: holds }) => type === 'Ready' && holds !== 'True')
  return told === undefined
    ? going('Starting', 'Starting', 'The desktop is being started.')
    : going('Starting', told.reason as Reason, told.message)
}

/** The operator has given it up. */
function failure({ wanted, status }: PoolDesktop): End | undefined {
  if (wanted) return undefined
  const told = status.conditions?.find(({ type }) => type === 'Ready')
  const message = told?.message ?? 'The desktop has failed. Start it again.'
  return { reason: (status.stopReason as Reason | undefined) ?? 'PodFailed', message }
}

/** It goes, and the session starts anew once it is gone. */
function planAway(round: Round, held: PoolDesktop): Plan {
  const { observed } = round
  const status = waitingStatus({ ...round, verdict: going('Stopping', 'Stopping', 'The desktop is being restarted.') })
  return { writes: [], deletes: letGo([held]), status, events: transitions(observed.status, status) }
}
