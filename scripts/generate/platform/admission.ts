// Guard rails inside the API server: what RBAC cannot say, said in CEL. They refuse when they cannot be judged (failurePolicy Fail).
// `manage` on vdisessions is a verb of our own: whoever has it (our admin role, cluster-admin) may act for others.
import {
  ANNOTATION,
  API_GROUP,
  FIELD_MANAGER_OPERATOR,
  HOMES_ACCOUNT,
  LABEL,
  USER_NAMESPACE_PREFIX,
  USER_ROLE,
  WARM_POOL_ROLE,
} from '../../../shared/product.ts'
import { WARM_POOL_NAMESPACE } from '../../../shared/domain/names.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import { platformLabels, type PlatformNames } from './names.ts'

type Json = Readonly<Record<string, unknown>>

interface Rule {
  readonly group: string
  readonly resources: readonly string[]
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE')[]
}
interface Policy {
  readonly name: string
  readonly rules: readonly Rule[]
  /** Only in users' namespaces. */
  readonly inUserNamespaces?: boolean
  /** CEL; the policy is asked only where all of them hold. */
  readonly conditions: Readonly<Record<string, string>>
  readonly variables?: Readonly<Record<string, string>>
  readonly validations: readonly { readonly expression: string; readonly message: string }[]
}

const USER_NAMESPACE = { matchLabels: { [LABEL.managed]: FIELD_MANAGER_OPERATOR } }
const PREFIX = `${API_GROUP}/`
const PSA = 'pod-security.kubernetes.io/'

