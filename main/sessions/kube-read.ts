// The parts of pods, claims, Secrets and events that sessions are read from. The API server has validated these kinds against its
// own schema, so their shape is taken as given; everything may still be absent.
import { Buffer } from 'node:buffer'
import type { KubeObject } from '../../shared/render/types.ts'

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
}
export interface ContainerStatus {
  readonly name: string
  readonly image?: string
  readonly ready?: boolean
  readonly started?: boolean
  readonly restartCount?: number
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string }
    readonly running?: { readonly startedAt?: string }
    readonly terminated?: { readonly reason?: string; readonly message?: string; readonly exitCode?: number }
  }
  readonly lastState?: {
    readonly terminated?: { readonly reason?: string; readonly message?: string; readonly exitCode?: number }
  }
}
export interface Pod extends KubeObject {
  readonly spec?: {
    readonly nodeName?: string
    readonly containers?: readonly {
      readonly name: string
      readonly image?: string
      readonly resources?: { readonly limits?: Readonly<Record<string, string>> }
    }[]
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName?: string } }[]
  }
  readonly status?: {
    readonly phase?: string
    readonly reason?: string
    readonly message?: string
    readonly hostIP?: string
    readonly conditions?: readonly Condition[]
    readonly containerStatuses?: readonly ContainerStatus[]
  }
}
export interface Claim extends KubeObject {
  readonly status?: { readonly phase?: string }
}
export interface KubeEvent extends KubeObject {
  readonly reason?: string
  readonly message?: string
  readonly type?: string
  readonly involvedObject?: { readonly uid?: string; readonly name?: string; readonly kind?: string }
  readonly firstTimestamp?: string | null
  readonly lastTimestamp?: string | null
  readonly eventTime?: string | null
}

/** The condition of that type, if the pod has it. */
export function condition(pod: Pod, type: string): Condition | undefined {
  return pod.status?.conditions?.find((entry) => entry.type === type)
}
/** An annotation of an object. */
export function annotation(object: KubeObject | undefined, name: string): string | undefined {
  return object?.metadata.annotations?.[name]
}
/** A label of an object. */
export function label(object: KubeObject | undefined, name: string): string | undefined {
  return object?.metadata.labels?.[name]
}
/** A Kubernetes time as epoch ms; undefined when absent or unreadable. */
export function timeOf(text: string | null | undefined): number | undefined {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? undefined : ms
}
/** When an event last happened, epoch ms. */
export function eventTime(event: KubeEvent): number | undefined {
  return timeOf(event.lastTimestamp) ?? timeOf(event.eventTime) ?? timeOf(event.metadata.creationTimestamp)
}
/** Events by when they last happened. */
export function oldestFirst(events: readonly KubeEvent[]): readonly KubeEvent[] {
  const timed = events.map((event) => ({ event, at: eventTime(event) ?? 0 }))
  return timed.toSorted((a, b) => a.at - b.at).map(({ event }) => event)
}
/** A Secret's value as text. */
export function secretText(secret: KubeObject, key: string): string | undefined {
  const data = secret['data'] as Readonly<Record<string, string>> | undefined
  const value = data?.[key]
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8')
}
/** It has ended and will not come back by itself. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded'
}
/** Somebody has asked for its end. */
export function isTerminating(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined
}
/** Ready to be used, as the kubelet says. */
export function isReady(pod: Pod): boolean {
  return !isFinished(pod) && condition(pod, 'Ready')?.status === 'True'
}
/** Every container runs, ready or not: its ports can be dialled. */
export function isUp(pod: Pod): boolean {
  const statuses = pod.status?.containerStatuses ?? []
  return (
    pod.status?.phase === 'Running' &&
    statuses.length > 0 &&
    statuses.every(({ state }) => state?.running !== undefined)
  )
}
/** The claim that is the pod's home. */
export function claimNameOf(pod: Pod): string | undefined {
  for (const volume of pod.spec?.volumes ?? [])
    if (volume.persistentVolumeClaim?.claimName !== undefined) return volume.persistentVolumeClaim.claimName
  return undefined
}
