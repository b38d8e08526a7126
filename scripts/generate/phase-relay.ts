// The relay of phase 1: coturn on the node's own network, which relays to pods and nodes and to nothing else.
// What differs between sites (shared secret, ranges) is a file from a Secret; without it the relay does not start.
import { DEFAULT_RELAY_IMAGE, PLATFORM_NAMESPACE } from '../../shared/product.ts'
import { yamlFile, type GeneratedFile } from './generated-file.ts'

export const RELAY_FOLDER = 'relay'
const NAME = 'coturn'
const PORT = 3478
/** One port for each connection that is relayed. */
const RELAYED_PORTS = { from: 49_160, to: 49_959 }

/** The files of the relay's folder. */
export function relayFolder(folder: string): readonly GeneratedFile[] {
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' }
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: PLATFORM_NAMESPACE, labels } }
  return [
    yamlFile(
      `${folder}/kustomization.yaml`,
      'Needs relay.conf beside it, made from relay.conf.example. Its name gets a hash: a changed file restarts the relay.',
      [
        {
          apiVersion: 'kustomize.config.k8s.io/v1beta1',
          kind: 'Kustomization',
          namespace: PLATFORM_NAMESPACE,
          resources: ['namespace.yaml', 'coturn.yaml'],
          secretGenerator: [{ name: NAME, type: 'Opaque', files: ['relay.conf'] }],
        },
      ],
    ),
    yamlFile(
      `${folder}/namespace.yaml`,
      "The relay needs the node's network, which no lower level of Pod Security gives.",
      [namespace],
    ),
    yamlFile(`${folder}/coturn.yaml`, 'The relay: UDP and TCP 3478, and a range of UDP ports towards the desktops.', [
      deployment(),
    ]),
  ]
}

/** Settings that are the same everywhere. `$(NODE_IP)` is filled in by the kubelet. */
const ARGUMENTS = [
  '-c',
  '/etc/coturn/relay.conf',
  '--listening-ip=$(NODE_IP)',
  '--relay-ip=$(NODE_IP)',
  `--listening-port=${PORT}`,
  `--min-port=${RELAYED_PORTS.from}`,
  `--max-port=${RELAYED_PORTS.to}`,
  '--realm=kasm-operator',
  '--fingerprint',
  '--use-auth-secret',
  // only what relay.conf allows by name
  '--denied-peer-ip=0.0.0.0-255.255.255.255',
  '--denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  '--no-multicast-peers',
  '--no-tcp-relay',
  '--user-quota=12',
  '--total-quota=600',
  '--stale-nonce=600',
  '--no-cli',
  '--no-tls',
  '--no-dtls',
  '--userdb=/tmp/turndb',
  '--pidfile=/tmp/turnserver.pid',
  '--log-file=stdout',
  '--simple-log',
]

function deployment(): unknown {
  const labels = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/part-of': 'kasm-operator' }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: PLATFORM_NAMESPACE, labels },
    spec: {
      replicas: 1,
      // two cannot have the node's ports at once
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: true,
          dnsPolicy: 'ClusterFirstWithHostNet',
          enableServiceLinks: false,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 5,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 1000,
            runAsGroup: 1000,
            fsGroup: 1000,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [container()],
          volumes: [
            { name: 'tmp', emptyDir: {} },
            { name: 'config', secret: { secretName: NAME, defaultMode: 0o440 } },
          ],
        },
      },
    },
  }
}

function container(): unknown {
  const check = { tcpSocket: { port: PORT } }
  return {
    name: NAME,
    image: DEFAULT_RELAY_IMAGE,
    imagePullPolicy: 'IfNotPresent',
    args: ARGUMENTS,
    env: [{ name: 'NODE_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }],
    ports: [
      { name: 'turn-udp', containerPort: PORT, protocol: 'UDP' },
      { name: 'turn-tcp', containerPort: PORT, protocol: 'TCP' },
    ],
    startupProbe: { ...check, periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...check, periodSeconds: 5 },
    livenessProbe: { ...check, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'config', mountPath: '/etc/coturn', readOnly: true },
    ],
  }
}
