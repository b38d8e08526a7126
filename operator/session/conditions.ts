// The conditions of a session, in one order, from what the plan decided. Pure. Ready sums up; Reconciling and Stalled are there only while
// they hold (kstatus); the others say how far it is.
import type { Reason, WantedCondition } from '../../shared/domain/conditions.ts'
import { hashOf, type Facts } from './facts.ts'
import type { Idle } from './idle.ts'
import type { ObservedSession } from './observed.ts'
import { isReady, type SessionPod } from './pod-read.ts'
import type { Verdict } from './verdict.ts'

export interface Told {
  readonly verdict: Verdict
  readonly pod: SessionPod | undefined
  readonly idle: Idle | undefined
}

/** What is wanted of the conditions. */
export function wantedConditions(observed: ObservedSession, facts: Facts, told: Told): readonly WantedCondition[] {
  const { verdict } = told
  const { reason, message } = verdict
  const running = facts.start !== undefined && verdict.kind !== 'stopped' && verdict.phase !== 'Stopping'
  return [
    is('Ready', verdict.kind === 'ready', reason, message),
    ...(verdict.kind === 'going' ? [is('Reconciling', true, reason, message)] : []),
    ...(verdict.kind === 'stalled' ? [is('Stalled', true, reason, message)] : []),
    templateResolved(observed, facts),
    ...storageReady(observed, facts, verdict),
    ...(running ? progress(told) : []),
    ...idleCondition(told),
    suspended(verdict),
    ...(running ? drifted(observed, facts) : []),
  ]
}

function is(type: WantedCondition['type'], holds: boolean, reason: Reason, message: string): WantedCondition {
  return { type, status: holds ? 'True' : 'False', reason, message }
}

function templateResolved({ template, spec }: ObservedSession, { start }: Facts): WantedCondition {
  const { name } = spec.templateRef
  if (template !== undefined) return is('TemplateResolved', true, 'Resolved', `It is made from ${name}.`)
  const rest = start?.template ? ' The desktop goes on with the copy that it was started with.' : ''
  return is('TemplateResolved', false, 'TemplateNotFound', `There is no template ${name}, or it cannot be read.${rest}`)
}

function storageReady({ claim, claimWarning }: ObservedSession, { spec }: Facts, verdict: Verdict): WantedCondition[] {
  if (spec?.storage.home === undefined) return []
  if (claim === undefined) return [is('StorageReady', false, 'VolumePending', 'The home is made with the first start.')]
  const { name } = claim.metadata
  const phase = (claim['status'] as { readonly phase?: string } | undefined)?.phase
  if (phase === 'Bound') return [is('StorageReady', true, 'Bound', `The home is ${name}.`)]
  if (phase === 'Lost') return [is('StorageReady', false, 'VolumePending', `The home ${name} has lost its volume.`)]
  const why = verdict.reason === 'VolumePending' ? verdict.message : claimWarning
  return [is('StorageReady', false, 'VolumePending', why ?? `The home ${name} is made once the desktop has its place.`)]
}

function progress({ pod, verdict }: Told): WantedCondition[] {
  const why = verdict.kind === 'ready' ? 'PodPending' : verdict.reason
  const node = pod?.spec?.nodeName
  const ready = pod !== undefined && isReady(pod)
  return [
    node === undefined
      ? is('Scheduled', false, why, verdict.message)
      : is('Scheduled', true, 'Placed', `The desktop is on ${node}.`),
    is('PodReady', ready, ready ? 'Ready' : why, ready ? 'Its containers run.' : verdict.message),
    is('StreamReady', ready, ready ? 'Ready' : why, ready ? 'Its server answers.' : verdict.message),
  ]
}

function idleCondition({ idle, verdict }: Told): WantedCondition[] {
  if (idle === undefined || verdict.kind !== 'ready') return []
  const { clients } = idle
  if (clients === undefined)
    return [
      {
        type: 'Idle',
        status: 'Unknown',
        reason: 'NotConnected',
        message: 'Its server has not said yet who is connected.',
      },
    ]
  return clients > 0
    ? [is('Idle', false, 'Connected', 'Somebody is connected.')]
    : [is('Idle', true, 'NotConnected', 'Nobody is connected.')]
}

function suspended({ kind, phase, reason, message }: Verdict): WantedCondition {
  const stopped = kind === 'stopped' || phase === 'Stopping'
  return is('Suspended', stopped, stopped ? reason : 'Starting', stopped ? message : 'It is wanted to run.')
}

/** Its template is another one by now, and a running desktop stays as it is. */
export function isDrifted({ template }: ObservedSession, { start }: Facts): boolean {
  return template !== undefined && start?.hash !== undefined && hashOf(template.spec) !== start.hash
}

function drifted(observed: ObservedSession, facts: Facts): WantedCondition[] {
  return [
    isDrifted(observed, facts)
      ? is(
          'TemplateDrifted',
          true,
          'TemplateChanged',
          'A newer version of the template is there: it comes with the next start.',
        )
      : is('TemplateDrifted', false, 'Resolved', 'It runs what its template says.'),
  ]
}
