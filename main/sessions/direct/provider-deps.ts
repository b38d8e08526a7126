// What direct mode is given beyond the rest: the images that it names to the cluster.
import type { ProviderDeps } from '../provider-deps.ts'

export interface DirectProviderDeps extends ProviderDeps {
  /** Our own desktop's image as this cluster knows it. */
  readonly desktopImage?: string | undefined
  /** The relay's image as this cluster knows it: it stands beside desktops of Selkies 1.6. */
  readonly relayImage?: string | undefined
}
