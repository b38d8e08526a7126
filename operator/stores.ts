// What the operator knows of the cluster: one reflector a kind, and the indexes that planners ask by.
// Policy: both replicas keep them warm; until every needed kind was listed once nothing is planned, so that an empty cache deletes nothing.
import { createComeback } from '../kube/comeback.ts'
import { createReflector, type ReflectorOptions } from '../kube/reflector.ts'
import { createRetryBudget, type RetryBudget, type Timers } from '../kube/retry-budget.ts'
import {
  CLAIM,
  CLUSTER_ROLE_BINDING,
  DAEMON_SET,
  EVENT,
  INGRESS,
  INGRESS_ROUTE,
  LIMIT_RANGE,
  MIDDLEWARE,
  NAMESPACE,
  NETWORK_POLICY,
  NODE,
  POD,
  QUOTA,
  ROLE_BINDING,
  SECRET,
  SERVICE,
  VDI_SESSION,
  VDI_TEMPLATE,
  VDI_USER,
  VOLUME,
  type KubeClient,
  type KubeObject,
  type Reflector,
  type Resource,
} from '../kube/types.ts'
import { userNamespace } from '../shared/domain/names.ts'
import { FIELD_MANAGER_OPERATOR, LABEL, USER_TEMPLATES_ROLE } from '../shared/product.ts'
import type { OperatorConfig } from './config.ts'
import { keepClaim, keepEvent, keepNode, keepPlain, keepPod, keepVolume } from './keep.ts'
import { createIndex, type ObjectIndex } from './object-index.ts'
import { claimOf, isOfPool } from './pool.ts'
import { isLogin, LOGIN_TYPE } from './user/registry-logins.ts'

/** The reflectors, by what they hold. All but sessions, templates, users, nodes, volumes and namespaces hold only objects with our labels. */
export interface Stores {
  readonly sessions: Reflector
  readonly templates: Reflector
  readonly users: Reflector
  readonly pods: Reflector
  readonly claims: Reflector
  readonly volumes: Reflector
  readonly services: Reflector
  readonly secrets: Reflector
  /** Logins of registries in the platform's namespace that may be copied to people. */
  readonly registryLogins: Reflector
  readonly nodes: Reflector
  readonly namespaces: Reflector
  readonly roleBindings: Reflector
  readonly quotas: Reflector
  readonly limitRanges: Reflector
  readonly networkPolicies: Reflector
  /** The chart's one binding that lets users see templates; not needed: without it users are told. */
  readonly templateReaders: Reflector
  /** Pre-pull DaemonSets, in the platform's namespace. */
  readonly daemonSets: Reflector
  /** Ingress, or IngressRoute and Middleware; none while `config.ingress.kind` is off. */
  readonly routes: readonly Reflector[]
  /** Warnings about claims; not needed: empty when they may not be read. */
  readonly claimEvents: Reflector
  /** Asked by keys; see each one. */
  readonly by: {
    /** VDISessions by `<namespace>`. */
    readonly sessionNamespace: ObjectIndex
    /** VDISessions by the name of their template. */
    readonly sessionTemplate: ObjectIndex
    /** VDISessions by `spec.owner`. */
    readonly sessionOwner: ObjectIndex
    /** VDISessions of the warm pool, claimed or not, by the name of their template. */
    readonly poolTemplate: ObjectIndex
    /** Those of them that were claimed, by `<namespace>/<name>` of the VDISession that has them. */
    readonly poolClaimer: ObjectIndex
    /** Sessions of the pool that were claimed, by the namespace of who has them. */
    readonly poolClaimPlace: ObjectIndex
    /** Pods by `<namespace>/<session>`. */
    readonly podSession: ObjectIndex
    /** Pods by the node they are on; '' holds those that have none. */
    readonly podNode: ObjectIndex
    /** Secrets by `<namespace>/<session>`. */
    readonly secretSession: ObjectIndex
    /** Copies of registries' logins by `<namespace>`. */
    readonly registryLoginNamespace: ObjectIndex
    /** Services by `<namespace>/<session>`. */
    readonly serviceSession: ObjectIndex
    /** Routes by `<namespace>/<session>`, of each kind of route. */
    readonly routeSession: readonly ObjectIndex[]
    /** Warnings about a claim, by `<namespace>/<claim>`. */
    readonly eventClaim: ObjectIndex
    /** VDIUsers by the namespace that is theirs. */
    readonly userNamespace: ObjectIndex
    /** Role bindings, quotas, limit ranges and network policies by `<namespace>`. */
    readonly roleBindingNamespace: ObjectIndex
    readonly quotaNamespace: ObjectIndex
    readonly limitRangeNamespace: ObjectIndex
    readonly networkPolicyNamespace: ObjectIndex
    /** DaemonSets by the name of their template. */
    readonly daemonSetTemplate: ObjectIndex
  }
  /** The reflector that holds a kind; undefined when the operator keeps none of it. */
  of(resource: Pick<Resource, 'group' | 'plural'>): Reflector | undefined
  /** Every needed kind was listed at least once. */
  readonly ready: boolean
  /** Resolves when `ready` holds. Rejects when stopped before. */
  readonly synced: Promise<void>
  /** The needed reflectors that are not live now, by plural, with their states: for the readiness answer. */
  notLive(): readonly { readonly plural: string; readonly state: string; readonly since: number }[]
  /** The network came back: every reflector tries at once. */
  retryNow(): void
  stop(): void
}

