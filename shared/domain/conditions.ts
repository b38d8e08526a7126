// Conditions of our kinds, by the conventions of Kubernetes and kstatus: other tools (kubectl wait, Argo CD) read the same ones.
import * as z from 'zod/mini'
import { crdMeta, field } from './crd-meta.ts'
import { count, time } from './schema-parts.ts'

/** `Reconciling` and `Stalled` are abnormal-true: they are absent while they do not hold (kstatus). */
export const CONDITION_TYPES = [
  'Ready',
  'Reconciling',
  'Stalled',
  'TemplateResolved',
  'StorageReady',
  'Scheduled',
  'PodReady',
  'StreamReady',
  'Idle',
  'Suspended',
  'TemplateDrifted',
  'WarmPool',
] as const
export type ConditionType = (typeof CONDITION_TYPES)[number]

/** Stable words for programs; sentences for people stand in `message`. */
export const REASONS = [
  'Ready',
  'Resolved',
  'Bound',
  'Placed',
  'Starting',
  'PodPending',
  'Unschedulable',
  'InsufficientGPU',
  'HomeNodeFull',
  'HomeInUse',
  'NodeLost',
  'VolumePending',
  'QuotaExceeded',
  'AdmissionDenied',
  'UnexpectedAdmissionError',
  'PodFailed',
  'Evicted',
  'ImagePullBackOff',
  'InvalidImage',
  'ContainerConfig',
  'RuntimeClassMissing',
  'CrashLoop',
  'StartTimeout',
  'ServerStarting',
  'IdleTimeout',
  'Connected',
  'NotConnected',
  'Expired',
  'MaxLifetime',
  'NotOpened',
  'NeedsHome',
  'NoPool',
  'TemplateNotFound',
  'TemplateChanged',
  'NotAllowed',
  'TooManySessions',
  'NoUserNamespace',
  'MultiplePods',
  'StoppedByUser',
  'Stopping',
  'Removing',
  'NamespaceTerminating',
  'NamespaceTaken',
  'UsernameTaken',
  'Suspended',
  'InvalidSpec',
  'Applying',
] as const
export type Reason = (typeof REASONS)[number]

export const conditionSchema = z.strictObject({
  type: field(
    'Which condition this is: Ready, Reconciling, Stalled, ...',
    z
      .string()
      .check(
        z.maxLength(316),
        z.regex(
          /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
        ),
      ),
  ),
  status: field('Whether it holds.', z.enum(['True', 'False', 'Unknown'])),
  observedGeneration: field('metadata.generation that this was said of.', z.optional(count())),
  lastTransitionTime: field('When its status changed last.', time()),
  reason: field(
    'One stable word for programs.',
    z.string().check(z.minLength(1), z.maxLength(1024), z.regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)),
  ),
  message: field('A sentence for people.', z.string().check(z.maxLength(32_768))),
})
export type Condition = z.infer<typeof conditionSchema>

/** A condition as it should be; `conditionsOf` gives it its times. */
export interface WantedCondition {
  readonly type: ConditionType
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: Reason
  readonly message: string
}

/** The list of conditions in a status, each type once. */
export function conditionsSchema() {
  return z.optional(
    z
      .array(conditionSchema)
      .check(z.maxLength(16))
      .register(crdMeta, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] }),
  )
}

/**
 * The next list of conditions: `lastTransitionTime` moves only when a status does, the order stays, what is not wanted goes.
 * @param now RFC 3339
 */
export function conditionsOf(
  before: readonly Condition[],
  wanted: readonly WantedCondition[],
  observedGeneration: number,
  now: string,
): readonly Condition[] {
  return wanted.map(({ type, status, reason, message }) => {
    const old = before.find((condition) => condition.type === type)
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : now
    return { type, status, observedGeneration, lastTransitionTime, reason, message }
  })
}