/** CEL: the text as a literal. */
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`
const CALLER = 'request.userInfo.username'
const GROUPS = '(has(request.userInfo.groups) ? request.userInfo.groups : [])'
/** Kubernetes' own controllers. Each has an account of its own; all are one where the controller manager says so. */
const CONTROLLERS = `(${CALLER} == 'system:kube-controller-manager' || (${CALLER}.startsWith('system:serviceaccount:kube-system:') && ${CALLER}.endsWith('-controller')))`
/** They delete what belongs to something that is gone. */
const COLLECTORS = `${CALLER} in ['system:kube-controller-manager', 'system:serviceaccount:kube-system:generic-garbage-collector', 'system:serviceaccount:kube-system:namespace-controller']`
const MANAGES = `authorizer.group(${quoted(API_GROUP)}).resource('vdisessions').namespace(request.namespace).check('manage').allowed()`
const MANAGES_ALL = `authorizer.group(${quoted(API_GROUP)}).resource('vdisessions').check('manage').allowed()`
/** Objects of a user's namespace whose labels and annotations the operator goes by. */
const HELD: readonly Rule[] = [
  {
    group: '',
    resources: ['pods', 'secrets', 'services', 'persistentvolumeclaims', 'configmaps', 'resourcequotas', 'limitranges'],
    operations: ['CREATE', 'UPDATE'],
  },
  { group: 'networking.k8s.io', resources: ['networkpolicies', 'ingresses'], operations: ['CREATE', 'UPDATE'] },
  { group: 'rbac.authorization.k8s.io', resources: ['roles', 'rolebindings'], operations: ['CREATE', 'UPDATE'] },
  { group: 'traefik.io', resources: ['ingressroutes', 'middlewares'], operations: ['CREATE', 'UPDATE'] },
]

/** Every ValidatingAdmissionPolicy with its binding. */
export function admissionPolicies(names: PlatformNames): readonly KubeObject[] {
  const operator = `system:serviceaccount:${names.namespace}:${names.serviceAccount}`
  const notOperator = `${CALLER} != ${quoted(operator)}`
  const policies: readonly Policy[] = [
    sessionOwner(notOperator),
    userPods(notOperator),
    reservedMetadata(notOperator),
    userNamespaces(notOperator),
    operatorBounds(`${CALLER} == ${quoted(operator)}`, names),
    homesBounds(names),
  ]
  return policies.flatMap((policy) => [policyObject(policy), bindingObject(policy)])
}

/** A session is its owner's: who creates, changes or deletes it. In a user's namespace it is that user's, whoever asks. */
function sessionOwner(notOperator: string): Policy {
  return {
    name: 'session-owner',
    rules: [{ group: API_GROUP, resources: ['vdisessions'], operations: ['CREATE', 'UPDATE', 'DELETE'] }],
    conditions: { 'not-the-operator': notOperator, 'not-a-collector': `!(${COLLECTORS})` },
    variables: {
      owner: "request.operation == 'DELETE' ? oldObject.spec.owner : object.spec.owner",
      place: `has(namespaceObject.metadata.annotations) && ${quoted(ANNOTATION.owner)} in namespaceObject.metadata.annotations ? namespaceObject.metadata.annotations[${quoted(ANNOTATION.owner)}] : variables.owner`,
    },
    validations: [
      {
        expression: `variables.owner == ${CALLER} || ${MANAGES}`,
        message: 'spec.owner must be the user who asks; acting for others needs the verb manage on vdisessions',
      },
      {
        expression: "request.operation == 'DELETE' || variables.owner == variables.place",
        message: 'spec.owner must be the user whose namespace this is',
      },
    ],
  }
}

/** Mirror pods come from a node, and an admin's own jobs (backups of homes) from Kubernetes' controllers. */
function userPods(notOperator: string): Policy {
  return {
    name: 'user-pods',
    rules: [{ group: '', resources: ['pods'], operations: ['CREATE'] }],
    inUserNamespaces: true,
    conditions: {
      'not-the-operator': notOperator,
      'not-a-controller': `!${CONTROLLERS}`,
      'not-a-node': `!('system:nodes' in ${GROUPS})`,
    },
    validations: [{ expression: MANAGES, message: 'pods in the namespace of a user are made by the operator alone' }],
  }
}

/** What the operator goes by cannot be forged, nor taken away. */
function reservedMetadata(notOperator: string): Policy {
  const unchanged = (field: 'labels' | 'annotations'): string =>
    `variables.new_${field}.all(key, !key.startsWith(${quoted(PREFIX)}) || (key in variables.old_${field} && variables.old_${field}[key] == variables.new_${field}[key])) && variables.old_${field}.all(key, !key.startsWith(${quoted(PREFIX)}) || key in variables.new_${field})`
  return {
    name: 'reserved-metadata',
    rules: HELD,
    inUserNamespaces: true,
    conditions: { 'not-the-operator': notOperator },
    variables: metadataVariables(),
    validations: (['labels', 'annotations'] as const).map((field) => ({
      expression: `(${unchanged(field)}) || ${MANAGES}`,
      message: `${field} that begin with ${PREFIX} are set by the operator alone`,
    })),
  }
}

/** Whose namespace it is, and how strict, is the operator's to say; its names are not to be taken beforehand. */
function userNamespaces(notOperator: string): Policy {
  const held = `(key.startsWith(${quoted(PREFIX)}) || (variables.is_users && key.startsWith(${quoted(PSA)})))`
  const unchanged = (field: 'labels' | 'annotations'): string =>
    `variables.new_${field}.all(key, !${held} || (key in variables.old_${field} && variables.old_${field}[key] == variables.new_${field}[key])) && variables.old_${field}.all(key, !${held} || key in variables.new_${field})`
  return {
    name: 'user-namespaces',
    rules: [{ group: '', resources: ['namespaces'], operations: ['CREATE', 'UPDATE'] }],
    conditions: { 'not-the-operator': notOperator },
    variables: {
      ...metadataVariables(),
      is_users: `object.metadata.name.startsWith(${quoted(USER_NAMESPACE_PREFIX)})`,
    },
    validations: [
      {
        expression: `request.operation != 'CREATE' || !variables.is_users || ${MANAGES_ALL}`,
        message: `namespaces that begin with ${USER_NAMESPACE_PREFIX} are made by the operator alone`,
      },
      ...(['labels', 'annotations'] as const).map((field) => ({
        expression: `(${unchanged(field)}) || ${MANAGES_ALL}`,
        message: `${field} that begin with ${PREFIX}, and the Pod Security of users' namespaces, are set by the operator alone`,
      })),
    ],
  }
}

