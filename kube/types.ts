// The faces of kube/ that the rest builds on.
import type { Duplex } from 'node:stream'
import { API_GROUP, API_VERSION } from '../shared/product.ts'
import type { KubeObject } from '../shared/render/types.ts'

export type { KubeObject }

/** A kind of object, as the API server's paths name it. */
export interface Resource {
  /** '' for the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
}
export const POD: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' }
export const SECRET: Resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' }
export const CONFIG_MAP: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' }
export const SERVICE: Resource = { group: '', version: 'v1', plural: 'services', kind: 'Service' }
export const CLAIM: Resource = {
  group: '',
  version: 'v1',
  plural: 'persistentvolumeclaims',
  kind: 'PersistentVolumeClaim',
}
export const EVENT: Resource = { group: '', version: 'v1', plural: 'events', kind: 'Event' }
export const QUOTA: Resource = { group: '', version: 'v1', plural: 'resourcequotas', kind: 'ResourceQuota' }
export const NODE: Resource = { group: '', version: 'v1', plural: 'nodes', kind: 'Node' }
export const NAMESPACE: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' }
export const VOLUME: Resource = { group: '', version: 'v1', plural: 'persistentvolumes', kind: 'PersistentVolume' }
export const LIMIT_RANGE: Resource = { group: '', version: 'v1', plural: 'limitranges', kind: 'LimitRange' }
export const ROLE: Resource = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'roles', kind: 'Role' }
export const ROLE_BINDING: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'rolebindings',
  kind: 'RoleBinding',
}
export const CLUSTER_ROLE_BINDING: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
}
export const NETWORK_POLICY: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
  kind: 'NetworkPolicy',
}
export const INGRESS: Resource = { group: 'networking.k8s.io', version: 'v1', plural: 'ingresses', kind: 'Ingress' }
export const INGRESS_ROUTE: Resource = {
  group: 'traefik.io',
  version: 'v1alpha1',
  plural: 'ingressroutes',
  kind: 'IngressRoute',
}
export const MIDDLEWARE: Resource = {
  group: 'traefik.io',
  version: 'v1alpha1',
  plural: 'middlewares',
  kind: 'Middleware',
}
export const DAEMON_SET: Resource = { group: 'apps', version: 'v1', plural: 'daemonsets', kind: 'DaemonSet' }
export const LEASE: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease' }
/** The newer kind of Event, which our operator writes; EVENT is the same store under its old name. */
export const NEW_EVENT: Resource = { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event' }
export const VDI_TEMPLATE: Resource = {
  group: API_GROUP,
  version: API_VERSION,
  plural: 'vditemplates',
  kind: 'VDITemplate',
}
export const VDI_SESSION: Resource = {
  group: API_GROUP,
  version: API_VERSION,
  plural: 'vdisessions',
  kind: 'VDISession',
}
export const VDI_USER: Resource = { group: API_GROUP, version: API_VERSION, plural: 'vdiusers', kind: 'VDIUser' }

/** A refusal or failure of the API server, with the parts that decide what happens next. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** `reason` of the Status object: NotFound, AlreadyExists, Forbidden, Invalid, Expired, ... */
  readonly reason: string
  /** From `Retry-After`, ms. */
  readonly retryAfterMs: number | undefined
  constructor(status: number, reason: string, message: string, retryAfterMs?: number) {
    super(message)
    this.status = status
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }
}

export interface ListOptions {
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** One cluster, one user: a pooled client over JSON objects. Every method rejects with ApiError (an answer) or AppError (no answer, no sign-in). */
export interface KubeClient {
  readonly server: string
  get(resource: Resource, name: string, namespace?: string, signal?: AbortSignal): Promise<KubeObject>
  list(
    resource: Resource,
    options?: ListOptions,
  ): Promise<{ readonly items: readonly KubeObject[]; readonly resourceVersion: string }>
  create(
    resource: Resource,
    object: KubeObject,
    options?: { readonly dryRun?: boolean; readonly fieldManager?: string; readonly signal?: AbortSignal | undefined },
  ): Promise<KubeObject>
  /** Server-side apply with `fieldValidation=Strict`. */
  apply(
    resource: Resource,
    object: KubeObject,
    options: {
      readonly fieldManager: string
      readonly force?: boolean
      readonly dryRun?: boolean
      /** The part of the object that is meant, at its own path. */
      readonly subresource?: 'status'
      readonly signal?: AbortSignal | undefined
    },
  ): Promise<KubeObject>
  /** Replaces; `metadata.resourceVersion` in the object makes it conditional (409 when it has moved on). */
  replace(resource: Resource, object: KubeObject, signal?: AbortSignal): Promise<KubeObject>
  /** JSON merge patch. */
  patch(resource: Resource, name: string, namespace: string | undefined, patch: unknown): Promise<KubeObject>
  /** Deletes; an object that is not there is no error. */
  delete(
    resource: Resource,
    name: string,
    namespace?: string,
    options?: { readonly uid?: string; readonly resourceVersion?: string; readonly gracePeriodSeconds?: number },
  ): Promise<void>
  /** A raw GET, for discovery (`/version`, `/apis/...`). JSON or text. */
  raw(path: string, signal?: AbortSignal): Promise<unknown>
  log(
    namespace: string,
    pod: string,
    options: { readonly container?: string; readonly tailLines?: number; readonly previous?: boolean },
  ): Promise<string>
  /** SelfSubjectAccessReview. */
  canI(attributes: {
    readonly verb: string
    readonly resource: string
    readonly group?: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
  }): Promise<boolean>
  /** SelfSubjectReview: the user's name and groups. */
  whoAmI(): Promise<{ readonly username: string; readonly groups: readonly string[] }>
  /** One TCP connection to a pod's port through the API server, with back-pressure. */
  dialPod(namespace: string, pod: string, port: number, signal?: AbortSignal): Promise<Duplex>
  /** Opens a watch; yields raw events. Used by the reflector alone. */
  watch(
    resource: Resource,
    options: ListOptions & {
      readonly resourceVersion: string
      readonly timeoutSeconds: number
      /** The server has accepted the watch; events may be long in coming. */
      readonly onOpen?: (() => void) | undefined
    },
  ): AsyncIterable<WatchEvent>
  /** Whether anything listens at the server now: a connection, no request. Never rejects. Left out where nobody could tell. */
  readonly knock?: (() => Promise<boolean>) | undefined
  close(): Promise<void>
}
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: KubeObject
}

export type ReflectorState = 'syncing' | 'live' | 'stale' | 'signed-out' | 'forbidden'

export interface Reflector {
  readonly state: ReflectorState
  /** Epoch ms since when the state holds. */
  readonly since: number
  readonly error: unknown
  /** What is known, as of the last event; kept while stale. */
  readonly items: readonly KubeObject[]
  /** @returns the object, as of the last event; namespace '' or undefined for kinds without one */
  get(name: string, namespace?: string): KubeObject | undefined
  /** Called after every change of items or state. @returns stops listening */
  onChange(listener: () => void): () => void
  /**
   * Called for each object that came, changed or went (then `after` is undefined), also for those that a new list replaced.
   * @returns stops listening
   */
  onObject(listener: (before: KubeObject | undefined, after: KubeObject | undefined) => void): () => void
  /** Takes what a write was answered with, unless something newer is known: the own write is seen before its event arrives. */
  wrote(object: KubeObject): void
  /** Resolves once the first list is in. Rejects when stopped before. */
  readonly synced: Promise<void>
  /** Tries at once instead of waiting for the backoff (network or sleep came back). */
  retryNow(): void
  stop(): void
}
