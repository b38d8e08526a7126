// A cluster in memory for tests of the providers: objects with uids and versions, refusals on demand, reflectors that follow at once.
// It runs nothing: a test plays scheduler and kubelet by changing the objects.
import { Duplex } from 'node:stream'
import { ApiError, type KubeClient, type Reflector, type Resource } from '../../../kube/types.ts'
import { AppError } from '../../../shared/errors.ts'
import type { KubeObject } from '../../../shared/render/types.ts'

export interface FakeCall {
  readonly verb: 'get' | 'list' | 'create' | 'apply' | 'patch' | 'delete' | 'dial'
  readonly plural: string
  readonly name: string
  readonly dryRun: boolean
}

export interface FakeCluster {
  readonly client: KubeClient
  createReflector(resource: Resource, options: { readonly labelSelector?: string | undefined }): Reflector
  readonly calls: readonly FakeCall[]
  /** Asked before each call; throws to refuse it, may return a promise to hold it up. */
  onCall: (call: FakeCall) => void | Promise<void>
  /** Deleted pods stay as terminating until `finishPods` when true. */
  holdsPods: boolean
  finishPods(): void
  /** What a dial to a desktop answers; a refusal when undefined. */
  desktopAnswer: string | undefined
  mayServices: boolean
  all(): readonly KubeObject[]
  find(plural: string, name: string): KubeObject | undefined
  /** Puts an object as the cluster's own controllers would. */
  put(plural: string, object: KubeObject): KubeObject
  remove(plural: string, name: string): void
}

