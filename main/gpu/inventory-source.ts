// What shows a whole cluster (nodes, GPUs, everybody's desktops) to those who may see it: the face of a real cluster and of the demo.
// Where nothing is allowed it says `none` and asks no more than a few reviews.
import type { InventorySnapshot } from '../../shared/domain/gpu.ts'

export interface InventorySource {
  /** The listener gets the present snapshot at once and each later one. @returns stops listening */
  watch(listener: (snapshot: InventorySnapshot) => void): () => void
  /** Whether somebody looks at the cluster now: only then are its nodes and pods watched. */
  setLooking(looking: boolean): void
  /**
   * Deletes a pod; homes stay.
   * @throws AppError `cluster-forbidden`, `session-unknown` when another pod has its name by now
   */
  stop(namespace: string, pod: string): Promise<void>
  dispose(): Promise<void>
}

/** What is known before anything is. @param now epoch ms */
export function noInventory(clusterId: string | undefined, now: number): InventorySnapshot {
  return {
    ...(clusterId !== undefined && { clusterId }),
    access: 'none',
    state: 'syncing',
    since: now,
    totals: { total: 0, used: 0, free: 0, unhealthy: 0, waiting: 0 },
    nodes: [],
    waiting: [],
    sessions: [],
  }
}