/** RBAC gives the operator the whole cluster, since namespaces come and go; here its writes end at its users' namespaces and its own. */
function operatorBounds(isOperator: string, { namespace: platform, serviceAccount }: PlatformNames): Policy {
  const managed = `has(namespaceObject.metadata.labels) && ${quoted(LABEL.managed)} in namespaceObject.metadata.labels && namespaceObject.metadata.labels[${quoted(LABEL.managed)}] == ${quoted(FIELD_MANAGER_OPERATOR)}`
  const everything = ['CREATE', 'UPDATE', 'DELETE'] as const
  const isNamespace = "request.resource.resource == 'namespaces'"
  const enforce = `${PSA}enforce`
  const inPool = `request.namespace == ${quoted(WARM_POOL_NAMESPACE)}`
  const toItself = `has(object.subjects) && object.subjects.all(subject, subject.kind == 'ServiceAccount' && subject.name == ${quoted(serviceAccount)} && subject.namespace == ${quoted(platform)})`
  return {
    name: 'operator-bounds',
    rules: [
      ...HELD.map((rule) => ({ ...rule, operations: everything })),
      { group: '', resources: ['namespaces'], operations: everything },
    ],
    conditions: { 'the-operator': isOperator },
    validations: [
      {
        expression: `${isNamespace} || request.namespace == ${quoted(platform)} || (${managed})`,
        message: 'the operator writes in the namespaces of its users and in its own alone',
      },
      {
        expression: `!(${isNamespace}) || (request.operation != 'DELETE' && object.metadata.name.startsWith(${quoted(USER_NAMESPACE_PREFIX)}) && has(object.metadata.labels) && ${quoted(enforce)} in object.metadata.labels && object.metadata.labels[${quoted(enforce)}] in ['restricted', 'baseline'])`,
        message: `the operator makes namespaces that begin with ${USER_NAMESPACE_PREFIX} and enforce restricted or baseline, and deletes none`,
      },
      {
        expression: `request.resource.resource != 'rolebindings' || request.operation == 'DELETE' || (object.roleRef.kind == 'ClusterRole' && object.roleRef.name == ${quoted(USER_ROLE)}) || (${inPool} && (object.roleRef.kind == 'Role' || (object.roleRef.name == ${quoted(WARM_POOL_ROLE)} && ${toItself})))`,
        message: `the operator binds ${USER_ROLE} and no other role, but for those of the warm pool in its namespace`,
      },
      {
        expression: `request.resource.resource != 'roles' || request.operation == 'DELETE' || (${inPool} && has(object.rules) && object.rules.all(rule, has(rule.resourceNames) && rule.resourceNames.size() == 1))`,
        message: 'the operator makes roles in the namespace of the warm pool alone, each for named objects',
      },
    ],
  }
}

/** Whoever makes volumes could lend any folder of a node: these are folders of homes, named after the claim that they are for. */
function homesBounds({ namespace }: PlatformNames): Policy {
  return {
    name: 'homes-bounds',
    rules: [{ group: '', resources: ['persistentvolumes'], operations: ['CREATE', 'UPDATE', 'DELETE'] }],
    conditions: { homes: `${CALLER} == ${quoted(`system:serviceaccount:${namespace}:${HOMES_ACCOUNT}`)}` },
    variables: { volume: "request.operation == 'DELETE' ? oldObject : object" },
    validations: [
      {
        expression: `variables.volume.spec.storageClassName == ${quoted(HOMES_ACCOUNT)} && has(variables.volume.spec.local) && has(variables.volume.spec.claimRef) && variables.volume.metadata.name == 'pvc-' + variables.volume.spec.claimRef.uid && variables.volume.spec.local.path.endsWith('/' + variables.volume.metadata.name)`,
        message: `volumes of ${HOMES_ACCOUNT} are folders of homes, named after their claim`,
      },
    ],
  }
}

function metadataVariables(): Readonly<Record<string, string>> {
  const field = (name: 'labels' | 'annotations'): Readonly<Record<string, string>> => ({
    [`new_${name}`]: `has(object.metadata.${name}) ? object.metadata.${name} : {}`,
    [`old_${name}`]: `oldObject != null && has(oldObject.metadata.${name}) ? oldObject.metadata.${name} : {}`,
  })
  return { ...field('labels'), ...field('annotations') }
}

function policyObject(policy: Policy): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: nameOf(policy), labels: platformLabels('guard-rails') },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: policy.rules.map(({ group, resources, operations }) => ({
          apiGroups: [group],
          apiVersions: ['*'],
          operations: [...operations],
          resources: [...resources],
        })),
        ...(policy.inUserNamespaces === true ? { namespaceSelector: USER_NAMESPACE } : {}),
      },
      matchConditions: entries(policy.conditions),
      ...(policy.variables === undefined ? {} : { variables: entries(policy.variables) }),
      validations: policy.validations.map(({ expression, message }) => ({ expression, message, reason: 'Forbidden' })),
    },
  }
}

function bindingObject(policy: Policy): KubeObject {
  const name = nameOf(policy)
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name, labels: platformLabels('guard-rails') },
    spec: { policyName: name, validationActions: ['Deny', 'Audit'] },
  }
}

function nameOf({ name }: Policy): string {
  return `${name}.${API_GROUP}`
}

function entries(expressions: Readonly<Record<string, string>>): readonly Json[] {
  return Object.entries(expressions).map(([name, expression]) => ({ name, expression }))
}
