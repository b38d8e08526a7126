// Everything direct mode watches in one namespace: one reflector a kind, only our own objects, each with what was just written.
// Pods, Secrets and claims are needed; templates, events and services are extras whose absence costs only what they add.
import { AppError, toErrorView, type AppErrorView } from '../../../shared/errors.ts'
import { LABEL } from '../../../shared/product.ts'
import {
  CLAIM,
  CONFIG_MAP,
  EVENT,
  POD,
  SECRET,
  SERVICE,
  type KubeClient,
  type Reflector,
  type Resource,
} from '../../../kube/types.ts'
import type { KubeObject } from '../../../shared/render/types.ts'
import type { ProviderSnapshot } from '../provider.ts'
import { eventTime, type Claim, type KubeEvent, type Pod } from '../kube-read.ts'
import { createObjectView, type ObjectView } from './object-view.ts'

/** Makes a reflector that runs at once. */
export type CreateReflector = (
  resource: Resource,
  options: { readonly namespace: string; readonly labelSelector?: string | undefined },
) => Reflector

export interface ClusterState {
  readonly pods: ObjectView
  readonly secrets: ObjectView
  readonly claims: ObjectView
  readonly services: ObjectView
  readonly configMaps: readonly KubeObject[]
  /** Oldest first. */
  readonly events: readonly KubeEvent[]
  /** The needed kinds have been listed once. Rejects when disposed before. */
  readonly synced: Promise<void>
  health(): {
    readonly state: ProviderSnapshot['state']
    readonly since: number
    readonly error?: AppErrorView | undefined
  }
  /** Begins to watch services, once it is known that they may be made. */
  watchServices(): void
  verify(client: KubeClient, now: number): Promise<void>
  dispose(): void
}

/** @param changed called after every change of any kind */
export function createClusterState(
  createReflector: CreateReflector,
  namespace: string,
  ownerHash: string,
  changed: () => void,
): ClusterState {
  const reflectors: Reflector[] = []
  const start = (resource: Resource, labelSelector?: string): Reflector => {
    const reflector = createReflector(resource, { namespace, labelSelector })
    reflector.onChange(changed)
    // whoever needs it awaits it; a stop before the first list is no fault
    reflector.synced.catch(() => undefined)
    reflectors.push(reflector)
    return reflector
  }
  const ours = `${LABEL.ownerHash}=${ownerHash}`
  const needed = { pods: start(POD, ours), secrets: start(SECRET, ours), claims: start(CLAIM, ours) }
  const configMaps = start(CONFIG_MAP, `${LABEL.template}=true`)
  const events = start(EVENT)
  let services = createObjectView(SERVICE, undefined)
  let watchesServices = false
  const views = {
    pods: createObjectView(POD, needed.pods),
    secrets: createObjectView(SECRET, needed.secrets),
    claims: createObjectView(CLAIM, needed.claims),
  }
  const synced = Promise.all(Object.values(needed).map((reflector) => reflector.synced)).then(() => undefined)
  synced.catch(() => undefined)
  return {
    ...views,
    get services() {
      return services
    },
    get configMaps() {
      return configMaps.items
    },
    get events() {
      const timed = (events.items as readonly KubeEvent[]).map((event) => ({ event, at: eventTime(event) ?? 0 }))
      return timed.toSorted((a, b) => a.at - b.at).map(({ event }) => event)
    },
    synced,
    // a refused sign-in is everybody's, whichever kind met it first: the others wait for that one's next try
    health: () => worst(reflectors.some(({ state }) => state === 'signed-out') ? reflectors : Object.values(needed)),
    watchServices() {
      if (watchesServices) return
      watchesServices = true
      services = createObjectView(SERVICE, start(SERVICE, ours))
    },
    async verify(client, now) {
      await Promise.all([...Object.values(views), services].map((view) => view.verify(client, now)))
    },
    dispose() {
      for (const reflector of reflectors) reflector.stop()
    },
  }
}

/** The pods and claims as their kinds. */
export function podsOf(state: ClusterState): readonly Pod[] {
  return state.pods.items as readonly Pod[]
}
/** A claim by name. */
export function claimNamed(state: ClusterState, name: string | undefined): Claim | undefined {
  return name === undefined ? undefined : (state.claims.find(name) as Claim | undefined)
}

const ORDER = ['signed-out', 'forbidden', 'syncing', 'stale', 'live'] as const

function worst(reflectors: readonly Reflector[]): ReturnType<ClusterState['health']> {
  for (const state of ORDER) {
    const found = reflectors.find((reflector) => reflector.state === state)
    if (!found) continue
    const error = state === 'live' || found.error === undefined ? undefined : errorView(found)
    // never listed, and a reason why: nothing answers there
    const unreachable = state === 'syncing' && found.error instanceof AppError
    return { state: unreachable ? 'unreachable' : state, since: found.since, ...(error ? { error } : {}) }
  }
  return { state: 'syncing', since: 0 }
}

function errorView({ error, state }: Reflector): AppErrorView {
  if (error instanceof AppError) return error.toView()
  if (state === 'signed-out') return new AppError('signed-out').toView()
  return toErrorView(error)
}
