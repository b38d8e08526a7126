// What is to be done for one VDISession now: pure, from what is observed alone, so that a new leader decides as the last one did.
// Order of the questions: is it being deleted; is a start under way; may one begin. It carries the finalizer before anything is made of it.
// Policy: nothing is deleted because something is not known; every time that counts is stored in the cluster.
import { POD } from '../../kube/types.ts'
import { epochOf } from '../../shared/domain/cluster-objects.ts'
import { FINALIZER } from '../../shared/product.ts'
import type { OperatorConfig } from '../config.ts'
import type { Plan, PlannedDelete } from '../plan.ts'
import { heldOf, isOfClaim, letGo, planAdopted, planClaim, warmDesktop } from './adopted.ts'
import { expired, inVain, startTime } from './ends.ts'
import { hashOf, isOver, readFacts, withStart, type Start } from './facts.ts'
import { refusalGate, startGate } from './gates.ts'
import { endDeletes, startWrites } from './objects.ts'
import type { Fresh, ObservedSession, PoolDesktop } from './observed.ts'
import { nodeIsDead } from './pod-state.ts'
import { planRemoval } from './removal.ts'
import { earliest, type Round } from './round.ts'
import { planRunning } from './running.ts'
import { overShare } from './share.ts'
import { planGivenUp, planStopped } from './stop.ts'
import { runningStatus, waitingStatus } from './status.ts'
import { event, transitions } from './transitions.ts'
import { going, say, type Verdict } from './verdict.ts'

/** A pod that was told to end on a node that is dead for good is given up after this time, ms. */
const GIVE_UP_MS = 300_000
/** What the pool holds of a person's share is told to the queue only through its own sessions, ms. */
const LOOK_AGAIN_MS = 30_000

/**
 * Plans one session.
 * @param fresh a password and the relay's secret, used only where a start begins or a credential is renewed
 * @param now epoch ms
 */
export function planSession(observed: ObservedSession, config: OperatorConfig, fresh: Fresh, now: number): Plan {
  const round = { observed, facts: readFacts(observed), config, fresh, now }
  const { deletionTimestamp, finalizers = [] } = observed.session.metadata
  const held = heldOf(observed)
  if (deletionTimestamp !== undefined) return withStuckPods(round, withoutPool(planRemoval(round), held))
  const life = withStuckPods(round, planLife(round, held))
  return finalizers.includes(FINALIZER) ? life : { ...life, finalizers: [...finalizers, FINALIZER] }
}

function planLife(round: Round, [adopted, ...more]: readonly PoolDesktop[]): Plan {
  const { observed, facts, now } = round
  const { start } = facts
  // one desktop a session: its own before one of the pool, the first one claimed before others
  if (start === undefined && adopted) return withoutPool(planAdopted(round, adopted), more)
  if (start !== undefined && !isOver(observed, start))
    return withoutPool(planRunning(round, start), adopted ? [adopted, ...more] : [])
  if (observed.spec.desiredState === 'Stopped') return planStopped(round)
  const over = expired(observed.spec, now)
  if (over) return planStopped(round, over)
  if (start !== undefined) return planWait(round, ENDING)
  const vain = inVain(observed)
  if (vain && now >= vain.at) return planGivenUp(round, vain.end)
  const plan = planStart(round)
  return vain ? { ...plan, nextAt: earliest(plan.nextAt, vain.at) } : plan
}

const ENDING = going('Pending', 'Stopping', 'The last run of this desktop is still ending. It starts right after.')

const SETTLING = going('Pending', 'Starting', 'The desktop is being started.')
/** Another start of the same person has written by then, ms. */
const SETTLING_MS = 150

/** It is wanted and does not run. */
function planStart(round: Round): Plan {
  const { observed, facts, config, fresh, now } = round
  const gate = startGate(observed, facts, now)
  if ('verdict' in gate) return planWait(round, gate.verdict, gate.nextAt)
  const { template } = gate
  // two that begin at once must not both find the same room
  if (observed.share?.unsettled) return planWait(round, SETTLING, now + SETTLING_MS)
  const over = observed.share?.inPool.length ? overShare(observed, template.spec, config) : undefined
  if (over) return planWait(round, going('Pending', 'QuotaExceeded', say('start-quota', {}, over)), now + LOOK_AGAIN_MS)
  const desktop = warmDesktop(observed, template, config)
  if (desktop) return planClaim(round, desktop, startTime(observed, now))
  const { refusal } = observed
  const refused = refusal && !isOfClaim(refusal) ? refusalGate(refusal, template.spec, facts.namespace) : undefined
  if (refused && (refused.retryAt === undefined || now < refused.retryAt))
    return planWait(round, refused.verdict, refused.retryAt)
  const ms = startTime(observed, now)
  const at = new Date(ms).toISOString()
  const writes = startWrites(observed, config, fresh, template, at, now)
  // what is said when it is refused once more; when it is not, the next round says better
  if (refused) return { ...planWait(round, refused.verdict, now + 1000), writes, deletes: [] }
  const [first] = writes
  const start: Start = { at, ms, template, hash: hashOf(template.spec), secret: first?.object ?? observed.session }
  const verdict = going('Pending', 'Starting', 'The desktop is being started.')
  const input = { ...round, facts: withStart(facts, start), verdict, start }
  const status = runningStatus({ ...input, pod: undefined, readyAt: undefined, idle: undefined, podFailures: [] })
  const events = [event('Starting', 'Start', verdict.message, 'Normal'), ...transitions(observed.status, status)]
  return { writes, deletes: [], status, events }
}

/** Desktops of the pool that are not its own any more go with whatever else is done. */
function withoutPool(plan: Plan, held: readonly PoolDesktop[]): Plan {
  return held.length === 0 ? plan : { ...plan, deletes: [...plan.deletes, ...letGo(held)] }
}

/** It does not run, and why; what is left of an earlier run goes. */
function planWait(round: Round, verdict: Verdict, nextAt?: number): Plan {
  const { observed, facts } = round
  const status = waitingStatus({ ...round, verdict })
  const deletes = endDeletes(observed, facts)
  return { writes: [], deletes, status, events: transitions(observed.status, status), nextAt }
}

/** Pods that wait for a kubelet that will never answer: the only ones that are ever ended by force. */
function withStuckPods({ observed, facts, now }: Round, plan: Plan): Plan {
  const deletes: PlannedDelete[] = []
  const times: number[] = []
  for (const pod of facts.leaving) {
    const told = epochOf(pod.metadata.deletionTimestamp)
    // one of the pool is its own plan's, which knows its node
    if (pod.metadata.namespace !== facts.namespace) continue
    if (told === undefined || !nodeIsDead(observed.node, pod)) continue
    const { name, namespace, uid } = pod.metadata
    if (now < told + GIVE_UP_MS) times.push(told + GIVE_UP_MS)
    else deletes.push({ resource: POD, name, namespace, uid, gracePeriodSeconds: 0 })
  }
  if (deletes.length === 0 && times.length === 0) return plan
  return { ...plan, deletes: [...plan.deletes, ...deletes], nextAt: earliest(plan.nextAt, ...times) }
}
