// What is to be done for one VDITemplate: say whether it can be used and who uses it, and keep its image on the nodes where it asks for that.
// Pure. A template that is not valid keeps nothing on the nodes, and running desktops are not its affair: they run from their own copy.
import { conditionsOf, type WantedCondition } from '../../shared/domain/conditions.ts'
import { TEMPLATE_ID } from '../../shared/domain/names.ts'
import type { VdiTemplateStatus } from '../../shared/domain/vdi-template.ts'
import { DAEMON_SET, NETWORK_POLICY, VDI_SESSION, type KubeObject } from '../../kube/types.ts'
import { drifted } from '../drift.ts'
import { NO_PLAN, type Plan, type PlannedDelete, type PlannedWrite } from '../plan.ts'
import { refusalConditions, retryAt } from '../refusal.ts'
import { hashOf } from '../session/facts.ts'
import { earliest } from '../session/round.ts'
import type { Platform } from '../user/observed.ts'
import type { ObservedTemplate } from './observed.ts'
import { prePullName, prePullObjects } from './pre-pull.ts'
import { planPool, type PoolInput, type PoolPlan } from './warm-pool.ts'

/** @param now epoch ms */
export function planTemplate(observed: ObservedTemplate, now: number, platform: Platform): Plan {
  const { template, refusal } = observed
  const pool = planPool(poolInput(observed), now)
  // gone or going: garbage collection takes what belongs to it; what waits in the pool belongs to nobody
  if (template === undefined || template.metadata.deletionTimestamp !== undefined)
    return { ...NO_PLAN, deletes: pool.deletes }
  // what the pool is refused is no fault of the template
  const isOfPool = refusal?.of === VDI_SESSION.kind
  const plan = planOwn({ ...observed, template, refusal: isOfPool ? undefined : refusal }, now, platform)
  return withPool(plan, observed, pool, now)
}

function poolInput({ name, template, spec, pool, status, refusal }: ObservedTemplate): PoolInput {
  const isUsable = template !== undefined && template.metadata.deletionTimestamp === undefined && !('problem' in spec)
  const own = isUsable && problemOf(name, spec) === undefined ? spec : undefined
  return { name, uid: template?.metadata.uid ?? '', spec: own, hash: own ? hashOf(own) : '', pool, status, refusal }
}

/** What is done and said for the pool beside the rest. */
function withPool(plan: Plan, { template, status: before }: ObservedTemplate, pool: PoolPlan, now: number): Plan {
  const generation = template?.metadata.generation ?? 0
  const said = conditionsOf(before.conditions ?? [], pool.conditions, generation, new Date(now).toISOString())
  const status = (plan.status ?? {}) as VdiTemplateStatus
  return {
    ...plan,
    writes: [...plan.writes, ...pool.writes],
    deletes: [...plan.deletes, ...pool.deletes],
    status: { ...status, ...pool.status, conditions: [...(status.conditions ?? []), ...said] },
    nextAt: earliest(plan.nextAt, pool.nextAt),
  }
}

/** The template itself, and its image on the nodes. */
function planOwn(
  observed: ObservedTemplate & { readonly template: KubeObject },
  now: number,
  platform: Platform,
): Plan {
  const { template, name, spec, refusal } = observed
  const problem = problemOf(name, spec)
  if (problem !== undefined || 'problem' in spec) return stalled(observed, now, problem ?? '', platform)
  const { daemonSet, policy } = prePullObjects({ name, uid: template.metadata.uid ?? '', spec }, platform)
  const wanted: readonly PlannedWrite[] = spec.prePull
    ? [
        // the wall before what it stands around
        ...(drifted(observed.policy, policy)
          ? [{ verb: 'apply', resource: NETWORK_POLICY, object: policy } as const]
          : []),
        ...(drifted(observed.daemonSet, daemonSet, true)
          ? [{ verb: 'apply', resource: DAEMON_SET, object: daemonSet } as const]
          : []),
      ]
    : []
  if (wanted.length > 0 && refusal !== undefined && now < retryAt(refusal)) {
    return { ...withStatus(observed, now, NO_PLAN, refusalConditions(refusal)), nextAt: retryAt(refusal) }
  }
  const plan: Plan = { writes: wanted, deletes: spec.prePull ? [] : leftOver(observed, platform), events: [] }
  return withStatus(observed, now, plan, [{ type: 'Ready', status: 'True', reason: 'Ready', message: said(observed) }])
}

