// The sections of a template that its pod is made of. What a description says is what `kubectl explain` and docs/templates.md say.
import * as z from 'zod/mini'
import { field, ruled } from './crd-meta.ts'
import { forbiddenPathSchema } from './media.ts'
import { dnsName, quantity, size, unique } from './schema-parts.ts'
import { parseQuantity } from './quantity.ts'

/** Environment variables that belong to the platform: a template that sets one is refused. */
export const RESERVED_ENV = [
  'SELKIES_MASTER_TOKEN',
  'SELKIES_TURN_SHARED_SECRET',
  'SELKIES_BASIC_AUTH_PASSWORD',
  'SELKIES_RTC_CONFIG_JSON',
  'NVIDIA_VISIBLE_DEVICES',
] as const
/** Resources whose number decides where a pod may run: only `gpu` asks for them. */
const GPU_PREFIX = 'nvidia.com/'
/** Resources whose request is held against its limit. A rule over every key would cost the API server more than it allows. */
const COMPARED = ['cpu', 'memory', 'ephemeral-storage']

export const streamingSchema = ruled(
  z.strictObject({
    generation: field(
      'Generation of the Selkies server in the image: selkies1 is Selkies-GStreamer 1.6 (WebRTC only), selkies2 is Selkies 2.x.',
      z._default(z.enum(['selkies1', 'selkies2']), 'selkies2'),
    ),
    transport: field(
      'How the picture travels. dual is WebRTC first, with WebSocket where WebRTC finds no way.',
      z._default(z.enum(['webrtc', 'websocket', 'dual']), 'dual'),
    ),
    port: field(
      "Port of the server's HTTP listener in the image.",
      z._default(z.int().check(z.gte(1024), z.lte(65535)), 8080),
    ),
    encoder: field(
      'Encoder that the server is told to use, and no other; left out, the one for H.264, with the others for who watches to choose.',
      z.optional(z.string().check(z.maxLength(32))),
      { example: 'h264enc' },
    ),
    forbiddenPaths: field(
      'Ways on which its picture may never come. tunnel and websocket go through the API server; direct is the address of the pod itself.',
      z.optional(
        z.array(forbiddenPathSchema).check(
          z.maxLength(5),
          unique((path) => path),
        ),
      ),
      { 'x-kubernetes-list-type': 'set', example: ['tunnel', 'websocket'] },
    ),
  }),
  [
    {
      message: 'transport must be webrtc with generation selkies1',
      cel: "self.generation != 'selkies1' || self.transport == 'webrtc'",
      holds: ({ generation, transport }) => generation !== 'selkies1' || transport === 'webrtc',
      path: ['transport'],
    },
  ],
)

const quantities = () =>
  z
    .record(z.string(), quantity())
    .check(z.refine((map) => Object.keys(map).length <= 16, 'may name at most 16 resources'))

export const resourcesSchema = ruled(
  z.strictObject({
    requests: field(
      'What is kept free for the desktop on its node, by resource: cpu, memory, ephemeral-storage.',
      z._default(quantities(), {}),
      { maxProperties: 16, example: { cpu: '500m', memory: '1Gi' } },
    ),
    limits: field(
      'What the desktop may use at most, by resource. Not less than its request.',
      z._default(quantities(), {}),
      { maxProperties: 16, example: { cpu: 4, memory: '8Gi' } },
    ),
  }),
  [
    {
      message: 'resources may not name a GPU: ask for it with gpu.slices',
      cel: `!self.requests.exists(k, k.startsWith('${GPU_PREFIX}')) && !self.limits.exists(k, k.startsWith('${GPU_PREFIX}'))`,
      holds: ({ requests, limits }) =>
        ![...Object.keys(requests), ...Object.keys(limits)].some((name) => name.startsWith(GPU_PREFIX)),
    },
    {
      message: 'resources.limits may not be less than resources.requests',
      cel: `[${COMPARED.map((name) => `'${name}'`).join(', ')}].all(k, !(k in self.requests) || !(k in self.limits) || !quantity(string(self.requests[k])).isGreaterThan(quantity(string(self.limits[k]))))`,
      holds: ({ requests, limits }) =>
        COMPARED.every((name) => {
          const asked = parseQuantity(requests[name] ?? '') ?? 0
          return asked <= (parseQuantity(limits[name] ?? '') ?? asked)
        }),
      path: ['limits'],
    },
  ],
)

