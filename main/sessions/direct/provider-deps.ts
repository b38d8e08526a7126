// What direct mode is given beyond the rest: the image that stands in its built-in templates.
import type { ProviderDeps } from '../provider-deps.ts'

export interface DirectProviderDeps extends ProviderDeps {
  /** Our own desktop's image as this cluster knows it. */
  readonly desktopImage?: string | undefined
}
