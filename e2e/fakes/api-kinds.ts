// What the fake API server knows of the kinds of object: where they live, which have a status apart, what is filled in and what is refused.
// Policy: a kind that does not stand here is taken as it comes, in any scope, with everything in it.
import { API_GROUP } from '../../shared/product.ts'
import { isRecord } from './api-merge.ts'
import type { StoredKind, StoredObject } from './api-store.ts'

export interface KindFacts {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly scope: 'cluster' | 'namespaced'
  /** The status has a path of its own, and cannot be written through the object's. */
  readonly hasStatus: boolean
  /** `metadata.generation` counts the changes of what is wanted. */
  readonly hasGeneration: boolean
  /** Custom kinds: the fields that a field selector may name, beside name and namespace. Others: any. */
  readonly selectable?: readonly string[]
  /** Custom kinds cannot be replaced without the version that was read. */
  readonly isCustom: boolean
}

/** One line a version: plural, kind, then c (cluster-scoped), s (status apart), g (generation). */
const TABLE: Readonly<Record<string, readonly (readonly [plural: string, kind: string, marks: string])[]>> = {
  v1: [
    ['configmaps', 'ConfigMap', ''],
    ['events', 'Event', ''],
    ['limitranges', 'LimitRange', ''],
    ['namespaces', 'Namespace', 'cs'],
    ['nodes', 'Node', 'cs'],
    ['persistentvolumeclaims', 'PersistentVolumeClaim', 's'],
    ['persistentvolumes', 'PersistentVolume', 'cs'],
    ['pods', 'Pod', 'sg'],
    ['resourcequotas', 'ResourceQuota', 's'],
    ['secrets', 'Secret', ''],
    ['serviceaccounts', 'ServiceAccount', ''],
    ['services', 'Service', 's'],
  ],
  'admissionregistration.k8s.io/v1': [
    ['validatingadmissionpolicies', 'ValidatingAdmissionPolicy', 'csg'],
    ['validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', 'cg'],
  ],
  'apiextensions.k8s.io/v1': [['customresourcedefinitions', 'CustomResourceDefinition', 'csg']],
  'apps/v1': [
    ['daemonsets', 'DaemonSet', 'sg'],
    ['deployments', 'Deployment', 'sg'],
  ],
  'coordination.k8s.io/v1': [['leases', 'Lease', '']],
  'events.k8s.io/v1': [['events', 'Event', '']],
  'networking.k8s.io/v1': [
    ['ingresses', 'Ingress', 'sg'],
    ['networkpolicies', 'NetworkPolicy', 'g'],
  ],
  'node.k8s.io/v1': [['runtimeclasses', 'RuntimeClass', 'c']],
  'rbac.authorization.k8s.io/v1': [
    ['clusterrolebindings', 'ClusterRoleBinding', 'c'],
    ['clusterroles', 'ClusterRole', 'c'],
    ['rolebindings', 'RoleBinding', ''],
    ['roles', 'Role', ''],
  ],
  'storage.k8s.io/v1': [['storageclasses', 'StorageClass', 'c']],
  'traefik.io/v1alpha1': [
    ['ingressroutes', 'IngressRoute', 'g'],
    ['middlewares', 'Middleware', 'g'],
  ],
  [`${API_GROUP}/v1alpha1`]: [
    ['vdisessions', 'VDISession', 'sg'],
    ['vditemplates', 'VDITemplate', 'csg'],
    ['vdiusers', 'VDIUser', 'csg'],
  ],
}
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  vdisessions: ['spec.owner', 'spec.templateRef.name', 'status.phase'],
}

export const KINDS: readonly KindFacts[] = Object.entries(TABLE).flatMap(([groupVersion, rows]) => {
  const [version = '', group = ''] = groupVersion.split('/').reverse()
  const isCustom = group !== '' && !isBuiltIn(group)
  return rows.map(([plural, kind, marks]) => ({
    group,
    version,
    plural,
    kind,
    scope: marks.includes('c') ? ('cluster' as const) : ('namespaced' as const),
    hasStatus: marks.includes('s'),
    hasGeneration: marks.includes('g'),
    isCustom,
    ...(isCustom && { selectable: SELECTABLE[plural] ?? [] }),
  }))
})
const BY_PATH = new Map(KINDS.map((facts) => [`${facts.group}/${facts.plural}`, facts]))