export const gpuSchema = z.strictObject({
  slices: field(
    'Slices of a GPU that the desktop takes: 0 encodes in software, 1 renders and encodes on the GPU. More than one of a shared GPU gives nothing.',
    z._default(z.int().check(z.gte(0), z.lte(1)), 0),
    { example: 1 },
  ),
  resourceName: field(
    "Name of the slices among the nodes' resources, as the device plugin advertises it.",
    z._default(
      z
        .string()
        .check(
          z.regex(/^[a-z0-9.-]+\/[A-Za-z0-9._-]+$/, 'must be a resource such as nvidia.com/gpu.shared'),
          z.maxLength(253),
        ),
      'nvidia.com/gpu.shared',
    ),
  ),
  runtimeClassName: field(
    'RuntimeClass that brings the GPU into the container; K3s has one named nvidia. Left out where it is the default of the nodes.',
    z.optional(dnsName()),
    { example: 'nvidia' },
  ),
})

export const homeSchema = z.strictObject({
  size: field('Size of the home. It is fixed when the home is made.', size(), { example: '20Gi' }),
  storageClassName: field(
    "StorageClass of the home; left out, the cluster's default (local-path on K3s).",
    z.optional(dnsName()),
    { example: 'local-path' },
  ),
  mountPath: field(
    'Where the image expects the home.',
    z._default(
      z.string().check(z.regex(/^\/[^:]+$/, 'must be an absolute path other than /'), z.maxLength(255)),
      '/home/user',
    ),
  ),
  reclaim: field(
    'What becomes of the home when its session is deleted: Retain keeps it for the next one, Delete removes it and everything in it. The session may say otherwise.',
    z._default(z.enum(['Retain', 'Delete']), 'Retain'),
  ),
})

export const storageSchema = z.strictObject({
  home: field(
    'A home that outlives stops and restarts: one for each person and template. Without it nothing of a desktop is kept.',
    z.optional(homeSchema),
  ),
  shmSize: field('Shared memory (/dev/shm) of the desktop: browsers want 512Mi or more.', z._default(size(), '512Mi')),
})

const envVariable = ruled(
  z.strictObject({
    name: field(
      'Name of the variable.',
      z
        .string()
        .check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name of a variable such as LANG'), z.maxLength(253)),
      { example: 'LANG' },
    ),
    value: field(
      'Its value. Not the place for secrets: everybody who may start the template can read it.',
      z.string().check(z.maxLength(4096)),
      {
        example: 'de_DE.UTF-8',
      },
    ),
  }),
  [
    {
      message: 'env may not set a variable that belongs to the platform',
      cel: `!(self.name in [${RESERVED_ENV.map((name) => `'${name}'`).join(', ')}])`,
      holds: ({ name }) => !(RESERVED_ENV as readonly string[]).includes(name),
      path: ['name'],
    },
  ],
)
export const envSchema = z.array(envVariable).check(
  z.maxLength(64),
  unique(({ name }) => name),
)

export const displaySchema = z.strictObject({
  width: field(
    'Width of the screen at the start, pixels; the viewer changes it to the size of its window.',
    z._default(z.int().check(z.gte(640), z.lte(7680)), 1920),
  ),
  height: field('Height of the screen at the start, pixels.', z._default(z.int().check(z.gte(480), z.lte(4320)), 1080)),
  refreshRate: field('Pictures a second, at most.', z._default(z.int().check(z.gte(10), z.lte(240)), 60)),
})
