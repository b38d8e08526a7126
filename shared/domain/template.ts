// A template: what a desktop is made from. The same shape in built-ins, labelled ConfigMaps and (operator mode) VDITemplate.spec.
// No unions: the CRD is generated from this schema later, and structural schemas refuse them.
import * as z from 'zod/mini'

const quantity = z
  .string()
  .check(z.regex(/^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi|Ti|k|M|G|T)?$/, 'must be a quantity such as 500m or 2Gi'))
const quantities = z.record(z.string(), quantity)
const dnsName = z.string().check(z.regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be a DNS name'), z.maxLength(253))

/** Environment variables that belong to the platform: a template that sets one is refused. */
export const RESERVED_ENV = [
  'SELKIES_MASTER_TOKEN',
  'SELKIES_TURN_SHARED_SECRET',
  'SELKIES_BASIC_AUTH_PASSWORD',
  'SELKIES_RTC_CONFIG_JSON',
  'NVIDIA_VISIBLE_DEVICES',
] as const

export const templateSpecSchema = z
  .strictObject({
    displayName: z.string().check(z.minLength(1), z.maxLength(64)),
    description: z._default(z.string().check(z.maxLength(1024)), ''),
    /** A lucide icon name; an unknown one shows the plain monitor. */
    icon: z._default(z.string().check(z.maxLength(64)), 'monitor'),
    image: z.string().check(
      z.minLength(1),
      z.maxLength(512),
      z.refine(
        (image) => !image.endsWith(':latest') && /[:@]/.test(image.split('/').at(-1) ?? ''),
        'must be pinned (a tag other than latest, or a digest)',
      ),
    ),
    imagePullPolicy: z._default(z.enum(['Always', 'IfNotPresent', 'Never']), 'IfNotPresent'),
    imagePullSecrets: z._default(z.array(z.strictObject({ name: dnsName })).check(z.maxLength(8)), []),
    /** Where the image comes from decides what it needs: `kasm-operator` is our own, `linuxserver` the webtop family (uid 0 under s6, port 3000, /config). */
    flavour: z._default(z.enum(['kasm-operator', 'linuxserver']), 'kasm-operator'),
    streaming: z._default(
      z.strictObject({
        generation: z._default(z.enum(['selkies1', 'selkies2']), 'selkies2'),
        transport: z._default(z.enum(['webrtc', 'websocket', 'dual']), 'dual'),
        port: z._default(z.int().check(z.gte(1024), z.lte(65535)), 8080),
        encoder: z.optional(z.string().check(z.maxLength(32))),
      }),
      { generation: 'selkies2', transport: 'dual', port: 8080 },
    ),
    resources: z._default(
      z.strictObject({ requests: z._default(quantities, {}), limits: z._default(quantities, {}) }),
      { requests: {}, limits: {} },
    ),
    gpu: z._default(
      z.strictObject({
        slices: z._default(z.int().check(z.gte(0), z.lte(1)), 0),
        resourceName: z._default(
          z.string().check(z.regex(/^[a-z0-9.-]+\/[A-Za-z0-9._-]+$/), z.maxLength(253)),
          'nvidia.com/gpu.shared',
        ),
        runtimeClassName: z.optional(dnsName),
      }),
      { slices: 0, resourceName: 'nvidia.com/gpu.shared' },
    ),
    storage: z._default(
      z.strictObject({
        home: z.optional(
          z.strictObject({
            size: quantity,
            storageClassName: z.optional(dnsName),
            mountPath: z._default(z.string().check(z.regex(/^\/.+/)), '/home/user'),
            reclaim: z._default(z.enum(['Retain', 'Delete']), 'Retain'),
          }),
        ),
        shmSize: z._default(quantity, '512Mi'),
      }),
      { shmSize: '512Mi' },
    ),
    env: z._default(
      z
        .array(
          z.strictObject({
            name: z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.maxLength(253)),
            value: z.string().check(z.maxLength(4096)),
          }),
        )
        .check(
          z.maxLength(64),
          z.refine(
            (env) => !env.some(({ name }) => (RESERVED_ENV as readonly string[]).includes(name)),
            'sets a variable that belongs to the platform',
          ),
        ),
      [],
    ),
    display: z._default(
      z.strictObject({
        width: z._default(z.int().check(z.gte(640), z.lte(7680)), 1920),
        height: z._default(z.int().check(z.gte(480), z.lte(4320)), 1080),
        refreshRate: z._default(z.int().check(z.gte(10), z.lte(240)), 60),
      }),
      { width: 1920, height: 1080, refreshRate: 60 },
    ),
    security: z._default(
      z.strictObject({
        /** Pod Security level the pod needs. `baseline` must say why. */
        level: z._default(z.enum(['restricted', 'baseline']), 'restricted'),
        reason: z._default(z.string().check(z.maxLength(256)), ''),
      }),
      { level: 'restricted', reason: '' },
    ),
    lifecycle: z._default(
      z.strictObject({
        /** Nobody connected for this long ends the desktop as `onIdle` says; 0 never does. */
        idleTimeoutSeconds: z._default(z.int().check(z.gte(0), z.lte(2_592_000)), 3600),
        /** So long before the idle stop the person is told. */
        idleWarningSeconds: z._default(z.int().check(z.gte(0), z.lte(86_400)), 300),
        onIdle: z._default(z.enum(['Stop', 'Delete', 'None']), 'Stop'),
        /** Longest run of one start; 0: no limit. */
        maxLifetimeSeconds: z._default(z.int().check(z.gte(0), z.lte(31_536_000)), 0),
        startTimeoutSeconds: z._default(z.int().check(z.gte(10), z.lte(3600)), 300),
      }),
      {
        idleTimeoutSeconds: 3600,
        idleWarningSeconds: 300,
        onIdle: 'Stop',
        maxLifetimeSeconds: 0,
        startTimeoutSeconds: 300,
      },
    ),
    /** Who may start it, where the operator runs: both lists empty means everybody. */
    access: z._default(
      z.strictObject({
        allowedGroups: z._default(
          z.array(z.string().check(z.minLength(1), z.maxLength(253))).check(z.maxLength(64)),
          [],
        ),
        allowedUsers: z._default(
          z.array(z.string().check(z.minLength(1), z.maxLength(253))).check(z.maxLength(64)),
          [],
        ),
        /** Running at once, of this template; 0: no limit. */
        maxSessionsPerUser: z._default(z.int().check(z.gte(0), z.lte(100)), 1),
      }),
      { allowedGroups: [], allowedUsers: [], maxSessionsPerUser: 1 },
    ),
    nodeSelector: z._default(z.record(z.string(), z.string()), {}),
    tolerations: z._default(
      z
        .array(
          z.strictObject({
            key: z.optional(z.string().check(z.maxLength(317))),
            operator: z.optional(z.enum(['Exists', 'Equal'])),
            value: z.optional(z.string().check(z.maxLength(63))),
            effect: z.optional(z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])),
            tolerationSeconds: z.optional(z.int().check(z.gte(0))),
          }),
        )
        .check(z.maxLength(16)),
      [],
    ),
    /** Keep its image on every node that it may run on, where the operator runs. */
    prePull: z._default(z.boolean(), false),
    /** Start it when its user opens the app and slices are free, so that the click finds it running. */
    startAhead: z._default(
      z.strictObject({
        enabled: z._default(z.boolean(), false),
        /** Free slices that are left alone for real starts. */
        keepFreeSlices: z._default(z.int().check(z.gte(0), z.lte(1000)), 1),
        /** Stopped again when nobody opened it within this time. */
        unopenedSeconds: z._default(z.int().check(z.gte(30), z.lte(86_400)), 300),
      }),
      { enabled: false, keepFreeSlices: 1, unopenedSeconds: 300 },
    ),
  })
  .check(
    z.refine((spec) => spec.security.level === 'restricted' || spec.security.reason !== '', {
      message: 'security.level baseline needs a reason',
      path: ['security', 'reason'],
    }),
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

/** A template as the UI shows it. */
export const templateViewSchema = z.object({
  id: z.string(),
  clusterId: z.string(),
  name: z.string(),
  description: z.string(),
  icon: z.string(),
  slices: z.number(),
  /** For badges: "4 cores, 16 GB"; empty when the template names none. */
  size: z.string(),
  hasHome: z.boolean(),
  /** Usual time from click to first picture, ms, from this person's own earlier starts; absent before the first. */
  usualReadyMs: z.optional(z.number()),
  /** Usual times of the stages, ms. */
  usualStages: z.optional(z.record(z.string(), z.number())),
  /** Why it cannot start now, in plain words; it may still be asked to wait. */
  blocked: z.optional(z.object({ sentence: z.string(), canWait: z.boolean() })),
  /** Pod Security level above restricted: said on its face with its reason. */
  securityNote: z.optional(z.string()),
})
export type TemplateView = z.infer<typeof templateViewSchema>
