// The client of one cluster for one user: plain JSON objects over pooled connections. Implements `KubeClient`.
// Policy: a refusal is an ApiError, no answer an AppError; 401 renews the credential once, then it is `signed-out`.
import { AppError } from '../shared/errors.ts'
import { createConnection, type ConnectionOptions } from './connection.ts'
import { createTransport, type Ask } from './transport.ts'
import { dialPodPort } from './port-forward.ts'
import { ApiError, type KubeClient, type KubeObject, type Resource } from './types.ts'
import { readEvents } from './watch-stream.ts'

export interface KubeClientOptions extends ConnectionOptions {
  /** For an answer to begin and for each pause within it, ms; watches have no such limit after their headers. Default 30,000. */
  readonly answerTimeoutMs?: number | undefined
}

export interface PooledClient extends KubeClient {
  /** From now on requests use new connections: the machine slept, or the network changed. */
  redial(): void
}

/** Objects in one page of a list. */
const PAGE = 500
const APPLY = 'application/apply-patch+yaml'
const MERGE = 'application/merge-patch+json'

/** Makes a client; nothing is dialled before the first request. */
export function createKubeClient(options: KubeClientOptions): PooledClient {
  const connection = createConnection(options)
  const transport = createTransport(connection, options)
  const object = async (ask: Ask): Promise<KubeObject> => transport.kubeObject(await transport.json(ask))
  const ended = new AbortController()

  return {
    server: options.context.server,
    get: (resource, name, namespace, signal) => object({ path: pathOf(resource, namespace, name), signal }),
    list: async (resource, { namespace, labelSelector, fieldSelector, signal } = {}) => {
      const items: KubeObject[] = []
      let next: string | undefined
      let resourceVersion: string
      do {
        const query = { limit: PAGE, labelSelector, fieldSelector, continue: next }
        const answer = await transport.json({ path: pathOf(resource, namespace), query, signal })
        const page = transport.list(answer)
        // items of a list leave out what the list's kind says
        for (const item of page.items) items.push({ ...item, apiVersion: apiVersion(resource), kind: resource.kind })
        next = page.next
        resourceVersion = page.resourceVersion
      } while (next !== undefined)
      return { items, resourceVersion }
    },
    create: (resource, body, { dryRun, fieldManager, signal } = {}) =>
      object({
        method: 'POST',
        path: pathOf(resource, body.metadata.namespace),
        query: { fieldManager, dryRun: dryRun ? 'All' : undefined, fieldValidation: 'Strict' },
        body,
        signal,
      }),
    apply: (resource, body, { fieldManager, force, dryRun, subresource, signal }) =>
      object({
        method: 'PATCH',
        path: pathOf(resource, body.metadata.namespace, body.metadata.name, subresource),
        query: { fieldManager, force: force ?? false, dryRun: dryRun ? 'All' : undefined, fieldValidation: 'Strict' },
        contentType: APPLY,
        body,
        signal,
      }),
    replace: (resource, body, signal) =>
      object({
        method: 'PUT',
        path: pathOf(resource, body.metadata.namespace, body.metadata.name),
        query: { fieldValidation: 'Strict' },
        body,
        signal,
      }),
    patch: (resource, name, namespace, body) =>
      object({ method: 'PATCH', path: pathOf(resource, namespace, name), contentType: MERGE, body }),
    delete: async (resource, name, namespace, { uid, resourceVersion, gracePeriodSeconds } = {}) => {
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: 'Background',
        ...((uid !== undefined || resourceVersion !== undefined) && { preconditions: { uid, resourceVersion } }),
        ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
      }
      try {
        await transport.json({ method: 'DELETE', path: pathOf(resource, namespace, name), body })
      } catch (error) {
        // gone already is what was wanted
        if (!(error instanceof ApiError && error.status === 404)) throw error
      }
    },
    raw: (path, signal) => transport.any({ path, signal }),
    log: (namespace, pod, { container, tailLines, previous }) => {
      const path = `/api/v1/namespaces/${segment(namespace)}/pods/${segment(pod)}/log`
      return transport.text({ path, query: { container, tailLines, previous } })
    },
    canI: async ({ verb, resource, group = '', subresource, namespace, name }) => {
      const resourceAttributes = { verb, resource, group, subresource, namespace, name }
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      }
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
      const answer = await object({ method: 'POST', path, body })
      return record(answer['status'])['allowed'] === true
    },
    whoAmI: async () => {
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
      const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
      const info = record(record((await object({ method: 'POST', path, body }))['status'])['userInfo'])
      const groups = Array.isArray(info['groups']) ? info['groups'].filter((group) => typeof group === 'string') : []
      return { username: typeof info['username'] === 'string' ? info['username'] : '', groups }
    },
    dialPod: async (namespace, pod, port, signal) => {
      const either = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal
      try {
        return await dialPodPort(await connection.dialSource(), namespace, pod, port, either)
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'signed-out' && connection.renew())) throw error
        return await dialPodPort(await connection.dialSource(), namespace, pod, port, either)
      }
    },
    watch: async function* (resource, watch) {
      const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds, signal } = watch
      const query = {
        watch: '1',
        allowWatchBookmarks: 'true',
        resourceVersion,
        timeoutSeconds,
        labelSelector,
        fieldSelector,
      }
      const body = await transport.stream({ path: pathOf(resource, namespace), query, signal })
      watch.onOpen?.()
      yield* readEvents(transport.naming(body))
    },
    redial: () => connection.redial(),
    knock: connection.knock,
    close: async () => {
      ended.abort()
      await connection.close()
    },
  }
}

function pathOf({ group, version, plural }: Resource, namespace?: string, name?: string, subresource?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const place = namespace === undefined ? '' : `/namespaces/${segment(namespace)}`
  const of = name === undefined ? '' : `/${segment(name)}`
  return `${root}${place}/${plural}${of}${subresource === undefined ? '' : `/${subresource}`}`
}

function segment(text: string): string {
  return encodeURIComponent(text)
}

function apiVersion({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
