// What a VDIUser stands for in the cluster: a namespace, and in it the person's rights, limits and walls.
// Pure. The namespace has no owner on purpose: homes in it outlive the VDIUser; the rights go with it.
import { ownerHash } from '../../shared/domain/hash.ts'
import { userNamespace } from '../../shared/domain/names.ts'
import { parseQuantity } from '../../shared/domain/quantity.ts'
import type { VdiUserSpec } from '../../shared/domain/vdi-user.ts'
import {
  ANNOTATION,
  API_GROUP,
  FIELD_MANAGER_OPERATOR,
  LABEL,
  USER_ROLE,
  USER_TEMPLATES_ROLE,
  WARM_POOL_ROLE,
  WARM_POOL_USER,
} from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { OperatorConfig } from '../config.ts'
import type { Platform } from './observed.ts'

/** Names of the objects in a user's namespace. */
export const QUOTA_NAME = 'kasm-operator'
export const LIMITS_NAME = 'kasm-operator'
/** What a container gets that names nothing: enough to be placed, little enough not to count. */
const DEFAULT_REQUEST = { cpu: '100m', memory: 128 * 2 ** 20 }
/** Homes stay when sessions go, one a template: far above what a person has, it stops what runs wild. */
const MOST_CLAIMS = 64
const RBAC = 'rbac.authorization.k8s.io'

export interface NamedUser {
  /** The VDIUser's name and uid. */
  readonly name: string
  readonly uid: string
  readonly spec: VdiUserSpec
}

function metadata(user: NamedUser, name: string): KubeObject['metadata'] {
  return { name, namespace: userNamespace(user.spec.username), labels: labels(user) }
}

function labels({ name, spec }: NamedUser): Readonly<Record<string, string>> {
  return {
    [LABEL.managed]: FIELD_MANAGER_OPERATOR,
    [LABEL.user]: labelValue(name),
    [LABEL.ownerHash]: ownerHash(spec.username),
  }
}

/** A VDIUser's name may be longer than a label's value: its hash stands for it then. */
export function labelValue(name: string): string {
  return name.length <= 63 ? name : ownerHash(name)
}

/** The person's namespace. */
export function namespaceOf(user: NamedUser): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: userNamespace(user.spec.username),
      labels: {
        ...labels(user),
        'pod-security.kubernetes.io/enforce': user.spec.podSecurity,
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
      },
      annotations: { [ANNOTATION.owner]: user.spec.username },
    },
  }
}

/** Of what goes with the VDIUser, whether the operator runs or not. */
export function ownedByUser(user: NamedUser, name: string): KubeObject['metadata'] {
  return {
    ...metadata(user, name),
    ownerReferences: [
      { apiVersion: `${API_GROUP}/v1alpha1`, kind: 'VDIUser', name: user.name, uid: user.uid, controller: true },
    ],
  }
}

/** The role that is bound in a user's namespace. The pool's person is nobody: there the operator has rights, and nobody else. */
export function roleIn({ username }: VdiUserSpec): string {
  return username === WARM_POOL_USER ? WARM_POOL_ROLE : USER_ROLE
}

/**
 * The person's rights there: when the VDIUser goes, they go.
 * @returns undefined where nobody is known that they could be given to: the operator's own account, outside a cluster
 */
export function roleBindingOf(user: NamedUser, { namespace, serviceAccount }: Platform): KubeObject | undefined {
  const name = roleIn(user.spec)
  const isPool = name === WARM_POOL_ROLE
  if (isPool && serviceAccount === undefined) return undefined
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: ownedByUser(user, name),
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects: [
      isPool
        ? { kind: 'ServiceAccount', name: serviceAccount, namespace }
        : { apiGroup: RBAC, kind: 'User', name: user.spec.username },
    ],
  }
}

/** The chart's ClusterRoleBinding with the people that may see templates: only its subjects are ours. */
export function readersBinding(usernames: readonly string[]): KubeObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: USER_TEMPLATES_ROLE },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: USER_TEMPLATES_ROLE },
    subjects: usernames.map((name) => ({ apiGroup: RBAC, kind: 'User', name })),
  }
}

/** The limits of a person, the platform's where the VDIUser names none. */
export function limitsOf({ quota }: VdiUserSpec, config: OperatorConfig): OperatorConfig['defaultQuota'] {
  const fallback = config.defaultQuota
  return {
    sessions: quota.sessions ?? fallback.sessions,
    slices: quota.slices ?? fallback.slices,
    cpu: quota.cpu ?? fallback.cpu,
    memory: quota.memory ?? fallback.memory,
    storage: quota.storage ?? fallback.storage,
  }
}

/**
 * What a person may hold at once; the API server enforces it, whoever asks.
 * @param spare claims more than usual: a quota that says something else is counted anew
 */
export function quotaOf(user: NamedUser, config: OperatorConfig, spare = 0): KubeObject {
  const { sessions, slices, cpu, memory, storage } = limitsOf(user.spec, config)
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: metadata(user, QUOTA_NAME),
    spec: {
      hard: {
        [`requests.${config.sliceResource}`]: String(slices),
        [`count/vdisessions.${API_GROUP}`]: String(sessions),
        ...(cpu === undefined ? {} : { 'requests.cpu': cpu }),
        ...(memory === undefined ? {} : { 'limits.memory': memory }),
        ...(storage === undefined ? {} : { 'requests.storage': storage }),
        persistentvolumeclaims: String(MOST_CLAIMS + spare),
        'services.nodeports': String(config.media.nodePort ? sessions : 0),
        'services.loadbalancers': '0',
      },
    },
  }
}

/**
 * Defaults for containers that name nothing: a quota on cpu or memory refuses pods without them. A default limit of memory stands there
 * only beside a quota on memory: the person's share of it, so that all their sessions fit.
 */
export function limitRangeOf(user: NamedUser, config: OperatorConfig): KubeObject {
  const { sessions, memory } = limitsOf(user.spec, config)
  const total = memory === undefined ? null : parseQuantity(memory)
  const share = total === null ? undefined : Math.max(1, Math.floor(total / Math.max(1, sessions)))
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: metadata(user, LIMITS_NAME),
    spec: {
      limits: [
        {
          type: 'Container',
          ...(share === undefined ? {} : { default: { memory: String(share) } }),
          defaultRequest: {
            cpu: DEFAULT_REQUEST.cpu,
            memory: String(Math.min(DEFAULT_REQUEST.memory, share ?? Infinity)),
          },
        },
      ],
    },
  }
}

/** A network policy of the person's namespace. */
export function policy(user: NamedUser, name: string, spec: unknown): KubeObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: metadata(user, name), spec }
}
