// The demo's cluster for the admin view: written as the nodes and pods that a real API server would show, and read by the same rules.
// Everything may be stopped here, other people's desktops too: they come back, as people do.
import type { NodeObject, PodObject } from '../../shared/domain/cluster-objects.ts'
import { gpuInventory } from '../../shared/domain/gpu-inventory.ts'
import type { InventorySnapshot } from '../../shared/domain/gpu.ts'
import { ANNOTATION, LABEL } from '../../shared/product.ts'
import type { Clock } from '../app-host.ts'
import type { InventorySource } from '../gpu/inventory-source.ts'
import type { Timers } from '../sessions/timers.ts'
import type { DemoCluster, DemoHolder, DemoInventory } from './demo-cluster.ts'
import { DEMO_NAMESPACE } from './demo-session.ts'
import { DEMO_TEMPLATES } from './templates.ts'

export interface OwnDesktop {
  readonly displayName: string
  readonly phase: 'starting' | 'running' | 'ending'
}
export interface DemoInventoryDeps {
  readonly clusterId: string
  readonly clock: Clock
  readonly timers: Timers
  readonly cluster: DemoCluster
  /** One of the person's own desktops by its name; everything else in the cluster is somebody else's, and runs. */
  own(session: string): OwnDesktop | undefined
  /** Stops an own desktop, as from outside. */
  stopOwn(session: string): Promise<void>
}
export interface DemoInventorySource extends InventorySource {
  /** An own desktop has changed; changes of the cluster are heard anyway. */
  changed(): void
}

const RESOURCE = 'nvidia.com/gpu.shared'
/** Between two snapshots, ms. */
const PACE_MS = 500

/** Makes the source over the demo's cluster. */
export function createDemoInventory(deps: DemoInventoryDeps): DemoInventorySource {
  const { clusterId, clock, timers, cluster } = deps
  const since = clock.now()
  const listeners = new Set<(snapshot: InventorySnapshot) => void>()
  let callOff: (() => void) | undefined
  let toldAt = Number.NEGATIVE_INFINITY

  const now = (): InventorySnapshot => {
    const inventory = cluster.inventory()
    const found = gpuInventory(nodesOf(inventory), podsOf(inventory, deps), clock.now(), {
      clusterId,
      canStop: () => true,
    })
    return { clusterId, access: 'full', state: 'live', since, ...found }
  }
  const changed = (): void => {
    if (callOff || listeners.size === 0) return
    callOff = timers.after(Math.max(0, toldAt + PACE_MS - clock.now()), () => {
      callOff = undefined
      toldAt = clock.now()
      const snapshot = now()
      for (const listener of listeners) listener(snapshot)
    })
  }
  const unlisten = cluster.onChange(changed)

  return {
    changed,
    watch(listener) {
      listeners.add(listener)
      listener(now())
      return () => void listeners.delete(listener)
    },
    // the demo's cluster lives whether somebody looks or not
    setLooking: () => undefined,
    async stop(namespace, pod) {
      if (namespace !== DEMO_NAMESPACE) return
      if (deps.own(pod)) await deps.stopOwn(pod)
      else cluster.release(pod)
    },
    dispose() {
      unlisten()
      callOff?.()
      listeners.clear()
      return Promise.resolve()
    },
  }
}

function nodesOf({ nodes }: DemoInventory): readonly NodeObject[] {
  return nodes.map(({ name, labels, cores, gpus }): NodeObject => {
    const [gpu] = gpus
    const slices = gpus.reduce((sum, one) => sum + one.slices.length, 0)
    const room = { cpu: String(cores), ...(slices > 0 && { [RESOURCE]: String(slices) }) }
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          ...labels,
          ...(gpu && {
            'nvidia.com/gpu.count': String(gpus.length),
            'nvidia.com/gpu.replicas': String(gpu.slices.length),
            'nvidia.com/gpu.product': gpu.model.replaceAll(' ', '-'),
            'nvidia.com/gpu.memory': String(gpu.memoryGB * 1024),
          }),
        },
      },
      status: { capacity: room, allocatable: room, conditions: [{ type: 'Ready', status: 'True' }] },
    }
  })
}

function podsOf({ nodes, sessions, waiting }: DemoInventory, deps: DemoInventoryDeps): readonly PodObject[] {
  const devices = new Map<string, { readonly resourceID: string; readonly health: string }[]>()
  for (const { uuid, slices } of nodes.flatMap(({ gpus }) => gpus))
    for (const { index, holder } of slices) {
      if (!holder) continue
      const held = devices.get(holder.session) ?? []
      held.push({ resourceID: `${uuid}::${index}`, health: 'Healthy' })
      devices.set(holder.session, held)
    }
  const placed = sessions.map(({ node, slices, ...holder }): PodObject => {
    const own = deps.own(holder.session)
    const shell = podShell(holder, slices, own)
    const resources = devices.get(holder.session) ?? []
    return {
      ...shell,
      metadata: {
        ...shell.metadata,
        ...(own?.phase === 'ending' && { deletionTimestamp: timestamp(deps.clock.now()) }),
      },
      spec: { ...shell.spec, nodeName: node },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: own?.phase === 'starting' ? 'False' : 'True' }],
        containerStatuses: [{ name: 'desktop', allocatedResourcesStatus: [{ name: RESOURCE, resources }] }],
      },
    }
  })
  const total = nodes.length
  const unplaced = waiting.map((holder): PodObject => {
    const lack = holder.slices > 0 ? RESOURCE : 'cpu'
    const message = `0/${total} nodes are available: ${total} Insufficient ${lack}.`
    return {
      ...podShell(holder, holder.slices, deps.own(holder.session)),
      status: {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
      },
    }
  })
  return [...placed, ...unplaced]
}

function podShell(
  { session, owner, template, since }: DemoHolder,
  slices: number,
  own: OwnDesktop | undefined,
): PodObject {
  const id = DEMO_TEMPLATES.find(({ spec }) => spec.displayName === template)?.id
  const at = timestamp(since)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: session,
      namespace: DEMO_NAMESPACE,
      labels: { [LABEL.session]: session, ...(id !== undefined && { [LABEL.template]: id }) },
      annotations: {
        [ANNOTATION.owner]: owner,
        [ANNOTATION.displayName]: own?.displayName ?? template,
        [ANNOTATION.lastStarted]: at,
      },
      creationTimestamp: at,
    },
    spec: {
      containers: [{ name: 'desktop', resources: slices > 0 ? { limits: { [RESOURCE]: String(slices) } } : {} }],
    },
  }
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString()
}
