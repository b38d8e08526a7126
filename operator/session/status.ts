// The whole status of a session as it should be; it is written only where it differs, so nothing in it may move by itself. Pure.
import { conditionsOf } from '../../shared/domain/conditions.ts'
import { epochOf } from '../../shared/domain/cluster-objects.ts'
import { ownerHash } from '../../shared/domain/hash.ts'
import { homeName } from '../../shared/domain/names.ts'
import type { SessionEndpoint, VdiSessionStatus } from '../../shared/domain/vdi-session.ts'
import type { OperatorConfig } from '../config.ts'
import { wantedConditions } from './conditions.ts'
import type { Facts, Start } from './facts.ts'
import { gpuStatus } from './gpu-status.ts'
import type { Idle } from './idle.ts'
import { namesOf } from './objects.ts'
import type { ObservedSession } from './observed.ts'
import { containersOf, isReady, type SessionPod } from './pod-read.ts'
import { routeUrl } from './routes.ts'
import type { Verdict } from './verdict.ts'

export interface StatusInput {
  readonly observed: ObservedSession
  readonly facts: Facts
  readonly config: OperatorConfig
  readonly verdict: Verdict
  /** Epoch ms. */
  readonly now: number
}

export interface RunningInput extends StatusInput {
  readonly start: Pick<Start, 'at' | 'ms' | 'hash'>
  readonly pod: SessionPod | undefined
  /** When the pod that runs was ready, epoch ms. */
  readonly readyAt: number | undefined
  readonly idle: Idle | undefined
  readonly podFailures: readonly string[]
}

/** Of a start that is under way or runs. */
export function runningStatus(input: RunningInput): VdiSessionStatus {
  const { observed, facts, config, start, pod, readyAt, idle, podFailures } = input
  const { before } = facts
  const spec = facts.spec
  const warned = idle?.warnAt !== undefined && idle.stopAt !== undefined && input.now >= idle.warnAt
  return tidy({
    ...common(input, pod, idle),
    desktopNamespace: facts.namespace === observed.session.metadata.namespace ? undefined : facts.namespace,
    podName: facts.name,
    podUID: pod?.metadata.uid,
    podIP: pod?.status?.podIP,
    nodeName: pod?.spec?.nodeName,
    ...namesOf(facts.name, config),
    templateHash: start.hash,
    ...(pod?.spec?.nodeName !== undefined && spec ? gpuStatus(pod, observed.node, spec) : {}),
    endpoints: endpointsOf(observed, facts, config, pod),
    connectedClients: idle?.clients,
    restarts: pod && containersOf(pod).reduce((most, { restartCount = 0 }) => Math.max(most, restartCount), 0),
    startedAt: start.at,
    readyAt: rfc3339(readyAt),
    lastActivityTime: idle?.lastActivityTime ?? before.lastActivityTime,
    idleStopAt: warned ? rfc3339(idle.stopAt) : undefined,
    startupMilliseconds:
      before.startupMilliseconds ?? (readyAt === undefined ? undefined : Math.max(0, readyAt - start.ms)),
    podFailures: podFailures.length > 0 ? [...podFailures] : undefined,
  })
}

/** Of one that ends or has ended. @param stop when and why; RFC 3339 */
export function stoppedStatus(
  input: StatusInput,
  stop: { readonly at: string | undefined; readonly reason: string },
): VdiSessionStatus {
  const { startedAt, readyAt, lastActivityTime, startupMilliseconds } = input.facts.before
  return tidy({
    ...common(input, undefined, undefined),
    startedAt: input.facts.start?.at ?? startedAt,
    readyAt,
    lastActivityTime,
    startupMilliseconds,
    stoppedAt: stop.at,
    stopReason: stop.reason,
  })
}

/** Of one that does not run although it should: what is known of its last run stays. */
export function waitingStatus(input: StatusInput): VdiSessionStatus {
  const { startedAt, readyAt, stoppedAt, stopReason, lastActivityTime, startupMilliseconds } = input.observed.status
  return tidy({
    ...common(input, undefined, undefined),
    ...{ startedAt, readyAt, stoppedAt, stopReason, lastActivityTime, startupMilliseconds },
  })
}

function common(
  { observed, facts, verdict, now }: StatusInput,
  pod: SessionPod | undefined,
  idle: Idle | undefined,
): VdiSessionStatus {
  const wanted = wantedConditions(observed, facts, { verdict, pod, idle })
  const { templateRef, owner } = observed.spec
  const home = facts.spec?.storage.home !== undefined && (observed.claim !== undefined || facts.start !== undefined)
  return {
    observedGeneration: facts.generation,
    phase: verdict.phase,
    ...(home ? { claimName: homeName(templateRef.name, ownerHash(owner)) } : {}),
    conditions: [
      ...conditionsOf(observed.status.conditions ?? [], wanted, facts.generation, new Date(now).toISOString()),
    ],
  }
}

/** Where its media and its page can be reached beside the port-forward, which always can. */
function endpointsOf(
  { service }: ObservedSession,
  { name, namespace }: Facts,
  config: OperatorConfig,
  pod: SessionPod | undefined,
): SessionEndpoint[] | undefined {
  const ports = (service?.['spec'] as { readonly ports?: readonly { readonly nodePort?: number }[] } | undefined)?.ports
  const port = config.media.nodePort ? ports?.[0]?.nodePort : undefined
  const host = pod?.status?.hostIP
  const url = pod && isReady(pod) ? routeUrl(config, namespace, name) : undefined
  const endpoints: SessionEndpoint[] = [
    ...(port !== undefined && host !== undefined
      ? [{ name: 'media', type: 'NodePort', protocol: 'UDP', host, port } as const]
      : []),
    ...(url === undefined ? [] : [{ name: 'web', type: 'Ingress', protocol: 'TCP', url } as const]),
  ]
  return endpoints.length > 0 ? endpoints : undefined
}

/** When the pod that runs was first seen ready, epoch ms. The cluster's times are whole seconds: just now is more exact. */
export function readyTime(
  facts: Facts,
  start: Pick<Start, 'ms'>,
  pod: SessionPod | undefined,
  changed: number | undefined,
  now: number,
): number | undefined {
  if (pod === undefined) return undefined
  const known = facts.before.podUID === pod.metadata.uid ? epochOf(facts.before.readyAt) : undefined
  if (known !== undefined) return known
  if (!isReady(pod)) return undefined
  const at = changed !== undefined && now - changed > 2000 ? changed : now
  return Math.max(start.ms, at)
}

function rfc3339(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString()
}

type Loose<T> = { [K in keyof T]?: T[K] | undefined }

/** Without members that are undefined: what is compared with the cluster's JSON must look like it. */
function tidy(status: Loose<VdiSessionStatus>): VdiSessionStatus {
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== undefined)) as VdiSessionStatus
}
