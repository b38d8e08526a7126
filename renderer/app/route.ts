// Pages by the address's hash: reload and back keep their place, in a tab and in a window alike.
import { useSyncExternalStore } from 'react'

export type Route = 'desktops' | 'settings' | 'clusters'

const HASHES: Readonly<Record<Route, string>> = { desktops: '#/', settings: '#/settings', clusters: '#/clusters' }

function read(): Route {
  const hash = location.hash
  return hash.startsWith('#/settings') ? 'settings' : hash.startsWith('#/clusters') ? 'clusters' : 'desktops'
}
function watch(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}

export function useRoute(): Route {
  return useSyncExternalStore(watch, read)
}
export function goTo(route: Route): void {
  location.hash = HASHES[route]
}
/** The address of a page, for links. */
export function hrefOf(route: Route): string {
  return HASHES[route]
}
