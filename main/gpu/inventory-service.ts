// The topic `inventory`: the active cluster seen as a whole, by the source that its provider brings along.
// A cluster without one (not connected, or not allowed) is told as `none`; another cluster's last snapshot never stays.
import type { InventorySnapshot } from '../../shared/domain/gpu.ts'
import { AppError } from '../../shared/errors.ts'
import type { Clock } from '../app-host.ts'
import type { Clusters } from '../core-services.ts'
import { noInventory, type InventorySource } from './inventory-source.ts'

export interface InventoryServiceDeps {
  readonly clusters: Clusters
  readonly clock: Clock
  publish(snapshot: InventorySnapshot): void
}

export interface InventoryService {
  /** Whether some window listens to the topic. */
  setLooking(looking: boolean): void
  /** Stops somebody's desktop. @throws AppError */
  stop(clusterId: string, namespace: string, pod: string): Promise<void>
  dispose(): void
}

/** Makes the service; it publishes at once. */
export function createInventoryService(deps: InventoryServiceDeps): InventoryService {
  const { clusters, clock, publish } = deps
  let looking = false
  let activeId: string | undefined
  let source: InventorySource | undefined
  let leave: () => void = () => undefined

  const follow = (): void => {
    const nextId = clusters.snapshot.activeId
    const next = nextId === undefined ? undefined : clusters.providers.get(nextId)?.inventorySource
    if (nextId === activeId && next === source) return
    leave()
    activeId = nextId
    source = next
    leave = () => undefined
    if (!next) return publish(noInventory(nextId, clock.now()))
    next.setLooking(looking)
    const unwatch = next.watch(publish)
    leave = () => {
      unwatch()
      next.setLooking(false)
    }
  }
  publish(noInventory(undefined, clock.now()))
  follow()
  const unfollow = clusters.onChange(follow)

  return {
    setLooking(value) {
      looking = value
      source?.setLooking(value)
    },
    async stop(clusterId, namespace, pod) {
      const asked = clusters.providers.get(clusterId)
      if (!asked?.inventorySource) throw new AppError('cluster-unknown')
      await asked.inventorySource.stop(namespace, pod)
    },
    dispose() {
      unfollow()
      leave()
    },
  }
}
