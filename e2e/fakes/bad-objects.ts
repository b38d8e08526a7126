// Objects that nobody may store, each with the field that the refusal has to name: asked of the schemas in a unit test and of a real API server in a spec.
// `by` says who can see the fault: the schema alone, a rule in CEL, or (status: of another object) the API server's own rules.

export interface BadObject {
  readonly what: string
  readonly kind: 'VDITemplate' | 'VDISession' | 'VDIUser'
  /** metadata.name; a good one when left out. */
  readonly name?: string
  /** The whole spec. */
  readonly spec: unknown
  /** As the API server writes it: `spec.env[0].name`. */
  readonly field: string
  /** Words of the refusal beside the field. */
  readonly says: string
  readonly by: 'schema' | 'rule' | 'name'
}

export const GOOD_SPEC = {
  VDITemplate: { displayName: 'Good', image: 'registry.example.com/desktop:1' },
  VDISession: { templateRef: { name: 'light-desktop' }, owner: 'alice' },
  VDIUser: { username: 'alice' },
} as const

type Change = Readonly<Record<string, unknown>>
type Row = readonly [what: string, change: Change, field: string, says: string]

const rows = (kind: BadObject['kind'], by: BadObject['by'], list: readonly Row[]): BadObject[] =>
  list.map(([what, change, field, says]) => ({ what, kind, by, field, says, spec: { ...GOOD_SPEC[kind], ...change } }))

const many = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, i) => make(i))
const long = (length: number): string => 'x'.repeat(length)
const variables = (count: number) => many(count, (index) => ({ name: `V${index}`, value: '' }))
const resources = (count: number) => Object.fromEntries(many(count, (index) => [`example.com/r${index}`, 1]))

