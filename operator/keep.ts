// How much the operator keeps of each kind of object: ten thousand sessions have to fit into its memory.
// Policy: what a planner or an apply compares stays; what only the API server and other tools read goes.
import { keepIdentity } from '../kube/keep-object.ts'
import type { KubeObject } from '../kube/types.ts'

type Fields = Readonly<Record<string, unknown>>

/** All but `managedFields`, which is often half of an object. */
export function keepPlain(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata as KubeObject['metadata'] & {
    readonly managedFields?: unknown
  }
  return { ...object, metadata }
}

/** A pod: where it is, what its containers ask for, and its status. Its volumes, environment and probes were written by ourselves. */
export function keepPod(pod: KubeObject): KubeObject {
  const spec = fields(pod['spec'])
  const containers = (list: unknown): readonly Fields[] =>
    Array.isArray(list)
      ? list.map((one: unknown) => pick(fields(one), ['name', 'image', 'restartPolicy', 'resources', 'ports']))
      : []
  return {
    ...keepPlain(pod),
    spec: {
      ...pick(spec, ['nodeName', 'runtimeClassName', 'terminationGracePeriodSeconds']),
      containers: containers(spec['containers']),
      ...(Array.isArray(spec['initContainers']) && { initContainers: containers(spec['initContainers']) }),
    },
    status: pick(fields(pod['status']), [
      'phase',
      'reason',
      'message',
      'startTime',
      'conditions',
      'podIP',
      'podIPs',
      'hostIP',
      'containerStatuses',
      'initContainerStatuses',
    ]),
  }
}

/** A claim: its class, size, volume and state. */
export function keepClaim(claim: KubeObject): KubeObject {
  return {
    ...keepPlain(claim),
    spec: pick(fields(claim['spec']), ['accessModes', 'storageClassName', 'volumeName', 'resources']),
    status: pick(fields(claim['status']), ['phase', 'conditions', 'capacity']),
  }
}

/** A volume: whose it is, and which nodes it can be reached from. Where its bytes lie is the storage's own affair. */
export function keepVolume(volume: KubeObject): KubeObject {
  return {
    ...keepIdentity(volume),
    spec: pick(fields(volume['spec']), [
      'claimRef',
      'nodeAffinity',
      'storageClassName',
      'persistentVolumeReclaimPolicy',
    ]),
    status: pick(fields(volume['status']), ['phase']),
  }
}

/** A node: taints, what it offers, its conditions without their heartbeats, which would make every one of them news. */
export function keepNode(node: KubeObject): KubeObject {
  const status = fields(node['status'])
  const conditions = Array.isArray(status['conditions'])
    ? status['conditions'].map((one: unknown) =>
        pick(fields(one), ['type', 'status', 'reason', 'message', 'lastTransitionTime']),
      )
    : []
  return {
    ...keepIdentity(node),
    spec: pick(fields(node['spec']), ['unschedulable', 'taints', 'providerID']),
    status: { ...pick(status, ['capacity', 'allocatable', 'addresses']), conditions },
  }
}

/** An Event: what it is about, why, in which words, when. */
export function keepEvent(event: KubeObject): KubeObject {
  return {
    ...keepIdentity(event),
    ...pick(event, ['involvedObject', 'reason', 'message', 'type', 'lastTimestamp', 'eventTime']),
  }
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function pick(from: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]))
}
