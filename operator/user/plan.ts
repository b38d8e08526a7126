// What is to be done for one VDIUser. Pure. The namespace comes first, and what stands in it once the namespace is seen to be ours:
// a namespace of that name that is not ours is never touched. Nothing here deletes a namespace or a home, whatever happens to the VDIUser.
import { conditionsOf, type Reason, type WantedCondition } from '../../shared/domain/conditions.ts'
import { userNamespace } from '../../shared/domain/names.ts'
import type { VdiUserStatus } from '../../shared/domain/vdi-user.ts'
import { ANNOTATION, FIELD_MANAGER_OPERATOR, LABEL, USER_TEMPLATES_ROLE } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import {
  CLUSTER_ROLE_BINDING,
  LIMIT_RANGE,
  NAMESPACE,
  NETWORK_POLICY,
  QUOTA,
  ROLE_BINDING,
  type Resource,
} from '../../kube/types.ts'
import type { OperatorConfig } from '../config.ts'
import { drifted } from '../drift.ts'
import { NO_PLAN, type Plan, type PlannedDelete, type PlannedWrite } from '../plan.ts'
import { retryAt, refusalConditions } from '../refusal.ts'
import { limitRangeOf, namespaceOf, quotaOf, readersBinding, roleBindingOf, type NamedUser } from './objects.ts'
import type { ObservedUser, Platform } from './observed.ts'
import { POLICY_NAMES, policiesOf } from './policies.ts'
import { loginDeletes, loginWrites } from './registry-logins.ts'

/** Between two requests to count a quota anew, ms. */
const RECOUNT_MS = 10_000

/** @param now epoch ms */
export function planUser(observed: ObservedUser, config: OperatorConfig, now: number, platform: Platform): Plan {
  const { user, spec, elder, namespace, refusal } = observed
  // gone: only its place among the readers of templates is to be taken back
  if (user === undefined) return { ...NO_PLAN, writes: readerWrites(observed) }
  if ('problem' in spec) return stalled(observed, now, 'InvalidSpec', `It cannot be used: ${spec.problem}.`)
  if (elder !== undefined) {
    const sentence = `${spec.username} has a VDIUser already: ${elder}. Delete this one, or give it another username.`
    return stalled(observed, now, 'UsernameTaken', sentence)
  }
  const name = userNamespace(spec.username)
  if (namespace !== undefined && !isOurs(namespace, spec.username)) {
    const sentence = `There is a namespace ${name} that this operator did not make for ${spec.username}; it is left alone. Rename or remove it.`
    return stalled(observed, now, 'NamespaceTaken', sentence)
  }
  // somebody else's finalizer holds it: the rights need not wait for that
  if (user.metadata.deletionTimestamp !== undefined)
    return {
      ...NO_PLAN,
      writes: readerWrites(observed),
      deletes: [...rightsOf(observed), ...loginDeletes({ ...observed.logins, sources: [] })],
    }
  if (namespace?.metadata.deletionTimestamp !== undefined) {
    const sentence = `The namespace ${name} is being deleted; it is made anew when it is gone.`
    return withStatus(observed, now, NO_PLAN, reconciling('NamespaceTerminating', sentence))
  }
  if (refusal !== undefined && now < retryAt(refusal)) {
    return { ...withStatus(observed, now, NO_PLAN, refusalConditions(refusal)), nextAt: retryAt(refusal) }
  }
  return carryOut(observed, { name: user.metadata.name, uid: user.metadata.uid ?? '', spec }, config, now, platform)
}

/** Made by us, for this very person: a hash is short, and a namespace is not shared. */
function isOurs({ metadata }: KubeObject, username: string): boolean {
  return (
    metadata.labels?.[LABEL.managed] === FIELD_MANAGER_OPERATOR && metadata.annotations?.[ANNOTATION.owner] === username
  )
}

function carryOut(
  observed: ObservedUser,
  user: NamedUser,
  config: OperatorConfig,
  now: number,
  platform: Platform,
): Plan {
  const name = userNamespace(user.spec.username)
  const space = writeIf(NAMESPACE, observed.namespace, namespaceOf(user))
  if (observed.namespace === undefined) {
    const plan: Plan = { ...NO_PLAN, writes: [...space, ...readerWrites(observed)] }
    return withStatus(observed, now, plan, reconciling('Applying', `The namespace ${name} is being made.`))
  }
  // one more or less in each turn, until it was counted
  const turn = isMiscounted(observed.quota) ? Math.floor(now / RECOUNT_MS) : undefined
  const nextAt = turn === undefined ? undefined : (turn + 1) * RECOUNT_MS
  const quota = quotaOf(user, config, turn === undefined ? 0 : 1 + (turn % 2))
  const wantedPolicies = policiesOf(user, config, platform)
  // rights are given once the walls stand
  const walls = [
    ...space,
    ...writeIf(QUOTA, observed.quota, quota),
    ...writeIf(LIMIT_RANGE, observed.limits, limitRangeOf(user, config)),
    ...wantedPolicies.flatMap((policy) =>
      writeIf(NETWORK_POLICY, byName(observed.policies, policy.metadata.name), policy),
    ),
  ]
  const binding = user.spec.suspended || walls.length > 0 ? undefined : roleBindingOf(user, platform)
  const rights = binding === undefined ? [] : writeIf(ROLE_BINDING, observed.roleBinding, binding)
  // no wall: a login that cannot be written keeps nobody from the desktops that need none
  const writes = [...walls, ...loginWrites(user, observed.logins), ...rights, ...readerWrites(observed)]
  const deletes = [
    ...unwanted(observed.policies, wantedPolicies, name),
    ...loginDeletes(observed.logins),
    ...(user.spec.suspended ? rightsOf(observed) : []),
  ]
  const first = observed.status.conditions?.find(({ type }) => type === 'Ready')?.status !== 'True'
  if (writes.length + deletes.length > 0) {
    const plan: Plan = { writes, deletes, events: [], nextAt }
    // what is mended later is no news: the user stays ready
    return withStatus(
      observed,
      now,
      plan,
      first ? reconciling('Applying', `What ${name} needs is being put in place.`) : settled(observed, user, name),
    )
  }
  if (first && !isCounted(observed.quota))
    return withStatus(
      observed,
      now,
      { ...NO_PLAN, nextAt },
      reconciling('Applying', `The limits of ${name} are being counted.`),
    )
  const note = `${user.spec.username} has a place for desktops: namespace ${name}. Homes in it stay if this VDIUser is deleted.`
  const plan: Plan = first
    ? { ...NO_PLAN, events: [{ type: 'Normal', reason: 'Ready', action: 'Admit', note }] }
    : NO_PLAN
  return withStatus(observed, now, plan, settled(observed, user, name))
}

