// The operator in its namespace as plain objects: account, settings, Deployment, Service, disruption budget and network rules.
// phase-2 holds them as they are; the chart's templates make the same of its default values, and a test compares the two.
import { createHash } from 'node:crypto'
import { operatorConfigSchema, type OperatorConfig } from '../../../operator/config.ts'
import { DEFAULT_OPERATOR_IMAGE, LABEL, PRODUCT_ID } from '../../../shared/product.ts'
import { OPERATOR_SELECTOR, platformLabels, type PlatformNames } from './names.ts'

/** Port of health, metrics and the proxy's auth endpoint. */
export const HTTP = { name: 'http', port: 8080 } as const
/** Folder of the settings in the container. */
const CONFIG_FOLDER = '/etc/kasm-operator'
const USER = 65_532
/** Where API servers listen: behind their Service, after its address was translated. */
const API_SERVER_PORTS = [443, 6443]

const labels = platformLabels('operator')

/** Settings where nobody says otherwise. */
export function defaultConfig(): OperatorConfig {
  return operatorConfigSchema.parse({})
}

/** Everything of the operator but its rights. */
export function operatorObjects(names: PlatformNames, config: OperatorConfig): readonly unknown[] {
  const text = JSON.stringify(config, null, 2)
  return [
    object('v1', 'ServiceAccount', names, names.serviceAccount, { automountServiceAccountToken: false }),
    object('v1', 'ConfigMap', names, PRODUCT_ID, { data: { 'config.json': text } }),
    object('v1', 'Service', names, PRODUCT_ID, {
      spec: {
        selector: OPERATOR_SELECTOR,
        ports: [{ name: HTTP.name, port: HTTP.port, targetPort: HTTP.name, protocol: 'TCP' }],
      },
    }),
    object('policy/v1', 'PodDisruptionBudget', names, PRODUCT_ID, {
      spec: { minAvailable: 1, selector: { matchLabels: OPERATOR_SELECTOR } },
    }),
    object('networking.k8s.io/v1', 'NetworkPolicy', names, PRODUCT_ID, { spec: networkRules() }),
    object('apps/v1', 'Deployment', names, PRODUCT_ID, { spec: deployment(names, text) }),
  ]
}

function object(
  apiVersion: string,
  kind: string,
  { namespace }: PlatformNames,
  name: string,
  rest: Readonly<Record<string, unknown>>,
): unknown {
  return { apiVersion, kind, metadata: { name, namespace, labels }, ...rest }
}

/** In: everybody but desktops. Out: names, the API server, desktops (who is connected). */
function networkRules(): unknown {
  const managed = (operator: string): unknown => ({ matchExpressions: [{ key: LABEL.managed, operator }] })
  return {
    podSelector: { matchLabels: OPERATOR_SELECTOR },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      { from: [{ namespaceSelector: managed('DoesNotExist') }], ports: [{ port: HTTP.name, protocol: 'TCP' }] },
    ],
    egress: [
      {
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
        ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol })),
      },
      { ports: API_SERVER_PORTS.map((port) => ({ port, protocol: 'TCP' })) },
      { to: [{ namespaceSelector: managed('Exists') }] },
    ],
  }
}

function deployment({ serviceAccount }: PlatformNames, config: string): unknown {
  const checksum = createHash('sha256').update(config).digest('hex')
  return {
    // one leads, the other takes over within seconds
    replicas: 2,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    selector: { matchLabels: OPERATOR_SELECTOR },
    template: {
      metadata: {
        labels,
        annotations: { 'checksum/config': checksum, 'kubectl.kubernetes.io/default-container': 'operator' },
      },
      spec: {
        serviceAccountName: serviceAccount,
        automountServiceAccountToken: true,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 30,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: USER,
          runAsGroup: USER,
          fsGroup: USER,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            // one node is enough for a cluster that has no other
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: OPERATOR_SELECTOR },
          },
        ],
        containers: [container()],
        volumes: [
          { name: 'config', configMap: { name: PRODUCT_ID } },
          { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
        ],
      },
    },
  }
}

function container(): unknown {
  const field = (name: string, fieldPath: string): unknown => ({ name, valueFrom: { fieldRef: { fieldPath } } })
  return {
    name: 'operator',
    image: DEFAULT_OPERATOR_IMAGE,
    imagePullPolicy: 'IfNotPresent',
    env: [
      { name: 'KASM_OPERATOR_CONFIG', value: `${CONFIG_FOLDER}/config.json` },
      field('POD_NAME', 'metadata.name'),
      field('POD_NAMESPACE', 'metadata.namespace'),
      field('POD_SERVICE_ACCOUNT', 'spec.serviceAccountName'),
      field('POD_IP', 'status.podIP'),
    ],
    ports: [{ name: HTTP.name, containerPort: HTTP.port, protocol: 'TCP' }],
    startupProbe: probe('/healthz', { periodSeconds: 1, failureThreshold: 60 }),
    readinessProbe: probe('/readyz', { periodSeconds: 5, failureThreshold: 2 }),
    livenessProbe: probe('/healthz', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    volumeMounts: [
      { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  }
}

function probe(path: string, rest: Readonly<Record<string, number>>): unknown {
  return { httpGet: { path, port: HTTP.name }, ...rest }
}
