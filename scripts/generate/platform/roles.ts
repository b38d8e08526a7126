// Roles and bindings of the platform as Kubernetes objects, made from the table of rights. Both the chart and the plain manifests take them.
import {
  ADMIN_ROLE,
  HOMES_ACCOUNT,
  PRODUCT_ID,
  USER_ROLE,
  USER_TEMPLATES_ROLE,
  WARM_POOL_ROLE,
} from '../../../shared/product.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { platformLabels, type PlatformNames } from './names.ts'
import {
  ADMIN_RIGHTS,
  HOMES_RIGHTS,
  OPERATOR_RIGHTS,
  PLATFORM_RIGHTS,
  USER_RIGHTS,
  USER_TEMPLATE_RIGHTS,
  WARM_POOL_RIGHTS,
  type Right,
} from './rights.ts'

const RBAC = 'rbac.authorization.k8s.io'
/** Name of the operator's own ClusterRole, Role and their bindings. */
export const OPERATOR_ROLE = PRODUCT_ID
const LABELS = platformLabels('rights')

/**
 * ClusterRoles of users and admins, the operator's own roles with their bindings, and the binding that lets users see templates.
 * That one has no subjects here: the operator keeps them, and an upgrade of the chart must not take them away.
 */
export function platformRoles(names: PlatformNames): readonly KubeObject[] {
  const operator = [{ kind: 'ServiceAccount', name: names.serviceAccount, namespace: names.namespace }]
  return [
    clusterRole(USER_ROLE, USER_RIGHTS),
    clusterRole(USER_TEMPLATES_ROLE, USER_TEMPLATE_RIGHTS),
    clusterRole(ADMIN_ROLE, ADMIN_RIGHTS),
    clusterRole(OPERATOR_ROLE, OPERATOR_RIGHTS),
    clusterRole(WARM_POOL_ROLE, WARM_POOL_RIGHTS),
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata: { name: OPERATOR_ROLE, namespace: names.namespace, labels: LABELS },
      rules: PLATFORM_RIGHTS.map(rule),
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: OPERATOR_ROLE, labels: LABELS },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: OPERATOR_ROLE },
      subjects: operator,
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: { name: OPERATOR_ROLE, namespace: names.namespace, labels: LABELS },
      roleRef: { apiGroup: RBAC, kind: 'Role', name: OPERATOR_ROLE },
      subjects: operator,
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: USER_TEMPLATES_ROLE, labels: LABELS },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: USER_TEMPLATES_ROLE },
    },
  ]
}

/** The rights of the program that keeps homes on each node, with their binding. */
export function homesRoles({ namespace }: PlatformNames): readonly KubeObject[] {
  return [
    clusterRole(HOMES_ACCOUNT, HOMES_RIGHTS),
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: HOMES_ACCOUNT, labels: LABELS },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: HOMES_ACCOUNT },
      subjects: [{ kind: 'ServiceAccount', name: HOMES_ACCOUNT, namespace }],
    },
  ]
}

function clusterRole(name: string, rights: readonly Right[]): KubeObject {
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name, labels: LABELS }, rules: rights.map(rule) }
}

function rule({ group, resources, verbs, names }: Right): unknown {
  return {
    apiGroups: [group],
    resources: [...resources],
    ...(names === undefined ? {} : { resourceNames: [...names] }),
    verbs: [...verbs],
  }
}

/** The table of docs/security.md: one line a right, with its reason. */
export function rightsTable(): readonly string[] {
  const rows = (who: string, rights: readonly Right[]): readonly string[] =>
    rights.map(({ group, resources, verbs, names, why }) => {
      const which = names === undefined ? '' : ` (only ${names.join(', ')})`
      const what = resources.map((resource) => (group === '' ? resource : `${resource}.${group}`)).join(', ')
      return `| ${who} | ${what}${which} | ${verbs.join(', ')} | ${why} |`
    })
  return [
    '| who | what | may | why |',
    '|---|---|---|---|',
    ...rows('user, own namespace', USER_RIGHTS),
    ...rows('user, whole cluster', USER_TEMPLATE_RIGHTS),
    ...rows('admin', ADMIN_RIGHTS),
    ...rows('operator, whole cluster', OPERATOR_RIGHTS),
    ...rows('operator, own namespace', PLATFORM_RIGHTS),
    ...rows('operator, warm pool', WARM_POOL_RIGHTS),
    ...rows('homes on nodes, whole cluster', HOMES_RIGHTS),
  ]
}
