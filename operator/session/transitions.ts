// The Events of a session: one when its Ready condition gets another reason, and what else a person would look for. Pure.
// What merely passes by on the way (being placed, its server starting) is no news.
import type { Reason } from '../../shared/domain/conditions.ts'
import type { VdiSessionStatus } from '../../shared/domain/vdi-session.ts'
import type { PlannedEvent } from '../plan.ts'

const NORMAL: Readonly<Partial<Record<Reason, string>>> = {
  Ready: 'Start',
  StoppedByUser: 'Stop',
  IdleTimeout: 'Stop',
  Expired: 'Stop',
  MaxLifetime: 'Stop',
  NotOpened: 'Stop',
  Removing: 'Remove',
}
const PASSING: ReadonlySet<string> = new Set<Reason>([
  'Starting',
  'PodPending',
  'ServerStarting',
  'Stopping',
  'Placed',
  'Bound',
  'Resolved',
])
const STOPS: ReadonlySet<string> = new Set<Reason>(['StartTimeout', 'NotAllowed', 'Suspended', 'NoUserNamespace'])

/** Events that follow from the step from one status to the next. */
export function transitions(before: VdiSessionStatus, after: VdiSessionStatus): readonly PlannedEvent[] {
  return [...readyEvents(before, after), ...driftEvents(before, after)]
}

/** Said in the Event as in the condition. */
export function event(
  reason: Reason,
  action: string,
  note: string,
  type: PlannedEvent['type'] = 'Warning',
): PlannedEvent {
  return { type, reason, action, note }
}

function readyEvents(before: VdiSessionStatus, after: VdiSessionStatus): readonly PlannedEvent[] {
  const was = conditionOf(before, 'Ready')
  const is = conditionOf(after, 'Ready')
  if (is === undefined || was?.reason === is.reason || PASSING.has(is.reason)) return []
  const reason = is.reason as Reason
  const normal = NORMAL[reason]
  if (normal !== undefined) return [event(reason, normal, is.message, 'Normal')]
  return [event(reason, STOPS.has(reason) ? 'Stop' : 'Wait', is.message)]
}

function driftEvents(before: VdiSessionStatus, after: VdiSessionStatus): readonly PlannedEvent[] {
  const is = conditionOf(after, 'TemplateDrifted')
  if (is?.status !== 'True' || conditionOf(before, 'TemplateDrifted')?.status === 'True') return []
  return [event('TemplateChanged', 'Wait', is.message, 'Normal')]
}

function conditionOf({ conditions }: VdiSessionStatus, type: string) {
  return conditions?.find((condition) => condition.type === type)
}
