// A template: what a desktop is made from. The same shape in built-ins, labelled ConfigMaps and (operator mode) VDITemplate.spec.
// The CRD is generated from this schema: no unions, which structural schemas refuse. Its sections stand in template-pod.ts and template-policy.ts.
import * as z from 'zod/mini'
import { field, ruled } from './crd-meta.ts'
import { dnsName, unique } from './schema-parts.ts'
import {
  displaySchema,
  envSchema,
  gpuSchema,
  RESERVED_ENV,
  resourcesSchema,
  storageSchema,
  streamingSchema,
} from './template-pod.ts'
import {
  accessSchema,
  lifecycleSchema,
  securitySchema,
  startAheadSchema,
  tolerationsSchema,
  warmPoolSchema,
} from './template-policy.ts'

const image = ruled(z.string().check(z.minLength(1), z.maxLength(512)), [
  {
    message: 'must be pinned (a tag other than latest, or a digest)',
    cel: "!self.endsWith(':latest') && self.matches('[:@][^/]*$')",
    holds: (name) => !name.endsWith(':latest') && /[:@][^/]*$/.test(name),
  },
])
const pullSecrets = z
  .array(z.strictObject({ name: field('Name of the Secret.', dnsName(), { example: 'registry' }) }))
  .check(
    z.maxLength(8),
    unique(({ name }) => name),
  )
const nodeLabels = z
  .record(z.string(), z.string().check(z.maxLength(63)))
  .check(z.refine((labels) => Object.keys(labels).length <= 32, 'may name at most 32 labels'))

export const templateSpecSchema = ruled(
  z.strictObject({
    displayName: field('Name on the card that people choose from.', z.string().check(z.minLength(1), z.maxLength(64)), {
      example: 'CAD workstation',
    }),
    description: field(
      'A sentence or two for people: what is in it, whom it is for.',
      z._default(z.string().check(z.maxLength(1024)), ''),
      { example: 'FreeCAD and Blender with a slice of a GPU.' },
    ),
    icon: field(
      'A lucide icon name; an unknown one shows the plain monitor.',
      z._default(z.string().check(z.maxLength(64)), 'monitor'),
      { example: 'cpu' },
    ),
    image: field('Container image, pinned: with a tag other than latest, or with a digest.', image, {
      example: 'registry.example.com/desktops/cad:1.4.0',
    }),
    imagePullPolicy: field(
      "Kubernetes' own: when a node fetches the image.",
      z._default(z.enum(['Always', 'IfNotPresent', 'Never']), 'IfNotPresent'),
    ),
    imagePullSecrets: field(
      "Secrets with the login of the image's registry. They stand in the operator's namespace with the label vdi.kasm-operator.io/registry-login, and are copied to the people who may use the template; without an operator they must stand where desktops start.",
      z._default(pullSecrets, []),
      { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], example: [{ name: 'registry' }] },
    ),
    flavour: field(
      "Where the image comes from decides what it needs: kasm-operator is our own (not root, read-only), linuxserver is LinuxServer.io's webtop family (root under s6, port 3000, home in /config).",
      z._default(z.enum(['kasm-operator', 'linuxserver']), 'kasm-operator'),
    ),
    streaming: field(
      'The Selkies server in the image.',
      z._default(streamingSchema, { generation: 'selkies2', transport: 'dual', port: 8080 }),
    ),
    resources: field(
      'CPU, memory and other resources of the desktop. GPUs are asked for in gpu.',
      z._default(resourcesSchema, { requests: {}, limits: {} }),
    ),
    gpu: field(
      'A slice of a time-sliced GPU.',
      z._default(gpuSchema, { slices: 0, resourceName: 'nvidia.com/gpu.shared' }),
    ),
    storage: field('Home and shared memory.', z._default(storageSchema, { shmSize: '512Mi' })),
    env: field(
      `Variables in the desktop's environment. Those of the platform are refused: ${RESERVED_ENV.join(', ')}.`,
      z._default(envSchema, []),
      {
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        example: [{ name: 'LANG', value: 'de_DE.UTF-8' }],
      },
    ),
    display: field(
      'The screen at the start.',
      z._default(displaySchema, { width: 1920, height: 1080, refreshRate: 60 }),
    ),
    security: field(
      'What the pod needs to be allowed.',
      z._default(securitySchema, { level: 'restricted', reason: '' }),
    ),
    lifecycle: field(
      'How long a desktop runs.',
      z._default(lifecycleSchema, {
        idleTimeoutSeconds: 3600,
        idleWarningSeconds: 300,
        onIdle: 'Stop',
        maxLifetimeSeconds: 0,
        startTimeoutSeconds: 300,
      }),
    ),
    access: field(
      'Who may start it, where the operator runs: both lists empty means everybody with a VDIUser.',
      z._default(accessSchema, { allowedGroups: [], allowedUsers: [], maxSessionsPerUser: 1 }),
    ),
    nodeSelector: field('Labels that a node must have to run it.', z._default(nodeLabels, {}), {
      maxProperties: 32,
      'x-kubernetes-map-type': 'atomic',
      example: { 'nvidia.com/gpu.product': 'NVIDIA-L4' },
    }),
    tolerations: field('Taints of nodes that it bears, as in a pod.', z._default(tolerationsSchema, []), {
      'x-kubernetes-list-type': 'atomic',
      example: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
    }),
    prePull: field(
      'Keep its image on every node that it may run on, where the operator runs: a first start then fetches nothing.',
      z._default(z.boolean(), false),
      { example: true },
    ),
    startAhead: field(
      'Start it before it is asked for.',
      z._default(startAheadSchema, { enabled: false, keepFreeSlices: 1, unopenedSeconds: 300 }),
    ),
    warmPool: field(
      'Keep some of it running for nobody yet, where the operator runs and has a warm pool.',
      z._default(warmPoolSchema, { replicas: 0, keepFreeSlices: 1 }),
    ),
  }),
  [
    {
      message: 'resources may not name the GPU of gpu.resourceName: ask for it with gpu.slices',
      cel: '!(self.gpu.resourceName in self.resources.requests) && !(self.gpu.resourceName in self.resources.limits)',
      holds: ({ gpu, resources }) =>
        !Object.hasOwn(resources.requests, gpu.resourceName) && !Object.hasOwn(resources.limits, gpu.resourceName),
      path: ['resources'],
    },
  ],
)

export type TemplateSpec = z.infer<typeof templateSpecSchema>
/** What an author may write: defaults left out. */
export type TemplateSpecInput = z.input<typeof templateSpecSchema>

/** A template with its identity. `id` is unique in a cluster and a DNS label of at most 40 characters. */
export interface Template {
  readonly id: string
  readonly origin: 'builtin' | 'configmap' | 'crd' | 'demo'
  readonly spec: TemplateSpec
}
