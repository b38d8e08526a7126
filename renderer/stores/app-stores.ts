// Every store of a page over one bridge: one for each topic, the carrier, and what the page itself remembers.
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Bridge } from '../../shared/ipc/bridge.ts'
import { createCarrierStore, type CarrierStore } from './carrier.ts'
import { createTopicStore, type TopicStore } from './topic-store.ts'

/** What only this page knows. */
export interface PageState {
  /** Words in the search field. */
  readonly search: string
  readonly paletteOpen: boolean
  /** Sessions that were started here and open by themselves once they can be. */
  readonly openSoon: ReadonlySet<string>
  /** Sessions that are ready but whose tab the browser did not let open by itself. */
  readonly readyToOpen: ReadonlySet<string>
}

export interface AppStores {
  readonly bridge: Bridge
  readonly clusters: TopicStore<'clusters'>
  readonly library: TopicStore<'library'>
  readonly sessions: TopicStore<'sessions'>
  /** The active cluster as a whole, for those who may see it. */
  readonly inventory: TopicStore<'inventory'>
  readonly settings: TopicStore<'settings'>
  readonly carrier: CarrierStore
  readonly page: StoreApi<PageState>
  dispose(): void
}

export function createAppStores(bridge: Bridge): AppStores {
  const carrier = createCarrierStore(bridge)
  const alive = (): void => carrier.saw(true)
  const clusters = createTopicStore(bridge, 'clusters', alive)
  const library = createTopicStore(bridge, 'library', alive)
  const sessions = createTopicStore(bridge, 'sessions', alive)
  const inventory = createTopicStore(bridge, 'inventory', alive)
  const settings = createTopicStore(bridge, 'settings', alive)
  const page = createStore<PageState>(() => ({
    search: '',
    paletteOpen: false,
    openSoon: new Set<string>(),
    readyToOpen: new Set<string>(),
  }))
  return {
    bridge,
    clusters,
    library,
    sessions,
    inventory,
    settings,
    carrier,
    page,
    dispose() {
      for (const store of [clusters, library, sessions, inventory, settings, carrier]) store.dispose()
    },
  }
}
