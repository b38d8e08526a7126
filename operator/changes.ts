// Which planners a change concerns: each object that comes, changes or goes is turned into keys of the work queue.
// Policy: a round too many costs little (a plan that changes nothing writes nothing), a round too few waits for the full one. What a person
// has asked for is urgent. What is on its way is given a moment, in which it mostly gets there: one status then says what several would.
import { isDeepStrictEqual } from 'node:util'
import type { KubeObject, Reflector } from '../kube/types.ts'
import type { Lane } from '../kube/work-queue.ts'
import { conditionOf, type NodeObject, type PodObject } from '../shared/domain/cluster-objects.ts'
import { WARM_POOL_NAMESPACE } from '../shared/domain/names.ts'
import { LABEL } from '../shared/product.ts'
import { sessionKey, templateKey, userKey } from './keys.ts'
import { claimOf, isOfPool } from './pool.ts'
import { namespacesOfUser, type Stores } from './stores.ts'
import { isLogin } from './user/registry-logins.ts'

export interface ChangeSink {
  /** A round as soon as there is room; urgent where somebody waits for it. */
  add(key: string, lane?: Lane): void
  /** A round in a moment: more news of the same is on its way. */
  settle(key: string): void
  /** A round within seconds: counts of many sessions, which change often. */
  soon(key: string): void
}

type Listener = (before: KubeObject | undefined, after: KubeObject | undefined) => void