export interface StoresDeps {
  readonly client: KubeClient
  readonly config: OperatorConfig
  /** The platform's namespace. */
  readonly namespace: string
  readonly timers: Timers
  /** 0 to 1: spreads the watches. */
  readonly random?: (() => number) | undefined
}

/** Objects that a session or a home is made of, in either mode: what the app once made is seen too. */
const OURS = LABEL.managed
/** Objects that only the operator makes. */
const MADE = `${LABEL.managed}=${FIELD_MANAGER_OPERATOR}`

/** Starts every reflector at once. */
export function createStores(deps: StoresDeps): Stores {
  const { client, config, namespace, timers } = deps
  const comeback = createComeback(timers)
  // that this process is new may itself follow from the server's absence
  comeback.wasAway()
  const newBudget = (): RetryBudget => createRetryBudget(timers, deps.random, { knock: client.knock, comeback })
  const budget = newBudget()
  const all: { readonly resource: Resource; readonly reflector: Reflector; readonly needed: boolean }[] = []
  const reflect = (resource: Resource, options: ReflectorOptions, needed = true): Reflector => {
    // what is not needed has a budget of its own: its refusals slow nothing down
    const own = needed ? budget : newBudget()
    const reflector = createReflector(client, resource, { budget: own, timers, random: deps.random, ...options })
    all.push({ resource, reflector, needed })
    return reflector
  }

  const sessions = reflect(VDI_SESSION, { keep: keepPlain })
  const templates = reflect(VDI_TEMPLATE, { keep: keepPlain })
  const users = reflect(VDI_USER, { keep: keepPlain })
  const pods = reflect(POD, { labelSelector: OURS, keep: keepPod })
  const claims = reflect(CLAIM, { labelSelector: OURS, keep: keepClaim })
  const volumes = reflect(VOLUME, { keep: keepVolume })
  const services = reflect(SERVICE, { labelSelector: OURS, keep: keepPlain })
  const secrets = reflect(SECRET, { labelSelector: OURS, keep: keepPlain })
  const registryLogins = reflect(SECRET, {
    namespace,
    labelSelector: `${LABEL.registryLogin},!${LABEL.managed}`,
    fieldSelector: `type=${LOGIN_TYPE}`,
    keep: keepPlain,
  })
  const nodes = reflect(NODE, { keep: keepNode })
  // all of them: one that somebody else made must not be taken over
  const namespaces = reflect(NAMESPACE, { keep: keepPlain })
  const roleBindings = reflect(ROLE_BINDING, { labelSelector: MADE, keep: keepPlain })
  const quotas = reflect(QUOTA, { labelSelector: MADE, keep: keepPlain })
  const limitRanges = reflect(LIMIT_RANGE, { labelSelector: MADE, keep: keepPlain })
  const networkPolicies = reflect(NETWORK_POLICY, { labelSelector: MADE, keep: keepPlain })
  const templateReaders = reflect(
    CLUSTER_ROLE_BINDING,
    { fieldSelector: `metadata.name=${USER_TEMPLATES_ROLE}`, keep: keepPlain },
    false,
  )
  const daemonSets = reflect(DAEMON_SET, { namespace, labelSelector: MADE, keep: keepPlain })
  const routes = routeKinds(config).map((resource) => reflect(resource, { labelSelector: MADE, keep: keepPlain }))
  const claimEvents = reflect(
    EVENT,
    { fieldSelector: `involvedObject.kind=${CLAIM.kind},type=Warning`, keep: keepEvent },
    false,
  )

  const needed = all.filter((one) => one.needed)
  let ready = false
  const synced = Promise.all(needed.map(({ reflector }) => reflector.synced)).then(() => {
    ready = true
  })
  // nobody has to wait for it
  synced.catch(() => undefined)

  return {
    sessions,
    templates,
    users,
    pods,
    claims,
    volumes,
    services,
    secrets,
    registryLogins,
    nodes,
    namespaces,
    roleBindings,
    quotas,
    limitRanges,
    networkPolicies,
    templateReaders,
    daemonSets,
    routes,
    claimEvents,
    by: {
      sessionNamespace: createIndex(sessions, ofNamespace),
      sessionTemplate: createIndex(sessions, ({ spec }) => texts((spec as SessionSpec | undefined)?.templateRef?.name)),
      sessionOwner: createIndex(sessions, ({ spec }) => texts((spec as SessionSpec | undefined)?.owner)),
      poolTemplate: createIndex(sessions, (session) =>
        isOfPool(session) ? texts((session['spec'] as SessionSpec | undefined)?.templateRef?.name) : [],
      ),
      poolClaimPlace: createIndex(sessions, (session) => texts(claimOf(session)?.namespace)),
      poolClaimer: createIndex(sessions, (session) => {
        const claim = claimOf(session)
        return claim === undefined ? [] : [`${claim.namespace}/${claim.name}`]
      }),
      podSession: createIndex(pods, ofSession),
      podNode: createIndex(pods, ({ spec }) => [(spec as { readonly nodeName?: string } | undefined)?.nodeName ?? '']),
      secretSession: createIndex(secrets, ofSession),
      registryLoginNamespace: createIndex(secrets, (secret) => (isLogin(secret) ? ofNamespace(secret) : [])),
      serviceSession: createIndex(services, ofSession),
      routeSession: routes.map((reflector) => createIndex(reflector, ofSession)),
      eventClaim: createIndex(claimEvents, ({ involvedObject }) => {
        const { namespace: place, name } = (involvedObject ?? {}) as {
          readonly namespace?: string
          readonly name?: string
        }
        return place === undefined || name === undefined ? [] : [`${place}/${name}`]
      }),
      userNamespace: createIndex(users, namespacesOfUser),
      roleBindingNamespace: createIndex(roleBindings, ofNamespace),
      quotaNamespace: createIndex(quotas, ofNamespace),
      limitRangeNamespace: createIndex(limitRanges, ofNamespace),
      networkPolicyNamespace: createIndex(networkPolicies, ofNamespace),
      daemonSetTemplate: createIndex(daemonSets, ({ metadata }) => texts(metadata.labels?.[LABEL.template])),
    },
    of: ({ group, plural }) =>
      all.find(({ resource }) => resource.group === group && resource.plural === plural)?.reflector,
    get ready() {
      return ready
    },
    synced,
    notLive: () =>
      needed
        .filter(({ reflector }) => reflector.state !== 'live')
        .map(({ resource, reflector: { state, since } }) => ({ plural: resource.plural, state, since })),
    retryNow: () => {
      for (const { reflector } of all) reflector.retryNow()
    },
    stop: () => {
      for (const { reflector } of all) reflector.stop()
    },
  }
}

interface SessionSpec {
  readonly owner?: string
  readonly templateRef?: { readonly name?: string }
}

/** The kinds of route that the settings ask for. */
export function routeKinds({ ingress }: OperatorConfig): readonly Resource[] {
  if (ingress.kind === 'traefik') return [INGRESS_ROUTE, MIDDLEWARE]
  return ingress.kind === 'ingress' ? [INGRESS] : []
}

/** The namespace that a VDIUser's person has. @returns one, or none while the spec names nobody */
export function namespacesOfUser({ spec }: KubeObject): readonly string[] {
  const username = (spec as { readonly username?: string } | undefined)?.username
  return username === undefined ? [] : [userNamespace(username)]
}

function ofNamespace({ metadata }: KubeObject): readonly string[] {
  return texts(metadata.namespace)
}

function ofSession({ metadata }: KubeObject): readonly string[] {
  const session = metadata.labels?.[LABEL.session]
  return session === undefined ? [] : [`${metadata.namespace ?? ''}/${session}`]
}

function texts(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text]
}
