// What ties a session's objects to it: all but the home go with their VDISession.
import { API_GROUP, API_VERSION } from '../../shared/product.ts'
import type { KubeObject, OwnerReference } from '../../shared/render/types.ts'

/** Makes objects belong to the VDISession: they go with it, and the garbage collector waits for them. */
export function sessionReference({ session }: { readonly session: KubeObject }): OwnerReference {
  return {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: 'VDISession',
    name: session.metadata.name,
    uid: session.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  }
}