/** Tells the sink of every change from now on. @returns stops */
export function watchChanges(stores: Stores, sink: ChangeSink): () => void {
  const { by } = stores
  const addSession = (session: KubeObject): void => sink.add(keyOfSession(session))
  const addNamespace = (namespace: string): void => by.sessionNamespace.get(namespace).forEach(addSession)
  const addClaimer = (desktop: KubeObject): void => {
    const claim = claimOf(desktop)
    if (claim) sink.add(sessionKey(claim.namespace, claim.name))
  }
  const addLabelled: Listener = (before, after) => {
    const { metadata } = (after ?? before) as KubeObject
    const session = metadata.labels?.[LABEL.session]
    if (session === undefined) return
    const key = sessionKey(metadata.namespace ?? '', session)
    // it was made by a round just now, and the pod is to follow
    if (before === undefined) sink.settle(key)
    else sink.add(key)
  }
  const onPod: Listener = (before, after) => {
    const { metadata } = (after ?? before) as KubeObject
    const session = metadata.labels?.[LABEL.session]
    if (session === undefined) return
    const key = sessionKey(metadata.namespace ?? '', session)
    if (after && isOnItsWay(after)) sink.settle(key)
    else sink.add(key)
    const desktop = stores.sessions.get(session, metadata.namespace)
    if (desktop) addClaimer(desktop)
    // the pool gives way to who has no place
    if (after && !isSameWait(before, after)) poolTemplates(stores).forEach((name) => sink.add(templateKey(name)))
  }
  const addUsersOf: Listener = (before, after) => {
    const { metadata } = (after ?? before) as KubeObject
    // a namespace is its own place
    for (const user of by.userNamespace.get(metadata.namespace ?? metadata.name)) sink.add(userKey(user.metadata.name))
  }

  const onQuota: Listener = (before, after) => {
    // each start and each end is counted in one: no news for its user
    if (before && after && isDeepStrictEqual(uncounted(before), uncounted(after))) return
    addUsersOf(before, after)
  }

  const everyUser = (): void => stores.users.items.forEach(({ metadata }) => sink.soon(userKey(metadata.name)))

  const everyTemplate = (): void =>
    stores.templates.items.forEach(({ metadata }) => sink.soon(templateKey(metadata.name)))

  const onSecret: Listener = (before, after) => {
    if (isLogin((after ?? before) as KubeObject)) addUsersOf(before, after)
    else addLabelled(before, after)
  }

  /** Nobody waits for it, but who has claimed it goes by it, and its template counts it. */
  const onPoolSession: Listener = (before, after) => {
    const session = (after ?? before) as KubeObject
    sink.add(keyOfSession(session))
    const template = templateOf(session)
    if (template !== undefined) sink.add(templateKey(template))
    for (const one of [before, after]) if (one) addClaimer(one)
  }

  const onSession: Listener = (before, after) => {
    const session = (after ?? before) as KubeObject
    if (isOfPool(session)) onPoolSession(before, after)
    else if (before && after && isSameWish(before, after)) sink.settle(keyOfSession(session))
    else sink.add(keyOfSession(session), 'urgent')
    if (before && after && stateOf(before) === stateOf(after)) return
    const template = templateOf(session)
    if (template !== undefined) sink.soon(templateKey(template))
    for (const user of by.userNamespace.get(session.metadata.namespace ?? '')) sink.soon(userKey(user.metadata.name))
    // what one lets go (a home, a place among the allowed ones) another may be waiting for
    if (before === undefined || !isUp(before) || (after && isUp(after))) return
    for (const other of by.sessionOwner.get(ownerOf(session) ?? ''))
      if (other !== after && wantsToRun(other) && !isUp(other)) addSession(other)
  }

  const onTemplate: Listener = (before, after) => {
    const { name } = ((after ?? before) as KubeObject).metadata
    sink.add(templateKey(name))
    if (before?.metadata.generation !== undefined && before.metadata.generation === after?.metadata.generation) return
    by.sessionTemplate.get(name).forEach(addSession)
    // who needs which registry's login
    if (namesLogins(before) || namesLogins(after)) everyUser()
  }

  const onUser: Listener = (before, after) => {
    const user = (after ?? before) as KubeObject
    sink.add(userKey(user.metadata.name))
    // the pool is there once its user is ready
    if (namespacesOfUser(user).includes(WARM_POOL_NAMESPACE)) everyTemplate()
    if (before?.metadata.generation !== undefined && before.metadata.generation === after?.metadata.generation) return
    const namespaces = new Set([before, after].flatMap((one) => (one ? namespacesOfUser(one) : [])))
    for (const namespace of namespaces) {
      addNamespace(namespace)
      // another one for the same person may take its place
      for (const other of by.userNamespace.get(namespace)) sink.add(userKey(other.metadata.name))
    }
  }

  const onClaim: Listener = (before, after) => {
    const { metadata } = (after ?? before) as KubeObject
    const template = metadata.labels?.[LABEL.template]
    for (const session of by.sessionNamespace.get(metadata.namespace ?? '')) {
      if (templateOf(session) !== template) continue
      if (before === undefined && after) sink.settle(keyOfSession(session))
      else addSession(session)
    }
  }

  const onVolume: Listener = (before, after) => {
    const { claimRef } = (((after ?? before) as KubeObject)['spec'] ?? {}) as {
      readonly claimRef?: { readonly namespace?: string; readonly name?: string }
    }
    const claim = claimRef?.name === undefined ? undefined : stores.claims.get(claimRef.name, claimRef.namespace)
    if (claim) onClaim(claim, claim)
  }

  const onClaimEvent: Listener = (_before, after) => {
    const about = (after?.['involvedObject'] ?? {}) as { readonly namespace?: string; readonly name?: string }
    const claim = about.name === undefined ? undefined : stores.claims.get(about.name, about.namespace)
    if (claim) onClaim(claim, claim)
  }

  const onNode: Listener = (before, after) => {
    if (before && after && nodeState(before) === nodeState(after)) return
    const { name } = ((after ?? before) as KubeObject).metadata
    for (const pod of by.podNode.get(name)) addLabelled(pod, pod)
    // those that wait for a place may wait because of it
    for (const pod of by.podNode.get('')) addLabelled(pod, pod)
  }

  const onPrePull: Listener = (before, after) => {
    const template = ((after ?? before) as KubeObject).metadata.labels?.[LABEL.template]
    if (template !== undefined) sink.soon(templateKey(template))
  }

  const listeners: readonly (readonly [Reflector, Listener])[] = [
    [stores.sessions, onSession],
    [stores.templates, onTemplate],
    [stores.users, onUser],
    [stores.pods, onPod],
    [stores.secrets, onSecret],
    [stores.registryLogins, everyUser],
    [stores.services, addLabelled],
    ...stores.routes.map((reflector) => [reflector, addLabelled] as const),
    [stores.claims, onClaim],
    [stores.volumes, onVolume],
    [stores.claimEvents, onClaimEvent],
    [stores.nodes, onNode],
    [stores.namespaces, addUsersOf],
    [stores.roleBindings, addUsersOf],
    [stores.quotas, onQuota],
    [stores.limitRanges, addUsersOf],
    [stores.networkPolicies, addUsersOf],
    [stores.daemonSets, onPrePull],
    [stores.networkPolicies, onPrePull],
    [stores.templateReaders, everyUser],
  ]
  const stops = listeners.map(([reflector, listener]) => reflector.onObject(listener))
  return () => {
    for (const stop of stops) stop()
  }
}

