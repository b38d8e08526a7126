// Where a desktop's UDP port on its node is: the number that Kubernetes gave the Service, at the node of the pod.
import type { KubeObject } from '../../../shared/render/types.ts'
import type { Pod } from '../kube-read.ts'
import type { DesktopAccess } from '../provider.ts'

/** @returns undefined without a node port */
export function nodeAddress(pod: Pod, service: KubeObject | undefined): DesktopAccess['node'] {
  const spec = service?.['spec'] as
    { readonly ports?: readonly { readonly nodePort?: number; readonly protocol?: string }[] } | undefined
  const port = spec?.ports?.find(({ protocol }) => protocol === 'UDP')?.nodePort
  const host = pod.status?.hostIP
  return port !== undefined && host !== undefined ? { host, port } : undefined
}