const TEMPLATE_SHAPE: readonly Row[] = [
  ['no name for people', { displayName: undefined }, 'spec.displayName', 'Required value'],
  ['an empty name for people', { displayName: '' }, 'spec.displayName', 'at least 1 chars'],
  ['a name of 65 letters', { displayName: long(65) }, 'spec.displayName', '64'],
  ['a description of 1025 letters', { description: long(1025) }, 'spec.description', '1024'],
  ['a field that does not exist', { colour: 'red' }, 'spec.colour', 'unknown field'],
  ['a field that does not exist, deep inside', { gpu: { slice: 1 } }, 'spec.gpu.slice', 'unknown field'],
  ['another pull policy', { imagePullPolicy: 'Sometimes' }, 'spec.imagePullPolicy', 'IfNotPresent'],
  [
    'a pull Secret twice',
    { imagePullSecrets: [{ name: 'a' }, { name: 'a' }] },
    'spec.imagePullSecrets',
    'Duplicate value',
  ],
  [
    'a pull Secret with a bad name',
    { imagePullSecrets: [{ name: 'A B' }] },
    'spec.imagePullSecrets[0].name',
    'should match',
  ],
  ['an unknown flavour', { flavour: 'mint' }, 'spec.flavour', 'linuxserver'],
  ['an unknown generation', { streaming: { generation: 'selkies3' } }, 'spec.streaming.generation', 'selkies2'],
  ['a port below 1024', { streaming: { port: 80 } }, 'spec.streaming.port', '1024'],
  ['a port above 65535', { streaming: { port: 70_000 } }, 'spec.streaming.port', '65535'],
  ['a port in words', { streaming: { port: 'http' } }, 'spec.streaming.port', 'integer'],
  ['two slices', { gpu: { slices: 2 } }, 'spec.gpu.slices', '1'],
  ['less than no slice', { gpu: { slices: -1 } }, 'spec.gpu.slices', '0'],
  ['a GPU resource without its domain', { gpu: { resourceName: 'gpu' } }, 'spec.gpu.resourceName', 'should match'],
  ['a negative CPU', { resources: { limits: { cpu: -1 } } }, 'spec.resources.limits.cpu', '0'],
  ['memory in words', { resources: { limits: { memory: 'much' } } }, 'spec.resources.limits.memory', 'should match'],
  ['17 resources', { resources: { limits: resources(17) } }, 'spec.resources.limits', '16'],
  ['a home without a size', { storage: { home: {} } }, 'spec.storage.home.size', 'Required value'],
  [
    'a home at /',
    { storage: { home: { size: '1Gi', mountPath: '/' } } },
    'spec.storage.home.mountPath',
    'should match',
  ],
  [
    'a home that is archived',
    { storage: { home: { size: '1Gi', reclaim: 'Archive' } } },
    'spec.storage.home.reclaim',
    'Retain',
  ],
  ['a variable with a space', { env: [{ name: 'A B', value: '' }] }, 'spec.env[0].name', 'should match'],
  ['a variable without a value', { env: [{ name: 'A' }] }, 'spec.env[0].value', 'Required value'],
  ['a variable twice', { env: [...variables(1), ...variables(1)] }, 'spec.env', 'Duplicate value'],
  ['65 variables', { env: variables(65) }, 'spec.env', '64'],
  ['a screen of 100 pixels', { display: { width: 100 } }, 'spec.display.width', '640'],
  ['a screen of 10,000 pixels', { display: { height: 10_000 } }, 'spec.display.height', '4320'],
  ['500 pictures a second', { display: { refreshRate: 500 } }, 'spec.display.refreshRate', '240'],
  ['a privileged desktop', { security: { level: 'privileged' } }, 'spec.security.level', 'restricted'],
  ['an idle time below 0', { lifecycle: { idleTimeoutSeconds: -1 } }, 'spec.lifecycle.idleTimeoutSeconds', '0'],
  [
    'an idle time of a quarter',
    { lifecycle: { idleTimeoutSeconds: 8e6 } },
    'spec.lifecycle.idleTimeoutSeconds',
    '2592000',
  ],
  ['another end of idleness', { lifecycle: { onIdle: 'Sleep' } }, 'spec.lifecycle.onIdle', 'Stop'],
  ['a start within a second', { lifecycle: { startTimeoutSeconds: 1 } }, 'spec.lifecycle.startTimeoutSeconds', '10'],
  ['a group twice', { access: { allowedGroups: ['a', 'a'] } }, 'spec.access.allowedGroups', 'Duplicate value'],
  ['a user without a name', { access: { allowedUsers: [''] } }, 'spec.access.allowedUsers[0]', 'at least 1 chars'],
  ['101 sessions a user', { access: { maxSessionsPerUser: 101 } }, 'spec.access.maxSessionsPerUser', '100'],
  ['a long label value', { nodeSelector: { a: long(64) } }, 'spec.nodeSelector.a', '63'],
  ['an unknown effect', { tolerations: [{ key: 'a', effect: 'Never' }] }, 'spec.tolerations[0].effect', 'NoSchedule'],
  ['a wish in words', { prePull: 'yes' }, 'spec.prePull', 'boolean'],
  ['a pool of 51', { warmPool: { replicas: 51 } }, 'spec.warmPool.replicas', '50'],
  ['a start ahead of 5 s', { startAhead: { unopenedSeconds: 5 } }, 'spec.startAhead.unopenedSeconds', '30'],
]

const TEMPLATE_RULES: readonly Row[] = [
  ['the tag latest', { image: 'registry.example.com/desktop:latest' }, 'spec.image', 'must be pinned'],
  ['no tag', { image: 'registry.example.com:5000/desktop' }, 'spec.image', 'must be pinned'],
  ['selkies1 over WebSocket', { streaming: { generation: 'selkies1' } }, 'spec.streaming', 'transport must be webrtc'],
  ['a GPU among the limits', { resources: { limits: { 'nvidia.com/gpu': 1 } } }, 'spec.resources', 'gpu.slices'],
  [
    'a GPU among the requests',
    { resources: { requests: { 'nvidia.com/mig-1g.10gb': 1 } } },
    'spec.resources',
    'gpu.slices',
  ],
  [
    'its own GPU resource among the limits',
    { gpu: { resourceName: 'amd.com/gpu' }, resources: { limits: { 'amd.com/gpu': 1 } } },
    'spec',
    'gpu.slices',
  ],
  [
    'a request above the limit',
    { resources: { requests: { cpu: '2500m' }, limits: { cpu: 2 } } },
    'spec.resources',
    'limits may not be less',
  ],
  ['a home of nothing', { storage: { home: { size: 0 } } }, 'spec.storage.home.size', 'more than 0'],
  ['no shared memory', { storage: { shmSize: '0Mi' } }, 'spec.storage.shmSize', 'more than 0'],
  [
    "a variable of the platform's",
    { env: [{ name: 'SELKIES_MASTER_TOKEN', value: 'x' }] },
    'spec.env[0]',
    'belongs to the platform',
  ],
  ['baseline without a reason', { security: { level: 'baseline' } }, 'spec.security', 'needs a reason'],
  [
    'an idle time beyond the lifetime',
    { lifecycle: { maxLifetimeSeconds: 60 } },
    'spec.lifecycle',
    'idleTimeoutSeconds must not exceed',
  ],
  ['a toleration of nothing', { tolerations: [{ effect: 'NoSchedule' }] }, 'spec.tolerations[0]', 'operator Exists'],
  [
    'a toleration of any value and of one',
    { tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] },
    'spec.tolerations[0]',
    'may have no value',
  ],
  [
    'a patience with what is not scheduled',
    { tolerations: [{ key: 'a', effect: 'NoSchedule', tolerationSeconds: 5 }] },
    'spec.tolerations[0]',
    'NoExecute',
  ],
]

