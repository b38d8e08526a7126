// A cluster for tests of the whole operator: the fake API server with our kinds, a node, a kubelet that starts pods, and a fast clock.
import { createFakeApiServer, type FakeApiServer } from '../../e2e/fakes/api-server.ts'
import type { StoreEvent, StoredObject } from '../../e2e/fakes/api-store.ts'
import type { PooledClient } from '../../kube/client.ts'
import type { Timers } from '../../kube/retry-budget.ts'
import { CLAIM, LEASE, NODE, POD, QUOTA, VDI_SESSION, VDI_TEMPLATE, VDI_USER } from '../../kube/types.ts'
import { userNamespace } from '../../shared/domain/names.ts'
import type { TemplateSpecInput } from '../../shared/domain/template.ts'
import { API_GROUP, API_VERSION, PLATFORM_NAMESPACE } from '../../shared/product.ts'
import { operatorConfigSchema } from '../config.ts'
import type { Logger } from '../log.ts'
import { createOperator, type Operator, type OperatorDeps } from '../operator.ts'
import { clientOf } from './fake-client.ts'

/** The operator's clock runs so many times as fast as the wall's. */
const SPEED = 20
/** On a busy machine the fast clock leaves little time to renew a lease. */
const PATIENT = { leaseSeconds: 300, renewSeconds: 200, retrySeconds: 2 }
export const NAMESPACE = userNamespace('ann')
const KINDS = `${API_GROUP}/${API_VERSION}`

export interface World {
  readonly api: FakeApiServer
  readonly log: readonly string[]
  readonly timers: Timers
  /** What the next pods become: `ready`, or nothing happens. */
  kubelet: 'ready' | 'idle'
  /** Starts one more replica; it is stopped with the world. */
  operator(deps?: Partial<OperatorDeps> & { readonly settings?: object }): Promise<Replica>
  user(): void
  template(spec?: Partial<TemplateSpecInput>): void
  session(name: string, spec?: object): void
  phase(name: string): string | undefined
  /** Writes of the operator so far, its lease and its Events left out: `METHOD path`. */
  writes(): readonly string[]
  end(): Promise<void>
}
export interface Replica {
  readonly operator: Operator
  readonly client: PooledClient
  readonly lost: () => boolean
}

/** Makes a world with one node that is Ready. @param groups beside ours and those of Kubernetes, with their versions */
export async function createWorld(groups: readonly string[] = []): Promise<World> {
  const api = await createFakeApiServer({ groups: [KINDS, ...groups] })
  const log: string[] = []
  const timers = createFastTimers()
  const replicas: Replica[] = []
  let kubelet: World['kubelet'] = 'ready'
  let pods = 0
  api.store.put(NODE, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' }, status: nodeStatus() })
  api.store.put({ group: '', version: 'v1', plural: 'namespaces' }, namespaceObject(PLATFORM_NAMESPACE))
  const stopKubelet = api.store.onEvent((event) => setImmediate(() => react(event)))

  function react({ type, kind, object }: StoreEvent): void {
    if (kubelet !== 'ready' || type !== 'ADDED') return
    const { name, namespace } = object.metadata
    const now = api.store.get(kind, name, namespace)
    if (now === undefined) return
    // as the quota controller: counted
    if (kind.plural === QUOTA.plural) {
      const { hard } = (now['spec'] ?? {}) as { readonly hard?: object }
      api.store.put(QUOTA, { ...now, status: { hard, used: hard } })
    }
    if (kind.plural === CLAIM.plural) api.store.put(CLAIM, { ...now, status: { phase: 'Bound' } })
    if (kind.plural === POD.plural && kind.group === '') {
      pods += 1
      api.store.put(POD, runningPod(now, `10.1.0.${pods}`))
    }
  }

  const write = (level: string) => (message: string, fields?: object) =>
    void log.push(`${level} ${message} ${JSON.stringify(fields ?? {}, readable)}`)
  const logger: Logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }

  return {
    api,
    log,
    timers,
    get kubelet() {
      return kubelet
    },
    set kubelet(value) {
      kubelet = value
    },
    operator: async ({ settings = {}, ...deps } = {}) => {
      const client = await clientOf(api)
      let lost = false
      const operator = createOperator({
        client,
        config: operatorConfigSchema.parse({ leaderElection: PATIENT, ...settings }),
        timers,
        randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
        log: logger,
        namespace: PLATFORM_NAMESPACE,
        identity: `operator-${replicas.length}_${replicas.length}`,
        ask: () => Promise.reject(new Error('no desktop here')),
        onLost: () => {
          lost = true
        },
        ...deps,
      })
      const replica = { operator, client, lost: () => lost }
      replicas.push(replica)
      await operator.start()
      return replica
    },
    user: () => void api.store.put(VDI_USER, ours('VDIUser', 'ann', { username: 'ann' })),
    template: (spec = {}) =>
      void api.store.put(
        VDI_TEMPLATE,
        ours('VDITemplate', 'office', { displayName: 'Office', image: 'registry.test/office:1', ...spec }),
      ),
    session: (name, spec = {}) => {
      const before = api.store.get(VDI_SESSION, name, NAMESPACE)
      const wanted = ours('VDISession', name, { owner: 'ann', templateRef: { name: 'office' }, ...spec })
      api.store.put(VDI_SESSION, {
        ...before,
        ...wanted,
        metadata: { ...before?.metadata, name, namespace: NAMESPACE },
      })
    },
    phase: (name) =>
      (api.store.get(VDI_SESSION, name, NAMESPACE)?.['status'] as { readonly phase?: string } | undefined)?.phase,
    writes: () =>
      api.requests
        .filter(({ method, plural }) => method !== 'GET' && plural !== LEASE.plural && plural !== 'events')
        .map(({ method, path }) => `${method} ${path}`),
    end: async () => {
      stopKubelet()
      api.faults.clear()
      await Promise.all(replicas.map(({ operator }) => operator.stop()))
      await Promise.all(replicas.map(({ client }) => client.close()))
      await api.close()
    },
  }
}

function ours(kind: string, name: string, spec: object): StoredObject {
  return { apiVersion: KINDS, kind, metadata: { name }, spec }
}

function namespaceObject(name: string): StoredObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

function nodeStatus(): object {
  return { conditions: [{ type: 'Ready', status: 'True' }], allocatable: {}, capacity: {} }
}

/** As the kubelet reports a desktop that answers. */
function runningPod(pod: StoredObject, podIP: string): StoredObject {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const spec = pod['spec'] as { readonly containers: readonly { readonly name: string }[] }
  return {
    ...pod,
    spec: { ...spec, nodeName: 'node-1' },
    status: {
      phase: 'Running',
      podIP,
      hostIP: '192.0.2.1',
      startTime: now,
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: now,
      })),
      containerStatuses: spec.containers.map(({ name }) => ({
        name,
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: now } },
      })),
    },
  }
}

function createFastTimers(): Timers {
  const start = Date.now()
  return {
    now: () => start + (Date.now() - start) * SPEED,
    after: (ms, callback) => {
      const timer = setTimeout(callback, Math.min(Math.max(0, ms / SPEED), 2 ** 31 - 1))
      return () => clearTimeout(timer)
    },
  }
}

function readable(_name: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value
}
