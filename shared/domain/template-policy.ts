// The sections of a template that say how safe, how long, for whom, where and when. Their descriptions are read in `kubectl explain` and docs/templates.md.
import * as z from 'zod/mini'
import { field, ruled } from './crd-meta.ts'
import { unique } from './schema-parts.ts'

export const securitySchema = ruled(
  z.strictObject({
    level: field(
      'Pod Security level that the pod needs. Images that start as root need baseline, which must give its reason and which a VDIUser may forbid.',
      z._default(z.enum(['restricted', 'baseline']), 'restricted'),
      { example: 'baseline' },
    ),
    reason: field(
      'Why a level above restricted is needed; people see it on the template.',
      z._default(z.string().check(z.maxLength(256)), ''),
      {
        example: 'Its supervisor starts as root and changes users itself.',
      },
    ),
  }),
  [
    {
      message: 'security.level baseline needs a reason: say it in security.reason',
      cel: "self.level == 'restricted' || self.reason != ''",
      holds: ({ level, reason }) => level === 'restricted' || reason !== '',
      path: ['reason'],
    },
  ],
)

export const lifecycleSchema = ruled(
  z.strictObject({
    idleTimeoutSeconds: field(
      'Nobody connected for this long ends the desktop as onIdle says; 0 never does.',
      z._default(z.int().check(z.gte(0), z.lte(2_592_000)), 3600),
    ),
    idleWarningSeconds: field(
      'So long before the idle stop the person is told.',
      z._default(z.int().check(z.gte(0), z.lte(86_400)), 300),
    ),
    onIdle: field(
      'What an idle desktop meets: Stop ends its pod and keeps the session, Delete removes the session too, None leaves it alone.',
      z._default(z.enum(['Stop', 'Delete', 'None']), 'Stop'),
    ),
    maxLifetimeSeconds: field(
      'Longest run of one start; 0: no limit.',
      z._default(z.int().check(z.gte(0), z.lte(31_536_000)), 0),
    ),
    startTimeoutSeconds: field(
      'A start that is not ready by then has failed. Time in which it waits for a place does not count.',
      z._default(z.int().check(z.gte(10), z.lte(3600)), 300),
    ),
  }),
  [
    {
      message: 'lifecycle.idleTimeoutSeconds must not exceed lifecycle.maxLifetimeSeconds',
      cel: 'self.maxLifetimeSeconds == 0 || self.idleTimeoutSeconds <= self.maxLifetimeSeconds',
      holds: ({ idleTimeoutSeconds, maxLifetimeSeconds }) =>
        maxLifetimeSeconds === 0 || idleTimeoutSeconds <= maxLifetimeSeconds,
      path: ['idleTimeoutSeconds'],
    },
  ],
)

const names = () =>
  z.array(z.string().check(z.minLength(1), z.maxLength(253))).check(
    z.maxLength(64),
    unique((name) => name),
  )

export const accessSchema = z.strictObject({
  allowedGroups: field('Groups of the VDIUsers who may start it.', z._default(names(), []), {
    'x-kubernetes-list-type': 'set',
    example: ['engineering'],
  }),
  allowedUsers: field('Names of users who may start it, as the API server has them.', z._default(names(), []), {
    'x-kubernetes-list-type': 'set',
    example: ['alice'],
  }),
  maxSessionsPerUser: field(
    'Desktops of this template that one person may run at once; 0: no limit but the quota.',
    z._default(z.int().check(z.gte(0), z.lte(100)), 1),
  ),
})

const toleration = ruled(
  z.strictObject({
    key: field('Key of the taint; left out, every taint.', z.optional(z.string().check(z.maxLength(317))), {
      example: 'nvidia.com/gpu',
    }),
    operator: field(
      'Exists takes any value, Equal (the default) the one that is named.',
      z.optional(z.enum(['Exists', 'Equal'])),
      {
        example: 'Exists',
      },
    ),
    value: field('Value of the taint, with Equal.', z.optional(z.string().check(z.maxLength(63))), {
      example: 'present',
    }),
    effect: field(
      'Effect of the taint; left out, every effect.',
      z.optional(z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])),
      { example: 'NoSchedule' },
    ),
    tolerationSeconds: field(
      'How long a NoExecute taint is borne; left out, for ever.',
      z.optional(z.int().check(z.gte(0))),
      { example: 300 },
    ),
  }),
  [
    {
      message: 'a toleration without a key must have the operator Exists',
      cel: "has(self.key) || (has(self.operator) && self.operator == 'Exists')",
      holds: ({ key, operator }) => key !== undefined || operator === 'Exists',
      path: ['operator'],
    },
    {
      message: 'a toleration with the operator Exists may have no value',
      cel: "!has(self.value) || !has(self.operator) || self.operator != 'Exists'",
      holds: ({ value, operator }) => value === undefined || operator !== 'Exists',
      path: ['value'],
    },
    {
      message: 'tolerationSeconds goes with the effect NoExecute alone',
      cel: "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
      holds: ({ tolerationSeconds, effect }) => tolerationSeconds === undefined || effect === 'NoExecute',
      path: ['tolerationSeconds'],
    },
  ],
)
export const tolerationsSchema = z.array(toleration).check(z.maxLength(16))

export const warmPoolSchema = z.strictObject({
  replicas: field(
    'Desktops that run already and wait for whoever asks next. For templates without a home alone: what has a home starts ahead.',
    z._default(z.int().check(z.gte(0), z.lte(50)), 0),
    { example: 2 },
  ),
  keepFreeSlices: field(
    'Free slices that the pool leaves alone for people who clicked.',
    z._default(z.int().check(z.gte(0), z.lte(1000)), 1),
  ),
})

export const startAheadSchema = z.strictObject({
  enabled: field(
    "Start it, with its person's home, when they open the app and slices are free: their click then finds it running.",
    z._default(z.boolean(), false),
    { example: true },
  ),
  keepFreeSlices: field(
    'Free slices that are left alone for people who clicked.',
    z._default(z.int().check(z.gte(0), z.lte(1000)), 1),
  ),
  unopenedSeconds: field(
    'Stopped again when nobody opened it within this time.',
    z._default(z.int().check(z.gte(30), z.lte(86_400)), 300),
  ),
})
