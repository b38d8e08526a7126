// Everything direct mode watches in one namespace: one reflector a kind, only our own objects, each with what was just written.
// Pods, Secrets and claims are needed; templates, events and services are extras whose absence costs only what they add.
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
import { oldestFirst, type Claim, type KubeEvent, type Pod } from '../kube-read.ts'
import { healthOf, type CreateReflector, type WatchHealth } from '../watch-health.ts'
import { createObjectView, type ObjectView } from './object-view.ts'

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
  health(): WatchHealth
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
      return oldestFirst(events.items as readonly KubeEvent[])
    },
    synced,
    // a refused sign-in is everybody's, whichever kind met it first: the others wait for that one's next try
    health: () => healthOf(reflectors.some(({ state }) => state === 'signed-out') ? reflectors : Object.values(needed)),
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