/** Makes an empty cluster. */
export function createFakeCluster(): FakeCluster {
  const objects = new Map<string, KubeObject>()
  const listeners = new Set<() => void>()
  const calls: FakeCall[] = []
  let version = 0
  const key = (plural: string, name: string): string => `${plural}/${name}`
  const tell = (): void => listeners.forEach((listener) => listener())
  const notFound = (plural: string, name: string): ApiError =>
    new ApiError(404, 'NotFound', `${plural} "${name}" not found`)

  const put = (plural: string, object: KubeObject): KubeObject => {
    const old = objects.get(key(plural, object.metadata.name))
    version += 1
    const stored: KubeObject = {
      ...object,
      metadata: {
        creationTimestamp: old?.metadata.creationTimestamp ?? '2026-01-01T00:00:00Z',
        ...object.metadata,
        uid: old?.metadata.uid ?? object.metadata.uid ?? `uid-${version}`,
        generation: generationOf(old, object),
        resourceVersion: String(version),
      },
    }
    objects.set(key(plural, object.metadata.name), stored)
    tell()
    return stored
  }
  const remove = (plural: string, name: string): void => {
    const object = objects.get(key(plural, name))
    objects.delete(key(plural, name))
    for (const [other, { metadata }] of objects)
      if (object && metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid)) objects.delete(other)
    tell()
  }
  const ask = async (verb: FakeCall['verb'], plural: string, name: string, dryRun = false): Promise<void> => {
    const call = { verb, plural, name, dryRun }
    calls.push(call)
    await cluster.onCall(call)
  }

  const client: KubeClient = {
    server: 'https://cluster.test',
    async get({ plural }, name) {
      await ask('get', plural, name)
      const object = objects.get(key(plural, name))
      if (!object) throw notFound(plural, name)
      return object
    },
    async list({ plural }, options) {
      await ask('list', plural, '')
      return { items: matching(objects, plural, options?.labelSelector), resourceVersion: String(version) }
    },
    create: ({ plural }, object, options) =>
      abandonable(options?.signal, async () => {
        await ask('create', plural, object.metadata.name, options?.dryRun === true)
        if (objects.has(key(plural, object.metadata.name))) throw new ApiError(409, 'AlreadyExists', 'already exists')
        return options?.dryRun === true ? object : put(plural, object)
      }),
    apply: ({ plural }, object, { signal }) =>
      abandonable(signal, async () => {
        await ask('apply', plural, object.metadata.name)
        const old = objects.get(key(plural, object.metadata.name))
        const annotations = { ...old?.metadata.annotations, ...object.metadata.annotations }
        return put(plural, { ...object, metadata: { ...object.metadata, annotations } })
      }),
    async replace({ plural }, object) {
      await ask('apply', plural, object.metadata.name)
      const old = objects.get(key(plural, object.metadata.name))
      if (!old) throw notFound(plural, object.metadata.name)
      if (old.metadata.resourceVersion !== object.metadata.resourceVersion)
        throw new ApiError(409, 'Conflict', 'moved on')
      return put(plural, object)
    },
    async patch({ plural }, name, _namespace, patch) {
      await ask('patch', plural, name)
      const old = objects.get(key(plural, name))
      if (!old) throw notFound(plural, name)
      return put(plural, merge(old, patch) as KubeObject)
    },
    async delete({ plural }, name, _namespace, options) {
      await ask('delete', plural, name)
      const object = objects.get(key(plural, name))
      if (!object) return
      if (options?.uid !== undefined && options.uid !== object.metadata.uid) throw new ApiError(409, 'Conflict', 'uid')
      if ((plural === 'pods' && cluster.holdsPods) || object.metadata.finalizers?.length) {
        const metadata = { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' }
        put(plural, { ...object, metadata })
      } else remove(plural, name)
    },
    raw: () => Promise.resolve({}),
    log: () => Promise.resolve(''),
    canI: ({ resource }) => Promise.resolve(resource !== 'services' || cluster.mayServices),
    whoAmI: () => Promise.resolve({ username: 'alice', groups: [] }),
    async dialPod(_namespace, pod, port) {
      await ask('dial', 'pods', `${pod}:${port}`)
      const answer = cluster.desktopAnswer
      if (answer === undefined) throw new Error('connection refused')
      const socket = new Duplex({
        read: () => undefined,
        write(_chunk, _encoding, done) {
          socket.push(answer)
          done()
        },
      })
      return socket
    },
    // oxlint-disable-next-line require-yield -- nothing watches here: reflectors follow the map itself
    async *watch() {
      throw new ApiError(405, 'MethodNotAllowed', 'this cluster has no watch')
    },
    close: () => Promise.resolve(),
  }

  const cluster: FakeCluster = {
    client,
    calls,
    onCall: () => undefined,
    holdsPods: false,
    desktopAnswer: undefined,
    mayServices: true,
    createReflector: ({ plural }, { labelSelector }) => {
      const own = new Set<() => void>()
      return {
        state: 'live',
        since: 0,
        error: undefined,
        get items() {
          return matching(objects, plural, labelSelector)
        },
        onChange(listener) {
          own.add(listener)
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
        get: (name) => matching(objects, plural, labelSelector).find(({ metadata }) => metadata.name === name),
        // nobody here listens to single objects, and the map itself has what was written
        onObject: () => () => undefined,
        wrote: () => undefined,
        synced: Promise.resolve(),
        retryNow: () => undefined,
        stop: () => own.forEach((listener) => listeners.delete(listener)),
      }
    },
    finishPods() {
      for (const [name, { metadata }] of objects)
        if (name.startsWith('pods/') && metadata.deletionTimestamp !== undefined) remove('pods', metadata.name)
    },
    all: () => [...objects.values()],
    find: (plural, name) => objects.get(key(plural, name)),
    put,
    remove,
  }
  return cluster
}

/** As over a network: whoever gives up hears so at once, and the server may carry the request out all the same. */
function abandonable<T>(signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
  if (signal?.aborted) return Promise.reject(new AppError('cancelled'))
  const work = run()
  if (!signal) return work
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new AppError('cancelled')), { once: true })
    work.then(resolve, reject)
  })
}

function matching(
  objects: ReadonlyMap<string, KubeObject>,
  plural: string,
  selector: string | undefined,
): KubeObject[] {
  const wanted = (selector ?? '')
    .split(',')
    .filter(Boolean)
    .map((term) => term.split('='))
  return [...objects]
    .filter(([key]) => key.startsWith(`${plural}/`))
    .map(([, object]) => object)
    .filter(({ metadata }) => wanted.every(([name = '', value]) => metadata.labels?.[name] === value))
}

/** It moves with what is wanted alone. */
function generationOf(old: KubeObject | undefined, object: KubeObject): number {
  const before = old?.metadata.generation ?? 0
  return old && JSON.stringify(old['spec']) === JSON.stringify(object['spec']) ? before : before + 1
}

/** RFC 7386. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> = { ...(typeof target === 'object' ? target : {}) }
  for (const [name, value] of Object.entries(patch))
    if (value === null) delete result[name]
    else if (value !== undefined) result[name] = merge(result[name], value)
  return result
}
