// VDISession: what a person wants (spec) and what the operator made of it (status). The CRD is generated from these schemas.
// No unions: structural schemas refuse them. An object of the cluster is read with parseVdiSession (vdi-objects.ts), not with these.
import * as z from 'zod/mini'
import { conditionsSchema } from './conditions.ts'
import { field, immutable, type CelRule } from './crd-meta.ts'
import { count, time } from './schema-parts.ts'

/** Longest name of a VDISession: the names of its objects are made from it. */
export const SESSION_NAME_MAX = 52
/** On the whole object. A Service's name begins with a letter. */
export const SESSION_RULES: readonly CelRule[] = [
  {
    rule: `size(self.metadata.name) <= ${SESSION_NAME_MAX} && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')`,
    message: `metadata.name must be at most ${SESSION_NAME_MAX} characters: lower-case letters, digits and dashes, a letter first`,
  },
]

const reclaim = () => z.enum(['Retain', 'Delete'])
const text = (longest: number) => z.optional(z.string().check(z.maxLength(longest)))

export const vdiSessionSpecSchema = z.strictObject({
  templateRef: field(
    'The template that it is made from.',
    z.strictObject({
      name: field('Name of the VDITemplate.', z.string().check(z.minLength(1), z.maxLength(40)), {
        example: 'light-desktop',
      }),
    }),
    immutable('templateRef'),
  ),
  owner: field(
    "The user's name as the API server has it: whoever creates the session, unless an admin does it for them.",
    z.string().check(z.minLength(1), z.maxLength(253)),
    { ...immutable('owner'), example: 'alice' },
  ),
  desiredState: field(
    'Running has a desktop, Stopped keeps the home and the record alone.',
    z._default(z.enum(['Running', 'Stopped']), 'Running'),
  ),
  displayName: field(
    "Its name in the app; left out, the template's.",
    z.optional(z.string().check(z.minLength(1), z.maxLength(64))),
  ),
  withoutGpu: field(
    "Start without the template's GPU slice; the picture is then encoded in software.",
    z._default(z.boolean(), false),
  ),
  restartRequestedAt: field("A later time than the present start's makes a new pod.", z.optional(time())),
  idleTimeoutSeconds: field(
    "Shortens the template's; 0 and longer ones are ignored.",
    z.optional(z.int().check(z.gte(0), z.lte(2_592_000))),
  ),
  expiresAt: field('The session is stopped at this time, and does not start after it.', z.optional(time())),
  startAhead: field(
    'The app asked for it before anybody clicked; the first opening makes it an ordinary session.',
    z._default(z.boolean(), false),
    {
      'x-kubernetes-validations': [
        { rule: '!self || oldSelf', message: 'startAhead can be set only when the session is created' },
      ],
    },
  ),
  home: field(
    'What becomes of the home with this session.',
    z.optional(
      z.strictObject({
        reclaim: field('When the session is deleted. Left out with home: as the template says.', reclaim()),
      }),
    ),
  ),
})
export type VdiSessionSpec = z.infer<typeof vdiSessionSpecSchema>

/** For people and printer columns alone: programs read the conditions. */
export const SESSION_PHASES = [
  'Pending',
  'Scheduling',
  'Starting',
  'Ready',
  'Stopping',
  'Stopped',
  'Failed',
  'Terminating',
] as const

export const endpointSchema = z.strictObject({
  name: field('Which way this is: media, http, ...', z.string().check(z.maxLength(32))),
  type: field('What makes the way.', z.enum(['NodePort', 'Ingress'])),
  protocol: field('Protocol of the port.', z.optional(z.enum(['TCP', 'UDP']))),
  host: field('Address or name of the host.', text(253)),
  port: field('Port on the host.', z.optional(z.int().check(z.gte(1), z.lte(65_535)))),
  url: field('The whole URL, where there is one.', text(2048)),
})
export type SessionEndpoint = z.infer<typeof endpointSchema>

export const vdiSessionStatusSchema = z.strictObject({
  observedGeneration: field('metadata.generation that this status speaks of.', z.optional(count())),
  phase: field('One word for people; programs read the conditions.', z.optional(z.enum(SESSION_PHASES))),
  desktopNamespace: field(
    'Where its pod, Service and Secret are, when not beside it: it was claimed from the warm pool, and its credential is there.',
    text(63),
  ),
  podName: field('The pod of the present start.', text(253)),
  podUID: field('Its uid.', text(64)),
  podIP: field("Its address in the cluster's network.", text(64)),
  nodeName: field('The node that it runs on.', text(253)),
  serviceName: field('The Service with its media port.', text(253)),
  secretName: field('The Secret with its credentials.', text(253)),
  claimName: field('The claim that is its home.', text(253)),
  templateHash: field('Hash of the template that the running desktop was made from.', text(64)),
  gpu: field(
    "Its slice of a GPU, from the pod's allocatedResourcesStatus.",
    z.optional(
      z.strictObject({
        resourceName: field('The resource that the slice was asked for by.', z.string().check(z.maxLength(253))),
        uuid: field('The physical GPU.', text(64)),
        replica: field("Which of that GPU's slices.", text(64)),
        model: field("The GPU's model, from the node's labels.", text(128)),
      }),
    ),
  ),
  encoder: field('What encodes the picture.', z.optional(z.enum(['hardware', 'software']))),
  endpoints: field(
    'Ways to the desktop that do not lead through the API server.',
    z.optional(z.array(endpointSchema).check(z.maxLength(8))),
    { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
  ),
  connectedClients: field('Viewers that are connected.', z.optional(count())),
  restarts: field("Restarts of the present pod's desktop container.", z.optional(count())),
  startedAt: field('When the present (or last) start was asked for.', z.optional(time())),
  readyAt: field('When it was ready.', z.optional(time())),
  stoppedAt: field('When it ended.', z.optional(time())),
  stopReason: field('Why it is stopped, in one word.', text(64)),
  lastActivityTime: field('When somebody was connected last.', z.optional(time())),
  idleStopAt: field(
    'When it will be stopped for being idle; there only while that is near (idleWarningSeconds).',
    z.optional(time()),
  ),
  startupMilliseconds: field('From startedAt to ready, milliseconds.', z.optional(count())),
  podFailures: field(
    'When pods of this start ended by themselves (evicted, refused by a device plugin): more than 5 in 10 minutes stall the session.',
    z.optional(z.array(time()).check(z.maxLength(8))),
    { 'x-kubernetes-list-type': 'atomic' },
  ),
  conditions: field(
    'Ready is the summary; Reconciling and Stalled are absent while they do not hold.',
    conditionsSchema(),
  ),
})
export type VdiSessionStatus = z.infer<typeof vdiSessionStatusSchema>
export type SessionPhaseName = (typeof SESSION_PHASES)[number]
