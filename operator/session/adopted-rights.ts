// The rights of a person on the one desktop of the warm pool that they have claimed: that pod, the tunnel to it, that Secret, by name.
// They belong to the desktop's VDISession and go with it. Pool names are never used twice, so no right outlives what it was given for.
import { ROLE, ROLE_BINDING } from '../../kube/types.ts'
import { accessName, WARM_POOL_NAMESPACE } from '../../shared/domain/names.ts'
import { FIELD_MANAGER_OPERATOR, LABEL } from '../../shared/product.ts'
import type { OwnerReference } from '../../shared/render/types.ts'
import type { PlannedWrite } from '../plan.ts'

const RBAC = 'rbac.authorization.k8s.io'

/** @param name of the desktop: its VDISession and its pod @param username who has claimed it @param owner that VDISession */
export function claimRights(
  name: string,
  username: string,
  owner?: OwnerReference,
): readonly [PlannedWrite, PlannedWrite] {
  const metadata = {
    name,
    namespace: WARM_POOL_NAMESPACE,
    labels: { [LABEL.managed]: FIELD_MANAGER_OPERATOR, [LABEL.session]: name },
    ...(owner === undefined ? {} : { ownerReferences: [owner] }),
  }
  const rule = (resource: string, object: string, verbs: readonly string[]): object => ({
    apiGroups: [''],
    resources: [resource],
    resourceNames: [object],
    verbs,
  })
  return [
    {
      verb: 'apply',
      resource: ROLE,
      object: {
        apiVersion: `${RBAC}/v1`,
        kind: ROLE.kind,
        metadata,
        rules: [
          rule('pods', name, ['get']),
          rule('pods/portforward', name, ['get', 'create']),
          rule('secrets', accessName(name), ['get']),
        ],
      },
    },
    {
      verb: 'apply',
      resource: ROLE_BINDING,
      object: {
        apiVersion: `${RBAC}/v1`,
        kind: ROLE_BINDING.kind,
        metadata,
        roleRef: { apiGroup: RBAC, kind: ROLE.kind, name },
        subjects: [{ apiGroup: RBAC, kind: 'User', name: username }],
      },
    },
  ]
}