interface Counts {
  readonly spec?: { readonly hard?: object }
  readonly status?: { readonly hard?: object; readonly used?: object }
}

/**
 * The quota controller has counted what a new quota limits. Before that the API server refuses everything of it ("status unknown for
 * quota"): moments as a rule, up to half a minute after the kinds themselves were installed.
 */
function isCounted(quota: KubeObject | undefined): boolean {
  const { spec, status } = (quota ?? {}) as Counts
  return knows(status?.hard, spec?.hard) && knows(status?.used, spec?.hard)
}

/**
 * It was counted before the controller knew how to count our sessions, whose kind is that new. It would notice within five minutes; a
 * quota that is changed it counts at once.
 */
function isMiscounted(quota: KubeObject | undefined): boolean {
  const { spec, status } = (quota ?? {}) as Counts
  return spec !== undefined && knows(status?.hard, spec.hard) && !knows(status?.used, spec.hard)
}

function knows(counted: object | undefined, wanted: object | undefined): boolean {
  return Object.keys(wanted ?? {}).every((name) => Object.hasOwn(counted ?? {}, name))
}

function settled({ readers }: ObservedUser, { spec }: NamedUser, namespace: string): readonly WantedCondition[] {
  if (spec.suspended) {
    const message = `${spec.username} is locked out: no rights, no running desktops. The homes in ${namespace} stay.`
    return [
      { type: 'Ready', status: 'True', reason: 'Suspended', message },
      { type: 'Suspended', status: 'True', reason: 'Suspended', message },
    ]
  }
  const kept = `Desktops are in the namespace ${namespace}, which stays with its homes if this VDIUser is deleted.`
  const blind =
    readers.binding === 'missing'
      ? ` Templates cannot be seen: the ClusterRoleBinding ${USER_TEMPLATES_ROLE} of the chart is missing.`
      : ''
  return [{ type: 'Ready', status: 'True', reason: 'Ready', message: `${kept}${blind}` }]
}

function reconciling(reason: Reason, message: string): readonly WantedCondition[] {
  return [
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Reconciling', status: 'True', reason, message },
  ]
}

/** Nothing is done for it until somebody changes something. */
function stalled(observed: ObservedUser, now: number, reason: Reason, message: string): Plan {
  const known = observed.status.conditions?.find(({ type }) => type === 'Stalled')
  const isNews = known?.reason !== reason || known.message !== message
  const plan: Plan = {
    ...NO_PLAN,
    writes: readerWrites(observed),
    events: isNews ? [{ type: 'Warning', reason, action: 'Admit', note: message }] : [],
  }
  return withStatus(observed, now, plan, [
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Stalled', status: 'True', reason, message },
  ])
}

function withStatus(observed: ObservedUser, now: number, plan: Plan, wanted: readonly WantedCondition[]): Plan {
  const { user, spec, status, sessions, namespace, elder } = observed
  const generation = user?.metadata.generation ?? 0
  const hasPlace = namespace !== undefined && elder === undefined && !('problem' in spec)
  const next: VdiUserStatus = {
    observedGeneration: generation,
    ...(hasPlace && isOurs(namespace, spec.username) ? { namespace: namespace.metadata.name, sessions } : {}),
    conditions: [...conditionsOf(status.conditions ?? [], wanted, generation, new Date(now).toISOString())],
  }
  return { ...plan, status: next }
}

/** The list of all who may see templates is one object: whichever user is looked at brings it up to date. */
function readerWrites({ readers }: ObservedUser): readonly PlannedWrite[] {
  // it is the chart's: the operator may change it, not make it
  if (typeof readers.binding === 'string') return []
  return writeIf(CLUSTER_ROLE_BINDING, readers.binding, readersBinding(readers.usernames))
}

function rightsOf({ roleBinding }: ObservedUser): readonly PlannedDelete[] {
  if (roleBinding === undefined) return []
  return [{ resource: ROLE_BINDING, name: roleBinding.metadata.name, namespace: roleBinding.metadata.namespace }]
}

/** Only what is ours by name: an admin's own policies stay. */
function unwanted(
  found: readonly KubeObject[],
  wanted: readonly KubeObject[],
  namespace: string,
): readonly PlannedDelete[] {
  return POLICY_NAMES.filter((name) => byName(found, name) !== undefined && byName(wanted, name) === undefined).map(
    (name) => ({ resource: NETWORK_POLICY, name, namespace }),
  )
}

function byName(objects: readonly KubeObject[], name: string): KubeObject | undefined {
  return objects.find(({ metadata }) => metadata.name === name)
}

function writeIf(resource: Resource, found: KubeObject | undefined, object: KubeObject): readonly PlannedWrite[] {
  return drifted(found, object) ? [{ verb: 'apply', resource, object }] : []
}