/** Keys of every object that a planner looks after: for the first round of a leader, and for the full ones. */
export function allKeys(stores: Stores): readonly string[] {
  const templates = [...stores.templates.items.map(({ metadata }) => metadata.name), ...poolTemplates(stores)]
  return [
    ...stores.users.items.map(({ metadata }) => userKey(metadata.name)),
    ...[...new Set(templates)].map(templateKey),
    ...stores.sessions.items.map(({ metadata }) => sessionKey(metadata.namespace ?? '', metadata.name)),
  ]
}

/** Templates that have desktops in the warm pool: some of them may be gone. */
function poolTemplates({ by }: Stores): readonly string[] {
  const desktops = by.sessionNamespace.get(WARM_POOL_NAMESPACE).filter(isOfPool)
  return [...new Set(desktops.flatMap((desktop) => templateOf(desktop) ?? []))]
}

/** Keys of sessions of which somebody has asked what no status has answered yet: a new leader begins with them. */
export function unansweredKeys(stores: Stores): readonly string[] {
  const isAnswered = ({ metadata, status }: KubeObject & SessionParts): boolean =>
    status?.observedGeneration !== undefined && status.observedGeneration === metadata.generation
  return stores.sessions.items.filter((session) => !isAnswered(session)).map(keyOfSession)
}

interface SessionParts {
  readonly spec?: {
    readonly owner?: string
    readonly desiredState?: string
    readonly templateRef?: { readonly name?: string }
  }
  readonly status?: { readonly phase?: string; readonly observedGeneration?: number }
}

function keyOfSession({ metadata }: KubeObject): string {
  return sessionKey(metadata.namespace ?? '', metadata.name)
}

function templateOf(session: KubeObject): string | undefined {
  return (session as KubeObject & SessionParts).spec?.templateRef?.name
}
function namesLogins(template: KubeObject | undefined): boolean {
  const { imagePullSecrets } = (template?.['spec'] ?? {}) as { readonly imagePullSecrets?: readonly unknown[] }
  return (imagePullSecrets?.length ?? 0) > 0
}
function ownerOf(session: KubeObject): string | undefined {
  return (session as KubeObject & SessionParts).spec?.owner
}
function wantsToRun(session: KubeObject): boolean {
  return (session as KubeObject & SessionParts).spec?.desiredState !== 'Stopped'
}
function phaseOf(session: KubeObject): string {
  return (session as KubeObject & SessionParts).status?.phase ?? ''
}
/** It holds its home and its place among the owner's sessions. */
function isUp(session: KubeObject): boolean {
  return ['Scheduling', 'Starting', 'Ready', 'Stopping', 'Terminating'].includes(phaseOf(session))
}
function stateOf(session: KubeObject): string {
  return `${phaseOf(session)} ${wantsToRun(session)} ${session.metadata.deletionTimestamp ?? ''}`
}

/** Only what the operator itself writes, a status or a finalizer, can be different. */
function isSameWish({ metadata: before }: KubeObject, { metadata: after }: KubeObject): boolean {
  return (
    before.generation !== undefined &&
    before.generation === after.generation &&
    before.deletionTimestamp === after.deletionTimestamp
  )
}

/** A quota without how much is used of it; whether that is known counts. */
function uncounted({ metadata, spec, status }: KubeObject): unknown {
  const { resourceVersion: _, ...rest } = metadata
  const { hard, used = {} } = (status ?? {}) as { readonly hard?: unknown; readonly used?: object }
  return [rest, spec, hard, Object.keys(used).toSorted()]
}

/** A pod that is not told to end and whose containers do not all run yet. */
function isOnItsWay(object: KubeObject): boolean {
  const { metadata, status } = object as PodObject
  return metadata.deletionTimestamp === undefined && (status?.phase ?? 'Pending') === 'Pending'
}

/** The scheduler says the same as before of its place: that there is none, or nothing. */
function isSameWait(before: KubeObject | undefined, after: KubeObject): boolean {
  const waits = (pod: KubeObject | undefined): boolean =>
    pod !== undefined && conditionOf(pod as PodObject, 'PodScheduled')?.status === 'False'
  return waits(before) === waits(after)
}

/** What planners read of a node: whether it is Ready, its taints, what it offers. */
function nodeState(object: KubeObject): string {
  const node = object as NodeObject
  return JSON.stringify([conditionOf(node, 'Ready')?.status, node.spec, node.status?.allocatable])
}