/** Why no session can be made of it, as a sentence; the API server's schema refuses most of this, an older object may still hold it. */
function problemOf(name: string, spec: ObservedTemplate['spec']): string | undefined {
  if (!TEMPLATE_ID.test(name))
    return `The name ${name} cannot be used: names of desktops are made from it, so it has to be a DNS label of at most 40 characters.`
  return 'problem' in spec ? `It cannot be used: ${spec.problem}.` : undefined
}

function said({ spec, daemonSet, sessions }: ObservedTemplate): string {
  const use = sessions === 0 ? 'No session uses it.' : `Sessions that use it: ${sessions}.`
  if ('problem' in spec || !spec.prePull) return `Can be started. ${use}`
  const { wanted, ready } = nodesOf(daemonSet)
  return wanted === undefined || ready < wanted
    ? `Can be started. ${use} Its image is on ${ready} of ${wanted ?? 'its'} nodes.`
    : `Can be started. ${use} Its image is on all its nodes.`
}

function stalled(observed: ObservedTemplate, now: number, message: string, platform: Platform): Plan {
  const known = observed.status.conditions?.find(({ type }) => type === 'Stalled')
  const plan: Plan = {
    writes: [],
    deletes: leftOver(observed, platform),
    events:
      known?.message === message ? [] : [{ type: 'Warning', reason: 'InvalidSpec', action: 'Admit', note: message }],
  }
  return withStatus(observed, now, plan, [
    { type: 'Ready', status: 'False', reason: 'InvalidSpec', message },
    { type: 'Stalled', status: 'True', reason: 'InvalidSpec', message },
  ])
}

/** The pre-pull objects that are there and not wanted. */
function leftOver({ name, daemonSet, policy }: ObservedTemplate, { namespace }: Platform): readonly PlannedDelete[] {
  const there = { name: prePullName(name), namespace }
  return [
    ...(daemonSet === undefined ? [] : [{ resource: DAEMON_SET, ...there }]),
    // not before its pods are on their way out: deletes go together, and those pods only sleep
    ...(policy === undefined ? [] : [{ resource: NETWORK_POLICY, ...there }]),
  ]
}

function withStatus(observed: ObservedTemplate, now: number, plan: Plan, wanted: readonly WantedCondition[]): Plan {
  const { template, status, sessions, running, spec, daemonSet } = observed
  const generation = template?.metadata.generation ?? 0
  const next: VdiTemplateStatus = {
    observedGeneration: generation,
    sessions,
    running,
    ...(prePulls(spec) ? { prePulledNodes: nodesOf(daemonSet).ready } : {}),
    conditions: [...conditionsOf(status.conditions ?? [], wanted, generation, new Date(now).toISOString())],
  }
  return { ...plan, status: next }
}

function prePulls(spec: ObservedTemplate['spec']): boolean {
  return !('problem' in spec) && spec.prePull
}

/** Nodes that should have the image, once the DaemonSet's controller has counted them, and those that have it. */
function nodesOf(daemonSet: ObservedTemplate['daemonSet']): {
  readonly wanted: number | undefined
  readonly ready: number
} {
  const status = (daemonSet?.['status'] ?? {}) as {
    readonly observedGeneration?: number
    readonly desiredNumberScheduled?: number
    readonly numberReady?: number
  }
  // before that the counts are those of no node at all
  const counted = status.observedGeneration !== undefined
  return { wanted: counted ? status.desiredNumberScheduled : undefined, ready: status.numberReady ?? 0 }
}