export function factsOf({ group, plural }: StoredKind): KindFacts | undefined {
  return BY_PATH.get(`${group}/${plural}`)
}

/** Groups that every API server has; the rest is there only with its definition. */
export function isBuiltIn(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io')
}

/** Fills in what a server and its controllers would at once. @param nextNumber gives another number each time */
export function filledIn(
  object: StoredObject,
  before: StoredObject | undefined,
  nextNumber: () => number,
): StoredObject {
  const facts = `${object.apiVersion}/${object.kind}`
  if (facts === 'v1/Service') return withNodePorts(object, before, nextNumber)
  if (before) return object
  if (facts === 'v1/Namespace') {
    const labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name }
    return { ...object, metadata: { ...object.metadata, labels }, status: { phase: 'Active' } }
  }
  if (facts === 'v1/Pod' || facts === 'v1/PersistentVolumeClaim') return { ...object, status: { phase: 'Pending' } }
  return object
}

/** A Service keeps the addresses that it was given once. */
function withNodePorts(
  service: StoredObject,
  before: StoredObject | undefined,
  nextNumber: () => number,
): StoredObject {
  const spec = isRecord(service['spec']) ? service['spec'] : {}
  const old = isRecord(before?.['spec']) ? before['spec'] : {}
  const number = nextNumber()
  const clusterIP =
    spec['clusterIP'] ?? old['clusterIP'] ?? `10.96.${Math.floor(number / 250) % 250}.${(number % 250) + 1}`
  const ports = portsOf(spec).map((port) => {
    if (spec['type'] !== 'NodePort' || port['nodePort'] !== undefined) return port
    const kept = portsOf(old).find((other) => sameValue(other, port, 'port') && sameValue(other, port, 'protocol'))
    return { ...port, nodePort: kept?.['nodePort'] ?? 30_000 + (nextNumber() % 2768) }
  })
  return { ...service, spec: { ...spec, clusterIP, ports } }
}

function portsOf(spec: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(spec['ports']) ? spec['ports'].filter(isRecord) : []
}

function sameValue(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>, name: string): boolean {
  return (a[name] ?? '') === (b[name] ?? '')
}

export type Refusal = readonly [code: number, reason: string, message: string]

/** Why a server would not take an object, as far as kinds are checked here: those whose rules our own code has to know. */
export function problemOf(object: StoredObject): Refusal | undefined {
  const spec = isRecord(object['spec']) ? object['spec'] : {}
  switch (`${object.apiVersion}/${object.kind}`) {
    case 'coordination.k8s.io/v1/Lease':
      return microTimeProblem(object, spec['acquireTime']) ?? microTimeProblem(object, spec['renewTime'])
    case 'events.k8s.io/v1/Event':
      return microTimeProblem(object, object['eventTime']) ?? eventProblem(object)
    default:
      return undefined
  }
}

/** Source: what a Kubernetes 1.36 API server refused, in words of our own. */
function eventProblem(event: StoredObject): Refusal | undefined {
  const invalid = (text: string): Refusal => [422, 'Invalid', `Event "${event.metadata.name}" is invalid: ${text}`]
  const needed = ['eventTime', 'reportingController', 'reportingInstance', 'action', 'reason', 'type']
  const missing = needed.find((name) => typeof event[name] !== 'string' || event[name] === '')
  if (missing !== undefined) return invalid(`${missing}: Required value`)
  if (typeof event['note'] === 'string' && event['note'].length > 1024) return invalid('note: at most 1024 characters')
  const regarding = isRecord(event['regarding']) ? event['regarding'] : {}
  // what has no namespace is spoken of in one of these two
  const isHome = ['default', 'kube-system'].includes(event.metadata.namespace ?? '')
  return regarding['namespace'] || isHome
    ? undefined
    : invalid('involvedObject.namespace: does not match event.namespace')
}

function microTimeProblem(object: StoredObject, value: unknown): Refusal | undefined {
  if (value === undefined || value === null) return undefined
  const isOne = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/.test(value)
  return isOne
    ? undefined
    : [400, 'BadRequest', `${object.kind} cannot be handled: parsing time ${JSON.stringify(value)}`]
}
