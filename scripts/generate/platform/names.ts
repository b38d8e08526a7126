// Names that the platform's objects share, and the labels that all of them carry.
import { PLATFORM_NAMESPACE, PRODUCT_ID } from '../../../shared/product.ts'

export interface PlatformNames {
  /** Where the operator runs. */
  readonly namespace: string
  /** Its account, there. */
  readonly serviceAccount: string
}

/** Of the phases' manifests, and of the chart where values say nothing else. */
export const DEFAULT_NAMES: PlatformNames = { namespace: PLATFORM_NAMESPACE, serviceAccount: PRODUCT_ID }

/** Stand for the two names in the chart's files: the chart puts the release's there. */
export const PLACEHOLDER_NAMES: PlatformNames = { namespace: '@NAMESPACE@', serviceAccount: '@SERVICE_ACCOUNT@' }

/** What selects the operator's pods. */
export const OPERATOR_SELECTOR: Readonly<Record<string, string>> = {
  'app.kubernetes.io/name': PRODUCT_ID,
  'app.kubernetes.io/component': 'operator',
}

/** Labels of an object of the platform. @param component `operator`, `relay` */
export function platformLabels(component: string): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/name': PRODUCT_ID,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': PRODUCT_ID,
  }
}
