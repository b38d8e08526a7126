// A VDISession as the app reads it. Its status may lag behind its spec: then it says nothing about what is wanted now.
import type { Condition, ConditionType } from '../../../shared/domain/conditions.ts'
import { ownerHash } from '../../../shared/domain/hash.ts'
import { accessName, homeName } from '../../../shared/domain/names.ts'
import { templateSpecSchema, type TemplateSpec } from '../../../shared/domain/template.ts'
import { parseVdiSession, type VdiSessionObject } from '../../../shared/domain/vdi-objects.ts'
import { ANNOTATION } from '../../../shared/product.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { isTerminating, timeOf, type Pod } from '../kube-read.ts'
import type { DesktopAccess } from '../provider.ts'
import type { SessionRecord } from '../session-record.ts'

/** The VDISessions of one person; one that cannot be read is left to the operator, which says so. @param owner the person's name */
export function sessionsOf(objects: readonly KubeObject[], owner: string): readonly VdiSessionObject[] {
  return objects.flatMap((object) => {
    const read = parseVdiSession(object)
    return read.ok && read.object.spec.owner === owner ? [read.object] : []
  })
}

/** The operator has seen the spec as it is now: what the status says is about it. */
export function isObserved({ metadata, status }: VdiSessionObject): boolean {
  return status.observedGeneration !== undefined && status.observedGeneration === metadata.generation
}

/** A condition of a session. */
export function conditionOf({ status }: VdiSessionObject, type: ConditionType): Condition | undefined {
  return status.conditions?.find((condition) => condition.type === type)
}
function holds(session: VdiSessionObject, type: ConditionType): boolean {
  return isObserved(session) && conditionOf(session, type)?.status === 'True'
}

/** It will not go on without somebody's help, the operator says. */
export function isStalled(session: VdiSessionObject): boolean {
  return holds(session, 'Stalled')
}
/** It does not run and is not meant to: somebody stopped it, or the operator did (idle, expired, a start that failed, ...). */
export function isStopped(session: VdiSessionObject): boolean {
  return session.spec.desiredState === 'Stopped' || holds(session, 'Suspended')
}
/** It runs or is on its way. */
export function isWanted(session: VdiSessionObject): boolean {
  return !isTerminating(session) && !isStopped(session) && !isStalled(session)
}
/** A newer template is there than the one that it runs. */
export function isDrifted(session: VdiSessionObject): boolean {
  return holds(session, 'TemplateDrifted')
}

/**
 * When it will be stopped for being idle, epoch ms. A time from before the app's last word for "somebody is here" is not told: the
 * operator is about to move it.
 */
export function idleStopOf(session: VdiSessionObject, template: TemplateSpec): number | undefined {
  const { status, spec, metadata } = session
  const stopAt = timeOf(status.idleStopAt)
  const kept = timeOf(metadata.annotations?.[ANNOTATION.heartbeat])
  if (stopAt === undefined || kept === undefined || kept <= (timeOf(status.lastActivityTime) ?? 0)) return stopAt
  const timeouts = [template.lifecycle.idleTimeoutSeconds, spec.idleTimeoutSeconds ?? 0].filter(
    (seconds) => seconds > 0,
  )
  // its times are whole seconds in some places
  return stopAt + 1_000 < kept + Math.min(...timeouts) * 1_000 ? undefined : stopAt
}

/**
 * A session's record, as the view takes it.
 * @param template the VDITemplate as it is now; its pinned copy lies in a Secret that is read only to open the desktop
 */
export function recordOf(session: VdiSessionObject, template: TemplateSpec | undefined): SessionRecord {
  const { metadata, spec, status } = session
  const templateId = spec.templateRef.name
  const known = template ?? templateSpecSchema.parse({ displayName: templateId, image: 'unknown:0' })
  const hash = ownerHash(spec.owner)
  const [started, stopped] = [timeOf(status.startedAt), timeOf(status.stoppedAt)]
  // the times of a run that is over say nothing of one that is about to begin
  const isOver = isWanted(session) && started !== undefined && stopped !== undefined && stopped >= started
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    owner: spec.owner,
    ownerHash: hash,
    displayName: spec.displayName ?? known.displayName,
    templateId,
    spec: spec.withoutGpu ? { ...known, gpu: { ...known.gpu, slices: 0 } } : known,
    home: status.claimName ?? (known.storage.home ? homeName(templateId, hash) : undefined),
    created: metadata.creationTimestamp,
    lastStarted: status.startedAt,
    startedAt: isOver ? undefined : started,
    stoppedAt: stopped,
  }
}

/** The node's UDP port that leads to the desktop. */
export function nodeEndpoint({ status }: VdiSessionObject): DesktopAccess['node'] {
  const found = status.endpoints?.find(({ type, protocol }) => type === 'NodePort' && protocol === 'UDP')
  return found?.host !== undefined && found.port !== undefined ? { host: found.host, port: found.port } : undefined
}

/**
 * A time for `restartRequestedAt` that asks for a new start: after everything that the cluster has noted, by the cluster's own clock,
 * so that a clock here that runs ahead asks once and not again and again. RFC 3339.
 */
export function nextRestart({ metadata, spec, status }: VdiSessionObject): string {
  const times = [metadata.creationTimestamp, spec.restartRequestedAt, status.startedAt, status.stoppedAt]
  return new Date(Math.max(...times.map((text) => timeOf(text) ?? 0)) + 1_000).toISOString()
}

/** Where the desktop itself is: beside its session, or in the warm pool that it was claimed from. */
export interface DesktopPlace {
  readonly namespace: string
  readonly pod: string
  readonly secret: string
}

/** The place of a session's pod and Secret. */
export function placeOf({ metadata, status }: VdiSessionObject): DesktopPlace {
  const { name, namespace = '' } = metadata
  const { desktopNamespace, podName = name, secretName = accessName(name) } = status
  return desktopNamespace === undefined
    ? { namespace, pod: name, secret: accessName(name) }
    : { namespace: desktopNamespace, pod: podName, secret: secretName }
}

/**
 * The pod of a desktop that was claimed from the warm pool, as the session's status tells it: this person may not list pods there.
 * @returns undefined while it is not ready, when the operator's own words say more
 */
export function claimedPod(session: VdiSessionObject): Pod | undefined {
  const { desktopNamespace, podName, podUID, nodeName, startedAt, gpu } = session.status
  const ready = conditionOf(session, 'PodReady')
  if (desktopNamespace === undefined || podName === undefined || podUID === undefined || ready?.status !== 'True')
    return undefined
  const { lastTransitionTime } = ready
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName,
      namespace: desktopNamespace,
      uid: podUID,
      ...(startedAt === undefined ? {} : { creationTimestamp: startedAt }),
    },
    spec: {
      ...(nodeName === undefined ? {} : { nodeName }),
      containers: [{ name: 'desktop', resources: { limits: gpu ? { [gpu.resourceName]: '1' } : {} } }],
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }],
      containerStatuses: [{ name: 'desktop', ready: true, state: { running: {} } }],
    },
  }
}