const SESSION_SHAPE: readonly Row[] = [
  ['no template', { templateRef: undefined }, 'spec.templateRef', 'Required value'],
  ['a template without a name', { templateRef: { name: '' } }, 'spec.templateRef.name', 'at least 1 chars'],
  ['a template with a long name', { templateRef: { name: long(41) } }, 'spec.templateRef.name', '40'],
  ['no owner', { owner: undefined }, 'spec.owner', 'Required value'],
  ['an owner with a long name', { owner: long(254) }, 'spec.owner', '253'],
  ['a state that is none', { desiredState: 'Paused' }, 'spec.desiredState', 'Stopped'],
  ['a time that is none', { expiresAt: 'tomorrow' }, 'spec.expiresAt', 'date-time'],
  ['a day that is none', { restartRequestedAt: '2026-02-30T08:00:00Z' }, 'spec.restartRequestedAt', 'date-time'],
  ['a time without its zone', { expiresAt: '2026-11-24T08:00:00' }, 'spec.expiresAt', 'date-time'],
  ['an idle time below 0', { idleTimeoutSeconds: -1 }, 'spec.idleTimeoutSeconds', '0'],
  ['a home that is archived', { home: { reclaim: 'Archive' } }, 'spec.home.reclaim', 'Retain'],
  ['a home without its fate', { home: {} }, 'spec.home.reclaim', 'Required value'],
  ['a pod of its own', { podSpec: { hostNetwork: true } }, 'spec.podSpec', 'unknown field'],
]

const USER_SHAPE: readonly Row[] = [
  ['no name', { username: undefined }, 'spec.username', 'Required value'],
  ['an empty name', { username: '' }, 'spec.username', 'at least 1 chars'],
  ['a group twice', { groups: ['a', 'a'] }, 'spec.groups', 'Duplicate value'],
  ['65 groups', { groups: many(65, (index) => `g${index}`) }, 'spec.groups', '64'],
  ['1,001 sessions', { quota: { sessions: 1001 } }, 'spec.quota.sessions', '1000'],
  ['memory in words', { quota: { memory: 'much' } }, 'spec.quota.memory', 'should match'],
  ['an unknown limit', { quota: { disks: 1 } }, 'spec.quota.disks', 'unknown field'],
  ['privileged desktops', { podSecurity: 'privileged' }, 'spec.podSecurity', 'baseline'],
]

const named = (kind: BadObject['kind'], what: string, name: string, says: string): BadObject => ({
  ...{ what, kind, name, says },
  spec: GOOD_SPEC[kind],
  field: 'metadata.name',
  by: 'name',
})

export const BAD_OBJECTS: readonly BadObject[] = [
  ...rows('VDITemplate', 'schema', TEMPLATE_SHAPE),
  ...rows('VDITemplate', 'rule', TEMPLATE_RULES),
  ...rows('VDISession', 'schema', SESSION_SHAPE),
  ...rows('VDIUser', 'schema', USER_SHAPE),
  named('VDITemplate', 'a name of 41 characters', long(41), 'at most 40 characters'),
  named('VDITemplate', 'a name with a dot', 'cad.v2', 'digits and dashes'),
  named('VDITemplate', 'a name that begins with a digit', '3d', 'a letter first'),
  named('VDISession', 'a name of 53 characters', long(53), 'at most 52 characters'),
  named('VDISession', 'a name that begins with a digit', '3d-abcdef', 'a letter first'),
  named('VDIUser', 'a name of 64 characters', long(64), 'at most 63 characters'),
]
