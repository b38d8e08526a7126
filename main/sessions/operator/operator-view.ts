// What people see of a VDISession: the view of its pod, as in direct mode, and what only the operator knows. Pure.
import type { TemplateSpec } from '../../../shared/domain/template.ts'
import type { SessionView } from '../../../shared/domain/session.ts'
import type { VdiSessionObject } from '../../../shared/domain/vdi-objects.ts'
import { isTerminating, timeOf, type Claim, type KubeEvent, type Pod } from '../kube-read.ts'
import { factsOf, type SessionMemory } from '../session-memory.ts'
import { reasonOf, sessionView, type LocalFacts } from '../session-view.ts'
import { operatorIsSilent, stalledBy, stopNote, waitsFor, type ReasonContext } from './operator-reasons.ts'
import {
  conditionOf,
  idleStopOf,
  isDrifted,
  isObserved,
  isStalled,
  isStopped,
  isWanted,
  recordOf,
} from './session-object.ts'

/** A change of a session that the operator has not looked at for this long is worth a word, ms. */
const SILENT_MS = 15_000
const DRIFTED = 'A newer version of this template is there: it comes with the next start.'

/** What this app knows of a session beyond the cluster's objects. */
export interface OperatorMemory extends SessionMemory {
  /** A start was asked for here, and the cluster does not know when it began yet. */
  isAwaited: boolean
  /** Made here, and it has never been ready: cancelled, it leaves nothing. */
  isFirst: boolean
  /** The last stop was asked for here. */
  stoppedHere: boolean
  /** Since when the operator has not looked at the last change. */
  unobservedSince: number | undefined
}

export interface OperatorParts {
  readonly clusterId: string
  readonly session: VdiSessionObject
  readonly template: TemplateSpec | undefined
  readonly pod: Pod | undefined
  readonly claim: Claim | undefined
  /** Another desktop of the same template that runs, for the words of a home in use. */
  readonly holder: ReasonContext['holder']
}

/** The view of one session. @param now epoch ms */
export function operatorView(
  parts: OperatorParts,
  events: readonly KubeEvent[],
  memory: OperatorMemory,
  usual: LocalFacts['usual'],
  now: number,
): SessionView {
  const { session, template, pod, claim, clusterId } = parts
  const record = recordOf(session, template)
  const objects = { clusterId, record, recordTerminating: isTerminating(session), pod, claim }
  const seen: LocalFacts = { ...factsOf(memory, usual), wasReady: memory.wasReady || wasReady(session, pod) }
  const context: ReasonContext = {
    spec: record.spec,
    namespace: record.namespace,
    username: session.spec.owner,
    holder: parts.holder,
    pod: reasonOf(objects, events, seen, now),
  }
  const stalled = isStalled(session) ? conditionOf(session, 'Stalled') : undefined
  const facts: LocalFacts = {
    ...seen,
    action: actionOf(session, pod, memory),
    failure: stalled && stalledBy(stalled, context),
    told: isObserved(session) ? waitsFor(conditionOf(session, 'Reconciling'), context) : silence(memory, now),
  }
  // whether it was stopped from outside is the operator's to say
  const { note: _guess, ...view } = sessionView(objects, events, facts, now)
  return { ...view, ...said(session, record.spec, memory, view) }
}

function said(
  session: VdiSessionObject,
  spec: TemplateSpec,
  memory: OperatorMemory,
  { phase }: SessionView,
): Partial<SessionView> {
  const { status } = session
  if (phase === 'stopped') {
    const seenToGo = memory.goneAt !== undefined && !memory.stoppedHere
    const note = stopNote(status.stopReason, !seenToGo)
    return note === undefined ? {} : { note }
  }
  if (phase !== 'running') return {}
  const idleStopAt = idleStopOf(session, spec)
  return {
    ...(idleStopAt === undefined ? {} : { idleStopAt }),
    ...(isDrifted(session) ? { hint: DRIFTED } : {}),
    ...(status.encoder === undefined ? {} : { encoder: status.encoder }),
  }
}

function actionOf(session: VdiSessionObject, pod: Pod | undefined, memory: OperatorMemory): LocalFacts['action'] {
  if (memory.action === 'removing') return 'removing'
  if (isWanted(session)) return 'starting'
  return pod && isStopped(session) ? 'stopping' : undefined
}

/** The operator has seen this very pod ready: a container that restarts now is a hiccup of a running desktop. */
function wasReady({ status }: VdiSessionObject, pod: Pod | undefined): boolean {
  const [started, ready] = [timeOf(status.startedAt), timeOf(status.readyAt)]
  return pod !== undefined && status.podUID === pod.metadata.uid && ready !== undefined && ready >= (started ?? 0)
}

function silence({ unobservedSince }: OperatorMemory, now: number): LocalFacts['told'] {
  return unobservedSince !== undefined && now - unobservedSince >= SILENT_MS ? operatorIsSilent() : undefined
}
