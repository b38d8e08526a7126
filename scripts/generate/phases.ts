// The platform's first two phases as plain manifests: one desktop, then several people with a quota, a path in Traefik and a relay.
// The same objects that the app makes: both come from renderSession.
import { HTTP_PORT } from '../../shared/product.ts'
import { yamlFile, type GeneratedFile } from './generated-file.ts'
import { RELAY_FOLDER, relayFolder } from './phase-relay.ts'
import { httpService, ingress, phaseUser, policy, userFolder, type PhaseUser } from './phase-user.ts'

const PHASE_0 = 'manifests/phase-0'
const PHASE_1 = 'manifests/phase-1'
const USERS = ['alice', 'bob']

/** Every file of both phases. */
export function phases(): readonly GeneratedFile[] {
  return [...userFolder(PHASE_0, phaseUser('alice')), ...phaseOne(`${PHASE_1}/${RELAY_FOLDER}`)]
}

function phaseOne(relay: string): readonly GeneratedFile[] {
  const resources = [...USERS, RELAY_FOLDER]
  const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources }
  return [
    yamlFile(`${PHASE_1}/kustomization.yaml`, 'Several people and a relay; each folder can be applied alone.', [
      kustomization,
    ]),
    ...USERS.flatMap((name) => {
      const folder = `${PHASE_1}/${name}`
      const user = phaseUser(name)
      return userFolder(folder, user, [
        yamlFile(`${folder}/quota.yaml`, 'As much as one person may hold at once.', [quota(user)]),
        yamlFile(
          `${folder}/route.yaml`,
          'The desktop in a browser: https://HOST/d/NAME/, through Traefik as K3s brings it.',
          [httpService(user), policy(user, 'desktops-http', ingress([fromTraefik])), ...route(user)],
        ),
      ])
    }),
    ...relayFolder(relay),
  ]
}

/** Where K3s has its Traefik, and the label that its chart gives it. */
const fromTraefik = {
  from: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
    },
  ],
  ports: [{ port: HTTP_PORT, protocol: 'TCP' }],
}

function quota({ namespace }: PhaseUser): unknown {
  const hard = {
    pods: '4',
    'requests.cpu': '4',
    'requests.memory': '8Gi',
    'limits.memory': '16Gi',
    // extended resources know this prefix alone
    'requests.nvidia.com/gpu.shared': '1',
    persistentvolumeclaims: '4',
    'requests.storage': '50Gi',
    'services.nodeports': '4',
  }
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'desktops', namespace }, spec: { hard } }
}

/**
 * TLS alone: the desktop asks for its login with HTTP Basic. The Middleware is in the person's own namespace, since Traefik takes none
 * from another unless told so.
 */
function route({ username, namespace, session }: PhaseUser): readonly unknown[] {
  const apiVersion = 'traefik.io/v1alpha1'
  const metadata = { name: session, namespace }
  const prefix = `/d/${username}`
  return [
    { apiVersion, kind: 'Middleware', metadata, spec: { stripPrefix: { prefixes: [prefix] } } },
    {
      apiVersion,
      kind: 'IngressRoute',
      metadata,
      spec: {
        entryPoints: ['websecure'],
        routes: [
          {
            kind: 'Rule',
            match: `PathPrefix(\`${prefix}/\`)`,
            middlewares: [{ name: session }],
            services: [{ name: session, port: HTTP_PORT }],
          },
        ],
        tls: {},
      },
    },
  ]
}
