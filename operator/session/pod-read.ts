// The parts of a session's pod that its plan is made from, and the plain questions asked of it. Pure.
// The API server has validated pods against its own schema, so their shape is taken as given; everything may still be absent.
import { conditionOf, epochOf, hasEnded, isEnding, type PodObject } from '../../shared/domain/cluster-objects.ts'
import { API_GROUP } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'

interface Terminated {
  readonly reason?: string
  readonly message?: string
  readonly exitCode?: number
}
export interface ContainerState {
  readonly name: string
  readonly image?: string
  readonly ready?: boolean
  readonly restartCount?: number
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string }
    readonly running?: { readonly startedAt?: string }
    readonly terminated?: Terminated
  }
  readonly lastState?: { readonly terminated?: Terminated }
}
/** A pod as it is read here. */
export type SessionPod = PodObject & {
  readonly status?: {
    readonly reason?: string
    readonly message?: string
    readonly podIP?: string
    readonly hostIP?: string
    readonly containerStatuses?: readonly ContainerState[]
  }
}

/** The states of its containers. */
export function containersOf(pod: SessionPod): readonly ContainerState[] {
  return pod.status?.containerStatuses ?? []
}

/** Ready as the kubelet says: its probe asks the desktop's own server. */
export function isReady(pod: SessionPod): boolean {
  return !hasEnded(pod) && !isEnding(pod) && conditionOf(pod, 'Ready')?.status === 'True'
}

/** When a condition of it last changed, epoch ms; undefined while it is not there. */
export function changedAt(pod: PodObject, type: string): number | undefined {
  return epochOf(conditionOf(pod, type)?.lastTransitionTime)
}

/** When it got its place, epoch ms; undefined while it waits for room. */
export function placedAt(pod: SessionPod): number | undefined {
  if (pod.spec?.nodeName === undefined) return undefined
  return changedAt(pod, 'PodScheduled') ?? epochOf(pod.metadata.creationTimestamp)
}

/** When it ended by itself, epoch ms: the same for every look at the same pod. */
export function endedAt(pod: SessionPod): number | undefined {
  const changes = (pod.status?.conditions ?? []).map(({ lastTransitionTime }) => epochOf(lastTransitionTime) ?? 0)
  const latest = Math.max(0, ...changes)
  return latest > 0 ? latest : epochOf(pod.metadata.creationTimestamp)
}

/** The uid of the VDISession that controls an object. */
export function controllerOf({ metadata }: KubeObject): string | undefined {
  const reference = metadata.ownerReferences?.find(
    ({ controller, apiVersion }) => controller === true && apiVersion.startsWith(`${API_GROUP}/`),
  )
  return reference?.uid
}

/** What its containers said last: exit code and, where given, the message. */
export function lastWords(states: readonly ContainerState[]): string {
  return states
    .map(({ name, state, lastState }) => {
      const ended = state?.terminated ?? lastState?.terminated
      if (!ended) return ''
      const said = [ended.reason, ended.message].filter(Boolean).join(': ')
      return `${name} ended with exit code ${ended.exitCode ?? '?'}${said ? ` (${said})` : ''}`
    })
    .filter(Boolean)
    .join('; ')
}
