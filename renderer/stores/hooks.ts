// The stores as React hooks. A component under <StoresProvider> asks for the one it needs.
import { createContext, use, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { ClustersSnapshot, ClusterView, LibrarySnapshot } from '../../shared/domain/cluster.ts'
import type { InventorySnapshot } from '../../shared/domain/gpu.ts'
import type { Settings } from '../../shared/domain/settings.ts'
import type { SessionsSnapshot } from '../../shared/ipc/contract.ts'
import type { AppStores, PageState } from './app-stores.ts'
import type { CarrierState } from './carrier.ts'

const StoresContext = createContext<AppStores | null>(null)
export const StoresProvider = StoresContext.Provider

/** @throws outside <StoresProvider>: a mistake of ours */
export function useStores(): AppStores {
  const stores = use(StoresContext)
  if (!stores) throw new Error('no <StoresProvider> above')
  return stores
}
/** The clusters, or undefined before the first snapshot. */
export function useClusters(): ClustersSnapshot | undefined {
  return useStore(useStores().clusters, (state) => state.value)
}
/** The cluster in use, or undefined. */
export function useActiveCluster(): ClusterView | undefined {
  const snapshot = useClusters()
  return snapshot?.clusters.find(({ id }) => id === snapshot.activeId)
}
export function useLibrary(): LibrarySnapshot | undefined {
  return useStore(useStores().library, (state) => state.value)
}
export function useSessions(): SessionsSnapshot | undefined {
  return useStore(useStores().sessions, (state) => state.value)
}
/** Small pictures of desktops as data URLs, by session. They are made for as long as the page that asks is seen. */
export function usePictures(): Readonly<Record<string, string>> {
  const { bridge } = useStores()
  const [pictures, setPictures] = useState<Readonly<Record<string, string>>>({})
  useEffect(() => {
    let stop: (() => void) | null = null
    const look = (): void => {
      stop?.()
      stop = document.hidden ? null : bridge.subscribe('pictures', (value) => setPictures(value.pictures))
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      stop?.()
    }
  }, [bridge])
  return pictures
}
/** The cluster in use as a whole; undefined before its first snapshot, and while the last one is of another cluster. */
export function useInventory(): InventorySnapshot | undefined {
  const snapshot = useStore(useStores().inventory, (state) => state.value)
  const activeId = useClusters()?.activeId
  return snapshot?.clusterId !== undefined && snapshot.clusterId === activeId ? snapshot : undefined
}
/** Whether the cluster view is offered: the reviews allow something in it. */
export function useMaySeeCluster(): boolean {
  const snapshot = useInventory()
  return snapshot !== undefined && snapshot.access !== 'none'
}
export function useSettings(): Settings | undefined {
  return useStore(useStores().settings, (state) => state.value)
}
export function useCarrier(): CarrierState {
  return useStore(useStores().carrier)
}
/** What only this page knows. */
export function usePage<T>(select: (state: PageState) => T): T {
  return useStore(useStores().page, select)
}
