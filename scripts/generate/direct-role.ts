// The rights of a direct-mode user in one namespace: what the app needs to start, watch, open and remove desktops, and nothing more.
import { yamlFile, type GeneratedFile } from './generated-file.ts'

/** Name of the Role; an admin binds it to people or groups. */
export const DIRECT_ROLE = 'kasm-operator-desktop-user'
const FULL = ['get', 'list', 'watch', 'create', 'patch', 'delete']

/** The Role with node ports, and the same without the right to Services. */
export function directRole(): readonly GeneratedFile[] {
  return [
    yamlFile(
      'manifests/direct-role/role.yaml',
      'Rights of a desktop user without an operator: kubectl apply -n NAMESPACE -f role.yaml, then bind it. The last rule is optional: without it desktops have no node port.',
      [role()],
    ),
  ]
}

const RULES = [
  { apiGroups: [''], resources: ['pods'], verbs: FULL },
  { apiGroups: [''], resources: ['pods/portforward'], verbs: ['get', 'create'] },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: [''], resources: ['persistentvolumeclaims', 'secrets', 'configmaps'], verbs: FULL },
  { apiGroups: [''], resources: ['events'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['resourcequotas'], verbs: ['get', 'list'] },
]

/** The whole Role. @param namespace where it is to be; left out, the admin says it when applying */
export function role(namespace?: string): unknown {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: DIRECT_ROLE, ...(namespace === undefined ? {} : { namespace }) },
    rules: [...RULES, { apiGroups: [''], resources: ['services'], verbs: FULL }],
  }
}
