// The objects of a start, through the one renderer of every mode, and which of them are missing or have to go. Pure.
// Secret, pod and home are created, never written over: whoever was faster (ourselves, before a restart) was right.
import { CLAIM, POD, SECRET, SERVICE } from '../../kube/types.ts'
import { isEnding } from '../../shared/domain/cluster-objects.ts'
import { ownerHash } from '../../shared/domain/hash.ts'
import { accessName, mediaName } from '../../shared/domain/names.ts'
import type { Template } from '../../shared/domain/template.ts'
import { ANNOTATION, FIELD_MANAGER_OPERATOR } from '../../shared/product.ts'
import { renderSession, type RelayCredential, type SessionObjects } from '../../shared/render/render-session.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { OperatorConfig } from '../config.ts'
import type { PlannedDelete, PlannedWrite } from '../plan.ts'
import type { Facts, Start } from './facts.ts'
import type { Fresh, ObservedSession } from './observed.ts'
import type { SessionPod } from './pod-read.ts'
import { sessionReference } from './owner.ts'
import { mintRelayCredential, relayRefreshAt, secretText } from './relay-credential.ts'
import { missingRoutes, routeDeletes } from './routes.ts'

interface Render {
  readonly template: Template
  /** RFC 3339. */
  readonly lastStarted: string
  readonly password: string
  readonly relay: RelayCredential | undefined
}

/** Renders a start. */
function render(
  observed: ObservedSession,
  config: OperatorConfig,
  { template, lastStarted, password, relay }: Render,
): SessionObjects {
  const { session, spec } = observed
  return renderSession({
    template,
    session: {
      name: session.metadata.name,
      namespace: session.metadata.namespace ?? '',
      owner: spec.owner,
      ownerHash: ownerHash(spec.owner),
      displayName: spec.displayName ?? template.spec.displayName,
      withoutGpu: spec.withoutGpu,
      created: session.metadata.creationTimestamp ?? lastStarted,
      lastStarted,
    },
    platform: {
      nodePort: config.media.nodePort,
      fieldManager: FIELD_MANAGER_OPERATOR,
      desktopImage: config.desktopImage,
      relayImage: config.relayImage,
    },
    secrets: { password, relay },
    owner: sessionReference(observed),
  })
}

/**
 * Everything that a new start needs, all at once: the kubelet waits for the Secret and the scheduler for the home by themselves.
 * @param lastStarted RFC 3339: the name of the start
 */
export function startWrites(
  observed: ObservedSession,
  config: OperatorConfig,
  fresh: Fresh,
  template: Template,
  lastStarted: string,
  now: number,
): readonly PlannedWrite[] {
  const relay = fresh.relay && mintRelayCredential(fresh.relay, ownerHash(observed.spec.owner), now)
  const objects = render(observed, config, { template, lastStarted, password: fresh.password, relay })
  return [
    { verb: 'create', resource: SECRET, object: objects.secret },
    ...claimWrite(observed, objects),
    ...serviceWrite(observed, objects),
    ...missingRoutes(observed, config, template.spec.streaming.port),
    { verb: 'create', resource: POD, object: objects.pod },
  ]
}

/** What of a start that has begun is not there (any more), and the relay's credential at half its life. @param pod whether it needs one */
export function repairWrites(
  observed: ObservedSession,
  config: OperatorConfig,
  fresh: Fresh,
  start: Start,
  pod: boolean,
  now: number,
): readonly PlannedWrite[] {
  const { template, secret } = start
  const password = secretText(secret, 'password')
  // a Secret that somebody broke cannot be mended without a new start
  if (template === undefined || password === undefined) return []
  const routes = missingRoutes(observed, config, template.spec.streaming.port)
  const due = fresh.relay !== undefined && now >= relayRefreshAt(secret, fresh.relay)
  const service = config.media.nodePort && observed.service === undefined
  // nearly every round of nearly every session ends here
  if (!due && !pod && !service) return routes
  const relay = due && fresh.relay ? mintRelayCredential(fresh.relay, ownerHash(observed.spec.owner), now) : undefined
  const objects = render(observed, config, { template, lastStarted: start.at, password, relay })
  return [
    // applied as it was, with another credential
    ...(due ? [{ verb: 'apply', resource: SECRET, object: named(objects.secret, secret) } as const] : []),
    ...(pod ? claimWrite(observed, objects) : []),
    ...serviceWrite(observed, objects),
    ...routes,
    ...(pod ? [{ verb: 'create', resource: POD, object: objects.pod } as const] : []),
  ]
}

/** Keeps what the start wrote on its Secret: the desktop may have got another name meanwhile. */
function named(wanted: KubeObject, found: KubeObject): KubeObject {
  const displayName = found.metadata.annotations?.[ANNOTATION.displayName]
  if (displayName === undefined) return wanted
  const annotations = { ...wanted.metadata.annotations, [ANNOTATION.displayName]: displayName }
  return { ...wanted, metadata: { ...wanted.metadata, annotations } }
}

function claimWrite(observed: ObservedSession, { claim }: SessionObjects): readonly PlannedWrite[] {
  return claim && observed.claim === undefined ? [{ verb: 'create', resource: CLAIM, object: claim }] : []
}
function serviceWrite(observed: ObservedSession, { service }: SessionObjects): readonly PlannedWrite[] {
  return service && observed.service === undefined ? [{ verb: 'apply', resource: SERVICE, object: service }] : []
}

/** The media Service, where desktops have no node port any more, and routes that are not wanted any more. */
export function surplusDeletes(observed: ObservedSession, config: OperatorConfig): readonly PlannedDelete[] {
  const service = config.media.nodePort ? [] : deleteOf(SERVICE, observed.service)
  return [...service, ...routeDeletes(observed, config)]
}

/** Everything of a start but the home. */
export function endDeletes(observed: ObservedSession, { pods, leaving, uid }: Facts): readonly PlannedDelete[] {
  const ours = (object: KubeObject | undefined): KubeObject | undefined =>
    object?.metadata.ownerReferences?.some((reference) => reference.uid === uid) ? object : undefined
  return [
    ...podDeletes([...pods, ...leaving]),
    ...deleteOf(SERVICE, ours(observed.service)),
    ...routeDeletes(observed, undefined),
    // the credentials with it
    ...deleteOf(SECRET, ours(observed.secret)),
  ]
}

/** Tells pods to end, with the grace that they were made with; those that were told already are left alone. */
export function podDeletes(pods: readonly SessionPod[]): readonly PlannedDelete[] {
  return pods.filter((pod) => !isEnding(pod)).flatMap((pod) => deleteOf(POD, pod))
}

function deleteOf(resource: PlannedDelete['resource'], object: KubeObject | undefined): readonly PlannedDelete[] {
  if (object === undefined || isEnding(object)) return []
  const { name, namespace, uid } = object.metadata
  return [{ resource, name, namespace, uid }]
}

/** Names of a start's objects, for the status. */
export function namesOf(
  name: string,
  config: OperatorConfig,
): { readonly secretName: string; readonly serviceName?: string } {
  return { secretName: accessName(name), ...(config.media.nodePort ? { serviceName: mediaName(name) } : {}) }
}
