// One person's desktop as plain manifests: namespace, rights, network rules, and the objects that renderSession makes of a template.
// The password is no part of it: kustomize makes the access Secret from a file that only the admin has.
import { builtinTemplates } from '../../shared/domain/builtin-templates.ts'
import { ownerHash } from '../../shared/domain/hash.ts'
import {
  ANNOTATION,
  DEFAULT_DESKTOP_IMAGE,
  FIELD_MANAGER_DESKTOP,
  HTTP_PORT,
  LABEL,
  MEDIA_PORT,
} from '../../shared/product.ts'
import { renderSession, rtcDocument, type SessionObjects } from '../../shared/render/render-session.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import { DIRECT_ROLE, role } from './direct-role.ts'
import { yamlFile, type GeneratedFile } from './generated-file.ts'

const TEMPLATE = 'light-desktop'
/** Times of a start: a manifest has none, and what is written down would be told to people as the truth. */
const TIMES: readonly string[] = [ANNOTATION.created, ANNOTATION.lastStarted]

export interface PhaseUser {
  /** As the API server names the person. */
  readonly username: string
  readonly namespace: string
  /** The session's and the pod's name. */
  readonly session: string
}

/** A user of the examples. */
export function phaseUser(username: string): PhaseUser {
  return { username, namespace: `desktops-${username}`, session: `${TEMPLATE}-${username}` }
}

/** The files of a person's folder. @param more files of this folder that the phase adds */
export function userFolder(
  folder: string,
  user: PhaseUser,
  more: readonly GeneratedFile[] = [],
): readonly GeneratedFile[] {
  const { secret, claim, pod, service } = sessionObjects(user)
  const desktop = [claim, pod, service].filter((object) => object !== undefined).map(withoutTimes)
  const files = [
    yamlFile(`${folder}/namespace.yaml`, `The namespace of ${user.username}, Pod Security restricted.`, [
      namespace(user),
    ]),
    yamlFile(`${folder}/rights.yaml`, `What ${user.username} may do here: the Role of manifests/direct-role.`, [
      role(user.namespace),
      roleBinding(user),
    ]),
    yamlFile(`${folder}/network.yaml`, 'Nothing is let in but the media of desktops; a port-forward needs no rule.', [
      policy(user, 'default-deny', { podSelector: {}, policyTypes: ['Ingress'] }),
      policy(user, 'desktops-media', ingress([{ ports: [{ port: MEDIA_PORT, protocol: 'UDP' }] }])),
    ]),
    yamlFile(
      `${folder}/desktop.yaml`,
      'Home, pod and media port: what the app itself would make of its light desktop.',
      desktop,
    ),
  ]
  const names = [...files, ...more].map(({ path }) => path.slice(folder.length + 1))
  return [
    yamlFile(
      `${folder}/kustomization.yaml`,
      'Needs access.env beside it, one line: password=RANDOM (README.md says how). Without it nothing is applied.',
      [kustomization(names, secret)],
    ),
    { path: `${folder}/rtc.json`, text: `${rtcDocument()}\n` },
    ...files,
    ...more,
  ]
}

/** A rule for the pods of sessions, whoever starts them. */
export function ingress(rules: readonly unknown[]): unknown {
  return {
    podSelector: { matchExpressions: [{ key: LABEL.session, operator: 'Exists' }] },
    policyTypes: ['Ingress'],
    ingress: rules,
  }
}

export function policy({ namespace }: PhaseUser, name: string, spec: unknown): unknown {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec }
}

/** The desktop's HTTP listener, for an ingress. Its name is the session's; it is the admin's object, not the session's. */
export function httpService(user: PhaseUser): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: user.session, namespace: user.namespace },
    spec: {
      selector: { [LABEL.session]: user.session },
      ports: [{ name: 'http', port: HTTP_PORT, targetPort: HTTP_PORT, protocol: 'TCP' }],
    },
  }
}

function sessionObjects({ username, namespace, session }: PhaseUser): SessionObjects {
  const template = builtinTemplates().find(({ id }) => id === TEMPLATE)
  if (template === undefined) throw new Error(`the template ${TEMPLATE} is not built in any more`)
  return renderSession({
    template,
    session: {
      name: session,
      namespace,
      owner: username,
      ownerHash: ownerHash(username),
      displayName: template.spec.displayName,
      withoutGpu: false,
      created: '',
      lastStarted: '',
    },
    platform: { nodePort: true, fieldManager: FIELD_MANAGER_DESKTOP, desktopImage: DEFAULT_DESKTOP_IMAGE },
    secrets: { password: '' },
  })
}

function withoutTimes(object: KubeObject): KubeObject {
  const annotations = Object.entries(object.metadata.annotations ?? {}).filter(([name]) => !TIMES.includes(name))
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(annotations) } }
}

/** The record of the session has its fixed name, so kustomize must not add a hash to it. */
function kustomization(resources: readonly string[], secret: KubeObject): unknown {
  const { name, namespace, labels, annotations } = withoutTimes(secret).metadata
  const options = { disableNameSuffixHash: true, labels, annotations }
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources,
    secretGenerator: [{ name, namespace, type: 'Opaque', envs: ['access.env'], files: ['rtc.json'], options }],
  }
}

function namespace({ namespace: name }: PhaseUser): unknown {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' }
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
}

function roleBinding({ username, namespace }: PhaseUser): unknown {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: DIRECT_ROLE, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: DIRECT_ROLE },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: username }],
  }
}
