// The end of a run: pod, Services, routes and the Secret with its credentials go, the home stays. Pure.
// What the operator ends by itself it also writes into the wish (desiredState Stopped), so that the person's next "Running" is news.
import { VDI_SESSION } from '../../kube/types.ts'
import type { Reason } from '../../shared/domain/conditions.ts'
import type { Plan, PlannedWrite } from '../plan.ts'
import { isFailure, type End } from './ends.ts'
import type { Start } from './facts.ts'
import { endDeletes } from './objects.ts'
import type { ObservedSession } from './observed.ts'
import type { Round } from './round.ts'
import { stoppedStatus } from './status.ts'
import { event, transitions } from './transitions.ts'
import type { Verdict } from './verdict.ts'

/** Somebody set `desiredState: Stopped`. */
export function stoppedByUser({ storage }: { readonly storage: { readonly home?: unknown } }): End {
  const kept = storage.home === undefined ? '' : '; its home is kept'
  return { reason: 'StoppedByUser', message: `It was stopped. Start it again when you want${kept}.` }
}

/** Ends a start that is under way. */
export function planEnd(round: Round, start: Start, end: End): Plan {
  const { observed, facts, now } = round
  const onIdle = facts.spec?.lifecycle.onIdle
  if (end.reason === 'IdleTimeout' && onIdle === 'Delete') return planDelete(observed, end)
  const verdict = verdictOf(end.reason, end.message, true)
  const status = stoppedStatus(
    { ...round, facts: { ...facts, start }, verdict },
    { at: rfc3339(now), reason: end.reason },
  )
  return {
    writes: observed.spec.desiredState === 'Stopped' ? [] : [wishStopped(observed)],
    deletes: endDeletes(observed, facts),
    status,
    events: transitions(observed.status, status),
  }
}

/** Its start has never begun, and is waited for no longer. */
export function planGivenUp(round: Round, { reason, message }: End): Plan {
  const { observed, facts, now } = round
  const verdict = verdictOf(reason, message, facts.leaving.length > 0)
  const status = stoppedStatus({ ...round, verdict }, { at: rfc3339(now), reason })
  return {
    writes: [wishStopped(observed)],
    deletes: endDeletes(observed, facts),
    status,
    events: transitions(observed.status, status),
  }
}

/** It does not run and is not wanted to. @param over why it is not, where that is not what ended it */
export function planStopped(round: Round, over?: End): Plan {
  const { observed, facts } = round
  const { status: before } = observed
  const told = before.conditions?.find(({ type }) => type === 'Ready')
  const byUser = stoppedByUser(facts.spec ?? { storage: {} })
  const reason = over?.reason ?? (before.stopReason as Reason | undefined) ?? byUser.reason
  const message = over?.message ?? (told?.reason === reason ? told.message : byUser.message)
  const ending = facts.pods.length + facts.leaving.length > 0
  const verdict = verdictOf(reason, message, ending)
  const status = stoppedStatus({ ...round, verdict }, { at: before.stoppedAt, reason })
  return { writes: [], deletes: endDeletes(observed, facts), status, events: transitions(before, status) }
}

function verdictOf(reason: Reason, message: string, ending: boolean): Verdict {
  if (isFailure(reason)) return { kind: 'stalled', phase: 'Failed', reason, message }
  if (ending) return { kind: 'going', phase: 'Stopping', reason, message }
  return { kind: 'stopped', phase: 'Stopped', reason, message }
}

/** The template removes a desktop that nobody uses. */
function planDelete({ session }: ObservedSession, { reason, message }: End): Plan {
  const { name, namespace, uid } = session.metadata
  return {
    writes: [],
    deletes: [{ resource: VDI_SESSION, name, namespace, uid }],
    events: [event(reason, 'Remove', message, 'Normal')],
  }
}

function wishStopped({ session }: ObservedSession): PlannedWrite {
  const { apiVersion, kind, metadata } = session
  const { name, namespace, uid } = metadata
  const object = {
    apiVersion,
    kind,
    // with the uid: another session of the same name is not meant
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(uid === undefined ? {} : { uid }) },
    spec: { desiredState: 'Stopped' },
  }
  return { verb: 'apply', resource: VDI_SESSION, object }
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString()
}
