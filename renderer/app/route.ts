// Pages by the address's hash: reload and back keep their place, in a tab and in a window alike.
import { useSyncExternalStore } from 'react'

export type Route = 'desktops' | 'cluster' | 'settings' | 'clusters'
/** The tabs of the cluster view, as they stand in its address: `#/cluster/gpus`. */
export const CLUSTER_TABS = ['gpus', 'sessions', 'waiting', 'nodes'] as const
export type ClusterTab = (typeof CLUSTER_TABS)[number]

const HASHES: Readonly<Record<Route, string>> = {
  desktops: '#/',
  cluster: '#/cluster/gpus',
  settings: '#/settings',
  clusters: '#/clusters',
}

function read(): Route {
  const [, first] = location.hash.split('/')
  return first === 'settings' || first === 'clusters' || first === 'cluster' ? first : 'desktops'
}
function readTab(): ClusterTab {
  const [, , second] = location.hash.split('/')
  return CLUSTER_TABS.find((tab) => tab === second) ?? 'gpus'
}
function watch(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}

export function useRoute(): Route {
  return useSyncExternalStore(watch, read)
}
/** The tab of the address; the first one when it names none. */
export function useClusterTab(): ClusterTab {
  return useSyncExternalStore(watch, readTab)
}
export function goTo(route: Route): void {
  location.hash = HASHES[route]
}
/** The address of a page, for links. */
export function hrefOf(route: Route): string {
  return HASHES[route]
}
/** The address of a tab of the cluster view. */
export function hrefOfTab(tab: ClusterTab): string {
  return `#/cluster/${tab}`
}
