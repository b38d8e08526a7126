// What is read from a VDISession of the warm pool: that it is one, who has claimed it and when. Pure; everything stands on the object itself.
// Policy: labels and annotations count in the pool's own namespace alone. In anybody else's they were written by that person.
import { epochOf } from '../shared/domain/cluster-objects.ts'
import { WARM_POOL_NAMESPACE } from '../shared/domain/names.ts'
import { ANNOTATION, LABEL } from '../shared/product.ts'
import type { KubeObject } from '../shared/render/types.ts'

/** The VDISession that has a desktop of the pool. */
export interface Claim {
  readonly namespace: string
  readonly name: string
  /** Another session of the same name is another one. */
  readonly uid: string
  /** RFC 3339: names the start, as it is written. */
  readonly at: string
  /** Epoch ms. */
  readonly ms: number
}

/** The operator made it for the pool. */
export function isOfPool({ metadata }: KubeObject): boolean {
  return metadata.namespace === WARM_POOL_NAMESPACE && metadata.labels?.[LABEL.warmPool] !== undefined
}

/** @returns undefined while nobody has claimed it, and for what is not of the pool */
export function claimOf(session: KubeObject): Claim | undefined {
  if (!isOfPool(session)) return undefined
  const { annotations = {} } = session.metadata
  const [namespace, name, uid] = (annotations[ANNOTATION.claimedBy] ?? '').split('/')
  if (!namespace || !name || !uid) return undefined
  // without a time it is claimed all the same: nobody else may have it
  const at = annotations[ANNOTATION.claimedAt] ?? ''
  const ms = epochOf(at)
  return ms === undefined
    ? { namespace, name, uid, at: new Date(0).toISOString(), ms: 0 }
    : { namespace, name, uid, at, ms }
}

/** The annotations that make it somebody's. @param owner the person's name, for whoever looks after the cluster @param ms epoch ms */
export function claimAnnotations(
  { metadata: { namespace = '', name, uid = '' } }: KubeObject,
  owner: string,
  ms: number,
): Readonly<Record<string, string>> {
  return {
    [ANNOTATION.claimedBy]: `${namespace}/${name}/${uid}`,
    [ANNOTATION.claimedFor]: owner,
    [ANNOTATION.claimedAt]: new Date(ms).toISOString(),
  }
}
