// Who may do what, and why: one row a right. The roles are made from these rows, and docs/security.md shows them.
// Policy: exact verbs of what the code does; what is not needed is not here. No wildcard, no escalate, no impersonate.
import { API_GROUP, USER_ROLE, USER_TEMPLATES_ROLE, WARM_POOL_ROLE } from '../../../shared/product.ts'

export interface Right {
  readonly group: string
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  /** Only these objects. */
  readonly names?: readonly string[]
  /** One line for whoever reviews it. */
  readonly why: string
}

const SEE = ['get', 'list', 'watch'] as const
const FOLLOW = ['list', 'watch'] as const
const RBAC = 'rbac.authorization.k8s.io'

/** A user, in their own namespace alone (by a RoleBinding that the operator makes). */
export const USER_RIGHTS: readonly Right[] = [
  {
    group: API_GROUP,
    resources: ['vdisessions'],
    verbs: [...SEE, 'create', 'patch', 'update', 'delete'],
    why: 'start, stop, resume and remove own desktops; admission holds spec.owner to the caller',
  },
  {
    group: '',
    resources: ['pods', 'persistentvolumeclaims'],
    verbs: SEE,
    why: 'the app shows how a start goes, and which home there is',
  },
  { group: '', resources: ['events'], verbs: SEE, why: 'the app says why a start waits' },
  { group: '', resources: ['resourcequotas'], verbs: ['get', 'list'], why: 'the app says which limit is reached' },
  {
    group: '',
    resources: ['pods/portforward'],
    verbs: ['get', 'create'],
    why: 'the tunnel to an own desktop: get up to Kubernetes 1.34, create as well since 1.35',
  },
  { group: '', resources: ['pods/log'], verbs: ['get'], why: 'the app shows why an own desktop keeps ending' },
  {
    group: '',
    resources: ['secrets'],
    verbs: ['get'],
    why: 'the credential of an own desktop, by its name; beside it the namespace holds logins of registries alone, and none can be listed',
  },
]

/** Every user, for the whole cluster (by the one binding whose subjects the operator keeps). */
export const USER_TEMPLATE_RIGHTS: readonly Right[] = [
  {
    group: API_GROUP,
    resources: ['vditemplates'],
    verbs: SEE,
    why: 'the library shows what can be started; a template holds no secret',
  },
]

/** An admin of the platform: bound by the cluster's own admin, to people or groups. */
export const ADMIN_RIGHTS: readonly Right[] = [
  {
    group: API_GROUP,
    resources: ['vdisessions', 'vditemplates', 'vdiusers'],
    verbs: [...SEE, 'create', 'update', 'patch', 'delete'],
    why: 'let people in, write templates, look after desktops',
  },
  {
    group: API_GROUP,
    resources: ['vdisessions'],
    verbs: ['manage'],
    why: 'a verb of our own that admission asks for: may act for other owners',
  },
  {
    group: '',
    resources: [
      'nodes',
      'pods',
      'namespaces',
      'persistentvolumes',
      'persistentvolumeclaims',
      'resourcequotas',
      'events',
    ],
    verbs: SEE,
    why: 'the cluster view: nodes, slices, who holds them, what waits and why',
  },
  { group: '', resources: ['pods'], verbs: ['delete'], why: 'end a desktop that hangs' },
]

/** The operator, in the whole cluster: users' namespaces come and go, and RBAC knows no patterns. Admission narrows its writes to them. */
export const OPERATOR_RIGHTS: readonly Right[] = [
  {
    group: API_GROUP,
    resources: ['vdisessions'],
    verbs: [...FOLLOW, 'patch', 'delete'],
    why: 'what people want; the finalizer; a session that deletes itself when idle',
  },
  { group: API_GROUP, resources: ['vditemplates', 'vdiusers'], verbs: FOLLOW, why: 'what the admin wants' },
  {
    group: API_GROUP,
    resources: ['vdisessions/status', 'vditemplates/status', 'vdiusers/status'],
    verbs: ['patch'],
    why: 'what came of it',
  },
  {
    group: API_GROUP,
    resources: ['vdisessions/finalizers'],
    verbs: ['update'],
    why: 'own objects that hold up their session: asked for where OwnerReferencesPermissionEnforcement is on',
  },
  {
    group: '',
    resources: ['pods'],
    verbs: [...FOLLOW, 'get', 'create', 'delete'],
    why: 'desktops; a pod is never changed',
  },
  {
    group: '',
    resources: ['services'],
    verbs: [...FOLLOW, 'create', 'patch', 'delete'],
    why: 'media ports',
  },
  {
    group: '',
    resources: ['persistentvolumeclaims'],
    verbs: [...FOLLOW, 'get', 'create', 'delete'],
    why: 'homes; one is deleted only where that is asked for',
  },
  {
    group: '',
    resources: ['secrets'],
    verbs: [...FOLLOW, 'get', 'create', 'patch', 'delete'],
    why: 'each desktop has its credential, and the login of a registry where a template names one; it watches those with our labels, which RBAC cannot say: guard this account',
  },
  {
    group: '',
    resources: ['nodes', 'persistentvolumes'],
    verbs: FOLLOW,
    why: 'free slices, nodes that are gone, where a home lies',
  },
  {
    group: '',
    resources: ['events'],
    verbs: FOLLOW,
    why: 'why a home is not made',
  },
  {
    group: 'events.k8s.io',
    resources: ['events'],
    verbs: ['create', 'patch'],
    why: 'what the operator did, in words',
  },
  {
    group: '',
    resources: ['namespaces'],
    verbs: [...FOLLOW, 'create', 'patch'],
    why: 'a namespace a user; never deleted: homes are in it',
  },
  {
    group: '',
    resources: ['resourcequotas', 'limitranges'],
    verbs: [...FOLLOW, 'create', 'patch'],
    why: 'the limits of a user',
  },
  {
    group: 'networking.k8s.io',
    resources: ['networkpolicies'],
    verbs: [...FOLLOW, 'create', 'patch', 'delete'],
    why: "the walls around a user's desktops",
  },
  {
    group: RBAC,
    resources: ['rolebindings'],
    verbs: [...FOLLOW, 'create', 'patch', 'delete'],
    why: 'the rights of a user in their namespace',
  },
  {
    group: RBAC,
    resources: ['clusterroles'],
    verbs: ['bind'],
    names: [USER_ROLE, USER_TEMPLATES_ROLE, WARM_POOL_ROLE],
    why: 'may hand out these roles without holding what is in them; the last one to itself alone, in the namespace of the warm pool',
  },
  {
    group: RBAC,
    resources: ['clusterrolebindings'],
    verbs: [...FOLLOW, 'patch'],
    names: [USER_TEMPLATES_ROLE],
    why: 'the list of people who may see templates: this one binding, which the chart makes',
  },
  {
    group: 'networking.k8s.io',
    resources: ['ingresses'],
    verbs: [...FOLLOW, 'create', 'patch', 'delete'],
    why: 'routes to desktops, where ingress is on',
  },
  {
    group: 'traefik.io',
    resources: ['ingressroutes', 'middlewares'],
    verbs: [...FOLLOW, 'create', 'patch', 'delete'],
    why: 'the same for Traefik',
  },
]

/**
 * The operator, in the namespace of the warm pool alone (by a RoleBinding that it makes there). It holds what it hands on: nobody can give
 * what they have not.
 */
export const WARM_POOL_RIGHTS: readonly Right[] = [
  {
    group: API_GROUP,
    resources: ['vdisessions'],
    verbs: ['create'],
    why: 'desktops that wait for whoever asks next',
  },
  {
    group: RBAC,
    resources: ['roles'],
    verbs: ['create', 'patch'],
    why: 'the rights of who has claimed one: that pod and that Secret, by name',
  },
  { group: '', resources: ['pods'], verbs: ['get'], why: 'handed on: the pod that was claimed' },
  {
    group: '',
    resources: ['pods/portforward'],
    verbs: ['get', 'create'],
    why: 'handed on: the tunnel to it; the operator opens none',
  },
  { group: '', resources: ['secrets'], verbs: ['get'], why: 'handed on: its credential' },
]

/** Who has claimed a desktop of the warm pool, on the objects of that desktop alone. */
export const CLAIM_RIGHTS: readonly Right[] = WARM_POOL_RIGHTS.slice(2)

/** The account of the program that keeps homes on each node (chart value `homes.install`). Admission narrows its volumes to its own folders. */
export const HOMES_RIGHTS: readonly Right[] = [
  {
    group: '',
    resources: ['persistentvolumeclaims'],
    verbs: FOLLOW,
    why: 'which homes the scheduler has sent to its node',
  },
  {
    group: '',
    resources: ['persistentvolumes'],
    verbs: [...FOLLOW, 'create', 'delete'],
    why: 'a volume for each home on its node, and which of them were given up',
  },
  { group: '', resources: ['nodes'], verbs: ['get'], why: 'the label by which a volume names its node' },
  {
    group: 'events.k8s.io',
    resources: ['events'],
    verbs: ['create', 'patch'],
    why: 'why a home could not be made, in words',
  },
]

/** The operator, in its own namespace. */
export const PLATFORM_RIGHTS: readonly Right[] = [
  {
    group: 'apps',
    resources: ['daemonsets'],
    verbs: [...FOLLOW, 'create', 'patch', 'delete'],
    why: 'keeps the images of templates on the nodes',
  },
  {
    group: 'coordination.k8s.io',
    resources: ['leases'],
    verbs: ['get', 'create', 'update'],
    why: 'one replica leads',
  },
]
